// Runs in browsers too. The words before a value: in prose, as a JSON key, as a column's header.
import type { Keywords } from './keywords.ts';
import type { Table } from './table.ts';
import type { Words } from './words.ts';

/** How far back a word is still near. */
const WINDOW = 64;

export class Context {
  readonly #text: string;
  readonly #words: Words;
  readonly #table: Table;
  readonly #at: number;
  /** The words near are those after `first` up to `last`. */
  readonly #last: number;
  readonly #first: number;
  /** The lists that may hold one of them. */
  readonly #lists: number;
  #column: readonly string[] | undefined;

  constructor(text: string, words: Words, table: Table, at: number) {
    this.#text = text;
    this.#words = words;
    this.#table = table;
    this.#at = at;
    const { ends, lists } = words;
    const last = words.lastBefore(at);
    let first = last;
    let near = 0;
    for (; first >= 0 && (ends[first] ?? 0) > at - WINDOW; first--) near |= lists[first] ?? 0;
    this.#last = last;
    this.#first = first;
    this.#lists = near;
  }

  /** The header's words, where the value stands in a table's column. */
  get column(): readonly string[] {
    return (this.#column ??= this.#table.columnAt(this.#at));
  }

  /** The nearest of these words among the last `within`, if one stands there. A phrase is its words joined by a space. */
  find(keywords: Keywords, within = Infinity): string | undefined {
    const { starts, ends, lists } = this.#words;
    const { bit } = keywords;
    if ((this.#lists & bit) !== 0) {
      const until = Math.max(this.#first, this.#last - within);
      for (let i = this.#last; i > until; i--) {
        if (((lists[i] ?? 0) & bit) === 0) continue;
        const found = keywords.endingWith((count) => this.#wordsBefore(keywords, i, count), this.#text, starts[i], ends[i]);
        if (found !== undefined) return found;
      }
    }
    let left = within - (this.#last - this.#first);
    return left > 0 ? this.findInColumn(keywords, left) : undefined;
  }

  /** The last of these words among the last `within` of what the value's column is called. */
  findInColumn(keywords: Keywords, within = Infinity): string | undefined {
    const { column } = this;
    for (let i = column.length - 1, left = within; i >= 0 && left > 0; i--, left--) {
      const found = keywords.endingWith((count) => column.slice(Math.max(0, i - count), i).join(' '), column[i] ?? '');
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The word right before the value, or the last of its column's. */
  get nearest(): string {
    return this.#last > this.#first ? this.#word(this.#last) : (this.column.at(-1) ?? '');
  }

  /** The words before one, as far as they may belong to an entry. */
  #wordsBefore(keywords: Keywords, index: number, count: number): string {
    const { starts, ends } = this.#words;
    const last = index - 1;
    if (last <= this.#first || !keywords.mayPrecede(this.#text, starts[last] ?? 0, ends[last] ?? 0)) return '';
    let words = '';
    for (let i = Math.max(this.#first + 1, index - count); i < index; i++) words += words === '' ? this.#word(i) : ` ${this.#word(i)}`;
    return words;
  }

  #word(index: number): string {
    return this.#text.slice(this.#words.starts[index], this.#words.ends[index]).toLowerCase();
  }
}
