// Whatever keeps redaction or the keeping of content from succeeding, at every entry: a clear refusal, no call of a model, and no byte of what was sent anywhere.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { curatorVersions, insert, labels, remove, type GovernedVersion, type Label } from '@ancilla/contracts';
import type { TokenKey } from '@ancilla/redaction';
import { connect } from '@ancilla/sdk';
import { openSpool } from '@ancilla/sdk/spool';
import { chatExport } from '../src/cli/chat-export.ts';
import { failingEngine, openGate, openRedactionThreads } from '../src/ingest/index.ts';
import { limitFiles } from '../src/store/engines/file-limit.fixture.ts';
import { event } from './event.ts';
import { searchFolder } from './marker-hunt.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const io = { signal: new AbortController().signal };
const POLICY = '/curator/redaction_policies/tenant_default';
const json = (body: unknown) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const newMarker = (): string => `jane.${randomBytes(6).toString('hex')}@example.org`;

const exported = (text: string) => chatExport({ traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex'), text });

/** Where text comes in that must be redacted before anything is done with it. */
const entries: Readonly<Record<string, (server: TestServer, text: string) => Promise<Response>>> = {
  'POST /redaction/redact': ({ north }, text) => north.agent.raw('POST', '/redaction/redact', json({ value: { note: text } })),
  'POST /dif/prompt_events': ({ north }, text) =>
    north.agent.raw('POST', '/dif/prompt_events', json(event({ response_summary: { said: text } }))),
  'POST /v1/traces': ({ north }, text) => north.agent.raw('POST', '/v1/traces', json(exported(text))),
  'POST /dif/embeddings': ({ north }, text) => north.agent.raw('POST', '/dif/embeddings', json({ texts: [text] })),
  'POST /mapping/suggest': ({ north }, text) =>
    north.agent.raw(
      'POST',
      '/mapping/suggest',
      json({ dataset: 'crm', glossary: 'crm', table: { name: 'people', columns: [{ name: 'mail', samples: [text] }] } }),
    ),
};

const AGENT = 'closed.agent.v1';
/** An agent and a glossary, so that nothing but redaction can be what is missing. */
async function furnish({ north: { admin } }: TestServer): Promise<void> {
  for (const [kind, id, content] of [
    ['prompt_templates', 'pt.closed.v1', { template: 'Say {{what}}', variables: ['what'] }],
    ['agent_configs', AGENT, { agent_id: AGENT, prompt_template_id: 'pt.closed.v1', pre_hooks: [{ name: 'redact' }] }],
    ['glossaries', 'crm', { entries: [{ semantic_id: 'sem.mail', name: 'mail', description: 'Where mail goes', dtype: 'string' }] }],
  ] as const) {
    await admin.post(201, `/curator/${kind}/${id}/versions`, { version: '1', message: 'm', content });
    await admin.put(200, `/curator/${kind}/${id}/labels/production`, { version: '1', reason: 'r' });
  }
}

/** A call through the SDK, as an agent's process makes it: whether its model was called, and what it was told. */
async function call(server: TestServer, text: string, tokenKey?: TokenKey): Promise<{ readonly called: boolean; readonly error: unknown }> {
  using spool = openSpool(join(server.folder, 'spool'));
  await using sdk = connect({ url: server.url, apiKey: server.north.agent.key, flushAtExit: false, spool, ...(tokenKey && { tokenKey }) });
  let called = false;
  const given = { variables: { what: text }, model: { id: 'm', endpoint: 'local:test' } };
  const error: unknown = await sdk
    .agent(AGENT)
    .call(given)(async () => {
      called = true;
      return { output: 'x' };
    })
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  return { called, error };
}

/** Nothing of a text is in any document, opened with its keys, in any log line, or in any file, the SDK's spool included. */
async function nothingWritten(server: TestServer, text: string): Promise<void> {
  deepEqual(await server.kept(text), []);
  ok(!server.logs().includes(text), 'no log line holds it');
  ok(!server.logs().includes('"level":"error"'), 'nothing unforeseen happened');
  await server.stop();
  deepEqual(await searchFolder(server.folder, text), []);
}

const because = { who: 'test', reason: 'broken by hand', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' };
/** Writes a policy into the tenant's store that no surface would have taken, and labels it. */
async function plantPolicy(server: TestServer, content: object): Promise<void> {
  const { platform } = server.stores();
  const tenant = server.stores().tenant('north');
  const of = { kind: 'redaction_policies', id: 'tenant_default', version: 'broken' } as const;
  const shipped = (await platform.get(labels, 'redaction_policies/tenant_default#production', io))?.doc;
  const sound = shipped && (await platform.get(curatorVersions, `redaction_policies/tenant_default@${shipped.version}`, io))?.doc;
  ok(shipped && sound);
  const { source: _, ...plain } = sound;
  const version: GovernedVersion = { ...plain, ...of, version_key: 'redaction_policies/tenant_default@broken', content };
  const label: Label = { ...shipped, ...of };
  await tenant.commit([insert(curatorVersions, version), insert(labels, label, because)], [], io);
}

interface Failure {
  readonly arrange: (server: TestServer, outage: ReturnType<typeof failingEngine>) => Promise<void>;
  /** What the SDK's caller is told. */
  readonly told: string;
}
const failures: Readonly<Record<string, Failure>> = {
  'an engine that throws': {
    async arrange(_, outage) {
      outage.down = true;
    },
    told: 'redaction.failed',
  },
  'a policy that is missing': {
    async arrange(server) {
      await server.stores().platform.commit([remove(labels, 'redaction_policies/tenant_default#production', because)], [], io);
    },
    told: 'policy.unknown',
  },
  'a policy of another form': {
    arrange: (server) => plantPolicy(server, { policy_id: 'tenant_default', version: 'broken', entities: 'all of them' }),
    told: 'redaction.policy',
  },
  'a policy with an action that nobody knows': {
    arrange: (server) => plantPolicy(server, { policy_id: 'tenant_default', version: 'broken', default_action: 'keep' }),
    told: 'redaction.policy',
  },
};

for (const [failure, { arrange, told }] of Object.entries(failures))
  test(`${failure}: refused at every entry, no model is called, nothing is kept`, async () => {
    const outage = failingEngine();
    await using server = await startTestServer({ ANCILLA_LOG_LEVEL: 'debug' }, { redactionEngine: outage.engine });
    await furnish(server);
    await arrange(server, outage);
    const marker = newMarker();
    for (const [entry, send] of Object.entries(entries)) {
      const answer = await send(server, marker);
      const problem = (await answer.json()) as { code: string };
      deepEqual([answer.status, problem.code], [503, 'redaction.failed'], `${entry} ${JSON.stringify(problem)}`);
      ok(answer.headers.has('retry-after'), entry);
      ok(!JSON.stringify(problem).includes(marker), entry);
    }
    const { called, error } = await call(server, marker);
    equal(called, false);
    equal(Reflect.get(Object(error), 'code'), told);
    ok(!String(error).includes(marker));
    const { items } = await server.north.auditor.get<{ items: readonly object[] }>(200, '/dif/prompt_events');
    deepEqual(items, []);
    await nothingWritten(server, marker);
  });

test('more text than redaction takes is refused unread at every entry: time is bounded by what may come in', async () => {
  await using server = await startTestServer({ ANCILLA_LOG_LEVEL: 'debug' });
  await furnish(server);
  const marker = newMarker();
  // Past the 16 Mi characters of the engine, and past every body's bytes; packed it is small enough to be sent.
  const long = marker + randomBytes(9 * 2 ** 20).toString('hex');
  for (const [entry, send] of Object.entries(entries)) {
    const answer = await send(server, long);
    const { code } = (await answer.json()) as { code: string };
    deepEqual([answer.status, code], [413, 'request.too_large'], entry);
  }
  const packed = await server.north.agent.raw('POST', '/v1/traces', {
    body: gzipSync(JSON.stringify(exported(long)), { level: 1 }),
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  });
  const { partialSuccess } = (await packed.json()) as { partialSuccess?: { rejectedSpans: string; errorMessage: string } };
  deepEqual([packed.status, partialSuccess?.rejectedSpans], [200, '1']);
  match(partialSuccess?.errorMessage ?? '', /^span 0: redaction refuses it: more than \d+ characters$/);
  for (const [tokenKey, told] of [
    [undefined, 'request.too_large'],
    [{ version: 1, bytes: new Uint8Array(32) }, 'redaction.refused'],
  ] as const) {
    const { called, error } = await call(server, long, tokenKey);
    deepEqual([called, Reflect.get(Object(error), 'code')], [false, told]);
  }
  await nothingWritten(server, marker);
});

test('an engine that is not through in time: refused at every entry that takes long texts, nothing is kept, and the server goes on', async () => {
  await using threads = openRedactionThreads({ deadlineMs: 1 });
  const hasty: typeof openGate = (of) => openGate({ ...of, threads });
  await using server = await startTestServer({ ANCILLA_LOG_LEVEL: 'debug' }, { redactionEngine: hasty });
  await furnish(server);
  const marker = newMarker();
  // As long as a text to embed may be, and of the kind that takes longest to read.
  const long = `${marker} ${'Aa '.repeat(2600)}`;
  for (const [entry, send] of Object.entries(entries)) {
    const answer = await send(server, long);
    const { code, detail, partialSuccess } = (await answer.json()) as Record<string, string | { readonly errorMessage: string }>;
    const takesShort = entry === 'POST /dif/prompt_events' || entry === 'POST /mapping/suggest';
    if (entry === 'POST /v1/traces') {
      equal(answer.status, 200);
      match(Reflect.get(Object(partialSuccess), 'errorMessage'), /^span 0: redaction refuses it: the input was not read within 0.001 s/);
    } else
      deepEqual([answer.status, code], [422, takesShort ? 'schema.invalid' : 'redaction.refused'], `${entry} ${JSON.stringify(detail)}`);
  }
  const { called, error } = await call(server, long);
  deepEqual([called, Reflect.get(Object(error), 'code')], [false, 'redaction.refused']);
  equal((await server.north.agent.raw('POST', '/redaction/redact', json({ value: marker }))).status, 200);
  await nothingWritten(server, marker);
});

test('a quarantine that is full: what comes on top is refused, nothing of it is kept', async () => {
  const outage = failingEngine();
  await using server = await startTestServer({ ANCILLA_LOG_LEVEL: 'debug' }, { redactionEngine: outage.engine });
  const { admin, agent } = server.north;
  await admin.post(201, `${POLICY}/versions`, {
    version: 'q',
    message: 'm',
    content: { policy_id: 'tenant_default', version: 'q', on_engine_failure: 'quarantine' },
  });
  await server.moved(server.north, `${POLICY}/labels/production`, { version: 'q', reason: 'r' });
  await server.restart();
  outage.down = true;
  const marker = newMarker();
  const send = () =>
    agent.raw('POST', '/dif/prompt_events', json([event({ response_summary: { said: marker } }), { ballast: 'x'.repeat(8_000_000) }]));
  let answer = await send();
  let kept = 0;
  for (; answer.status === 202 && kept < 20; kept++) answer = await send();
  const { code } = (await answer.json()) as { code: string };
  deepEqual([answer.status, code, kept], [503, 'redaction.failed', 8]);
  equal(await server.replay('north'), kept);
  await nothingWritten(server, marker);
});

test('an artifact store that is full: refused, nothing raw is left, and the event of a call waits for room', async (t) => {
  if (!limitFiles('unlimited')) return t.skip('no prlimit here');
  await using server = await startTestServer({ ANCILLA_LOG_LEVEL: 'debug' });
  await furnish(server);
  const { admin, agent, auditor } = server.north;
  await admin.post(201, `${POLICY}/versions`, {
    version: 'raw',
    message: 'm',
    content: { policy_id: 'tenant_default', version: 'raw', store_raw: true },
  });
  await server.moved(server.north, `${POLICY}/labels/production`, { version: 'raw', reason: 'r' });
  await server.restart();
  const marker = newMarker();
  const large = `${marker} `.repeat(20_000);
  const events = async () => (await auditor.get<{ items: readonly object[] }>(200, '/dif/prompt_events')).items.length;
  using spool = openSpool(join(server.folder, 'spool'));
  const problems: string[] = [];
  const onProblem = ({ code }: { readonly code: string }) => void problems.push(code);
  await using sdk = connect({ url: server.url, apiKey: agent.key, flushAtExit: false, spool, onProblem });
  try {
    ok(limitFiles(100_000));
    for (const [entry, answer, said] of [
      [
        'artifacts',
        await agent.raw('POST', '/dif/artifacts', {
          body: large,
          headers: { 'content-type': 'text/plain', 'x-ancilla-category': 'raw_input' },
        }),
        [507, 'store.full', null],
      ],
      // An exporter would drop what is answered 507.
      ['otlp', await agent.raw('POST', '/v1/traces', json(exported(large))), [503, 'store.unavailable', '1']],
    ] as const) {
      const { code } = (await answer.json()) as { code: string };
      deepEqual([answer.status, code, answer.headers.get('retry-after')], said, entry);
    }
    await sdk.agent(AGENT).call({ variables: { what: large }, model: { id: 'm', endpoint: 'local:test' } })(async () => ({ output: 'x' }));
    while (problems.length === 0) await sdk.flush(300);
    deepEqual([problems[0], sdk.stats().queued], ['store.full', 1], 'it waits');
    equal(await events(), 0);
    deepEqual(await server.kept(marker), []);
    deepEqual(await searchFolder(server.folder, marker), []);
  } finally {
    limitFiles('unlimited');
  }
  equal(await sdk.flush(), 0);
  equal(await events(), 1);
  ok(!server.logs().includes(marker));
  deepEqual(await server.kept(marker), []);
  await server.stop();
  deepEqual(await searchFolder(server.folder, marker), []);
});

test('a policy that a caller names and that is not there is the caller’s mistake: it is told which there are', async () => {
  await using server = await startTestServer();
  const { admin, agent } = server.north;
  const ask = async (policy_id: string) => {
    const answer = await agent.raw('POST', '/redaction/redact', json({ value: newMarker(), policy_id }));
    const { errors } = (await answer.json()) as { readonly errors?: readonly { readonly path: string; readonly message: string }[] };
    return [answer.status, errors?.[0]?.path, errors?.[0]?.message];
  };
  deepEqual(await ask('nope'), [422, '/policy_id', 'there is no such redaction policy; there are tenant_default']);
  await admin.post(201, '/curator/redaction_policies/strict/versions', {
    version: '1',
    message: 'm',
    content: { policy_id: 'strict', version: '1' },
  });
  deepEqual(await ask('strict'), [422, '/policy_id', 'no version of this policy is labelled production']);
  deepEqual(await ask('tenant_default'), [200, undefined, undefined]);
});
