// Simulations are seeded: the same runs on every machine.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { Rollout } from '@ancilla/contracts';
import { randomFrom, rolloutOf, START, type Random } from './rollout.fixture.ts';
import { count, emptyEvidence } from './series.ts';
import { alphaOf, standingOf } from './verdict.ts';

const { series: nothing } = emptyEvidence();
const HOUR_LATER = new Date(Date.parse(START) + 3_600_000).toISOString();
const pairs = (differences: readonly number[], units = { stable: differences.length, candidate: differences.length }) => ({
  differences: [...differences],
  waiting: { stable: [], candidate: [] },
  stable: { units: units.stable, wrong: 0 },
  candidate: { units: units.candidate, wrong: 0 },
});
const says = (rollout: Rollout, overridden: readonly number[], failed: readonly number[] = [], at = HOUR_LATER) => {
  const series = { ...nothing, overridden: pairs(overridden), failed: pairs(failed) };
  const { verdict, why } = standingOf(rollout, { series }, at);
  return why === undefined ? verdict : `${verdict} ${why}`;
};
const same = (length: number): readonly number[] => Array<number>(length).fill(0);
const worse = (length: number): readonly number[] => Array<number>(length).fill(1);

test('without any disagreement it takes 118 pairs at a margin of 0.05, and 57 at 0.1; the next try of the same bytes takes more', () => {
  deepEqual([says(rolloutOf(), same(0)), says(rolloutOf(), same(117)), says(rolloutOf(), same(118))], ['running', 'running', 'eligible']);
  const wide = (attempt: number) => rolloutOf({ attempt, rules: { margin: 0.1, least_pairs: 1 } });
  deepEqual([says(wide(1), same(56)), says(wide(1), same(57)), says(wide(2), same(57))], ['running', 'eligible', 'running']);
  equal(alphaOf(wide(2)), alphaOf(wide(1)) / 2);
});

test('no sooner than the policy’s least pairs, however good; harm at once', () => {
  const better = Array<number>(100).fill(-1);
  deepEqual([says(rolloutOf(), better.slice(1)), says(rolloutOf(), better)], ['running', 'eligible']);
  equal(says(rolloutOf(), worse(20)), 'rolled_back harm');
  equal(says(rolloutOf({ verdict: 'eligible' }), [...better, ...worse(200)]), 'rolled_back harm', 'what is eligible is watched still');
});

test('pairs or days that are used up end it: without a verdict, unless it has one', () => {
  const short = rolloutOf({ rules: { most_pairs: 50 } });
  deepEqual([says(short, same(49)), says(short, same(50))], ['running', 'inconclusive most_pairs']);
  const { ends_at } = short;
  equal(says(short, same(9), [], '2027-01-29T23:59:59.999Z'), 'running');
  equal(says(short, same(9), [], ends_at), 'inconclusive most_days');
  equal(says(rolloutOf({ verdict: 'eligible' }), same(118), [], ends_at), 'eligible most_days');
  // One that goes on being asked a thousand times a minute is not counted for ninety days.
  equal(says(rolloutOf({ verdict: 'eligible', rules: { most_pairs: 200 } }), same(200)), 'eligible most_pairs');
  equal(says(rolloutOf({ rules: { most_pairs: 118 } }), same(118)), 'eligible most_pairs');
  equal(says(short, worse(20), [], ends_at), 'rolled_back harm');
});

test('arms that did not get their shares end a canary; a shadow has none', () => {
  const series = { ...nothing, overridden: pairs(same(300), { stable: 600, candidate: 300 }) };
  deepEqual(
    (['canary', 'shadow'] as const).map((stage) => standingOf(rolloutOf({ stage }), { series }, HOUR_LATER).why ?? 'none'),
    ['sample_ratio', 'none'],
  );
  equal(standingOf(rolloutOf({ stage: 'canary', rules: { share: 0.3333 } }), { series }, HOUR_LATER).verdict, 'eligible');
  // The calls of a slower one come later: at first that ends nothing, and proves nothing.
  equal(standingOf(rolloutOf({ stage: 'canary' }), { series }, START).verdict, 'running');
});

test('a config has to be no worse in each question that has answers, and is rolled back for harm in one', () => {
  const config = rolloutOf({ kind: 'agent_configs', id: 'helper.v1', stage: 'canary' });
  equal(says(config, [], same(118)), 'eligible');
  equal(says(config, same(9), same(118)), 'running');
  equal(says(config, same(118), worse(20)), 'rolled_back harm');
});

/** Runs canaries unit by unit, as they are counted, and looks now and then. @returns the share of runs that end so */
const simulate = (
  runs: number,
  units: number,
  seed: number,
  rollout: Rollout,
  wrong: { readonly stable: number; readonly candidate: number },
  how: Rollout['verdict'],
): number => {
  const random = randomFrom(seed);
  let ended = 0;
  for (let i = 0; i < runs; i++) if (runOf(random, units, rollout, wrong) === how) ended++;
  return ended / runs;
};
const LOOK = 100;
const runOf = (random: Random, units: number, rollout: Rollout, wrong: { readonly stable: number; readonly candidate: number }) => {
  let series = nothing.overridden;
  let verdict: Rollout['verdict'] = 'running';
  for (let i = 1; i <= units; i++) {
    const arm = random() < rollout.rules.share ? 'candidate' : 'stable';
    const is = Number(random() < wrong[arm]);
    series = count(series, { arm, wrong: { stable: is, candidate: is } });
    if (i % LOOK !== 0) continue;
    const now = standingOf({ ...rollout, verdict }, { series: { ...nothing, overridden: series } }, HOUR_LATER);
    if (now.why !== undefined) return now.verdict;
    ({ verdict } = now);
  }
  return verdict;
};

for (const share of [0.1, 0.5]) {
  const canary = rolloutOf({ stage: 'canary', rules: { share, margin: 0.1 } });
  test(`counted unit by unit at a share of ${share}: a canary that is worse by the margin passes within the bound, one that harms is found`, () => {
    const runs = 200;
    const alpha = alphaOf(canary);
    const passed = simulate(runs, 2000, 1, canary, { stable: 0.1, candidate: 0.2 }, 'eligible');
    ok(passed <= alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs), String(passed));
    const found = simulate(50, 3000, 2, canary, { stable: 0.1, candidate: 0.4 }, 'rolled_back');
    ok(found >= 0.95, String(found));
  });
}

test('an equal canary at half the traffic passes in four of five runs, and at a tenth it takes more of them', () => {
  const [half, tenth] = [0.5, 0.1].map((share) =>
    simulate(50, 1500, 3, rolloutOf({ stage: 'canary', rules: { share, margin: 0.1 } }), { stable: 0.1, candidate: 0.1 }, 'eligible'),
  );
  ok(half !== undefined && half >= 0.8, String(half));
  ok(tenth !== undefined && tenth < half, `${tenth} ${half}`);
});
