import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { RolloutSeries } from '@ancilla/contracts';
import { count, emptyEvidence, type Counted } from './series.ts';

const empty = emptyEvidence().series.overridden;
const of = (...units: readonly (readonly [Counted['arm'], number])[]): RolloutSeries =>
  units.reduce((series, [arm, wrong]) => count(series, { arm, wrong: { stable: wrong, candidate: wrong } }), empty);

test('what was on both arms is a pair in itself', () => {
  const series = count(empty, { arm: 'both', wrong: { stable: 0.25, candidate: 0.75 } });
  deepEqual([series.differences, series.waiting], [[0.5], { stable: [], candidate: [] }]);
  deepEqual(
    [series.stable, series.candidate],
    [
      { units: 1, wrong: 0.25 },
      { units: 1, wrong: 0.75 },
    ],
  );
});

test('a unit of the candidate meets all that waits on the other side, and both are spent', () => {
  const { differences, waiting } = of(['stable', 1], ['stable', 0], ['stable', 0], ['candidate', 1], ['stable', 1]);
  deepEqual([differences, waiting], [[0.666667], { stable: [1], candidate: [] }]);
});

test('candidates that came first wait, and are met one by one in their order', () => {
  const { differences, waiting } = of(['candidate', 1], ['candidate', 0], ['stable', 0], ['stable', 0]);
  deepEqual([differences, waiting], [[1, 0], { stable: [], candidate: [] }]);
  deepEqual(of(['candidate', 1], ['candidate', 0], ['stable', 0]).waiting, { stable: [], candidate: [0] });
});

test('which units make a pair never depends on how they came out', () => {
  const arms = ['stable', 'candidate', 'candidate', 'stable', 'stable', 'candidate', 'stable', 'stable', 'stable', 'candidate'] as const;
  const shapes = [0, 1, 0.5].map((wrong) => {
    const { differences, waiting } = of(...arms.map((arm, i) => [arm, i % 2 === 0 ? wrong : 1 - wrong] as const));
    return [differences.length, waiting.stable.length, waiting.candidate.length].join();
  });
  deepEqual(new Set(shapes).size, 1);
});
