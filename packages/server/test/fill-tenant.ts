import { randomBytes } from 'node:crypto';
import type { Tenant, TestServer } from './test-server.ts';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** A call's event as an SDK sends it, with a word of one's own in every name. */
export const eventOf = (mark: string, more: object = {}): object => ({
  event_id: `pe_0${hex(12).replaceAll(/[^0-9a-f]/g, '0')}0`,
  trace_id: hex(16),
  span_id: hex(8),
  agent_id: `${mark}.agent.v1`,
  agent_config_id: `${mark}.agent.v1`,
  agent_config_version: '1',
  prompt_template_id: `pt.${mark}.v1`,
  prompt_version: '1',
  prompt_hash: hex(32),
  redaction_applied: true,
  redaction_receipt: {
    policy_id: 'tenant_default',
    policy_version: '1',
    engine_version: '1',
    token_key_version: 1,
    counts: {},
    bytes_in: 1,
    bytes_out: 1,
  },
  input_artifact_refs: [],
  model_id: `${mark}-model`,
  model_version: null,
  endpoint: 'https://model.example',
  start_ts: '2026-11-20T10:00:00.000Z',
  end_ts: '2026-11-20T10:00:01.000Z',
  latency_ms: 1000,
  cost_estimate: null,
  response_summary: { top: `${mark}.answer` },
  success: true,
  metrics: { token_count_in: 1, token_count_out: 1, bytes_sent: 1 },
  execution_env: { realm: 'test', node_id: mark, sdk: 'test', sdk_version: '1' },
  emitter: { id: mark, seq: 0 },
  ...more,
});

