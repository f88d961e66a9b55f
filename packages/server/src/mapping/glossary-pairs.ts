import type { Term } from './glossaries.ts';
import type { Answer } from './learn.ts';
import type { Table } from './ready-columns.ts';
import { wordsOf } from './text.ts';

/** A table made up from a glossary, and what its columns mean. */
export interface MadeTable {
  readonly table: Table;
  readonly answers: readonly Answer[];
}

/** How people shorten and dress up a name; the words of the name and of what stands before it in the id. */
const habits: readonly ((words: readonly string[], group: readonly string[]) => readonly string[])[] = [
  (words) => words.map(withoutVowels),
  (words) => words.map((word) => word.slice(0, 4)),
  (words, group) => [...group.map((word) => word.slice(0, 4)), ...words],
  (words) => [...words.slice(0, -1), plural(words.at(-1) ?? '')],
  (words) => (words.length > 2 ? words.filter((_, at) => at !== 1) : words),
  (words) => (words.length > 1 ? words.slice(1) : words),
  (words) => [words.join('')],
  (words) => words.toReversed(),
];

/** A word as it is written when vowels are left out: all but the first letter's. */
const withoutVowels = (word: string): string => (word.length < 4 ? word : word.slice(0, 1) + word.slice(1).replaceAll(/[aeiouy]/g, ''));
const plural = (word: string): string => (word.endsWith('s') ? word : word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`);

const MOST_TERMS = 240;
const A_TABLE = 12;

/**
 * Decisions made from a glossary alone, before there are any: each term under names people would give its column, its neighbours the wrong answers; and names that
 * are of no term here. Deterministic; a large glossary is sampled evenly.
 * @param foreign - names of another glossary
 */
export function toPairs(terms: readonly Term[], foreign: readonly string[]): readonly MadeTable[] {
  const every = Math.max(1, Math.ceil(terms.length / MOST_TERMS));
  const columns = terms
    .filter((_, at) => at % every === 0)
    .flatMap((term, at) => {
      const parts = term.semantic_id.split(/[.:/#|]/);
      const words = wordsOf(term.name ?? parts.at(-1) ?? '');
      const group = parts.length > 1 ? wordsOf(parts.at(-2) ?? '') : [];
      const plain = words.join('_');
      // One habit a term, the next one where it would change nothing.
      const names = [...habits.slice(at % habits.length), ...habits].map((habit) => habit(words, group).join('_'));
      const name = names.find((each) => each !== plain && each !== '');
      return name === undefined ? [] : [{ name, semantic_id: term.semantic_id }];
    });
  const own = new Set(terms.flatMap(({ name = '' }) => wordsOf(name)));
  const strange = foreign.filter((name) => !wordsOf(name).some((word) => own.has(word)));
  const names = new Set<string>();
  const made: MadeTable[] = [];
  for (let from = 0; from < columns.length; from += A_TABLE) {
    const name = `made_${made.length + 1}`;
    const others = strange.slice((made.length * 4) % Math.max(1, strange.length)).slice(0, 4);
    const here = columns.slice(from, from + A_TABLE).filter((column) => !names.has(column.name) && names.add(column.name));
    made.push({
      table: {
        name,
        columns: [...here.map((column) => ({ name: column.name, samples: [] })), ...others.map((each) => ({ name: each, samples: [] }))],
      },
      answers: here.map((column) => ({ table: name, column: column.name, semantic_id: column.semantic_id })),
    });
  }
  return made;
}
