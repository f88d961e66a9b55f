import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { toPairs } from './glossary-pairs.ts';
import { terms } from './shop.fixture.ts';

test('terms come under names people would give their columns, each with its answer; foreign names without one', () => {
  const made = toPairs(terms, ['blood pressure', 'customer card']);
  const names = made.flatMap(({ table }) => table.columns.map(({ name }) => name));
  const answered = made.flatMap(({ answers }) => answers);
  equal(new Set(names).size, names.length);
  ok(names.includes('blood pressure'), 'a name that shares no word with any term');
  ok(!names.includes('customer card'), 'one that does may be right');
  ok(!answered.some(({ column }) => column === 'blood pressure'));
  deepEqual(
    answered.find(({ semantic_id }) => semantic_id === 'shop.customer.id'),
    { table: 'made_1', column: 'cstmr_id', semantic_id: 'shop.customer.id' },
  );
  ok(answered.every(({ column, semantic_id }) => column !== terms.find((term) => term.semantic_id === semantic_id)?.name));
});

test('the same glossary gives the same pairs', () => {
  equal(JSON.stringify(toPairs(terms, ['x'])), JSON.stringify(toPairs(structuredClone(terms), ['x'])));
});

test('a large glossary is sampled, not followed to its end', () => {
  const many = Array.from({ length: 5000 }, (_, n) => ({ semantic_id: `g.t${n}`, name: `term number ${n}` }));
  const columns = toPairs(many, []).flatMap(({ table }) => table.columns);
  ok(columns.length <= 240 && columns.length > 200);
});
