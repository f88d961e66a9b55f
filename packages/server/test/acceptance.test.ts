// The mission's tasks and three more, by their ids: over HTTP, against a real server.
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { connect } from '@ancilla/sdk';
import { parquetReadObjects } from 'hyparquet';
import { missionConfig } from '../src/curator/mission-config.fixture.ts';
import { searchFolder } from './marker-hunt.ts';
import { startOtlpReceiver } from './otlp-receiver.ts';
import { startTestServer, type Client } from './test-server.ts';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
/** The prompt as the model gets it: these agents' templates make one string. */
const toText = (prompt: unknown): string => {
  ok(typeof prompt === 'string');
  return prompt;
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const template = { template: 'Map the column {{column}} with samples {{samples}}.', variables: ['column', 'samples'] };
const glossary = {
  entries: [
    { semantic_id: 'sem.customer.name', name: 'customer name', description: 'Full name of a customer', dtype: 'string' },
    { semantic_id: 'sem.customer.email', name: 'customer e-mail', description: 'Where a customer gets mail', dtype: 'string' },
    { semantic_id: 'sem.order.total', name: 'order total', description: 'Amount of money of an order', dtype: 'number' },
    { semantic_id: 'sem.order.date', name: 'order date', description: 'Day an order was placed', dtype: 'date' },
    { semantic_id: 'sem.address.city', name: 'city', description: 'City of an address', dtype: 'string' },
  ],
};
const tables = [
  {
    name: 'customers',
    columns: [
      column('customer_name', 'Alba', 'Bruno', 'Carla'),
      column('email', 'a@example.org', 'b@example.org'),
      column('city', 'Lyon', 'Porto'),
    ],
  },
  {
    name: 'orders',
    columns: [
      column('order_total', '12.50', '99.00'),
      column('order_date', '2026-01-02', '2026-01-03'),
      column('cust_name', 'Alba', 'Dora'),
    ],
  },
  { name: 'clients', columns: [column('client_name', 'Emil', 'Finn'), column('mail', 'c@example.org'), column('town', 'Graz', 'Bonn')] },
  { name: 'sales', columns: [column('total', '1.00', '2.00'), column('date_of_order', '2026-02-02'), column('customer', 'Gina', 'Hugo')] },
];
const right: Readonly<Record<string, string>> = {
  customer_name: 'sem.customer.name',
  cust_name: 'sem.customer.name',
  client_name: 'sem.customer.name',
  customer: 'sem.customer.name',
  email: 'sem.customer.email',
  mail: 'sem.customer.email',
  city: 'sem.address.city',
  town: 'sem.address.city',
  order_total: 'sem.order.total',
  total: 'sem.order.total',
  order_date: 'sem.order.date',
  date_of_order: 'sem.order.date',
};
function column(name: string, ...samples: string[]) {
  return { name, dtype: 'string', samples };
}

/** Saves and labels what the tests' agents run on. */
async function govern(admin: Client): Promise<void> {
  for (const [kind, id, version, content] of [
    ['prompt_templates', 'pt.test.v1', '1', template],
    [
      'agent_configs',
      'test.agent.v1',
      '1',
      {
        agent_id: 'test.agent.v1',
        version: '1',
        prompt_template_id: 'pt.test.v1',
        pre_hooks: [{ name: 'redact', policy_ref: 'tenant_default' }],
        post_hooks: [{ name: 'extract_candidates' }],
      },
    ],
    ['glossaries', 'crm', '1', glossary],
  ] as const) {
    await admin.post(201, `/curator/${kind}/${id}/versions`, { version, message: 'for the acceptance tests', content });
    await admin.put(200, `/curator/${kind}/${id}/labels/production`, { version, reason: 'for the acceptance tests' });
  }
}

interface Suggestion {
  readonly suggestion_id: string;
  readonly column: string;
  readonly candidates: readonly { readonly semantic_id: string }[];
}
/** Suggests for all tables and decides as `right` says; answers the traces of the suggestions. */
async function suggestAndDecide({ agent, reviewer }: { readonly agent: Client; readonly reviewer: Client }): Promise<readonly string[]> {
  const traces: string[] = [];
  for (const table of tables) {
    const { trace_id, items } = await agent.post<{ trace_id: string; items: readonly Suggestion[] }>(200, '/mapping/suggest', {
      dataset: 'crm',
      table,
      glossary: 'crm',
    });
    traces.push(trace_id);
    for (const { suggestion_id, column: name, candidates } of items) {
      const semantic_id = right[name] ?? '';
      const decision = candidates[0]?.semantic_id === semantic_id ? 'accept' : 'override';
      await reviewer.post(201, `/review/${suggestion_id}/decision`, { decision, semantic_id });
    }
  }
  return traces;
}

test('DIF-DB-001 the six collections exist; documents are inserted through the surfaces that write them, and queried', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, auditor } = server.north;
  await govern(admin);
  await using sdk = connect({ url: server.url, apiKey: agent.key, flushAtExit: false });
  const { event_id } = await sdk
    .agent('test.agent.v1')
    .call({ variables: { column: 'a', samples: 'b' }, model: { id: 'm', endpoint: 'local:test' } })(async () => ({ output: '[]' }));
  equal(await sdk.flush(), 0);
  const saga = await agent.post<{ saga_id: string; epoch: number; lease_token: string }>(201, '/dif/sagas', {
    name: 'import.customer',
    trace_id: hex(16),
    owner_agent_id: 'test.agent.v1',
    idempotency_key: 'import-1',
  });
  const { epoch, lease_token } = saga;
  await agent.post(201, '/dif/wal/append', {
    saga_id: saga.saga_id,
    step_name: 'copy',
    kind: 'intent',
    idempotency_key: 'import-1/copy',
    status: 'pending',
    epoch,
    lease_token,
    payload_ref: null,
    compensate_ref: null,
  });
  await agent.post(200, '/dif/embeddings', { texts: ['customer name'] });
  await suggestAndDecide({ agent, reviewer });
  const { dataset_id } = await server.settled<{ dataset_id: string; saga_id: string }>(
    admin,
    await admin.post(202, '/training/datasets', { task: 'mapping', scope: 'tenant' }),
  );

  equal((await agent.get<{ event_id: string }>(200, `/dif/prompt_events/${event_id}`)).event_id, event_id);
  for (const path of [
    '/dif/prompt_events?agent_id=test.agent.v1',
    '/dif/mapping_history',
    '/dif/embeddings',
    `/dif/wal?saga_id=${saga.saga_id}`,
    '/dif/sagas',
  ])
    ok((await auditor.get<{ items: readonly unknown[] }>(200, path)).items.length > 0, path);
  equal((await auditor.get<{ saga_id: string }>(200, `/dif/sagas/${saga.saga_id}`)).saga_id, saga.saga_id);
  equal((await auditor.get<{ dataset_id: string }>(200, `/training/datasets/${dataset_id}`)).dataset_id, dataset_id);
});

