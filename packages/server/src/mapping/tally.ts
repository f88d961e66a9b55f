import type { Places } from './places.ts';

/** What is more than was there stands there. */
export function raise(of: Float64Array, at: number, to: number): void {
  if (to > (of[at] ?? 0)) of[at] = to;
}

/** What each of a list's members has of some words, by where the words stand; a word counts 1, or its weight. */
export function tally(words: readonly string[], places: Places, size: number, weights?: readonly number[]): Float64Array {
  const found = new Float64Array(size);
  for (const [i, word] of words.entries()) add(found, places.get(word) ?? [], weights === undefined ? 1 : (weights[i] ?? 0));
  return found;
}

/** What stands in several places counts in each. */
export function add(to: Float64Array, places: readonly number[], weight: number): void {
  for (let i = 0; i < places.length; i++) {
    const at = places[i] ?? 0;
    to[at] = (to[at] ?? 0) + weight;
  }
}
