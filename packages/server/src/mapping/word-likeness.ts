import { dice, gramsOf } from './text.ts';

/** How rare a word is among the terms: what stands in many names says little. */
export type Rarity = (word: string) => number;
/** How near two words are, 0 to 1. */
export type Likeness = (word: string, other: string) => number;

/** Likeness of words to each other, kept: a glossary's words meet the same columns' words again and again. */
export function openLikeness(meaning: (a: string, b: string) => number): Likeness {
  const rows = new Map<string, Map<string, number>>();
  return (word, other) => {
    if (word === other) return 1;
    let row = rows.get(word);
    if (row === undefined) {
      if (rows.size > 2000) rows.clear();
      rows.set(word, (row = new Map()));
    }
    let found = row.get(other);
    if (found === undefined) row.set(other, (found = alike(word, other, meaning)));
    return found;
  };
}

/** The share of letter groups for words spelled alike, less for an abbreviation, less again for words of near meaning. */
function alike(a: string, b: string, meaning: (a: string, b: string) => number): number {
  const spelled = dice(gramsOf(a), gramsOf(b));
  const short = abbreviates(a, b) || abbreviates(b, a) ? 0.75 : 0;
  const near = meaning(a, b);
  // Below this, nearness of meaning is only sameness of subject: first and last, city and country.
  const meant = near > 0.7 ? 0.75 * near : 0;
  return Math.max(spelled >= 0.5 ? spelled : 0, short, meant);
}

/** Whether one word is the other cut short (`desc`) or without its inner vowels (`qnty`, `mgmt`). */
export function abbreviates(short: string, long: string): boolean {
  if (short.length < 3 || short.length >= long.length - 1 || short[0] !== long[0]) return false;
  if (long.startsWith(short)) return true;
  if (/[aeiouy]/.test(short.slice(1))) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at++;
  return at === short.length && short.at(-1) === long.replace(/[aeiouy]+$/, '').at(-1);
}

/** Two lists of words as one meaning: each word by its best counterpart, weighted by rarity; both directions, harmonic mean. */
export function wordSimilarity(a: readonly string[], b: readonly string[], rarity: Rarity, likeness: Likeness): number {
  if (a.length === 0 || b.length === 0) return 0;
  const there = oneWay(a, b, rarity, likeness);
  if (there === 0) return 0;
  const back = oneWay(b, a, rarity, (word, other) => likeness(other, word));
  return there + back === 0 ? 0 : (2 * there * back) / (there + back);
}

function oneWay(from: readonly string[], to: readonly string[], rarity: Rarity, likeness: Likeness): number {
  let sum = 0;
  let weights = 0;
  for (const word of from) {
    const weight = rarity(word);
    let best = 0;
    for (const other of to) best = Math.max(best, likeness(word, other));
    sum += weight * best;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}