test('CUR-001 a versioned agent config is saved and fetched by id and version, unchanged', async () => {
  await using server = await startTestServer();
  const { admin, reviewer } = server.north;
  const saved = await admin.post<{ digest: string; parent: null }>(201, '/curator/agent_configs/mapping.agent.v1/versions', {
    version: '2025-12-01',
    message: 'first',
    content: missionConfig,
  });
  match(saved.digest, /^sha256:[0-9a-f]{64}$/);
  const found = await reviewer.get<{ content: unknown; digest: string }>(
    200,
    '/curator/agent_configs/mapping.agent.v1/versions/2025-12-01',
  );
  equal(JSON.stringify(found.content), JSON.stringify(missionConfig));
  equal(found.digest, saved.digest);
  const problem = await admin.post<{ code: string }>(409, '/curator/agent_configs/mapping.agent.v1/versions', {
    version: '2025-12-01',
    message: 'again',
    content: { ...missionConfig, description: 'other' },
  });
  equal(problem.code, 'curator.exists');
});

test('AGENTSDK-001 an SDK call makes the server receive a prompt_event with every minimal field', async () => {
  await using server = await startTestServer();
  const { admin, agent } = server.north;
  await govern(admin);
  const saga = await agent.post<{ saga_id: string; epoch: number; lease_token: string }>(201, '/dif/sagas', {
    name: 'a',
    trace_id: hex(16),
    owner_agent_id: 'test.agent.v1',
    idempotency_key: 'sdk-1',
  });
  await using sdk = connect({ url: server.url, apiKey: agent.key, flushAtExit: false, realm: 'test' });
  const parent_trace_id = hex(16);
  let sent = '';
  const result = await sdk.agent('test.agent.v1').call({
    variables: { column: 'cust_nm', samples: 'write to mara@example.org' },
    model: { id: 'gpt-4o', version: '2024-11-20', endpoint: 'https://api.example.com/v1/chat' },
    saga,
    parent_trace_id,
    input_artifact_refs: ['ar_given'],
  })(async ({ prompt }) => {
    sent = toText(prompt);
    return { output: '[{"id":"sem.customer.name","confidence":0.9}]', token_count_in: 12, token_count_out: 5 };
  });
  equal(await sdk.flush(), 0);
  ok(!sent.includes('mara@example.org'), 'the model saw a redacted prompt');
  const event = await agent.get<Record<string, unknown>>(200, `/dif/prompt_events/${result.event_id}`);
  const expected: Readonly<Record<string, unknown>> = {
    trace_id: result.trace_id,
    saga_id: saga.saga_id,
    tenant_id: 'north',
    agent_id: 'test.agent.v1',
    agent_config_id: 'test.agent.v1',
    agent_config_version: '1',
    prompt_template_id: 'pt.test.v1',
    prompt_version: '1',
    prompt_hash: sha256(sent),
    redaction_applied: true,
    input_artifact_refs: ['ar_given'],
    model_id: 'gpt-4o',
    model_version: '2024-11-20',
    endpoint: 'https://api.example.com',
    cost_estimate: null,
    success: true,
    parent_trace_id,
    source: 'sdk',
  };
  for (const [field, value] of Object.entries(expected)) deepEqual(event[field], value, field);
  for (const field of ['start_ts', 'end_ts']) match(String(event[field]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  ok(Number.isInteger(event['latency_ms']));
  deepEqual(event['response_summary'], { candidates_count: 1, top_candidate: 'sem.customer.name', top_confidence: 0.9 });
  deepEqual(Object.keys(event['metrics'] as object).toSorted(), ['bytes_received', 'bytes_sent', 'token_count_in', 'token_count_out']);
  deepEqual(Object.keys(event['execution_env'] as object).toSorted(), ['node_id', 'realm', 'sdk', 'sdk_version']);
  equal((event['redaction_receipt'] as { counts: Record<string, number> }).counts['EMAIL'], 1);

  // A failure has its code, and raw answers have a place only where policy gives them one.
  await sdk
    .agent('test.agent.v1')
    .call({ variables: { column: 'a', samples: 'b' }, model: { id: 'gpt-4o', endpoint: 'https://api.example.com' } })(() =>
      Promise.reject(Object.assign(new Error('no'), { code: 'rate_limited' })),
    )
    .catch(() => {});
  equal(await sdk.flush(), 0);
  const failed = await agent.get<{ items: readonly Record<string, unknown>[] }>(
    200,
    '/dif/prompt_events?agent_id=test.agent.v1&success=false',
  );
  equal(failed.items[0]?.['error_code'], 'rate_limited');
  equal(failed.items[0]?.['response_artifact_ref'], undefined);
});

test('HF-AGENT-001 the embedding is stored, its pointer resolves in tenant storage, the agent keeps no state', async () => {
  await using server = await startTestServer();
  const { agent, admin } = server.north;
  const body = { texts: ['customer name', 'client surname'] };
  interface Embedded {
    readonly items: readonly {
      readonly embedding_id: string;
      readonly embedding_vector: readonly number[];
      readonly space_id: string;
      readonly response_artifact_ref: string;
      readonly confidence: number;
    }[];
  }
  const first = await agent.post<Embedded>(200, '/dif/embeddings', body);
  equal(first.items.length, 2);
  const [one] = first.items;
  ok(one !== undefined && one.confidence > 0);
  deepEqual(
    (await agent.get<{ embedding_vector: readonly number[] }>(200, `/dif/embeddings/${one.embedding_id}`)).embedding_vector,
    one.embedding_vector,
  );
  const content = await admin.bytes(`/dif/artifacts/${one.response_artifact_ref}/content`, { 'x-ancilla-purpose': 'acceptance' });
  deepEqual(
    JSON.parse(content.toString('utf8')),
    first.items.map(({ embedding_vector }) => embedding_vector),
  );
  const { items } = await agent.post<{ items: readonly { embedding_id: string; score: number }[] }>(200, '/dif/embeddings/search', {
    text: 'customer name',
    k: 1,
  });
  equal(items[0]?.embedding_id, one.embedding_id);
  // The same texts after a restart, and in another tenant, give the same vectors: nothing was remembered but what is stored.
  await server.restart();
  const second = await server.south.agent.post<Embedded>(200, '/dif/embeddings', body);
  deepEqual(
    second.items.map(({ embedding_vector }) => embedding_vector),
    first.items.map(({ embedding_vector }) => embedding_vector),
  );
});

test('WAL-001 entries stand before and after the embedding, append-only and queryable by saga_id', async () => {
  await using server = await startTestServer();
  const { agent, auditor } = server.north;
  await agent.post(200, '/dif/embeddings', { texts: ['customer name'] });
  const sagas = await auditor.get<{ items: readonly { saga_id: string; name: string }[] }>(200, '/dif/sagas?name=embedding.embed');
  const { items } = await auditor.get<{ items: readonly { wal_id: string; step_name: string; kind: string; status: string }[] }>(
    200,
    `/dif/wal?saga_id=${sagas.items[0]?.saga_id}`,
  );
  deepEqual(
    items.filter(({ step_name }) => step_name === 'embed').map(({ kind, status }) => `${kind} ${status}`),
    ['intent pending', 'outcome done'],
  );
  const wal_id = items[0]?.wal_id ?? '';
  for (const method of ['PUT', 'PATCH', 'DELETE']) ok([404, 405].includes((await agent.raw(method, `/dif/wal/${wal_id}`)).status), method);
});

test('TRAIN-PIPE-001 accepted decisions become de-identified Parquet, registered with allowed fields, without a raw value in any byte', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await govern(admin);
  await suggestAndDecide({ agent, reviewer });
  const started = await server.settled<{ dataset_id: string; saga_id: string }>(
    steward,
    await steward.post(202, '/training/datasets', { task: 'mapping', scope: 'tenant' }),
  );
  const dataset = await steward.get<{
    status: string;
    examples: number;
    fields: readonly { name: string; allowed: boolean }[];
    files: readonly { artifact_id: string; sha256: string }[];
    leak_test: { passed: boolean };
  }>(200, `/training/datasets/${started.dataset_id}`);
  equal(dataset.status, 'built');
  equal(dataset.leak_test.passed, true);
  ok(dataset.examples > 0);
  ok(dataset.fields.some(({ name, allowed }) => name === 'name_similarity' && allowed));
  const [file] = dataset.files;
  const meta = await steward.get<{ category: string }>(200, `/dif/artifacts/${file?.artifact_id}`);
  equal(meta.category, 'dataset');
  const bytes = await admin.bytes(`/dif/artifacts/${file?.artifact_id}/content`, { 'x-ancilla-purpose': 'acceptance' });
  equal(createHash('sha256').update(bytes).digest('hex'), file?.sha256);
  const rows = await parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer });
  equal(new Set(rows.map(({ example_id }) => String(example_id))).size, dataset.examples);
  const everything = bytes.toString('latin1');
  for (const sample of tables.flatMap(({ columns }) => columns.flatMap(({ samples }) => samples))) {
    // A few digits stand in some hash sooner or later; by themselves, in any byte or cell, they do not.
    const alone = new RegExp(`(?<![A-Za-z0-9])${sample.replaceAll(/[^A-Za-z0-9]/g, '\\$&')}(?![A-Za-z0-9])`);
    const isThere = sample.length >= 8 ? everything.includes(sample) : alone.test(everything);
    const isCell = rows.some((row) => Object.values(row).some((cell) => typeof cell === 'string' && alone.test(cell)));
    ok(!isThere && !isCell, `the dataset holds ${sample.length} characters of a sample`);
  }
  for (const who of ['reviewer', server.north.reviewer.subject]) ok(!rows.some(({ approved_by }) => approved_by === who));
});

