import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { Dataset, Of } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import type { Artifacts } from '../artifacts/index.ts';
import { logicalDigest } from './dataset-file.ts';
import { diffOf } from './diff.ts';
import { decisionOf, draft } from './learning.fixture.ts';
import { openDataset } from './read-dataset.ts';
import { manyDecisions } from './runs.fixture.ts';
import { atOnce } from './turns.ts';
import { EDITION, type Columns } from './fields.ts';

const decisions = Array.from({ length: 12 }, (_, n) => decisionOf(n));
const readerOf = (columns: Columns) => ({ names: Object.keys(columns), column: async (name: string) => columns[name] ?? [] });
const byDecision = ({ rows }: ReturnType<typeof draft>, n: number): string =>
  String(rows.find((row) => row['mapping_history_id'] === decisionOf(n).mapping_history_id)?.['example_id']);

test('a dataset with one decision more, one fewer and one corrected differs by these three examples, though all pseudonyms are new', async () => {
  const before = draft(decisions);
  const corrected = decisionOf(5, { decision: 'override', semantic_id: 'sem.address.city' });
  const after = draft([...decisions.slice(1, 5), corrected, ...decisions.slice(6), decisionOf(12)]);
  const { counts, added, removed, changed, fields } = await diffOf(readerOf(before.columns), readerOf(after.columns), EDITION);
  deepEqual(counts, { added: 1, removed: 1, changed: 1, same: 10 });
  deepEqual([added, removed, changed], [[byDecision(after, 12)], [byDecision(before, 0)], [byDecision(before, 5)]]);
  deepEqual(fields, { added: [], removed: [] });
});

test('while datasets are compared whoever else is served has a turn, field by field and group of rows by group of rows', async () => {
  const bytes = manyDecisions(1000);
  const dataset = { dataset_id: 'ds_1', files: [{ artifact_id: 'ar_1', sha256: sha256Hex(bytes) }] } as unknown as Dataset;
  const artifacts = { bytes: async () => bytes } as unknown as Artifacts;
  const of = { tenant_id: 'north' } as Of;
  const reader = await openDataset(artifacts, of, dataset, { signal: new AbortController().signal });
  let turns = 0;
  const count = (): void => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const { counts } = await diffOf(reader, reader, EDITION);
  clearImmediate(next);
  deepEqual(counts, { added: 0, removed: 0, changed: 0, same: 1000 });
  // 21,000 rows are three groups, and all but what is new in each dataset is read twice.
  ok(turns >= 3 * 2 * (reader.names.length - 2), `${turns} turns for ${reader.names.length} fields`);
});

test('a field that is new is told by name, and makes no example another', async () => {
  const [before, after] = [draft(decisions), draft(decisions)];
  const novelty = after.rows.map(() => 1);
  const { counts, fields } = await diffOf(readerOf(before.columns), readerOf({ ...after.columns, novelty }), EDITION);
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
