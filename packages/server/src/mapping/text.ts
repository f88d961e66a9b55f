import { expand } from './vocabulary.ts';

/** Words of a name: parted at case changes and everything that is no letter or digit, lower-case. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** A name that says nothing: c01, col_3, field7, unnamed. */
const NAMELESS = /^(?:c|col|column|field|f|var|v|x|_c|unnamed)[ _:.-]*\d*$/i;

/** A name as it is compared: its words, what they stand for, its letter groups. */
export interface NameView {
  readonly words: readonly string[];
  readonly meant: readonly string[];
  readonly grams: ReadonlySet<string>;
}

export function toNameView(name: string): NameView {
  const words = NAMELESS.test(name.trim()) ? [] : wordsOf(name);
  return { words, meant: words.flatMap((word) => expand(word)), grams: words.length === 0 ? new Set() : gramsOf(words.join(' ')) };
}

/** Groups of three letters, edges included. */
export function gramsOf(text: string): ReadonlySet<string> {
  const padded = `  ${text} `;
  const grams = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at++) grams.add(padded.slice(at, at + 3));
  return grams;
}

const shared = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number => {
  let count = 0;
  for (const each of a.size < b.size ? a : b) if ((a.size < b.size ? b : a).has(each)) count++;
  return count;
};

/** Twice what two sets share, of all they have. */
export const dice = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number =>
  a.size + b.size === 0 ? 0 : (2 * shared(a, b)) / (a.size + b.size);
/** What two sets share, of what either has. */
export const jaccard = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number => {
  const both = shared(a, b);
  return both === 0 ? 0 : both / (a.size + b.size - both);
};

/** How rare a word is among the terms: what stands in many names says little. */
export type Rarity = (word: string) => number;

const wordLikeness = new Map<string, number>();
/** 1 for the same word, the share of letter groups for one spelled alike, 0 otherwise. */
function alike(a: string, b: string): number {
  if (a === b) return 1;
  const key = a < b ? `${a} ${b}` : `${b} ${a}`;
  let found = wordLikeness.get(key);
  if (found === undefined) {
    const likeness = dice(gramsOf(a), gramsOf(b));
    found = likeness >= 0.5 ? likeness : 0;
    if (wordLikeness.size > 200_000) wordLikeness.clear();
    wordLikeness.set(key, found);
  }
  return found;
}

/** Two lists of words as one meaning: each word by its best counterpart, weighted by rarity; both directions, harmonic mean. */
export function wordSimilarity(a: readonly string[], b: readonly string[], rarity: Rarity): number {
  if (a.length === 0 || b.length === 0) return 0;
  const oneWay = (from: readonly string[], to: readonly string[]): number => {
    let sum = 0;
    let weights = 0;
    for (const word of from) {
      const weight = rarity(word);
      let best = 0;
      for (const other of to) best = Math.max(best, alike(word, other));
      sum += weight * best;
      weights += weight;
    }
    return weights === 0 ? 0 : sum / weights;
  };
  const [there, back] = [oneWay(a, b), oneWay(b, a)];
  return there + back === 0 ? 0 : (2 * there * back) / (there + back);
}
