import { AncillaError } from '@ancilla/contracts';
import { CsvError, parse } from 'csv-parse/sync';
import type { Table } from './rank-table.ts';

/** A table as read, and what had to be mended to read it. */
export interface ReadTable {
  readonly table: Table;
  readonly rows: number;
  readonly repairs: readonly string[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a CSV file: whole, or not at all. What can be mended without guessing is mended and said: a byte order mark, columns without a name, names that stand
 * twice, empty lines.
 * @throws {AncillaError} `csv.empty`, `csv.encoding`, `csv.ragged` naming the line, `csv.header`
 */
export function readTable(bytes: Uint8Array, name: string, mostSamples = 200): ReadTable {
  const repairs: string[] = [];
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new AncillaError('csv.encoding', `${name} is UTF-16; save it as UTF-8`);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new AncillaError('csv.encoding', `${name} is not UTF-8 (byte ${firstBad(bytes)})`);
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) repairs.push('a byte order mark was passed over');
  if (text.includes('\0')) throw new AncillaError('csv.encoding', `${name} has NUL bytes: it is no text`);
  let records: string[][];
  try {
    records = parse(text, { relax_column_count: false, skip_empty_lines: true, bom: true });
  } catch (error) {
    if (error instanceof CsvError)
      throw new AncillaError(
        error.code.includes('COLUMN') || error.code.includes('RECORD') ? 'csv.ragged' : 'csv.header',
        `${name}, line ${String(error['lines'] ?? '?')}: ${RAGGED[error.code] ?? 'the quotes do not match'}`,
      );
    throw error;
  }
  const [header, ...rows] = records;
  if (header === undefined || header.every((cell) => cell.trim() === '')) throw new AncillaError('csv.empty', `${name} has no header line`);
  const seen = new Map<string, number>();
  const names = header.map((cell, i) => {
    const given = cell.trim() === '' ? `column_${i + 1}` : cell;
    if (cell.trim() === '') repairs.push(`column ${i + 1} has no name: called ${given}`);
    const count = (seen.get(given) ?? 0) + 1;
    seen.set(given, count);
    if (count === 1) return given;
    repairs.push(`column ${i + 1} has a name that stood before: called ${given}_${count}`);
    return `${given}_${count}`;
  });
  return {
    table: { name, columns: names.map((column, i) => ({ name: column, samples: rows.slice(0, mostSamples).map((row) => row[i] ?? '') })) },
    rows: rows.length,
    repairs,
  };
}

const RAGGED: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'it has more or fewer cells than the header',
  CSV_RECORD_INCONSISTENT_COLUMNS: 'it has more or fewer cells than the header',
};
function firstBad(bytes: Uint8Array): number {
  for (let end = 1; end <= bytes.length; end = Math.min(end * 2, bytes.length) === end ? end + 1 : Math.min(end * 2, bytes.length)) {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
    } catch {
      return end;
    }
  }
  return bytes.length;
}
