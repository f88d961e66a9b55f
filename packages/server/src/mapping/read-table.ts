import { AncillaError } from '@ancilla/contracts/errors';
import { CsvError, parse } from 'csv-parse/sync';
import { decodeText } from './decode-text.ts';
import type { Table } from './ready-columns.ts';

/** A table as read, and what had to be mended to read it. */
export interface ReadTable {
  readonly table: Table;
  readonly rows: number;
  readonly repairs: readonly string[];
}

/** What a cell may hold: what is longer is no cell but a quote that was never closed. */
const LONGEST_CELL = 1024 * 1024;

/**
 * Reads a CSV file: whole, or not at all. What can be mended without guessing is mended and said: an encoding that declares itself, columns without a name, names
 * that stand twice.
 * @param name - the file, for what is said
 * @throws {AncillaError} `csv.empty`, `csv.encoding`, `csv.ragged`, `csv.header`: file, line, what to do
 */
export function readTable(bytes: Uint8Array, name: string, mostSamples = 200): ReadTable {
  const { text, repairs } = decodeText(bytes, name);
  const [header, ...rows] = recordsOf(text, name);
  if (header === undefined || header.every((cell) => cell.trim() === ''))
    throw new AncillaError('csv.empty', `${name}: there is no header line; the first line must name the columns`);
  const { names, renamed } = columnNames(header);
  return {
    table: { name, columns: names.map((column, i) => ({ name: column, samples: rows.slice(0, mostSamples).map((row) => row[i] ?? '') })) },
    rows: rows.length,
    repairs: [...repairs, ...renamed],
  };
}

function recordsOf(text: string, name: string): string[][] {
  try {
    return parse(text, { relax_column_count: false, skip_empty_lines: true, max_record_size: LONGEST_CELL });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const [code, what] = faults[error.code] ?? ['csv.header', 'it is not CSV'];
    throw new AncillaError(code, `${name}, line ${lineOf(error)}: ${what}`, { cause: error });
  }
}

const RAGGED = [
  'csv.ragged',
  'it has more or fewer cells than the header; put cells that hold commas or line breaks in double quotes',
] as const;
const QUOTES = ['csv.header', 'a double quote is never closed or stands inside a cell; write a quote inside a quoted cell twice'] as const;
/** The parser's codes as ours, with what to do. */
const faults: Readonly<Record<string, readonly ['csv.ragged' | 'csv.header', string]>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: RAGGED,
  CSV_RECORD_INCONSISTENT_COLUMNS: RAGGED,
  CSV_QUOTE_NOT_CLOSED: QUOTES,
  CSV_INVALID_CLOSING_QUOTE: QUOTES,
  INVALID_OPENING_QUOTE: QUOTES,
  CSV_MAX_RECORD_SIZE: ['csv.header', 'it is longer than a megabyte; a double quote before it may never be closed'],
};

const lineOf = (error: CsvError): string => {
  const line: unknown = error['lines'];
  return typeof line === 'number' ? String(line) : '?';
};

/** Names of columns, each once. */
function columnNames(header: readonly string[]): { readonly names: readonly string[]; readonly renamed: readonly string[] } {
  const taken = new Set(header);
  const seen = new Set<string>();
  const renamed: string[] = [];
  const names = header.map((cell, i) => {
    if (cell.trim() !== '' && !seen.has(cell)) {
      seen.add(cell);
      return cell;
    }
    const plain = cell.trim() === '' ? `column_${i + 1}` : cell;
    let free = plain;
    for (let number = 2; taken.has(free) || seen.has(free); number++) free = `${plain}_${number}`;
    seen.add(free);
    renamed.push(
      cell.trim() === ''
        ? `column ${i + 1} has no name: called ${free}`
        : `column ${i + 1} is called ${cell} like one before it: called ${free}`,
    );
    return free;
  });
  return { names, renamed };
}
