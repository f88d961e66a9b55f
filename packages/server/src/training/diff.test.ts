import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { logicalDigest } from './dataset-file.ts';
import { diffOf } from './diff.ts';
import { decisionOf, draft } from './learning.fixture.ts';
import { atOnce } from './turns.ts';
import { EDITION } from './fields.ts';

const decisions = Array.from({ length: 12 }, (_, n) => decisionOf(n));
const byDecision = ({ rows }: ReturnType<typeof draft>, n: number): string =>
  String(rows.find((row) => row['mapping_history_id'] === decisionOf(n).mapping_history_id)?.['example_id']);

test('a dataset with one decision more, one fewer and one corrected differs by these three examples, though all pseudonyms are new', () => {
  const before = draft(decisions);
  const corrected = decisionOf(5, { decision: 'override', semantic_id: 'sem.address.city' });
  const after = draft([...decisions.slice(1, 5), corrected, ...decisions.slice(6), decisionOf(12)]);
  const { counts, added, removed, changed, fields } = diffOf(before.columns, after.columns, EDITION);
  deepEqual(counts, { added: 1, removed: 1, changed: 1, same: 10 });
  deepEqual([added, removed, changed], [[byDecision(after, 12)], [byDecision(before, 0)], [byDecision(before, 5)]]);
  deepEqual(fields, { added: [], removed: [] });
});

test('a field that is new is told by name, and makes no example another', () => {
  const [before, after] = [draft(decisions), draft(decisions)];
  const novelty = after.rows.map(() => 1);
  const { counts, fields } = diffOf(before.columns, { ...after.columns, novelty }, EDITION);
  deepEqual(fields, { added: ['novelty'], removed: [] });
  equal(counts.changed, 0);
});

test('the logical digest is of what is said: a cell changes it, how the file is written does not', () => {
  const { fields, columns } = draft(decisions);
  const digest = atOnce(logicalDigest(fields, columns));
  equal(atOnce(logicalDigest([...fields], { ...columns })), digest);
  const other = { ...columns, label: (columns['label'] ?? []).with(0, 'none') };
  equal(atOnce(logicalDigest(fields, other)) === digest, false);
});
