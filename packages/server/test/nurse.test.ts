// What a known handful of calls, embeddings and decisions adds up to: in the summary, and in the metrics under the mission's names.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { eventOf } from './fill-tenant.ts';
import { govern, suggest } from './shop.ts';
import { startTestServer } from './test-server.ts';

interface Summary {
  readonly agents: readonly Record<string, unknown>[];
  readonly models: readonly Record<string, unknown>[];
  readonly tenants: readonly Record<string, number>[];
  readonly semantic_ids: readonly { readonly decisions: number; readonly acceptance_rate: number; readonly override_rate: number }[];
}

const call = (latency_ms: number, cost_estimate: number | null, more: object = {}) =>
  eventOf('nurse', {
    latency_ms,
    cost_estimate,
    metrics: { token_count_in: 10, token_count_out: 5, bytes_sent: 1, inference_ms: latency_ms - 100 },
    ...more,
  });

test(
  'calls, latencies, errors, tokens, cost and decisions are added up, and shown to scrapers on this machine without a key',
  { timeout: 120_000 },
  async () => {
    await using server = await startTestServer({ ANCILLA_METRICS_PORT: '0' });
    const { admin, agent, auditor, reviewer } = server.north;
    const kept = await agent.post<{ accepted: number }>(200, '/dif/prompt_events', [
      call(200, 1.5),
      call(400, 0.25),
      call(600, null, { success: false, error_code: 'model.timeout' }),
      call(800, null),
    ]);
    equal(kept.accepted, 4, JSON.stringify(kept));
    await govern(admin);
    const { items } = await suggest(agent, 0);
    for (const [i, decision] of (['accept', 'accept', 'reject'] as const).entries())
      await reviewer.post(201, `/review/${items[i]?.suggestion_id}/decision`, { decision });

    let summary: Summary;
    const ofNurse = (of: readonly Record<string, unknown>[]) =>
      of.find((each) => String(each['agent_id'] ?? each['model_id']).startsWith('nurse'));
    do summary = await auditor.get<Summary>(200, '/nurse/summary?from=2026-11-20T00:00:00.000Z');
    while (ofNurse(summary.agents)?.['calls'] !== 4 || summary.semantic_ids.length < 3);
    const { p50, p95, p99, calls_per_s, ...agentFigures } = ofNurse(summary.agents) ?? {};
    deepEqual(agentFigures, { agent_id: 'nurse.agent.v1', calls: 4, avg_latency_ms: 500, error_rate: 0.25 });
    ok(Number(calls_per_s) > 0);
    deepEqual(
      [p50, p95, p99].map((each) => Math.round(Number(each) / 100)),
      [4, 8, 8],
    );
    deepEqual(ofNurse(summary.models), {
      model_id: 'nurse-model',
      calls: 4,
      tokens_in: 40,
      tokens_out: 20,
      cost_est_total: 1.75,
      priced_calls: 2,
      inference_seconds: 1.6,
    });
    const [tenant] = summary.tenants;
    equal(tenant?.['model_costs'], 1.75);
    ok((tenant?.['embedding_count'] ?? 0) > 0 && (tenant?.['storage_size'] ?? 0) > 0);
    deepEqual(
      summary.semantic_ids
        .map(({ acceptance_rate, decisions, override_rate }) => `${acceptance_rate} ${override_rate} of ${decisions}`)
        .toSorted(),
      ['0 0 of 1', '1 0 of 1', '1 0 of 1'],
    );

    const { url } = JSON.parse(
      server
        .logs()
        .split('\n')
        .find((line) => line.includes('"at":"metrics"')) ?? '{}',
    ) as { url: string };
    match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const text = await (await fetch(url)).text();
    for (const line of [
      'ancilla_agent_calls_total{tenant_id="north",agent_id="nurse.agent.v1",success="true"} 3',
      'ancilla_agent_calls_total{tenant_id="north",agent_id="nurse.agent.v1",success="false"} 1',
      'ancilla_agent_latency_seconds_count{tenant_id="north",agent_id="nurse.agent.v1"} 4',
      'ancilla_model_tokens_in_total{tenant_id="north",model_id="nurse-model"} 40',
      'ancilla_model_tokens_out_total{tenant_id="north",model_id="nurse-model"} 20',
      'ancilla_model_cost_est_cents_total{tenant_id="north",model_id="nurse-model"} 1.75',
      'ancilla_model_inference_seconds_total{tenant_id="north",model_id="nurse-model"} 1.6',
      'ancilla_decisions_total{tenant_id="north",decision="accept"} 2',
      'ancilla_decisions_total{tenant_id="north",decision="reject"} 1',
    ])
      ok(text.includes(`${line}\n`), line);
    match(text, /^ancilla_embedding_count_total\{tenant_id="north"\} [1-9]/m);
    equal((await fetch(new URL('/dif/prompt_events', url))).status, 404, 'it opens nothing else');
    equal((await fetch(`${server.url}/metrics`)).status, 401);
  },
);

test(
  'calls that lie in thousands of minutes are added up too: a batch of them is thousands of sums in one commit',
  { timeout: 60_000 },
  async () => {
    await using server = await startTestServer();
    const { agent, auditor } = server.north;
    const start = Date.parse('2026-01-01T00:00:00.000Z');
    const at = (minute: number) => new Date(start + minute * 60_000).toISOString();
    for (let from = 0; from < 3000; from += 1000)
      await agent.post(
        200,
        '/dif/prompt_events',
        Array.from({ length: 1000 }, (_, i) => call(200, 1, { start_ts: at(from + i), end_ts: at(from + i) })),
      );
    let calls: unknown;
    do calls = (await auditor.get<Summary>(200, `/nurse/summary?from=${at(0)}&to=${at(3000)}`)).agents[0]?.['calls'];
    while (calls !== 3000 && !server.logs().includes('"at":"background"'));
    equal(calls, 3000, server.logs());
  },
);
