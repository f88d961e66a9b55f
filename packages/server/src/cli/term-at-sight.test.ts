import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Check } from 'typebox/value';
import { Term } from '../mapping/glossaries.ts';
import { isTermAtSight } from './term-at-sight.ts';

test('what is a term at sight is one by its schema', () => {
  const odd = fc.oneof(
    fc.constantFrom('', '👪'.repeat(2000), 'x'.repeat(257), 'x'.repeat(4001), 'Not A Level', null, 7, ['x'.repeat(4001)], ['x', 7]),
    fc.constant(Array.from({ length: 10_001 }, () => 'x')),
    fc.string(),
    fc.array(fc.string()),
  );
  const mostly = (plain: fc.Arbitrary<unknown>) => fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: odd });
  const text = mostly(fc.string());
  const texts = mostly(fc.array(fc.string()));
  const fields = { semantic_id: text, name: text, description: text, dtype: text, enum_values: texts, sample_values: texts, other: odd };
  const entry = fc.record({ ...fields, sensitivity: odd }, { requiredKeys: ['semantic_id'] });
  let seen = 0;
  fc.assert(
    fc.property(mostly(entry), (each) => {
      if (!isTermAtSight(each)) return;
      seen++;
      ok(Check(Term, each));
    }),
    { numRuns: 1000 },
  );
  ok(seen > 50, `${seen}`);
});

test('plain terms are seen to be some', () => {
  equal(
    isTermAtSight({ semantic_id: 'a', name: 'A', description: '', dtype: 'enum', enum_values: ['x'], sample_values: [], more: 1 }),
    true,
  );
});
