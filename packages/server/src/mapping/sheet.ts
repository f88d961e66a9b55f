import { featureNames } from '@ancilla/ranker';

/** Numbers of every term of a glossary, by feature. */
export type FeatureColumns = Readonly<Record<string, Float64Array>>;

/** Features of one column and every term of a glossary: numbers between 0 and 1, rounded so that they are the same wherever they are computed. */
export interface FeatureSheet {
  /** The same with more on it: each list holds a number for every term, and is the sheet's own from now on. */
  with(numbers: FeatureColumns): FeatureSheet;
  /** Of every feature, in the order of their names. */
  row(term: number): number[];
  /** Of every term. */
  column(feature: string): Float64Array;
  /** What each term weighs. */
  logits(weights: readonly number[]): Float64Array;
}

const placeOf = new Map(featureNames.map((name, at) => [name, at]));
/** Where a feature stands in a row. */
export function place(feature: string): number {
  const at = placeOf.get(feature);
  if (at === undefined) throw new RangeError(`no feature ${feature}`);
  return at;
}

/** In place: a wide table has thousands of lists. */
function round(numbers: Float64Array): void {
  for (let at = 0; at < numbers.length; at++) {
    const value = numbers[at] ?? 0;
    // Most are nothing.
    if (value !== 0) numbers[at] = value > 0 ? Math.round(Math.min(1, value) * 1e6) / 1e6 : 0;
  }
}

/** @param given - by the feature's place; one that is not there is 0 of every term */
export function newSheet(terms: number, given: readonly (Float64Array | undefined)[] = []): FeatureSheet {
  return {
    with(numbers) {
      const all = [...given];
      for (const [feature, of] of Object.entries(numbers)) {
        round(of);
        all[place(feature)] = of;
      }
      return newSheet(terms, all);
    },
    row: (term) => featureNames.map((_, at) => given[at]?.[term] ?? 0),
    column: (feature) => given[place(feature)] ?? new Float64Array(terms),
    logits(weights) {
      const sums = new Float64Array(terms);
      for (const [at, numbers] of given.entries()) {
        if (numbers === undefined) continue;
        const weight = weights[at] ?? 0;
        for (let term = 0; term < terms; term++) sums[term] = (sums[term] ?? 0) + weight * (numbers[term] ?? 0);
      }
      return sums;
    },
  };
}
