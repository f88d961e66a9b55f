import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  abstains,
  calibrate,
  compare,
  domainOf,
  exp,
  explain,
  featureNames,
  fit,
  fitDecisions,
  learn,
  parseModel,
  priorModel,
  promised,
  score,
  type Model,
  type TrainingRow,
} from './index.ts';

const features = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: featureNames.length, maxLength: featureNames.length });
const at = (name: string, value: number): number[] => featureNames.map((feature) => (feature === name ? value : 0));

const NOTHING = at('none', 1);

/** Decisions of a made-up world in which only values tell the right term, names mislead; `none` is among the candidates. */
const world = (tables: number): readonly TrainingRow[] =>
  Array.from({ length: tables }, (_, t) =>
    Array.from({ length: 4 }, (_unused, c) =>
      ['right', 'wrong', 'other']
        .map((candidate) => ({
          group: `${t}/${c}`,
          cluster: `${t}`,
          candidate,
          chosen: candidate === 'right',
          features: featureNames.map((name) =>
            name === 'sample_coverage' ? Number(candidate === 'right') : name === 'name_similarity' ? Number(candidate === 'wrong') : 0.1,
          ),
        }))
        .concat([{ group: `${t}/${c}`, cluster: `${t}`, candidate: 'none', chosen: false, features: NOTHING }]),
    ),
  ).flat(2);

test('scores are probabilities with none among them', () => {
  fc.assert(
    fc.property(fc.array(features, { maxLength: 20 }), (candidates) => {
      const scores = score(priorModel, [...candidates, NOTHING]);
      equal(scores.length, candidates.length + 1);
      ok(Math.abs(scores.reduce((sum, each) => sum + each, 0) - 1) < 1e-9);
    }),
  );
});

test('nothing that fits is an abstention, and so is a tie', () => {
  const judge = (candidates: readonly (readonly number[])[]) => {
    const scores = score(priorModel, [...candidates, NOTHING]);
    return abstains(scores.slice(0, -1), scores.at(-1) ?? 0);
  };
  ok(judge([at('dtype_score', 1), at('ngram_similarity', 0.2)]));
  const strong = featureNames.map((name) => Number(!name.startsWith('none')));
  ok(!judge([strong, at('overall', 0.1)]));
  ok(judge([strong, strong]));
});

test('the exponential is the engine’s, to the last bit but one, and needs no engine', () => {
  for (let x = -740; x < 709; x += 0.37) {
    const [ours, theirs] = [exp(x), Math.exp(x)];
    ok(Math.abs(ours - theirs) <= Math.max(5e-324, theirs * 2.3e-16), `${x}`);
  }
  deepEqual([exp(0), exp(-Infinity), exp(Infinity), exp(Number.NaN)], [1, 0, Infinity, Number.NaN]);
});

test('no similarity ever speaks against a candidate, whatever decisions say', () => {
  const contrary = world(30).map((row) => ({ ...row, chosen: row.candidate === 'wrong' }));
  fit(contrary).weights.forEach((weight, i) => ok(featureNames[i]?.startsWith('none') === true || weight >= 0, `${featureNames[i]}`));
});

test('two right answers share what is theirs: neither is trained against', () => {
  const both = world(12).map((row) => ({ ...row, chosen: row.candidate !== 'other' && row.candidate !== 'none' }));
  const { new: figures } = compare(priorModel, fit(both), both);
  equal(figures['recall_at_1'], 1);
});

