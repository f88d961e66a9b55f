import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { nearness } from './nearness.ts';

test('of two directions the nearer one counts, for each of two vectors; what points away counts as nothing', () => {
  const [east, north, west] = [
    [1, 0],
    [0, 1],
    [-1, 0],
  ] as const;
  const pairs = Float32Array.of(...east, ...north, ...west, ...north, ...west, ...west);
  deepEqual(nearness(Float32Array.of(...east), Float32Array.of(0.6, 0.8), pairs), [
    Float64Array.of(1, 0, 0),
    Float64Array.of(...[0.8, 0.8, 0].map(Math.fround)),
  ]);
});
