import { AncillaError, type Dataset, type Io, type Of } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import type { Artifacts } from '../artifacts/index.ts';
import { refusal } from './catalog.ts';
import { toArrayBuffer } from './dataset-file.ts';
import { isCell, type Cell, type Columns } from './fields.ts';
import { nextTurn } from './turns.ts';

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

/** A dataset to be read by columns, others served in between: one at a time takes a fiftieth of the memory of all. */
export interface DatasetReader {
  /** Of its fields, in the file's order. */
  readonly names: readonly string[];
  column(name: string): Promise<readonly Cell[]>;
}

/** Opens a dataset's file. @throws {AncillaError} `training.leak` for a dataset that was refused, `artifact.corrupt` */
export async function openDataset(artifacts: Artifacts, of: Of, dataset: Dataset, io: Io): Promise<DatasetReader> {
  const [entry] = dataset.files;
  if (entry === undefined) throw refusal(dataset);
  const file = toArrayBuffer(await datasetBytes(artifacts, of, { dataset_id: dataset.dataset_id, file: entry }, io));
  const metadata = parquetMetadata(file);
  return {
    names: parquetSchema(metadata).children.map(({ element }) => element.name),
    async column(name) {
      const column: Cell[] = [];
      const onChunk = ({ columnData }: { readonly columnData: ArrayLike<unknown> }): void => {
        for (let i = 0; i < columnData.length; i++) {
          const cell = columnData[i] ?? null;
          if (!isCell(cell))
            throw new AncillaError(
              'artifact.corrupt',
              `the file of dataset ${dataset.dataset_id} has a cell of no type that datasets have`,
            );
          column.push(cell);
        }
      };
      for (const { num_rows } of metadata.row_groups) {
        await nextTurn();
        await parquetRead({ file, metadata, columns: [name], rowStart: column.length, rowEnd: column.length + Number(num_rows), onChunk });
      }
      return column;
    },
  };
}

/** A dataset's cells, from its file. @throws {AncillaError} as `openDataset` */
export async function readDataset(artifacts: Artifacts, of: Of, dataset: Dataset, io: Io): Promise<Columns> {
  const reader = await openDataset(artifacts, of, dataset, io);
  const columns: Record<string, readonly Cell[]> = {};
  for (const name of reader.names) columns[name] = await reader.column(name);
  return columns;
}
