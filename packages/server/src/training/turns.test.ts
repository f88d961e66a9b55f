import { deepEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { mappingTask } from '../mapping/index.ts';
import { draftOf } from './dataset.ts';
import { decisionOf, featuresFor } from './learning.fixture.ts';
import { atOnce, inTurns } from './turns.ts';

test('while a dataset is made others have their turn, and it is the same as without a break', async () => {
  const decisions = Array.from({ length: 600 }, (_, n) => decisionOf(n));
  const features = new Map(
    [...featuresFor(decisions)].map(([ref, { value, created_at }]) => [ref, { value: mappingTask.parseFeatures(value), created_at }]),
  );
  const parts = { tenant_scope: 'north', vectors: false, hmac: () => new Uint8Array(32) };
  const work = () => draftOf(mappingTask, decisions, features, parts, { detect: () => [], rawValues: [] });
  let turns = 0;
  const others = (): void => {
    turns++;
    next = setImmediate(others);
  };
  let next = setImmediate(others);
  const made = await inTurns(work());
  clearImmediate(next);
  ok(turns > made.fields.length, `${turns} turns`);
  deepEqual(made.bytes, atOnce(work()).bytes);
});
