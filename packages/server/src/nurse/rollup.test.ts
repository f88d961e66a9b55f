import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry, Mapping, mappingHistory } from '@ancilla/contracts';
import { toRollups } from './rollup.ts';

const decision = (change: Partial<Mapping>): Entry<typeof mappingHistory> => {
  const doc: Mapping = {
    mapping_history_id: 'mh_00000000000000000000000001',
    trace_id: 'a'.repeat(32),
    review_trace_id: 'b'.repeat(32),
    suggestion_id: 'su_00000000000000000000000001',
    source: { dataset: 'crm', table: 'customers', column: 'cust_nm' },
    decision: 'accept',
    semantic_id: 'sem.name',
    candidates: [
      { semantic_id: 'sem.name', score: 0.8 },
      { semantic_id: 'sem.city', score: 0.1 },
    ],
    features_ref: 'ar_00000000000000000000000001',
    reviewer_id: 'ann',
    model: { id: 'mapping-ranker', version: 'base-6', arm: 'stable' },
    agent_config: { id: 'mapping.agent.v1', version: '1' },
    glossary: { id: 'crm', version: '1' },
    decided_at: '2026-11-27T01:00:00.000Z',
    ...change,
  };
  return { in: 'mapping_history', seq: 1, id: doc.mapping_history_id, doc };
};

test('a model is accepted by people, and by who was shown nothing when they name what it would have shown', () => {
  const blind = { decision: 'override', blind: true } as const;
  const all = toRollups(
    [
      {},
      { decision: 'override', semantic_id: 'sem.city' },
      { ...blind, semantic_id: 'sem.name' },
      { ...blind, semantic_id: 'sem.city' },
      { reviewer_id: 'policy:review' },
    ].map((change) => decision(change as Partial<Mapping>)),
  );
  deepEqual(all.get('day/2026-11-27T00:00:00.000Z/model_version/mapping-ranker@base-6')?.sums, {
    decisions: 4,
    accepted: 2,
    overridden: 2,
  });
});
