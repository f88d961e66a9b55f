// Runs in browsers too.
import { exp } from './exp.ts';
import { featureNames } from './features.ts';
import { priorModel, type Model } from './model.ts';

/** One candidate of one decision, `none` among them. */
export interface TrainingRow {
  readonly group: string;
  /** What must be on one side of a split: the table. */
  readonly cluster: string;
  readonly candidate: string;
  /** More than one candidate of a group may be right. */
  readonly chosen: boolean;
  readonly features: ArrayLike<number>;
  /** How much the decision counts; 1 when left out. The same for all rows of a group. */
  readonly weight?: number;
}

export interface Group {
  readonly group: string;
  readonly cluster: string;
  readonly weight: number;
  readonly candidates: readonly { readonly candidate: string; readonly chosen: boolean; readonly features: ArrayLike<number> }[];
}

/** Rows by decision, in an order that does not depend on theirs: the same rows give the same model, byte for byte. A decision whose right answer is not among its rows teaches nothing. */
export function toGroups(rows: readonly TrainingRow[]): readonly Group[] {
  const groups = Map.groupBy(rows, ({ group }) => group);
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, all]) => ({
      group,
      cluster: all[0]?.cluster ?? '',
      weight: all[0]?.weight ?? 1,
      candidates: all.toSorted((a, b) => (a.candidate < b.candidate ? -1 : 1)),
    }))
    .filter(({ candidates }) => candidates.some(({ chosen }) => chosen));
}

const ROUNDS = 250;
const STEP = 0.08;
/** How much a weight is held to what was known before: as much as so many decisions hold it where they are. */
const PRIOR_STRENGTH = 3;
/** The same for what people decided: chosen on the cases, with every answer right and with three in ten wrong. */
const DECISIONS_STRENGTH = 0.7;

/**
 * Fits a listwise softmax to decisions by gradient descent, held to a prior, so that few decisions move it little and never far from what worked.
 * A similarity never counts against a candidate: that would be learning from noise. Deterministic.
 * @param options - `prior`: the running model; `forgiving`: see `fitDecisions`
 */
export function fit(
  rows: readonly TrainingRow[],
  {
    prior = priorModel,
    strength = PRIOR_STRENGTH,
    forgiving = false,
  }: { readonly prior?: Model; readonly strength?: number; readonly forgiving?: boolean } = {},
): Model {
  const groups = toGroups(rows);
  const size = featureNames.length;
  const start = Float64Array.from(prior.weights);
  if (groups.length === 0) return prior;
  const packed = pack(groups, size);
  const theta = start.slice();
  const gradient = new Float64Array(size);
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  // Products, not powers: engines may differ in the last bit of `**`.
  let meanDecay = 1;
  let squareDecay = 1;
  for (let round = 1; round <= ROUNDS; round++) {
    meanDecay *= 0.9;
    squareDecay *= 0.999;
    for (let i = 0; i < size; i++) gradient[i] = (strength * ((theta[i] ?? 0) - (start[i] ?? 0))) / packed.total;
    addGradient(packed, theta, gradient, forgiving);
    // Adam (Kingma and Ba 2015): steps that do not depend on the scale of a feature; shorter towards the end, so that it comes to rest.
    const step = STEP * (1 - (round - 1) / ROUNDS);
    for (let i = 0; i < size; i++) {
      const slope = gradient[i] ?? 0;
      mean[i] = 0.9 * (mean[i] ?? 0) + 0.1 * slope;
      square[i] = 0.999 * (square[i] ?? 0) + 0.001 * slope * slope;
      const move = (mean[i] ?? 0) / (1 - meanDecay) / (Math.sqrt((square[i] ?? 0) / (1 - squareDecay)) + 1e-8);
      theta[i] = Math.max(featureNames[i]?.startsWith('none') === true ? -Infinity : 0, (theta[i] ?? 0) - step * move);
    }
  }
  return { ...prior, feature_names: featureNames, weights: [...theta].map((weight) => Math.round(weight * 1e6) / 1e6) };
}

/**
 * As `fit`, for what people decided, who slip: a decision that everything else speaks against pulls by the root of how likely it is, so that some wrong answers do not make the
 * rest be forgotten. @see Zhang and Sabuncu 2018, generalised cross entropy with q = 1/2
 */
export const fitDecisions = (rows: readonly TrainingRow[], prior: Model = priorModel): Model =>
  fit(rows, { prior, strength: DECISIONS_STRENGTH, forgiving: true });

/** Groups in one piece of memory, features of a candidate side by side. */
interface Packed {
  readonly size: number;
  readonly features: Float64Array;
  readonly chosen: Uint8Array;
  /** Where each group's candidates begin; one more at the end. */
  readonly starts: Int32Array;
  /** Candidates of the group that has most. */
  readonly most: number;
  readonly weights: Float64Array;
  readonly total: number;
}

function pack(groups: readonly Group[], size: number): Packed {
  const candidates = groups.flatMap((group) => group.candidates);
  const features = new Float64Array(candidates.length * size);
  candidates.forEach(({ features: numbers }, at) => {
    for (let i = 0; i < size; i++) features[at * size + i] = numbers[i] ?? 0;
  });
  const starts = new Int32Array(groups.length + 1);
  groups.forEach((group, at) => (starts[at + 1] = (starts[at] ?? 0) + group.candidates.length));
  const weights = Float64Array.from(groups, ({ weight }) => weight);
  return {
    size,
    features,
    chosen: Uint8Array.from(candidates, ({ chosen }) => Number(chosen)),
    starts,
    most: groups.reduce((most, group) => Math.max(most, group.candidates.length), 0),
    weights,
    total: weights.reduce((sum, weight) => sum + weight, 0),
  };
}

/** Adds the slope of the mean loss: of −ln p, p being what the right candidates get together, or where it forgives of 2 (1 − √p). */
function addGradient(
  { size, features, chosen, starts, most: widest, weights, total }: Packed,
  theta: Float64Array,
  gradient: Float64Array,
  forgiving: boolean,
): void {
  const shares = new Float64Array(widest);
  for (let g = 0; g < weights.length; g++) {
    const from = starts[g] ?? 0;
    const count = (starts[g + 1] ?? 0) - from;
    let most = -Infinity;
    for (let c = 0; c < count; c++) {
      let sum = 0;
      const at = (from + c) * size;
      for (let i = 0; i < size; i++) sum += (theta[i] ?? 0) * (features[at + i] ?? 0);
      shares[c] = sum;
      if (sum > most) most = sum;
    }
    let [all, right] = [0, 0];
    for (let c = 0; c < count; c++) {
      const share = exp((shares[c] ?? 0) - most);
      shares[c] = share;
      all += share;
      if (chosen[from + c] === 1) right += share;
    }
    const pull = ((weights[g] ?? 0) / total) * (forgiving ? Math.sqrt(right / all) : 1);
    for (let c = 0; c < count; c++) {
      const share = shares[c] ?? 0;
      const push = pull * (share / all - (chosen[from + c] === 1 ? share / right : 0));
      const at = (from + c) * size;
      for (let i = 0; i < size; i++) gradient[i] = (gradient[i] ?? 0) + push * (features[at + i] ?? 0);
    }
  }
}
