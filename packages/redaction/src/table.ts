// Runs in browsers too. Values in the columns of a table: what the column is called.
import { wordsOf } from './words.ts';

const DELIMITERS = ['|', '\t', ';', ','];
const LONGEST_LINE = 400;
const MOST_LINES = 50;
const NONE: readonly string[] = [];

/** The columns of one text; the line that was looked at last is remembered, since its next cell asks again. */
export class Table {
  readonly #text: string;
  #line = { from: 0, to: -1, start: 0 };
  #hasValues: boolean | undefined;
  #header: { readonly line: number; readonly delimiter: string; readonly cells: readonly string[] } | undefined;
  /** A line whose column has no header, nor have those behind it. */
  #bare: { readonly line: number; readonly delimiter: string; readonly column: number } | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The header's words of the column that holds an offset. */
  columnAt(at: number): readonly string[] {
    const text = this.#text;
    const start = this.#lineStart(at);
    if (start <= 0) return this.#sqlColumn(start < 0 ? at - LONGEST_LINE : 0, at);
    const before = text.slice(start, at);
    const delimiter = DELIMITERS.find((each) => before.includes(each));
    if (delimiter === undefined) return NONE;
    let column = 0;
    for (let next = before.indexOf(delimiter); next >= 0; next = before.indexOf(delimiter, next + 1)) column++;
    const header = this.#headerOf(start, delimiter, column);
    if (header === undefined) return this.#sqlColumn(start, at);
    return wordsOf(header[column] ?? '');
  }

  /** Where the line begins that holds an offset; -1 when it is longer than a table's lines are. */
  #lineStart(at: number): number {
    if (at < this.#line.from || at > this.#line.to) {
      const text = this.#text;
      const end = text.indexOf('\n', at);
      const from = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
      this.#line = { from, to: end < 0 ? text.length : end, start: from };
    }
    return at - this.#line.start > LONGEST_LINE ? -1 : this.#line.start;
  }

  /** The first line of the block above that has the same delimiter, when it has this column and no digits. */
  #headerOf(line: number, delimiter: string, column: number): readonly string[] | undefined {
    const text = this.#text;
    if (this.#header?.line === line && this.#header.delimiter === delimiter && this.#header.cells.length > column)
      return /\d/.test(this.#header.cells.join()) ? NONE : this.#header.cells;
    if (this.#bare?.line === line && this.#bare.delimiter === delimiter && this.#bare.column <= column) return undefined;
    let header: readonly string[] | undefined;
    for (let end = line - 1, lines = 0; end > 0 && lines < MOST_LINES; lines++) {
      const begin = text.lastIndexOf('\n', end - 1) + 1;
      if (end - begin > LONGEST_LINE) break;
      const cells = text.slice(begin, end).split(delimiter);
      if (cells.length <= column) break;
      header = cells;
      end = begin - 1;
    }
    if (header === undefined) {
      this.#bare = { line, delimiter, column };
      return undefined;
    }
    this.#header = { line, delimiter, cells: header };
    return /\d/.test(header.join()) ? NONE : header;
  }

  /** `INSERT INTO t (name, dob) VALUES ('…', '…')`: the column a value goes into. */
  #sqlColumn(from: number, at: number): readonly string[] {
    if (!(this.#hasValues ??= this.#text.includes('VALUES'))) return NONE;
    const before = this.#text.slice(Math.max(0, from), at);
    const values = before.lastIndexOf('VALUES');
    if (values < 0) return NONE;
    const open = before.lastIndexOf('(');
    const close = before.lastIndexOf(')', values);
    const first = before.lastIndexOf('(', close);
    if (open < values || close < 0 || first < 0) return NONE;
    return wordsOf(before.slice(first + 1, close).split(',')[before.slice(open).split(',').length - 1] ?? '');
  }
}
