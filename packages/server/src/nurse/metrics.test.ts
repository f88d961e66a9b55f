import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { promptEvents, type Entry, type PromptEvent } from '@ancilla/contracts';
import { openMetrics } from './metrics.ts';

test('callers who make up names of agents and models get no series without end: further ones are counted together', async () => {
  const metrics = openMetrics();
  const io = { signal: new AbortController().signal };
  const entries = Array.from({ length: 1000 }, (_, n) => {
    const doc = { agent_id: `agent.${n}`, model_id: `model.${n}`, success: true, latency_ms: 10, cost_estimate: 1, metrics: {} };
    // No more of an event than is counted.
    return { in: promptEvents.name, seq: n, doc: doc as unknown as PromptEvent } as unknown as Entry<typeof promptEvents>;
  });
  const { deliver } = metrics.projection as {
    deliver(of: readonly object[], to: { readonly tenant_id: string }, io: object): Promise<void>;
  };
  await deliver(entries, { tenant_id: 'north' }, io);
  await deliver(entries, { tenant_id: 'south' }, io);
  const text = await metrics.registry.metrics();
  const lines = text.split('\n').filter((line) => line.startsWith('ancilla_agent_calls_total{tenant_id="north"'));
  equal(lines.length, 201);
  ok(text.includes('ancilla_agent_calls_total{tenant_id="north",agent_id="agent.0",success="true"} 1\n'));
  ok(text.includes('ancilla_agent_calls_total{tenant_id="north",agent_id="other",success="true"} 800\n'));
  ok(text.includes('ancilla_model_cost_est_cents_total{tenant_id="south",model_id="other"} 800\n'));
});
