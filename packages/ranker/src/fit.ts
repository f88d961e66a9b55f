// Runs in browsers too.
import { featureNames } from './features.ts';
import { baseModel, score, type Model } from './model.ts';

/** One candidate of one decision. A group in which nothing is chosen says that nothing fits. */
export interface TrainingRow {
  readonly group: string;
  /** What must be on one side of a split: the table. */
  readonly cluster: string;
  readonly candidate: string;
  readonly chosen: boolean;
  readonly features: readonly number[];
}

export interface Group {
  readonly group: string;
  readonly cluster: string;
  readonly candidates: readonly { readonly candidate: string; readonly features: readonly number[] }[];
  /** Index of the chosen candidate; -1 for none. */
  readonly chosen: number;
}

/** Rows by decision, in an order that does not depend on theirs: the same rows give the same model, byte for byte. */
export function toGroups(rows: readonly TrainingRow[]): readonly Group[] {
  const groups = new Map<string, TrainingRow[]>();
  for (const row of rows) {
    const known = groups.get(row.group);
    if (known === undefined) groups.set(row.group, [row]);
    else known.push(row);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, all]) => {
      const sorted = all.toSorted((a, b) => (a.candidate < b.candidate ? -1 : 1));
      return { group, cluster: sorted[0]?.cluster ?? '', candidates: sorted, chosen: sorted.findIndex(({ chosen }) => chosen) };
    });
}

const ROUNDS = 400;
/** How much a weight is held to what was known before: as much as about so many decisions. */
const PRIOR_STRENGTH = 25;

/**
 * Fits a listwise softmax to decisions by gradient descent, held to a prior, so that few decisions move it little and never far from what worked.
 * Deterministic. @param options - `prior`: the running model
 */
export function fit(
  rows: readonly TrainingRow[],
  { prior = baseModel, l2 = PRIOR_STRENGTH }: { readonly prior?: Model; readonly l2?: number } = {},
): Model {
  const groups = toGroups(rows);
  const size = featureNames.length;
  const start = [...prior.weights, prior.none];
  const theta = [...start];
  const mean: number[] = Array.from({ length: size + 1 }, () => 0);
  const square: number[] = Array.from({ length: size + 1 }, () => 0);
  for (let round = 1; round <= ROUNDS; round++) {
    const gradient = theta.map((value, i) => (l2 * (value - (start[i] ?? 0))) / (25 * Math.max(1, groups.length)));
    for (const { candidates, chosen } of groups) {
      const { scores, none } = score(
        { weights: theta.slice(0, size), none: theta[size] ?? 0 },
        candidates.map(({ features }) => features),
      );
      for (const [c, { features }] of candidates.entries()) {
        const push = ((scores[c] ?? 0) - (c === chosen ? 1 : 0)) / groups.length;
        for (let i = 0; i < size; i++) gradient[i] = (gradient[i] ?? 0) + push * (features[i] ?? 0);
      }
      gradient[size] = (gradient[size] ?? 0) + (none - (chosen < 0 ? 1 : 0)) / groups.length;
    }
    // Adam (Kingma and Ba 2015): steps that do not depend on the scale of a feature.
    for (let i = 0; i <= size; i++) {
      mean[i] = 0.9 * (mean[i] ?? 0) + 0.1 * (gradient[i] ?? 0);
      square[i] = 0.999 * (square[i] ?? 0) + 0.001 * (gradient[i] ?? 0) ** 2;
      const step = (mean[i] ?? 0) / (1 - 0.9 ** round) / (Math.sqrt((square[i] ?? 0) / (1 - 0.999 ** round)) + 1e-8);
      theta[i] = (theta[i] ?? 0) - 0.03 * step;
    }
  }
  // A similarity never counts against a candidate: that would be learning from noise.
  const weights = theta.slice(0, size).map((value) => Math.round(Math.max(0, value) * 1e6) / 1e6);
  return { kind: 'listwise-softmax/1', feature_names: featureNames, weights, none: Math.round((theta[size] ?? 0) * 1e6) / 1e6 };
}
