import type { ReadyGlossary } from './glossary-index.ts';
import { isProfile, profileSimilarity } from './profile.ts';
import type { Approved } from './rank-table.ts';
import type { ReadyColumn } from './similarities.ts';
import { jaccard, wordsOf } from './text.ts';
import { expand, singular } from './vocabulary.ts';

/** What approved columns say of a term: its best look-alike by name, by values, by both, 0 to 1. */
export interface Recalled {
  readonly name: number;
  readonly value: number;
  readonly both: number;
  /** The look-alike. */
  readonly where: string;
}

/** How much a look-alike counts whose meaning came from its table, when this table is about something else: `orders.id` says little of `customers.id`. */
const OTHER_SUBJECT = 0.3;

/** The words a table is about. */
export const subjectOf = (table: string): readonly string[] => [
  ...new Set(wordsOf(table).flatMap((word) => expand(singular(word)).map(singular))),
];

/** What approved columns say of each term, by id. */
export function recall(
  { view, values, tokens }: ReadyColumn,
  memory: readonly Approved[],
  glossary: ReadyGlossary,
  tableWords: readonly string[],
): ReadonlyMap<string, Recalled> {
  const best = new Map<string, Recalled>();
  const mine = new Set(tokens);
  const joined = tokens.join(' ');
  for (const { semantic_id, tokens: theirs, profile, where } of memory) {
    const named = view.words.length > 0 && theirs.length > 0;
    const name = named ? (theirs.join(' ') === joined ? 1 : 0.8 * jaccard(mine, new Set(theirs))) : undefined;
    const value = isProfile(profile) ? profileSimilarity(values.profile, profile) : undefined;
    const counts = name !== undefined && fromItsTable(semantic_id, where, view.meant, glossary, tableWords) ? OTHER_SUBJECT : 1;
    const was = best.get(semantic_id);
    const both = counts * nearness(name, value);
    best.set(semantic_id, {
      name: Math.max(was?.name ?? 0, counts * (name ?? 0)),
      // Beside a name, values must be very alike to say something: any two columns of numbers are a little.
      value: Math.max(was?.value ?? 0, (name === undefined ? 1 : counts) * Math.max(0, 2 * (value ?? 0) - 1)),
      both: Math.max(was?.both ?? 0, both),
      where: both > (was?.both ?? -1) ? where : (was?.where ?? where),
    });
  }
  return best;
}

/** Near to the power of three: a far neighbour weighs nothing, a near one almost decides. */
function nearness(name: number | undefined, value: number | undefined): number {
  if (name === undefined || value === undefined) return (name ?? value ?? 0) ** 2;
  return (0.65 * name + 0.35 * value) ** 3;
}

/** Whether a term has words that stand in the approved column's table and neither in this column's name nor in this table. */
function fromItsTable(
  semantic_id: string,
  where: string,
  meant: readonly string[],
  { byId }: ReadyGlossary,
  tableWords: readonly string[],
): boolean {
  const own = byId.get(semantic_id)?.own;
  if (own === undefined) return false;
  const theirs = subjectOf(where.slice(0, where.lastIndexOf('.'))).filter((word) => own.has(word));
  return theirs.length > 0 && !theirs.some((word) => meant.includes(word) || tableWords.includes(word));
}
