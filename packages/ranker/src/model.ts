// Runs in browsers too.
import type { Calibration } from './calibrate.ts';
import { exp } from './exp.ts';
import { featureNames, priorWeights, reasonText } from './features.ts';

/** A listwise softmax over candidates, `none` among them: weights of similarities. Plain JSON. */
export interface Model {
  readonly kind: 'listwise-softmax/2';
  readonly feature_names: readonly string[];
  readonly weights: readonly number[];
  /** What a score promises; without it, what it says. */
  readonly calibration?: Calibration;
}

/** Weights from general knowledge about matching, before anything was learned: what training starts from. */
export const priorModel: Model = { kind: 'listwise-softmax/2', feature_names: featureNames, weights: priorWeights };

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'number' && Number.isFinite(each));

const isCalibration = (value: unknown): value is Calibration =>
  Array.isArray(value) &&
  value.every((pair: unknown, at) => {
    const before: unknown = at === 0 ? [0, 0] : value[at - 1];
    if (!isNumbers(pair) || pair.length !== 2 || !isNumbers(before)) return false;
    return pair.every((each, i) => each > (before[i] ?? 0) && each < 1);
  });

/** Reads a model from JSON. One of a version that knew fewer features says what it said: those it did not know weigh nothing. @throws {TypeError} naming what is wrong */
export function parseModel(value: unknown): Model {
  if (typeof value !== 'object' || value === null) throw new TypeError('a model is an object');
  const { kind, feature_names, weights, calibration }: Record<string, unknown> = { ...value };
  if (kind !== 'listwise-softmax/2') throw new TypeError('kind: only listwise-softmax/2 is known');
  if (!Array.isArray(feature_names) || feature_names.length === 0 || !feature_names.every((name) => featureNames.includes(String(name))))
    throw new TypeError('feature_names: these are features of another version');
  if (!isNumbers(weights) || weights.length !== feature_names.length)
    throw new TypeError(`weights: expected ${feature_names.length} numbers`);
  if (calibration !== undefined && !isCalibration(calibration))
    throw new TypeError('calibration: expected rising pairs of score and share');
  const weightOf = new Map(feature_names.map((name, at) => [String(name), weights[at] ?? 0]));
  return {
    kind,
    feature_names: featureNames,
    weights: featureNames.map((name) => weightOf.get(name) ?? 0),
    ...(calibration !== undefined && { calibration }),
  };
}

/** What candidates weigh together, before it is made a probability. */
export function logit(weights: readonly number[], features: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? 0) * (features[i] ?? 0);
  return sum;
}

/** Probabilities of candidates, together 1. @param candidates - features of each, `none` among them, in the order of `featureNames` */
export function score({ weights }: Pick<Model, 'weights'>, candidates: readonly ArrayLike<number>[]): readonly number[] {
  const logits = candidates.map((features) => logit(weights, features));
  const most = logits.reduce((max, each) => Math.max(max, each), -Infinity);
  const exponentials = logits.map((each) => exp(each - most));
  const sum = exponentials.reduce((total, each) => total + each, 0);
  return exponentials.map((each) => each / sum);
}

/** Whether it is better to say nothing: nothing is likelier than the best candidate, or the two best are equally likely. */
export const abstains = (scores: readonly number[], none: number): boolean => {
  const [best = 0, second = 0] = scores.toSorted((a, b) => b - a);
  return none > best || best === second;
};

/** Why a candidate has its score: the similarities that weigh most, in words; among them, where people's decisions count, what says so most. */
export function explain(
  { weights }: Pick<Model, 'weights'>,
  features: readonly number[],
): readonly { readonly feature: string; readonly value: number; readonly text: string }[] {
  const telling: { readonly at: number; readonly weight: number }[] = [];
  for (let at = 0; at < features.length; at++) {
    const weight = (weights[at] ?? 0) * (features[at] ?? 0);
    if (weight > 0.05 && reasonText(at) !== '') telling.push({ at, weight });
  }
  telling.sort((a, b) => b.weight - a.weight);
  const decided = telling.findIndex(({ at }) => featureNames[at]?.startsWith('memory') === true);
  const shown = decided < REASONS ? telling.slice(0, REASONS) : [...telling.slice(0, REASONS - 1), ...telling.slice(decided, decided + 1)];
  return shown.map(({ at }) => {
    const value = Math.round((features[at] ?? 0) * 1e4) / 1e4;
    return { feature: featureNames[at] ?? '', value, text: `${reasonText(at)} (${value.toFixed(2)})` };
  });
}
const REASONS = 4;
