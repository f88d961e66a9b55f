// Runs in browsers too. Values in the columns of a table: what the column is called.
import { wordsOf } from './words.ts';

const DELIMITERS = ['|', '\t', ';', ','];
const LONGEST_LINE = 400;
const MOST_LINES = 50;
const NONE: readonly string[] = [];

/** A line, as far as a table's lines are long, and the delimiters in it. */
interface Line {
  readonly from: number;
  readonly to: number;
  readonly read: string;
  /** Where each delimiter stands first, -1 where none does. */
  readonly firsts: readonly number[];
}

/** How often a delimiter stands before an offset, but for those in quotes. */
function countOf(delimiter: string, line: string, before: number): number {
  let count = 0;
  let open = line.indexOf('"');
  for (let next = line.indexOf(delimiter); next >= 0 && next < before;) {
    const close = open >= 0 && open < next ? line.indexOf('"', open + 1) : -1;
    if (close < 0) {
      count++;
      next = line.indexOf(delimiter, next + 1);
      continue;
    }
    open = line.indexOf('"', close + 1);
    if (close > next) next = line.indexOf(delimiter, close + 1);
  }
  return count;
}

/** The first of the delimiters, in their order, that stands before an offset. */
function delimiterBefore(firsts: readonly number[], within: number): string | undefined {
  for (let index = 0; index < DELIMITERS.length; index++) {
    const first = firsts[index] ?? -1;
    if (first >= 0 && first < within) return DELIMITERS[index];
  }
  return undefined;
}

/** The columns of one text; the line that was looked at last is remembered, since its next cell asks again. */
export class Table {
  readonly #text: string;
  #line: Line = { from: 0, to: -1, read: '', firsts: [] };
  #hasValues: boolean | undefined;
  /** With no names where the line that would hold them has digits. */
  #header: { readonly line: number; readonly delimiter: string; readonly columns: number; readonly names: readonly string[] } | undefined;
  /** A line whose column has no header, nor have those behind it. */
  #bare: { readonly line: number; readonly delimiter: string; readonly column: number } | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The header's words of the column that holds an offset. */
  columnAt(at: number): readonly string[] {
    const { from, read, firsts } = this.#lineAt(at);
    const within = at - from;
    if (within > LONGEST_LINE) return this.#sqlColumn(at - LONGEST_LINE, at);
    if (from > 0) {
      // Before the first delimiter a cell begins with its line, in quotes or not.
      const opens = within === 0 || (within === 1 && read.startsWith('"'));
      const delimiter = delimiterBefore(firsts, opens ? LONGEST_LINE : within);
      if (delimiter === undefined) return NONE;
      if (opens) return this.#firstName(from, delimiter, read);
      const column = countOf(delimiter, read, within);
      const names = this.#namesOf(from, delimiter, column);
      if (names !== undefined) return wordsOf(names[column] ?? '');
    }
    return this.#sqlColumn(from, at);
  }

  /** The line that holds an offset. */
  #lineAt(at: number): Line {
    if (at < this.#line.from || at > this.#line.to) {
      const text = this.#text;
      const end = text.indexOf('\n', at);
      const from = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
      const to = end < 0 ? text.length : end;
      const read = text.slice(from, Math.min(to, from + LONGEST_LINE));
      this.#line = { from, to, read, firsts: DELIMITERS.map((each) => read.indexOf(each)) };
    }
    return this.#line;
  }

  /** What the first column is called, in a table whose lines have as many columns as their header: a comma stands in any sentence. */
  #firstName(line: number, delimiter: string, read: string): readonly string[] {
    const names = this.#namesOf(line, delimiter, 1);
    const columns = countOf(delimiter, read, read.length) + 1;
    const isTable = delimiter !== ',' || (names?.every((name) => !/^ |[.!?]/.test(name)) ?? false);
    return names?.length === columns && isTable ? wordsOf(names[0] ?? '') : NONE;
  }

  /** The first line of the block above that has the same delimiter, when it has this column and no digits. */
  #namesOf(line: number, delimiter: string, column: number): readonly string[] | undefined {
    const text = this.#text;
    if (this.#header?.line === line && this.#header.delimiter === delimiter && this.#header.columns > column) return this.#header.names;
    if (this.#bare?.line === line && this.#bare.delimiter === delimiter && this.#bare.column <= column) return undefined;
    let header: string | undefined;
    for (let end = line - 1, lines = 0; end > 0 && lines < MOST_LINES; lines++) {
      const begin = text.lastIndexOf('\n', end - 1) + 1;
      if (end - begin > LONGEST_LINE) break;
      const read = text.slice(begin, end);
      if (countOf(delimiter, read, read.length) < column) break;
      // The line above was looked at already: it has the same header.
      if (this.#header?.line === begin && this.#header.delimiter === delimiter && this.#header.columns > column) {
        this.#header = { ...this.#header, line };
        return this.#header.names;
      }
      header = read;
      end = begin - 1;
    }
    if (header === undefined) {
      this.#bare = { line, delimiter, column };
      return undefined;
    }
    const cells = header.split(delimiter);
    this.#header = { line, delimiter, columns: cells.length, names: /\d/.test(header) ? NONE : cells };
    return this.#header.names;
  }

  /** `INSERT INTO t (name, dob) VALUES ('…', '…')`: the column a value goes into. */
  #sqlColumn(from: number, at: number): readonly string[] {
    if (!(this.#hasValues ??= this.#text.includes('VALUES'))) return NONE;
    const before = this.#text.slice(from, at);
    const values = before.lastIndexOf('VALUES');
    if (values < 0) return NONE;
    const open = before.lastIndexOf('(');
    const close = before.lastIndexOf(')', values);
    const first = before.lastIndexOf('(', close);
    if (open < values || close < 0 || first < 0) return NONE;
    return wordsOf(before.slice(first + 1, close).split(',')[before.slice(open).split(',').length - 1] ?? '');
  }
}