test('a decision whose answer is not among its candidates teaches nothing', () => {
  deepEqual(fit(world(5).map((row) => ({ ...row, chosen: false }))), priorModel);
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
    priorModel,
    model,
    world(30).filter(({ cluster }) => Number(cluster) >= 12),
  );
  equal(clusters, 18);
  ok((learned['mrr'] ?? 0) > (old['mrr'] ?? 1), JSON.stringify({ old, learned }));
  ok(mrr_difference_lower > 0);
  // An interval over tables, which holds the mean and is narrower the more tables there are.
  const wide = compare(
    priorModel,
    model,
    world(15).filter(({ cluster }) => Number(cluster) >= 12),
  ).new;
  for (const figure of ['mrr', 'recall_at_1', 'ndcg_at_5']) {
    const [low = 1, mean = 0, high = 0] = [`${figure}_low`, figure, `${figure}_high`].map((name) => learned[name]);
    ok(low <= mean && mean <= high, `${figure} ${low} ${mean} ${high}`);
    ok(high - low <= (wide[`${figure}_high`] ?? 0) - (wide[`${figure}_low`] ?? 0) + 1e-9 || high - low < 0.1, figure);
  }
});

test('three wrong answers in ten do not make a model forget what the seven right ones say', () => {
  const right = world(30);
  const slips = right.map((row, i) => {
    const decision = Math.floor(i / 4);
    return (decision * 7) % 10 < 3 ? { ...row, chosen: row.candidate === 'other' } : row;
  });
  const sureness = (model: Model): number => {
    const scores = score(
      model,
      right.slice(0, 4).map((row) => row.features),
    );
    return scores[0] ?? 0;
  };
  equal(slips.filter(({ chosen }) => chosen).length, right.filter(({ chosen }) => chosen).length);
  const [trusting, forgiving, taught] = [fit(slips), fitDecisions(slips), fitDecisions(right)];
  ok(sureness(forgiving) > sureness(trusting) + 0.1, `${sureness(forgiving)} ${sureness(trusting)}`);
  ok(sureness(taught) - sureness(forgiving) < 0.1, `${sureness(taught)} ${sureness(forgiving)}`);
});

test('what is better for all and worse for what some terms are about is told', () => {
  const rename = (prefix: string) => (row: TrainingRow) => ({
    ...row,
    group: `${prefix}${row.group}`,
    candidate: row.candidate === 'none' ? 'none' : `${prefix}.${row.candidate}`,
  });
  const good = world(30).map(rename('sales'));
  // Here the answers are the other way round.
  const contrary = world(30)
    .map((row) => ({ ...row, chosen: row.candidate === 'wrong' }))
    .map(rename('staff'));
  const model = fit(good);
  ok(compare(priorModel, model, good).mrr_difference_of_worst_domain > 0);
  ok(compare(priorModel, model, [...good, ...contrary]).mrr_difference_of_worst_domain < -0.05);
  equal(compare(priorModel, model, contrary.slice(0, 40)).mrr_difference_of_worst_domain, 0, 'too few to say');
});

test('a domain is what stands before an id’s last separator', () => {
  for (const [id, domain] of [
    ['sem.customer.name', 'sem.customer'],
    ['schema:name', 'schema'],
    ['https://schema.org/name', 'https://schema.org'],
    ['name', 'name'],
  ] as const)
    equal(domainOf(id), domain);
});

test('no decision at all leaves the prior', () => {
  deepEqual(fit([]), priorModel);
});

test('a few decisions move it little', () => {
  const few = fit(world(1));
  const many = fit(world(40));
  const moved = (model: typeof few) => model.weights.reduce((sum, weight, i) => sum + Math.abs(weight - (priorModel.weights[i] ?? 0)), 0);
  ok(moved(few) < moved(many));
});

test('decisions that nothing fits teach to say nothing', () => {
  const rows = world(20).map((row) => ({ ...row, chosen: row.candidate === 'none' }));
  const weightOf = ({ weights }: typeof priorModel) => weights[featureNames.indexOf('none')] ?? 0;
  ok(weightOf(fit(rows)) > weightOf(priorModel));
});

test('a model that is none is refused by what is wrong', () => {
  deepEqual(parseModel(JSON.parse(JSON.stringify(priorModel))), priorModel);
  throws(() => parseModel({ ...priorModel, weights: [1] }), /weights/);
  throws(() => parseModel({ ...priorModel, feature_names: ['x'] }), /another version/);
  throws(() => parseModel({ ...priorModel, kind: 'listwise-softmax/1' }), /kind/);
  throws(() => parseModel({ ...priorModel, weights: priorModel.weights.map(() => Number.NaN) }), /weights/);
});

