import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { estimateCost } from './prices.ts';

const list = {
  id: 'default',
  version: '1',
  content: { models: { 'gpt-4o': { input_cents_per_million: 250, output_cents_per_million: 1000 } } },
};

test('a cost is cents with at most six decimals, or null when anything is unknown', () => {
  equal(estimateCost(list, 'gpt-4o', 412, 96), 0.199);
  equal(estimateCost(list, 'gpt-4o', 1, 1), 0.00125);
  equal(estimateCost(list, 'other', 1, 1), null);
  equal(estimateCost(list, 'constructor', 1, 1), null);
  equal(estimateCost(list, 'gpt-4o', null, 1), null);
  equal(estimateCost(undefined, 'gpt-4o', 1, 1), null);
});
