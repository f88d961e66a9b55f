import { createHash } from 'node:crypto';
import { AncillaError } from '@ancilla/contracts';
import { ByteWriter, ParquetWriter, type ParquetWriteOptions } from 'hyparquet-writer';
import { isText, type Columns, type Field } from './fields.ts';
import type { InParts } from './turns.ts';

type Schema = NonNullable<ParquetWriteOptions['schema']>;

/** A field as Parquet declares it. */
function elementsOf(field: Field): Schema {
  const { name } = field;
  if (!isText(field)) return [{ name, type: field.dtype === 'double' ? 'DOUBLE' : 'BOOLEAN', repetition_type: 'REQUIRED' }];
  const utf8 = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
  if (field.dtype === 'string') return [{ name, ...utf8, repetition_type: field.nullable ? 'OPTIONAL' : 'REQUIRED' }];
  return [
    { name, converted_type: 'LIST', logical_type: { type: 'LIST' }, repetition_type: 'REQUIRED', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', ...utf8, repetition_type: 'REQUIRED' },
  ];
}

/** Rows of a group, which is written without a break. */
const GROUP = 10_000;

/**
 * Cells as Parquet. Same cells, same bytes. No compression, so that whoever searches the bytes sees all of them; no statistics, since minimum and maximum of a text
 * column are values.
 * @throws {AncillaError} `training.leak` when there is a field that is not on the list: it stops the writer, it is not left out in silence
 */
export function* writeDataset(fields: readonly Field[], columns: Columns): InParts<Uint8Array> {
  const listed = new Set(fields.map(({ name }) => name));
  for (const name of Object.keys(columns))
    if (!listed.has(name)) throw new AncillaError('training.leak', `field ${name} is not on the list of allowed fields`);
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [{ name: 'examples', num_children: fields.length }, ...fields.flatMap(elementsOf)],
    codec: 'UNCOMPRESSED',
    statistics: false,
    createdBy: 'ancilla',
  });
  const rows = columns[fields[0]?.name ?? '']?.length ?? 0;
  for (let from = 0; from < rows; from += GROUP) {
    const cells = ({ name }: Field) => (columns[name] ?? []).slice(from, from + GROUP);
    const columnData = fields.map((field) => ({ name: field.name, data: cells(field), offsetIndex: false }));
    void file.write({ columnData, rowGroupSize: GROUP });
    yield;
  }
  void file.finish();
  return new Uint8Array(writer.getBuffer());
}

/** What a dataset says, whatever its file is like. */
export function* logicalDigest(fields: readonly Field[], columns: Columns): InParts<string> {
  const hash = createHash('sha256');
  for (const { name, dtype } of fields) {
    hash.update(`${JSON.stringify([name, dtype, columns[name] ?? []])}\n`);
    yield;
  }
  return hash.digest('hex');
}

/** As the reader takes it: on its own, from the first byte. */
export const toArrayBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer =>
  buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