test('OBS-001 one trace shows prompt_event, embedding, mapping and approval, at the route and in OTel spans', async () => {
  await using otlp = await startOtlpReceiver();
  await using server = await startTestServer({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url });
  const { admin, agent, reviewer, auditor } = server.north;
  await govern(admin);
  const [trace_id = ''] = await suggestAndDecide({ agent, reviewer });
  const trace = await auditor.get<{ items: readonly { kind: string; summary: Record<string, unknown> }[] }>(200, `/dif/traces/${trace_id}`);
  const kinds = trace.items.map(({ kind }) => kind);
  for (const kind of ['prompt_event', 'embedding', 'suggestion', 'decision', 'wal'])
    ok(kinds.includes(kind), `${kind} in ${kinds.join(' ')}`);
  const click = String(trace.items.find(({ kind }) => kind === 'decision')?.summary['review_trace_id']);
  notEqual(click, trace_id);
  await server.stop();
  const spans = otlp.spans().filter((span) => span.trace_id === trace_id);
  const names = spans.map(({ name }) => name);
  ok(
    spans.some(({ attributes }) => attributes['ancilla.prompt_hash'] !== undefined),
    'the call',
  );
  for (const name of ['embeddings glove-100d-letters', 'chat mapping-ranker', 'POST /mapping/suggest', 'review decision'])
    ok(names.includes(name), `${name} in ${names.join(', ')}`);
  const approval = spans.find(({ name }) => name === 'review decision');
  ok(approval?.links.includes(click), 'the approval is a span of the suggestion’s trace, linked to the reviewer’s');
});

