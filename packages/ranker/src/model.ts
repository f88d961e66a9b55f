// Runs in browsers too.
import { featureNames, priorWeights, reasonText } from './features.ts';

/** A listwise softmax over candidates and `none`: weights of similarities, and how sure one must be to choose none. Plain JSON. */
export interface Model {
  readonly kind: 'listwise-softmax/1';
  readonly feature_names: readonly string[];
  readonly weights: readonly number[];
  /** The score of `none`, against which candidates compete. */
  readonly none: number;
}

/** The model that ships, before any decision: weights from general knowledge about matching, not fitted to any labelled table. */
export const baseModel: Model = { kind: 'listwise-softmax/1', feature_names: featureNames, weights: priorWeights, none: 7.2 };

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'number' && Number.isFinite(each));

/** Reads a model from JSON. @throws {TypeError} naming what is wrong */
export function parseModel(value: unknown): Model {
  if (typeof value !== 'object' || value === null) throw new TypeError('a model is an object');
  const { kind, feature_names, weights, none }: Record<string, unknown> = { ...value };
  if (kind !== 'listwise-softmax/1') throw new TypeError('kind: only listwise-softmax/1 is known');
  if (!Array.isArray(feature_names) || feature_names.join() !== featureNames.join())
    throw new TypeError('feature_names: these are features of another version');
  if (!isNumbers(weights) || weights.length !== featureNames.length)
    throw new TypeError(`weights: expected ${featureNames.length} numbers`);
  if (typeof none !== 'number' || !Number.isFinite(none)) throw new TypeError('none: expected a number');
  return { kind, feature_names: featureNames, weights, none };
}

/** Probabilities of the candidates and of `none`; together 1. */
export interface Scores {
  readonly scores: readonly number[];
  readonly none: number;
}

const dot = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

/** @param candidates - features of each candidate, in the order of `featureNames` */
export function score({ weights, none }: Pick<Model, 'weights' | 'none'>, candidates: readonly (readonly number[])[]): Scores {
  const logits = candidates.map((features) => dot(weights, features));
  const most = logits.reduce((max, logit) => Math.max(max, logit), none);
  const exponentials = logits.map((logit) => Math.exp(logit - most));
  const own = Math.exp(none - most);
  const sum = exponentials.reduce((total, each) => total + each, own);
  return { scores: exponentials.map((each) => each / sum), none: own / sum };
}

/** Whether it is better to say nothing: nothing is likelier than the best candidate, or the two best are equally likely. */
export const abstains = ({ scores, none }: Scores): boolean => {
  const [best = 0, second = 0] = scores.toSorted((a, b) => b - a);
  return none > best || best === second;
};

/** Why a candidate has its score: the similarities that weigh most, in words. */
export const explain = (
  { weights }: Pick<Model, 'weights'>,
  features: readonly number[],
): readonly { readonly feature: string; readonly value: number; readonly text: string }[] =>
  featureNames
    .map((feature, i) => ({
      feature,
      value: Math.round((features[i] ?? 0) * 1e4) / 1e4,
      text: `${reasonText(i)} (${(features[i] ?? 0).toFixed(2)})`,
      weight: (weights[i] ?? 0) * (features[i] ?? 0),
    }))
    .filter(({ weight, feature }) => weight > 0.05 && feature !== 'overall')
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, 4)
    .map(({ feature, value, text }) => ({ feature, value, text }));
