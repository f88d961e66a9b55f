import { isText, kindOf, textsOf, type Cell, type Columns, type Field, type TextField, type Vocabulary } from './fields.ts';
import { residue } from './residue.ts';
import { openSearch } from './search.ts';
import type { InParts } from './turns.ts';

/** What the leak test found: where and by which rule, never what. */
export interface Leak {
  readonly field: string;
  readonly rule: string;
}
export interface LeakReport {
  readonly passed: boolean;
  readonly checked_bytes: number;
  readonly leaks: readonly Leak[];
}

const LEAKS_NAMED = 20;
/** Characters that are looked at before others have their turn. */
const LOOKED_A_TURN = 64 * 1024;

/**
 * Looks at what is about to become a dataset, by three rules. (1) Every cell is what its field may hold: a similarity, something made here, a word of a closed list.
 * (2) The redaction engine finds nothing in the words that people chose. (3) Outside the cells that passed, no byte of the file reads as a raw value of the tenant's.
 *
 * A raw value may be equal to a word the dataset says by right (`total` to a public word, `sem.city` to a term) and may stand inside an id by chance; that tells
 * nothing of a row, so cells are held to rule 1 and not searched: a word is in the dataset because of the list it is on, never because it was somebody's value.
 * Texts of calls are the one thing that is no word of a list: they hold no value that redaction took out of any text of the dataset.
 * @param detect - types the tenant's redaction policy finds in a text
 * @param rawValues - values of the tenant's tables, as far as they are at hand
 */
export function* leakTest(
  { fields, columns, bytes }: { readonly fields: readonly Field[]; readonly columns: Columns; readonly bytes: Uint8Array },
  vocabulary: Vocabulary,
  detect: (text: string) => readonly string[],
  rawValues: Iterable<string>,
): InParts<LeakReport> {
  const leaks: Leak[] = [];
  for (const field of fields) {
    leaks.push(...(yield* leaksOfField(field, columns[field.name] ?? [], vocabulary, detect)));
    yield;
  }
  if (openSearch(rawValues)(yield* residue(bytes, fields, columns))) leaks.push({ field: 'file', rule: 'raw_value' });
  return { passed: leaks.length === 0, checked_bytes: bytes.byteLength, leaks: leaks.slice(0, LEAKS_NAMED) };
}

function* leaksOfField(
  field: Field,
  cells: readonly Cell[],
  vocabulary: Vocabulary,
  detect: (text: string) => readonly string[],
): InParts<readonly Leak[]> {
  const leak = (rule: string): Leak => ({ field: field.name, rule });
  if (!isText(field)) {
    const may = field.dtype === 'boolean' ? isBoolean : isSimilarity;
    return cells.every(may) ? [] : [leak('not_allowed')];
  }
  const { is, chosen } = kindOf(field);
  const texts = new Set<string>();
  for (const cell of cells) {
    if (!hasForm(field, cell)) return [leak('not_allowed')];
    if (typeof cell === 'string') texts.add(cell);
    else for (const text of textsOf(cell)) texts.add(text);
  }
  let looked = 0;
  for (const text of texts) {
    if (!is(text, vocabulary)) return [leak('not_allowed')];
    // A text of a call is searched for all that was taken out of any.
    if ((looked += text.length) < LOOKED_A_TURN) continue;
    looked = 0;
    yield;
  }
  return chosen ? [...new Set([...texts].flatMap(detect))].map(leak) : [];
}

const hasForm = ({ dtype, nullable }: TextField, cell: Cell): boolean =>
  cell === null ? nullable : dtype === 'string' ? typeof cell === 'string' : Array.isArray(cell);
const isBoolean = (cell: unknown): boolean => typeof cell === 'boolean';
const isSimilarity = (cell: unknown): boolean => typeof cell === 'number' && cell >= 0 && cell <= 1;
