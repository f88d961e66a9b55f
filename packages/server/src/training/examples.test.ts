import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { toTimestamp } from '@ancilla/contracts';
import { featureNames } from '@ancilla/ranker';
import { parquetReadObjects } from 'hyparquet';
import { toArrayBuffer } from './dataset-file.ts';
import { decisionOf, draft, featuresFor, featuresOf } from './learning.fixture.ts';

const decisions = Array.from({ length: 24 }, (_, n) => decisionOf(n));

test('an example has the mission’s fields, and reads back as it was meant', async () => {
  const [decision] = decisions;
  ok(decision !== undefined);
  const { bytes, fields } = draft([decision]);
  const rows = await parquetReadObjects({ file: toArrayBuffer(bytes) });
  equal(rows.length, decision.candidates.length + 1, 'none is one of the candidates');
  const row = rows.find(({ chosen }) => chosen === true) ?? {};
  deepEqual(
    Object.keys(row),
    fields.map(({ name }) => name),
  );
  deepEqual(row['col_name_tokens'], ['customer', 'name', 'a1b2c3d4e5f60718']);
  deepEqual(
    ['name_similarity', 'dtype_score', 'sample_coverage', 'regex_match'].filter((name) => typeof row[name] !== 'number'),
    [],
  );
  const same = {
    tenant_scope: 'north',
    label: 'sem.customer.name',
    candidate: 'sem.customer.name',
    embedding_vector_ref: undefined,
    mapping_history_id: decision.mapping_history_id,
    trace_id: decision.trace_id,
    prompt_hash: 'd'.repeat(64),
    artifact_refs: [decision.features_ref],
    agent_config_id: 'mapping.agent.v1',
    model_version: 'base-6',
    created_at: decision.decided_at,
  };
  for (const [name, value] of Object.entries(same)) deepEqual(row[name] ?? undefined, value, name);
});

test('nothing that people wrote or that tells a table, a column or a reviewer is in any byte', () => {
  const { bytes } = draft(decisions);
  for (const text of ['mara', 'lindqvist', 'Mara knows', 'table 1', 'column 1', 'crm']) ok(!Buffer.from(bytes).includes(text), text);
});

test('the same decisions give the same bytes; another tenant’s keys give others', () => {
  const { bytes } = draft(decisions);
  deepEqual(draft(decisions).bytes, bytes);
  notEqual(Buffer.from(draft(decisions, { key: 'south' }).bytes).toString('hex'), Buffer.from(bytes).toString('hex'));
});

test('a reviewer and a table have one pseudonym in a dataset and another in the next', () => {
  const pseudonyms = (of: typeof decisions, field: string) => new Set(draft(of).rows.map((row) => row[field]));
  equal(pseudonyms(decisions, 'approved_by').size, 1);
  equal(pseudonyms(decisions, 'cluster').size, 4);
  for (const field of ['approved_by', 'cluster']) {
    const next = pseudonyms([...decisions, decisionOf(99)], field);
    ok([...pseudonyms(decisions, field)].every((each) => !next.has(each)));
  }
});

test('a corrected decision is left out, and so is one whose features are gone, are newer than itself or say nothing; each is counted', () => {
  const [first, second, third, fourth] = decisions;
  ok(first !== undefined && second !== undefined && third !== undefined && fourth !== undefined);
  const correction = decisionOf(50, { supersedes: first.mapping_history_id, semantic_id: 'sem.address.city', decision: 'override' });
  const rejected = { ...fourth, decision: 'reject', semantic_id: null } as const;
  const features = featuresFor([first, second, third, fourth, correction]);
  features.delete(second.features_ref);
  features.set(third.features_ref, featuresOf(third, { created_at: toTimestamp(Date.parse(third.decided_at) + 1) }));
  const { links, left_out, rows } = draft([first, second, third, rejected, correction], { features });
  deepEqual(left_out, { corrected: 1, erased: 1, late: 1, no_signal: 1 });
  deepEqual(
    links.map(({ mapping_history_id }) => mapping_history_id),
    [correction.mapping_history_id],
  );
  deepEqual(new Set(rows.map(({ label }) => label)), new Set(['sem.address.city']));
});

test('a correction of a correction leaves the last word', () => {
  const [first] = decisions;
  ok(first !== undefined);
  const second = decisionOf(50, { supersedes: first.mapping_history_id });
  const third = decisionOf(51, { supersedes: second.mapping_history_id });
  deepEqual(
    draft([first, second, third]).links.map(({ mapping_history_id }) => mapping_history_id),
    [third.mapping_history_id],
  );
});

test('an answer that none fits is an example in which the candidate none was right', () => {
  const none = decisionOf(1, { decision: 'none_of_these', semantic_id: null });
  const { rows, report } = draft([none]);
  equal(report.passed, true);
  deepEqual(new Set(rows.map(({ label }) => label)), new Set(['none']));
  ok(rows.every(({ candidate, chosen }) => chosen === (candidate === 'none')));
});

test('an answer that was not among the candidates teaches nothing about ranking', () => {
  equal(draft([decisionOf(1, { decision: 'override', semantic_id: 'sem.order.total' })]).left_out.no_signal, 1);
});

test('references to vectors are in a dataset only where consent covers them, and only then may leave', () => {
  const without = draft(decisions);
  ok(without.rows.every((row) => row['embedding_vector_ref'] === null));
  const withThem = draft(decisions, { vectors: true });
  ok(withThem.rows.every((row) => String(row['embedding_vector_ref']).startsWith('em_')));
  const allowed = ({ fields }: typeof without) => fields.find(({ name }) => name === 'embedding_vector_ref')?.allowed;
  deepEqual([allowed(without), allowed(withThem)], [false, true]);
});

test('features of another version of the ranker are not mixed in', () => {
  const features = featuresFor(decisions);
  const [first] = decisions;
  ok(first !== undefined);
  const { value, created_at } = featuresOf(first);
  features.set(first.features_ref, { created_at, value: { ...(value as object), feature_names: featureNames.toReversed() } });
  equal(draft(decisions, { features }).left_out.no_signal, 1);
});
