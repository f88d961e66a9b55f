import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { joined, nearer, nearness } from './nearness.ts';

const [east, north, west] = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(-1, 0)];

test('each of a list is as near as it points the same way, however many there are; what points away has nothing in common', () => {
  const all = [east, north, west, Float32Array.of(0.6, 0.8), north, east];
  for (let count = 0; count <= all.length; count++)
    deepEqual([...nearness(east, joined(all.slice(0, count)))], [1, 0, 0, Math.fround(0.6), 0, 1].slice(0, count));
});

test('of two that belong together the nearer one counts', () => {
  deepEqual(nearer(nearness(north, joined([east, north, west, east]))), Float64Array.of(1, 0));
});
