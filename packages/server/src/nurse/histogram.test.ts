import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bucketOf, merge, quantile, type Histogram } from './histogram.ts';

const of = (values: readonly number[]): Histogram => {
  let all: Histogram = {};
  for (const value of values) all = merge(all, { [bucketOf(value)]: 1 });
  return all;
};

test('a quantile is within 1 % of the exact one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const exact = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length) - 1)] ?? 0;
        const near = quantile(of(values), q) ?? -1;
        ok(Math.abs(near - exact) <= 0.0101 * exact, `${near} for ${exact}`);
      },
    ),
  );
});

test('merging histograms is counting both', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true })), fc.array(fc.double({ min: 0, max: 1e6, noNaN: true })), (a, b) => {
      deepEqual(merge(of(a), of(b)), of([...a, ...b]));
    }),
  );
});

test('nothing counted has no quantile; zeros have zero', () => {
  equal(quantile({}, 0.5), null);
  equal(quantile(of([0, 0, 0]), 0.99), 0);
});
