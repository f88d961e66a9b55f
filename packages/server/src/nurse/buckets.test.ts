import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coverRange, nextBucket } from './buckets.ts';

const DAY = 86_400_000;
const from2020 = Date.UTC(2020, 0, 1);

test('the runs of a range join without gap or overlap and cover exactly its minutes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2000 * DAY }), fc.integer({ min: 1, max: 500 * DAY }), (offset, length) => {
      const from = from2020 + offset;
      const runs = coverRange(from, from + length);
      let at = Math.floor(from / 60_000) * 60_000;
      for (const run of runs) {
        equal(Date.parse(run.from), at);
        at = Date.parse(run.to);
      }
      equal(at, Math.ceil((from + length) / 60_000) * 60_000);
    }),
  );
});

test('a range without an end has the months of all years that are written with four digits', () => {
  const runs = coverRange(0, Date.parse('9999-12-31T23:59:59.999Z'));
  deepEqual(runs, [{ level: 'month', from: '1970-01-01T00:00:00.000Z', to: '9999-12-01T00:00:00.000Z' }]);
});

test('a year is few buckets, wherever it starts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2000 * DAY }), (offset) => {
      const runs = coverRange(from2020 + offset, from2020 + offset + 365 * DAY);
      let buckets = 0;
      for (const { level, from, to } of runs) for (let at = Date.parse(from); at < Date.parse(to); at = nextBucket(level, at)) buckets++;
      ok(buckets <= 240, `${buckets} buckets`);
    }),
  );
});
