import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { abstains, baseModel, compare, explain, featureNames, fit, parseModel, score, type TrainingRow } from './index.ts';

const features = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: featureNames.length, maxLength: featureNames.length });
const at = (name: string, value: number): number[] => featureNames.map((feature) => (feature === name ? value : 0));

/** Decisions of a made-up world in which only values tell the right term, names mislead. */
const world = (tables: number): readonly TrainingRow[] =>
  Array.from({ length: tables }, (_, t) =>
    Array.from({ length: 4 }, (_unused, c) =>
      ['right', 'wrong', 'other'].map((candidate) => ({
        group: `${t}/${c}`,
        cluster: `${t}`,
        candidate,
        chosen: candidate === 'right',
        features: featureNames.map((name) =>
          name === 'sample_coverage' ? Number(candidate === 'right') : name === 'name_similarity' ? Number(candidate === 'wrong') : 0.1,
        ),
      })),
    ),
  ).flat(2);

test('scores are probabilities with none among them', () => {
  fc.assert(
    fc.property(fc.array(features, { maxLength: 20 }), (candidates) => {
      const { scores, none } = score(baseModel, candidates);
      ok(Math.abs(scores.reduce((sum, each) => sum + each, none) - 1) < 1e-9);
    }),
  );
});

test('nothing that fits is an abstention, and so is a tie', () => {
  ok(abstains(score(baseModel, [at('dtype_score', 1), at('ngram_similarity', 0.2)])));
  const strong = featureNames.map(() => 1);
  ok(!abstains(score(baseModel, [strong, at('overall', 0.1)])));
  ok(abstains(score(baseModel, [strong, strong])));
});

test('the same decisions give the same bytes, in any order', () => {
  const rows = world(6);
  equal(JSON.stringify(fit(rows)), JSON.stringify(fit(rows.toReversed())));
});

test('decisions are learned from: what misled the shipped model does so less', () => {
  const model = fit(world(12));
  const {
    old,
    new: learned,
    clusters,
    mrr_difference_lower,
  } = compare(
    baseModel,
    model,
    world(30).filter(({ cluster }) => Number(cluster) >= 12),
  );
  equal(clusters, 18);
  ok((learned['mrr'] ?? 0) > (old['mrr'] ?? 1), JSON.stringify({ old, learned }));
  ok(mrr_difference_lower > 0);
});

test('no decision at all leaves the prior', () => {
  deepEqual(fit([]), baseModel);
});

test('a few decisions move it little', () => {
  const few = fit(world(1));
  const many = fit(world(40));
  const moved = (model: typeof few) => model.weights.reduce((sum, weight, i) => sum + Math.abs(weight - (baseModel.weights[i] ?? 0)), 0);
  ok(moved(few) < moved(many));
});

test('a group in which nothing was chosen teaches to say nothing', () => {
  const rows = world(20).map((row) => ({ ...row, chosen: false }));
  ok(fit(rows).none > baseModel.none);
});

test('a model that is none is refused by what is wrong', () => {
  deepEqual(parseModel(JSON.parse(JSON.stringify(baseModel))), baseModel);
  throws(() => parseModel({ ...baseModel, weights: [1] }), /weights/);
  throws(() => parseModel({ ...baseModel, feature_names: ['x'] }), /another version/);
  throws(() => parseModel({ ...baseModel, none: Number.NaN }), /none/);
});

test('reasons name what weighs most, in words, with its value', () => {
  const [first] = explain(baseModel, at('memory_both', 0.9));
  equal(first?.feature, 'memory_both');
  ok(first.text.includes('0.90'));
});
