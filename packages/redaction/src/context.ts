// Runs in browsers too. The words before a value: in prose, as a JSON key, as a column's header.
import { classAt, LETTER } from './characters.ts';

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
  const words = [...column, ...wordsOf(text.slice(from, at))];
  return {
    words,
    column,
    find(keywords, within = words.length) {
      for (let i = words.length - 1; i >= 0 && i >= words.length - within; i--) {
        const word = words[i] ?? '';
        const phrase = `${words[i - 1] ?? ''} ${word}`;
        const longer = `${words[i - 2] ?? ''} ${phrase}`;
        if (keywords.has(longer)) return longer;
        if (keywords.has(phrase)) return phrase;
        if (keywords.has(word)) return word;
      }
      return undefined;
    },
  };
}

// Letters next to digits are part of a code, and `aba` inside a hash is no routing number.
const WORDS = /(?<!\d)(?:\p{Lu}?[\p{Ll}\p{M}]+|\p{Lu}+(?![\p{Ll}])|\p{Lo}+)(?!\d)/gu;

/** `phoneNumber`, `PHONE_NUMBER` and `phone number` are the same two words. */
export function wordsOf(text: string): string[] {
  return (text.match(WORDS) ?? []).map((word) => word.toLowerCase());
}

const DELIMITERS = ['|', '\t', ';', ','];
const LONGEST_TABLE = 4000;

/** In a table with a header line, the header of the column that holds an offset. */
function columnWords(text: string, at: number): readonly string[] {
  const sql = sqlColumn(text, at);
  if (sql !== undefined) return wordsOf(sql);
  const start = text.lastIndexOf('\n', at - 1) + 1;
  if (start === 0 || at - start > 400) return [];
  const before = text.slice(start, at);
  const delimiter = DELIMITERS.find((each) => before.includes(each));
  if (delimiter === undefined) return [];
  const column = before.split(delimiter).length - 1;
  // The first line of the block that has the same delimiter.
  let header = '';
  for (let end = start - 1, lines = 0; end > 0 && at - end < LONGEST_TABLE && lines < 50; lines++) {
    const begin = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(begin, end);
    if (line.length > 400 || line.split(delimiter).length <= column) break;
    header = line;
    end = begin - 1;
  }
  return /\d/.test(header) ? [] : wordsOf(header.split(delimiter)[column] ?? '');
}

/** `INSERT INTO t (name, dob) VALUES ('…', '…')`: the column a value goes into. */
function sqlColumn(text: string, at: number): string | undefined {
  const values = text.lastIndexOf('VALUES', at);
  if (values < 0 || at - values > 300) return undefined;
  const open = text.lastIndexOf('(', at);
  const close = text.lastIndexOf(')', values);
  const first = text.lastIndexOf('(', close);
  if (open < values || close < 0 || first < 0 || values - first > 400) return undefined;
  return text.slice(first + 1, close).split(',')[text.slice(open, at).split(',').length - 1];
}