test('a model of a version that knew fewer features is read by their names, and what it did not know weighs nothing', () => {
  const feature_names = featureNames.filter((name) => name !== 'unsurpassed').toReversed();
  const weights = feature_names.map((name) => priorModel.weights[featureNames.indexOf(name)] ?? 0);
  deepEqual(
    parseModel({ ...priorModel, feature_names, weights }).weights,
    priorModel.weights.map((weight, i) => (featureNames[i] === 'unsurpassed' ? 0 : weight)),
  );
});

test('reasons name what weighs most, in words, with its value', () => {
  const [first] = explain(priorModel, at('memory_both', 0.9));
  equal(first?.feature, 'memory_both');
  ok(first.text.includes('0.90'));
});

test('a calibration says what was right of such scores, rises, and needs enough to say so', () => {
  // Scores are too low in the middle: 0.4 is right in 4 of 5.
  const scored = Array.from({ length: 10_000 }, (_, i) => {
    const kind = i % 5;
    const share = [0.05, 0.3, 0.8, 0.9, 0.97][kind] ?? 0;
    return { score: [0.1, 0.25, 0.4, 0.6, 0.9][kind] ?? 0, right: (Math.floor(i / 5) * 0.618_033_988_7) % 1 < share, weight: 1 };
  });
  const calibration = calibrate(scored);
  for (const [said, is] of [
    [0.1, 0.05],
    [0.4, 0.8],
    [0.9, 0.97],
  ] as const)
    ok(Math.abs(promised(calibration, said) - is) < 0.05, `${said} ${promised(calibration, said)}`);
  // Of few, a promise goes part of the way.
  const ofFew = promised(calibrate(scored.slice(0, 200)), 0.4);
  ok(ofFew > 0.5 && ofFew < 0.75, String(ofFew));
  equal(calibrate(scored.slice(0, 99)), undefined);
  equal(promised(undefined, 0.4), 0.4);
  let before = -1;
  for (let each = 0; each <= 1; each += 0.001) {
    const now = promised(calibration, each);
    ok(now > before && now <= 1, String(each));
    before = now;
  }
});

test('what rises nowhere is pooled, and a model with a calibration is read as it was written', () => {
  const falling = Array.from({ length: 1000 }, (_, i) => ({ score: (i + 1) / 1001, right: i < 500, weight: 1 }));
  const calibration = calibrate(falling) ?? [];
  ok(calibration.length <= 1, JSON.stringify(calibration));
  const model = {
    ...priorModel,
    calibration: [
      [0.2, 0.1],
      [0.5, 0.8],
    ] as const,
  };
  deepEqual(parseModel(JSON.parse(JSON.stringify(model))), model);
  for (const wrong of [
    [
      [0.5, 0.8],
      [0.2, 0.9],
    ],
    [[0.2, 1]],
    [[0.2]],
    'x',
  ])
    throws(() => parseModel({ ...priorModel, calibration: wrong }), /calibration/);
});

test('with enough decisions a model learns how sure it may be, and its error of promise falls on tables it never saw', () => {
  const rows = world(300);
  const model = learn(rows.filter(({ cluster }) => Number(cluster) < 200));
  ok((model.calibration?.length ?? 0) > 0);
  const unseen = rows.filter(({ cluster }) => Number(cluster) >= 200);
  const { old, new: learned } = compare({ ...model, weights: model.weights.map((weight) => weight / 8) }, model, unseen);
  ok(
    (learned['calibration_error'] ?? 1) < 0.05 && (learned['calibration_error'] ?? 1) <= (old['calibration_error'] ?? 0),
    JSON.stringify({ old, learned }),
  );
  equal(JSON.stringify(learn(rows)), JSON.stringify(learn(rows.toReversed())), 'the same bytes in any order');
});
