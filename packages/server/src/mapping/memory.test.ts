import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { idFrom, insert, mappingHistory, toTimestamp, type Io, type Mapping } from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import { openTenants } from '../artifacts/tenants.fixture.ts';
import { openMemory } from './memory.ts';
import { toValues } from './profile.ts';

type Tenants = Awaited<ReturnType<typeof openTenants>>;
type Of = Tenants['north'];
const glossary = { id: 'crm', version: '1' };
const trace_id = 'a'.repeat(32);
let made = 0;

/** Stores a decision on a column and what was known of it. */
async function decide(at: Tenants, of: Of, column: string, change: Partial<Mapping>, io: Io): Promise<Mapping> {
  const features = {
    feature_names: [],
    prompt_hash: null,
    columns: { [column]: { tokens: [column], embedding_id: null, candidates: [], profile: toValues(['1', '2'], (text) => text).profile } },
  };
  const about = { category: 'structured_output', content_type: 'application/json', trace_id, created_by: 'mapping.agent.v1' } as const;
  const { artifact_id } = await at.room.put(of, { ...about, bytes: Buffer.from(JSON.stringify(features)) }, io);
  const mapping: Mapping = {
    mapping_history_id: idFrom('mh', sha256(`${made++}`)),
    trace_id,
    review_trace_id: trace_id,
    suggestion_id: idFrom('su', sha256(column)),
    source: { dataset: 'crm', table: 'customers', column },
    decision: 'accept',
    semantic_id: `sem.${column}`,
    candidates: [],
    features_ref: artifact_id,
    reviewer_id: 'mara',
    model: { id: 'mapping-ranker', version: 'base-6', arm: 'stable' },
    agent_config: { id: 'mapping.agent.v1', version: '1' },
    glossary,
    decided_at: toTimestamp(1_700_000_000_000 + made),
    ...change,
  };
  await of.tenant.commit([insert(mappingHistory, mapping)], [], io);
  return mapping;
}
const elsewhere = { dataset: 'crm', table: 'orders' };

test('what people decided is remembered: terms, and that none fits; a bare rejection says nothing', async (t) => {
  await using at = await openTenants();
  const memory = openMemory({ artifacts: at.room });
  await decide(at, at.north, 'name', {}, t);
  await decide(at, at.north, 'batch', { decision: 'none_of_these', semantic_id: null }, t);
  await decide(at, at.north, 'flag', { decision: 'reject', semantic_id: null }, t);
  deepEqual(
    (await memory.of(at.north, 'crm', elsewhere, t)).map(({ table, column, semantic_id, tokens }) => ({
      where: `${table}.${column}`,
      semantic_id,
      tokens,
    })),
    [
      { where: 'customers.name', semantic_id: 'sem.name', tokens: ['name'] },
      { where: 'customers.batch', semantic_id: undefined, tokens: ['batch'] },
    ],
  );
});

test('a correction replaces what it corrects, also when it comes after the memory was read', async (t) => {
  await using at = await openTenants();
  const memory = openMemory({ artifacts: at.room });
  const first = await decide(at, at.north, 'name', {}, t);
  equal((await memory.of(at.north, 'crm', elsewhere, t))[0]?.semantic_id, 'sem.name');
  await decide(at, at.north, 'name', { decision: 'override', semantic_id: 'sem.other', supersedes: first.mapping_history_id }, t);
  deepEqual(
    (await memory.of(at.north, 'crm', elsewhere, t)).map(({ semantic_id }) => semantic_id),
    ['sem.other'],
  );
});

test('a table is no look-alike of itself, another glossary is another language, another tenant another world', async (t) => {
  await using at = await openTenants();
  const memory = openMemory({ artifacts: at.room });
  await decide(at, at.north, 'name', {}, t);
  deepEqual(await memory.of(at.north, 'crm', { dataset: 'crm', table: 'customers' }, t), []);
  deepEqual(await memory.of(at.north, 'other', elsewhere, t), []);
  deepEqual(await memory.of(at.south, 'crm', elsewhere, t), []);
  equal((await memory.of(at.north, 'crm', { dataset: 'old', table: 'customers' }, t)).length, 1);
});
