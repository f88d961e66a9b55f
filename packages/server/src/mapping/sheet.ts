import { featureNames } from '@ancilla/ranker';

/** Features of one column and every term of a glossary: a row a term, numbers between 0 and 1, rounded so that they are the same wherever they are computed. */
export interface FeatureSheet {
  set(term: number, numbers: Readonly<Record<string, number>>): void;
  row(term: number): readonly number[];
  column(feature: string): Float64Array;
  /** What each term weighs. */
  logits(weights: readonly number[]): Float64Array;
  copy(): FeatureSheet;
}

const SIZE = featureNames.length;
const placeOf = new Map(featureNames.map((name, at) => [name, at]));
function place(feature: string): number {
  const at = placeOf.get(feature);
  if (at === undefined) throw new RangeError(`no feature ${feature}`);
  return at;
}

export function newSheet(terms: number, numbers: Float64Array = new Float64Array(terms * SIZE)): FeatureSheet {
  return {
    set(term, given) {
      for (const feature in given)
        numbers[term * SIZE + place(feature)] = Math.round(Math.min(1, Math.max(0, given[feature] ?? 0)) * 1e6) / 1e6;
    },
    row: (term) => [...numbers.subarray(term * SIZE, (term + 1) * SIZE)],
    column(feature) {
      const at = place(feature);
      const found = new Float64Array(terms);
      for (let term = 0; term < terms; term++) found[term] = numbers[term * SIZE + at] ?? 0;
      return found;
    },
    logits(weights) {
      const sums = new Float64Array(terms);
      for (let term = 0, at = 0; term < terms; term++) {
        let sum = 0;
        for (let i = 0; i < SIZE; i++) sum += (weights[i] ?? 0) * (numbers[at++] ?? 0);
        sums[term] = sum;
      }
      return sums;
    },
    copy: () => newSheet(terms, numbers.slice()),
  };
}
