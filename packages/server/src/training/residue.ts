import { parquetMetadata } from 'hyparquet';
import { toArrayBuffer } from './dataset-file.ts';
import { isText, textsOf, type Columns, type Field } from './fields.ts';
import type { InParts } from './turns.ts';

/** Words of the format itself and of the writer, beside the names of fields. */
const FORMAT = ['examples', 'list', 'element', 'ancilla', 'PAR1'];

/**
 * A dataset file without what it may say: its cells and the names of its fields blanked, numbers and indices too, every other byte as it is. Whatever can still be
 * read stands where nothing should: in statistics, in metadata, in a copy, behind a cell.
 */
export function* residue(bytes: Uint8Array, fields: readonly Field[], columns: Columns): InParts<Buffer> {
  const left = Buffer.from(bytes);
  let footer = 0;
  let firstRow = 0;
  for (const group of parquetMetadata(toArrayBuffer(bytes)).row_groups) {
    const lastRow = firstRow + Number(group.num_rows);
    for (const { meta_data: chunk } of group.columns) {
      yield;
      const field = fields.find(({ name }) => name === chunk?.path_in_schema[0]);
      if (chunk === undefined || field === undefined) continue;
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      const end = start + Number(chunk.total_compressed_size);
      footer = Math.max(footer, end);
      if (!isText(field)) {
        left.fill(0, start, end);
        continue;
      }
      const cells = columns[field.name]?.slice(firstRow, lastRow) ?? [];
      const texts = field.dtype === 'string' ? cells.filter((cell) => typeof cell === 'string') : cells.flatMap(textsOf);
      if (chunk.dictionary_page_offset === undefined) blankInOrder(left, texts, start);
      else {
        blankInOrder(left, new Set(texts), start);
        left.fill(0, Number(chunk.data_page_offset), end);
      }
    }
    firstRow = lastRow;
  }
  for (const name of [...FORMAT, ...fields.map((field) => field.name)].toSorted((a, b) => b.length - a.length))
    for (let at = left.indexOf(name, footer); at >= 0; at = left.indexOf(name, at)) left.fill(0, at, at + name.length);
  return left;
}

/** Blanks each text once, where the format has it: behind its length, one after the other. */
function blankInOrder(left: Buffer, texts: Iterable<string>, from: number): void {
  let at = from;
  const length = Buffer.alloc(4);
  for (const text of texts) {
    const utf8 = Buffer.from(text);
    length.writeUInt32LE(utf8.length);
    const found = left.indexOf(Buffer.concat([length, utf8]), at);
    if (found < 0) return;
    at = found + length.length + utf8.length;
    left.fill(0, found, at);
  }
}
