import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';

/** A column of a dataset, as the training catalog lists it. `allowed`: may leave the tenant when consent says so. */
export interface Field {
  readonly name: string;
  readonly dtype: 'string' | 'boolean' | 'double' | 'json';
  readonly allowed: boolean;
}

const fixed = (names: readonly string[], dtype: Field['dtype'], allowed = true): readonly Field[] =>
  names.map((name) => ({ name, dtype, allowed }));

/** The fields of a dataset of a task: the mission's names first, then the task's similarities. One row a candidate of an example. */
export const datasetFields = (feature_names: readonly string[]): readonly Field[] => [
  ...fixed(['example_id', 'tenant_scope', 'cluster', 'label', 'candidate'], 'string'),
  ...fixed(['chosen'], 'boolean'),
  ...fixed(['col_name_tokens'], 'json'),
  ...fixed(['embedding_vector_ref'], 'string', false),
  ...fixed(feature_names, 'double'),
  ...fixed(
    ['mapping_history_id', 'trace_id', 'prompt_hash', 'agent_config_id', 'model_version', 'trainer_version', 'approved_by', 'created_at'],
    'string',
  ),
];

export type Cell = string | boolean | number | readonly string[] | null;
export type Row = Readonly<Record<string, Cell>>;

const TYPES = { string: 'STRING', boolean: 'BOOLEAN', double: 'DOUBLE', json: 'JSON' } as const;

/**
 * Rows as Parquet. Same rows, same bytes. No compression, so that whoever searches the bytes sees all of them; no statistics, since minimum and maximum of a text
 * column are values.
 */
export function writeDataset(fields: readonly Field[], rows: readonly Row[]): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: fields.map(({ name, dtype }) => ({
        name,
        data: rows.map((row) => row[name] ?? null),
        type: TYPES[dtype],
        statistics: false,
        offsetIndex: false,
      })),
      codec: 'UNCOMPRESSED',
      statistics: false,
      createdBy: 'ancilla',
    }),
  );
}

/** Rows of a Parquet file. */
export async function readDataset(bytes: Uint8Array): Promise<readonly Record<string, unknown>[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  // The file's own columns; what a cell holds is checked by whoever uses it.
  return (await parquetReadObjects({ file: file as ArrayBuffer })) as readonly Record<string, unknown>[];
}
