import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitOf } from './split.ts';

const tables = Array.from({ length: 400 }, (_, n) => `table ${n}`);
const on = (side: string, of: readonly string[]): readonly string[] => {
  const split = splitOf(of);
  return of.filter((cluster) => split(cluster) === side);
};

test('about a quarter of the tables is held out for good, and the newest tenth until newer ones come, here as on every machine', () => {
  const isNew = (table: string) => tables.indexOf(table) >= 360;
  const older = on('held_out', tables).filter((table) => !isNew(table));
  ok(Math.abs(older.length - 90) < 30, `${older.length} of 360`);
  deepEqual(on('train', tables).filter(isNew), []);
  deepEqual(on('held_out', tables.slice(0, 16)), ['table 0', 'table 11', 'table 15']);
  ok(on('train', tables.slice(0, 17)).includes('table 15'));
});

test('a table is as new as what was first decided on it; of nine tables none is new', () => {
  deepEqual(new Set(on('held_out', [...tables.slice(0, 16), 'table 1', 'table 2'])), new Set(['table 0', 'table 11', 'table 15']));
  deepEqual(on('held_out', tables.slice(0, 9)), ['table 0']);
});

test('of two tables or more, both sides have one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 12 }), (clusters) => {
      const sides = new Set(clusters.map(splitOf(clusters)));
      equal(sides.size, 2);
    }),
  );
});

test('one table alone is trained on', () => {
  equal(splitOf(['orders'])('orders'), 'train');
  equal(splitOf(['orders', 'orders'])('orders'), 'train');
});

test('a table that was trained on does not judge a later model, however many tables come', () => {
  // Below this many, a side may still need its nearest table.
  for (let n = 20; n < 200; n += 10)
    for (const more of [1, 10, 200]) {
      const later = new Set(on('held_out', tables.slice(0, n + more)));
      deepEqual(
        on('train', tables.slice(0, n)).filter((cluster) => later.has(cluster)),
        [],
      );
    }
});
