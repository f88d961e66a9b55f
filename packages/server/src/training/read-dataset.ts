import { AncillaError, type Dataset, type Io } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { parquetRead } from 'hyparquet';
import type { Artifacts, Of } from '../artifacts/index.ts';
import { refusal } from './catalog.ts';
import { toArrayBuffer } from './dataset-file.ts';
import { isCell, type Cell, type Columns } from './fields.ts';

/**
 * A dataset's cells, from its file.
 * @throws {AncillaError} `training.leak` for a dataset that was refused, `artifact.corrupt` for a file that is not the one in the catalog
 */
export async function readDataset(artifacts: Artifacts, of: Of, dataset: Dataset, io: Io): Promise<Columns> {
  const [file] = dataset.files;
  if (file === undefined) throw refusal(dataset);
  const corrupt = (what: string) => new AncillaError('artifact.corrupt', `the file of dataset ${dataset.dataset_id} ${what}`);
  const bytes = await artifacts.bytes(of, file.artifact_id, io);
  if (sha256Hex(bytes) !== file.sha256) throw corrupt('is not the one in the catalog');
  const columns: Record<string, Cell[]> = {};
  await parquetRead({
    file: toArrayBuffer(bytes),
    onChunk({ columnName, columnData }) {
      const column = (columns[columnName] ??= []);
      for (const value of columnData) {
        const cell: unknown = value ?? null;
        if (!isCell(cell)) throw corrupt('has a cell of no type that datasets have');
        column.push(cell);
      }
    },
  });
  return columns;
}
