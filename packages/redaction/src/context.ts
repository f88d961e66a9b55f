// Runs in browsers too. The words before a value: in prose, as a JSON key, as a column's header.
import { classAt, DIGIT, LETTER, UPPER } from './characters.ts';

const WINDOW = 64;

export interface Context {
  /** Whole words, lower case, nearest last; an identifier gives its parts. */
  readonly words: readonly string[];
  /** The header's words alone, where the value stands in a table's column. */
  readonly column: readonly string[];
  /** The nearest of these words among the last `within`, if one stands there. A phrase is its words joined by a space. */
  find(keywords: ReadonlySet<string>, within?: number): string | undefined;
}

/** Reads the words before an offset, and the header of its column where it stands in a table. */
export function contextOf(text: string, at: number): Context {
  let from = Math.max(0, at - WINDOW);
  // Whole words: a cut one could read as another.
  while (from > 0 && (classAt(text, from - 1) & LETTER) !== 0 && at - from < WINDOW + 30) from--;
  const column = columnWords(text, at);
  const words = column.length === 0 ? wordsOf(text, from, at) : [...column, ...wordsOf(text, from, at)];
  return {
    words,
    column,
    find(keywords, within = words.length) {
      const last = lastWords(keywords);
      for (let i = words.length - 1; i >= 0 && i >= words.length - within; i--) {
        const word = words[i] ?? '';
        // Nearly every word ends no keyword: one look-up is enough for it.
        if (!last.has(word)) continue;
        const pair = `${words[i - 1] ?? ''} ${word}`;
        const triple = `${words[i - 2] ?? ''} ${pair}`;
        const found = keywords.has(triple) ? triple : keywords.has(pair) ? pair : keywords.has(word) ? word : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

const lasts = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();
/** The words with which keywords and phrases end. */
function lastWords(keywords: ReadonlySet<string>): ReadonlySet<string> {
  const had = lasts.get(keywords);
  if (had !== undefined) return had;
  const last = new Set([...keywords].map((keyword) => keyword.slice(keyword.lastIndexOf(' ') + 1)));
  lasts.set(keywords, last);
  return last;
}

/**
 * `phoneNumber`, `PHONE_NUMBER` and `phone number` are the same two words, lower case.
 * Letters next to digits are part of a code, and `aba` inside a hash is no routing number.
 */
export function wordsOf(text: string, from = 0, to = text.length): string[] {
  const words: string[] = [];
  for (let at = from; at < to;) {
    if ((classAt(text, at) & LETTER) === 0) {
      at++;
      continue;
    }
    const start = at;
    let upper = (classAt(text, at) & UPPER) !== 0;
    at++;
    for (; at < to; at++) {
      const kind = classAt(text, at);
      if ((kind & LETTER) === 0) break;
      // A capital after a small letter begins a word; so does the last of several capitals before a small one.
      const capital = (kind & UPPER) !== 0;
      if (capital && (!upper || (classAt(text, at + 1) & (LETTER | UPPER)) > UPPER)) break;
      upper = capital;
    }
    if ((classAt(text, start - 1) & DIGIT) === 0 && (classAt(text, at) & DIGIT) === 0) words.push(text.slice(start, at).toLowerCase());
  }
  return words;
}

const DELIMITERS = ['|', '\t', ';', ','];
const LONGEST_LINE = 400;
const MOST_LINES = 50;

/** Where the line begins that holds an offset; -1 when it is longer than a table's lines are. */
function lineStart(text: string, at: number): number {
  for (let start = at; start >= 0 && at - start <= LONGEST_LINE; start--)
    if (start === 0 || text.charCodeAt(start - 1) === 0x0a) return start;
  return -1;
}

/** In a table with a header line, the header of the column that holds an offset. */
function columnWords(text: string, at: number): readonly string[] {
  const start = lineStart(text, at);
  if (start <= 0) return sqlWords(text, start < 0 ? at - LONGEST_LINE : 0, at);
  const before = text.slice(start, at);
  const delimiter = DELIMITERS.find((each) => before.includes(each));
  if (delimiter === undefined) return [];
  const column = before.split(delimiter).length - 1;
  // The first line of the block that has the same delimiter.
  let header = '';
  for (let end = start - 1, lines = 0; end > 0 && lines < MOST_LINES; lines++) {
    const begin = lineStart(text, end);
    const line = begin < 0 ? '' : text.slice(begin, end);
    if (line.split(delimiter).length <= column) break;
    header = line;
    end = begin - 1;
  }
  if (header === '') return sqlWords(text, start, at);
  return /\d/.test(header) ? [] : wordsOf(header.split(delimiter)[column] ?? '');
}

/** `INSERT INTO t (name, dob) VALUES ('…', '…')`: the column a value goes into. */
function sqlWords(text: string, from: number, at: number): readonly string[] {
  const before = text.slice(Math.max(0, from), at);
  const values = before.lastIndexOf('VALUES');
  if (values < 0) return [];
  const open = before.lastIndexOf('(');
  const close = before.lastIndexOf(')', values);
  const first = before.lastIndexOf('(', close);
  if (open < values || close < 0 || first < 0) return [];
  return wordsOf(before.slice(first + 1, close).split(',')[before.slice(open).split(',').length - 1] ?? '');
}