test('POLICY-001 the raw prompt is nowhere but in artifacts, there only if policy allows, and then only encrypted', async () => {
  for (const store_raw of [false, true]) {
    await using otlp = await startOtlpReceiver();
    await using server = await startTestServer({ ANCILLA_LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url });
    const { admin, agent } = server.north;
    await govern(admin);
    if (store_raw) {
      const shipped = await admin.get<{ content: Record<string, unknown> }>(
        200,
        '/curator/redaction_policies/tenant_default/versions/' +
          (await admin.get<{ version: string }>(200, '/curator/redaction_policies/tenant_default/labels/production')).version,
      );
      await admin.post(201, '/curator/redaction_policies/tenant_default/versions', {
        version: 'raw-1',
        message: 'keep raw pairs',
        content: { ...shipped.content, version: 'raw-1', store_raw: true },
      });
      await server.moved(server.north, '/curator/redaction_policies/tenant_default/labels/production', {
        version: 'raw-1',
        reason: 'acceptance',
      });
    }
    const marker = `mark.${hex(6)}@example.org`;
    await using sdk = connect({ url: server.url, apiKey: agent.key, flushAtExit: false, labelTtlMs: 0 });
    const { event_id, prompt_hash } = await sdk
      .agent('test.agent.v1')
      .call({ variables: { column: 'a', samples: marker }, model: { id: 'm', endpoint: 'local:test' } })(async ({ prompt }) => ({
      output: toText(prompt),
    }));
    equal(await sdk.flush(), 0);
    const event = await agent.get<{ prompt_hash: string; input_artifact_refs: readonly string[] }>(200, `/dif/prompt_events/${event_id}`);
    equal(event.prompt_hash, prompt_hash);
    equal(event.input_artifact_refs.length, store_raw ? 1 : 0);
    ok(!JSON.stringify(event).includes(marker));
    if (store_raw) {
      const raw = await admin.bytes(`/dif/artifacts/${event.input_artifact_refs[0]}/content`, { 'x-ancilla-purpose': 'acceptance' });
      ok(raw.includes(marker), 'whoever may read it finds it');
    }
    deepEqual(await server.kept(marker), [], 'no document holds it');
    await server.stop();
    deepEqual(await searchFolder(server.folder, marker), [], 'no file holds it in the clear');
    ok(!server.logs().includes(marker), 'no log line holds it');
    ok(otlp.spans().length > 0 && !otlp.bytes().includes(marker), 'no span holds it');
  }
});
