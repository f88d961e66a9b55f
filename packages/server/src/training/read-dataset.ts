import { AncillaError, type Dataset, type Io } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { parquetRead } from 'hyparquet';
import type { Artifacts, Of } from '../artifacts/index.ts';
import { refusal } from './catalog.ts';
import { toArrayBuffer } from './dataset-file.ts';
import { isCell, type Cell, type Columns } from './fields.ts';

/** A dataset's file. @throws {AncillaError} `artifact.corrupt` for one that is not the one in the catalog */
export async function datasetBytes(
  artifacts: Artifacts,
  of: Of,
  { dataset_id, file }: { readonly dataset_id: string; readonly file: Dataset['files'][number] },
  io: Io,
): Promise<Uint8Array> {
  const bytes = await artifacts.bytes(of, file.artifact_id, io);
  if (sha256Hex(bytes) !== file.sha256)
    throw new AncillaError('artifact.corrupt', `the file of dataset ${dataset_id} is not the one in the catalog`);
  return bytes;
}

/** A dataset's cells, from its file. @throws {AncillaError} `training.leak` for a dataset that was refused, `artifact.corrupt` */
export async function readDataset(artifacts: Artifacts, of: Of, dataset: Dataset, io: Io): Promise<Columns> {
  const [file] = dataset.files;
  if (file === undefined) throw refusal(dataset);
  const bytes = await datasetBytes(artifacts, of, { dataset_id: dataset.dataset_id, file }, io);
  const columns: Record<string, Cell[]> = {};
  await parquetRead({
    file: toArrayBuffer(bytes),
    onChunk({ columnName, columnData }) {
      const column = (columns[columnName] ??= []);
      for (const value of columnData) {
        const cell: unknown = value ?? null;
        if (!isCell(cell))
          throw new AncillaError('artifact.corrupt', `the file of dataset ${dataset.dataset_id} has a cell of no type that datasets have`);
        column.push(cell);
      }
    },
  });
  return columns;
}