/** Fills a tenant through its surfaces with documents whose every chosen name holds one word. Gives what those documents are asked for by. */
export async function fillTenant(
  server: TestServer,
  { admin, agent, reviewer, steward }: Tenant,
  mark: string,
): Promise<ReadonlyMap<string, unknown>> {
  const agent_id = `${mark}.agent.v1`;
  const config = (description: string) => ({
    agent_id,
    description: `${mark} ${description}`,
    prompt_template_id: `pt.${mark}.v1`,
    pre_hooks: [{ name: 'redact', policy_ref: 'tenant_default' }],
    canary: { enabled: true, percent: 50 },
  });
  const entries = ['name', 'city', 'total'].map((word) => ({
    semantic_id: `${mark}.${word}`,
    name: `${mark} ${word}`,
    description: `The ${word} of ${mark}`,
    dtype: 'string',
  }));
  for (const [kind, id, versions] of [
    [
      'prompt_templates',
      `pt.${mark}.v1`,
      ['first', 'second'].map((word) => ({ template: `${mark} ${word} {{column}}`, variables: ['column'] })),
    ],
    ['agent_configs', agent_id, [config('first'), config('second')]],
    ['glossaries', `${mark}-terms`, [{ entries }]],
    // From here on a second person must approve what goes to production.
    ['promotion_policies', 'default', [{ description: mark, labels: { production: { approvals: 2, requires: [] } } }]],
  ] as const) {
    for (const [i, content] of versions.entries())
      await admin.post(201, `/curator/${kind}/${id}/versions`, { version: `${mark}.${i + 1}`, message: mark, content });
    await admin.put(200, `/curator/${kind}/${id}/labels/production`, { version: `${mark}.1`, reason: mark });
  }

  for (const [kind, id] of [
    ['prompt_templates', `pt.${mark}.v1`],
    ['agent_configs', agent_id],
  ])
    await admin.put(202, `/curator/${kind}/${id}/labels/production`, { version: `${mark}.2`, reason: mark });
  await admin.put(200, `/curator/agent_configs/${agent_id}/labels/canary`, { version: `${mark}.2`, reason: mark });

  const { artifact_id } = (await (
    await agent.raw('POST', '/dif/artifacts', {
      body: `raw ${mark}`,
      headers: { 'content-type': 'text/plain', 'x-ancilla-category': 'raw_input' },
    })
  ).json()) as { artifact_id: string };
  const saga = await agent.post<{ saga_id: string; epoch: number; lease_token: string; lease_until: string }>(201, '/dif/sagas', {
    name: `${mark}.import`,
    trace_id: hex(16),
    owner_agent_id: agent_id,
    idempotency_key: `${mark}-1`,
  });
  const { lease_until: _, ...lease } = saga;
  await agent.post(201, '/dif/wal/append', {
    ...lease,
    step_name: mark,
    kind: 'intent',
    status: 'pending',
    idempotency_key: `${mark}/step`,
    attempt: 1,
    payload_ref: artifact_id,
    compensate_ref: null,
    on_unknown: 'park',
    trace_id: hex(16),
  });
  await agent.post(201, '/dif/sagas', { name: `${mark}.other`, trace_id: hex(16), owner_agent_id: agent_id, idempotency_key: `${mark}-2` });
  const events = [1, 2, 3].map(() => eventOf(mark, { saga_id: saga.saga_id, input_artifact_refs: [artifact_id] }));
  await agent.post(200, '/dif/prompt_events', events);
  const attributes = [{ key: 'somebody.wrote', value: { stringValue: mark } }];
  const startTimeUnixNano = `${Date.parse('2026-11-20T10:00:00Z')}000000`;
  const span = { traceId: hex(16), spanId: hex(8), name: mark, kind: 1, startTimeUnixNano, endTimeUnixNano: startTimeUnixNano, attributes };
  await agent.post(200, '/v1/traces', { resourceSpans: [{ scopeSpans: [{ scope: { name: `${mark}-library` }, spans: [span] }] }] });
  await agent.post(200, '/dif/embeddings', { texts: [`${mark} name`, `${mark} city`] });
  const columns = ['name', 'city', 'total'].map((word) => ({ name: `${mark}_${word}`, dtype: 'string', samples: [`${mark} sample`] }));
  const suggested = await agent.post<{ items: readonly { suggestion_id: string }[] }>(200, '/mapping/suggest', {
    dataset: mark,
    table: { name: `${mark}_table`, columns },
    glossary: `${mark}-terms`,
  });
  const [first, second, open] = suggested.items;
  for (const decided of [first, second])
    await reviewer.post(201, `/review/${decided?.suggestion_id}/decision`, {
      decision: 'override',
      semantic_id: `${mark}.name`,
      justification: mark,
    });
  const dataset = await steward.post<{ saga_id: string; dataset_id: string }>(202, '/training/datasets', {
    task: 'mapping',
    scope: 'tenant',
  });
  await server.settled(steward, dataset).catch(() => {});
  await admin.bytes(`/dif/artifacts/${artifact_id}/content`, { 'x-ancilla-purpose': mark });
  const keys = await admin.get<{ items: readonly { key_id: string }[] }>(200, '/governance/keys');
  const checkpoint = (await admin.bytes('/audit/checkpoint', {})).toString('utf8');
  const size = Number(checkpoint.split('\n')[1]);

  const known = new Map<string, unknown>([
    ['kind', 'agent_configs'],
    ['id', agent_id],
    ['librarian:id', `pt.${mark}.v1`],
    ['version', `${mark}.1`],
    ['from', `${mark}.1`],
    ['to', `${mark}.2`],
    ['label', 'production'],
    ['artifact_id', artifact_id],
    ['payload_ref', artifact_id],
    ['suggestion_id', open?.suggestion_id],
    ['glossary', `${mark}-terms`],
    ['dataset_id', dataset.dataset_id],
    ['key_id', keys.items[0]?.key_id],
    ['log_id', checkpoint.split('\n')[0]?.split('/').at(-1)],
    ['collection', 'prompt_events'],
    ['level', '0'],
    // The tile of the log that is not full yet: its number and how much it holds.
    ['part_1', `${String(Math.floor(size / 256)).padStart(3, '0')}.p`],
    ['part_2', String(size % 256)],
    ['subject', agent.subject],
    ...Object.entries(saga),
    ...Object.entries(events[0] ?? {}),
  ]);
  // What the surfaces themselves tell of these documents, by field: ids and filters that only this tenant has.
  for (const path of [
    '/dif/embeddings',
    '/dif/mapping_history',
    '/review/queue?status=open',
    `/dif/wal?saga_id=${saga.saga_id}`,
    '/dif/sagas',
    '/governance/access_log',
    '/rollouts',
    '/dif/otlp_keys',
  ]) {
    const { items } = await admin.get<{ items: readonly Record<string, unknown>[] }>(200, path);
    for (const [field, value] of Object.entries(items[0] ?? {}))
      if (!known.has(field) && (typeof value === 'string' || typeof value === 'number')) known.set(field, value);
  }
  return known;
}
