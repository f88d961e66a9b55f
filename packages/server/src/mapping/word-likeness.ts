import { joined, nearness } from './nearness.ts';
import { placesOf } from './places.ts';
import { raise, tally } from './tally.ts';
import { dice, gramsOf, type Token } from './text.ts';

/** How rare a word is among the terms: what stands in many names says little. */
export type Rarity = (word: string) => number;

/** The words of a glossary's names, numbered, and how near a word of a column's name is to each, 0 to 1. */
export interface WordIndex {
  readonly numberOf: ReadonlyMap<string, number>;
  /** By number. Kept: the same words come again and again. */
  likeness(token: Token): Float64Array;
}

const KEPT = 5000;
/** Below this, nearness of meaning is only sameness of subject: first and last, city and country. */
const NEAR = 0.7;
/** What words count that are not the same: a word for another by the shipped vocabulary, one of several senses, cut short, near in meaning. */
const SAME_MEANING = 0.95;
const ONE_SENSE = 0.8;
const CUT_SHORT = 0.75;
const NEAR_MEANING = 0.75;

/** @param vectorOf - a word's direction, undefined when its meaning is not known: letters alone are no meaning */
export function openWordIndex(tokens: readonly Token[], vectorOf: (word: string) => Float32Array | undefined): WordIndex {
  const known = new Map(tokens.map((token) => [token.word, token]));
  const words = [...known.values()];
  const numberOf = new Map(words.map(({ word }, at) => [word, at]));
  const vectors = words.map(({ word }) => vectorOf(word));
  // Of words whose meaning is known, one after the other, and their numbers.
  const numbers = Uint32Array.from([...vectors.keys()].filter((at) => vectors[at] !== undefined));
  const meanings = joined(vectors.filter((vector) => vector !== undefined));
  const grams = words.map(({ word }) => gramsOf(word));
  const gramCounts = Uint32Array.from(grams, ({ length }) => length);
  // Numbers of the words that have a letter group, begin with a letter, may stand for something, mostly do.
  const byGram = placesOf(grams);
  const byLetter = placesOf(words.map(({ word }) => [word.slice(0, 1)]));
  const bySense = placesOf(words.map(({ senses }) => senses));
  const byMeant = placesOf(words.map(({ meant }) => [meant]));
  const rows = new Map<string, Float64Array>();

  function rowOf({ word, meant, senses }: Token): Float64Array {
    const row = new Float64Array(words.length);
    const mine = gramsOf(word);
    raiseSpelled(row, tally(mine, byGram, words.length), mine.length, gramCounts);
    const vector = vectorOf(word);
    if (vector !== undefined) raiseNear(row, nearness(vector, meanings), numbers);
    for (const at of byLetter.get(word.slice(0, 1)) ?? []) {
      const other = words[at]?.word ?? '';
      if (abbreviates(word, other) || abbreviates(other, word)) raise(row, at, CUT_SHORT);
    }
    for (const sense of senses) for (const at of bySense.get(sense) ?? []) raise(row, at, ONE_SENSE);
    for (const at of byMeant.get(meant) ?? []) raise(row, at, SAME_MEANING);
    const same = numberOf.get(word);
    if (same !== undefined) row[same] = 1;
    return row;
  }

  return {
    numberOf,
    likeness(token) {
      let row = rows.get(token.word);
      if (row === undefined) {
        if (rows.size >= KEPT) rows.clear();
        rows.set(token.word, (row = rowOf(token)));
      }
      return row;
    },
  };
}

function raiseSpelled(row: Float64Array, shared: Float64Array, mine: number, gramCounts: Uint32Array): void {
  for (let at = 0; at < row.length; at++) {
    const spelled = dice(shared[at] ?? 0, mine, gramCounts[at] ?? 0);
    if (spelled >= 0.5) raise(row, at, Math.min(spelled, SAME_MEANING));
  }
}

function raiseNear(row: Float64Array, near: Float64Array, numbers: Uint32Array): void {
  for (let i = 0; i < near.length; i++) {
    const to = near[i] ?? 0;
    if (to > NEAR) raise(row, numbers[i] ?? 0, NEAR_MEANING * to);
  }
}

/** Whether one word is the other cut short (`desc`) or without its inner vowels (`qnty`, `mgmt`). */
export function abbreviates(short: string, long: string): boolean {
  if (short.length < 3 || short.length >= long.length - 1 || short[0] !== long[0]) return false;
  if (long.startsWith(short)) return true;
  if (/[aeiou]/.test(short.slice(1))) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at++;
  return at === short.length && short.at(-1) === long.replace(/[aeiou]+$/, '').at(-1);
}
