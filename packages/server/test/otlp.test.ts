// Exporters of other people pointed at a real server: what they send, what is kept of it, what goes on.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { OtlpKey } from '@ancilla/contracts';
import { dialects, spanOf } from '../src/otlp/dialects.fixture.ts';
import { writeProtobuf } from '../src/otlp/protobuf.ts';
import type { Received } from '../src/otlp/spans.ts';
import { searchFolder } from './marker-hunt.ts';
import { startOtlpReceiver } from './otlp-receiver.ts';
import { startTestServer, type Client } from './test-server.ts';

const PATH = '/v1/traces';
const PROTOBUF = 'application/x-protobuf';

const received = (name: string, user: string, trace_id = randomBytes(16).toString('hex')): Received => {
  const written = dialects[name]?.(user);
  if (written === undefined) throw new TypeError(name);
  return {
    resource: new Map([['service.name', 'shop']]),
    scope: { name: written.scope, version: '1.2.3', attributes: new Map() },
    span: spanOf(written, { trace_id, span_id: randomBytes(8).toString('hex') }),
  };
};
const send = (client: Client, body: Uint8Array | string, headers: Readonly<Record<string, string>> = {}) =>
  client.raw('POST', PATH, {
    body: typeof body === 'string' ? body : Buffer.from(body),
    headers: { 'content-type': PROTOBUF, ...headers },
  });

interface Event {
  readonly event_id: string;
  readonly agent_id: string;
  readonly model_id: string;
  readonly prompt_hash: string;
  readonly source: string;
  readonly redaction_receipt: { readonly counts: Readonly<Record<string, number>> };
}
const eventsOf = async (client: Client): Promise<readonly Event[]> =>
  (await client.get<{ readonly items: readonly Event[] }>(200, '/dif/prompt_events')).items;

test('every dialect becomes the same event; no byte of what was written is kept or forwarded, at any log level', async () => {
  await using backend = await startOtlpReceiver();
  await using server = await startTestServer({ ANCILLA_OTLP_FORWARD: backend.url, ANCILLA_LOG_LEVEL: 'debug' });
  const marker = `marker${randomBytes(6).toString('hex')}`;
  const all = Object.keys(dialects).map((name) => received(name, `Where is ${marker} of jane.${marker}@example.org?`));
  const answer = await send(server.north.agent, gzipSync(writeProtobuf(all)), { 'content-encoding': 'gzip' });
  equal(answer.status, 200);
  equal(answer.headers.get('content-type'), PROTOBUF);
  equal((await answer.arrayBuffer()).byteLength, 0);

  const events = await eventsOf(server.north.auditor);
  equal(events.length, all.length);
  equal(new Set(events.map(({ prompt_hash }) => prompt_hash)).size, 1, 'the same prompt has one hash');
  for (const event of events)
    deepEqual([event.model_id, event.agent_id, event.source, event.redaction_receipt.counts], ['gpt-4o', 'shop', 'otlp', { EMAIL: 1 }]);
  deepEqual(await eventsOf(server.south.auditor), []);

  deepEqual(await server.kept(marker), []);
  await server.stop();
  equal(backend.spans().length, all.length);
  ok(!backend.bytes().includes(marker));
  ok(backend.spans().every(({ attributes }) => attributes['ancilla.prompt_hash'] === events[0]?.prompt_hash));
  ok(!server.logs().includes(marker));
  ok(server.logs().includes('otlp.first_seen'));
  deepEqual(await searchFolder(server.folder, marker), []);
});

test('a key that a library had not sent before is told and listed once: not again after a restart, nor by two requests at once', async () => {
  await using server = await startTestServer();
  const { agent, auditor } = server.north;
  const told = () => server.logs().split('otlp.first_seen').length - 1;
  const list = () => server.north.auditor.get<{ readonly items: readonly OtlpKey[] }>(200, '/dif/otlp_keys?limit=500');
  const some = () => writeProtobuf([received('OpenInference', 'one')]);
  await Promise.all(Array.from({ length: 4 }, async () => equal((await send(agent, some())).status, 200)));
  const { items } = await list();
  ok(items.length > 0);
  equal(told(), items.length);
  equal(new Set(items.map(({ library, key }) => `${library} ${key}`)).size, items.length);
  await server.restart();
  equal((await send(agent, some())).status, 200);
  equal(told(), items.length);
  const more = received('OpenInference', 'two');
  const upgraded = { ...more, span: { ...more.span, attributes: new Map([...more.span.attributes, ['llm.new_in_this_version', 'x']]) } };
  equal((await send(agent, writeProtobuf([upgraded]))).status, 200);
  equal(told(), items.length + 1);
  const [newest] = (await list()).items;
  deepEqual([newest?.key, newest?.type, newest?.bytes, newest?.trace_id], ['llm.new_in_this_version', 'string', 1, more.span.trace_id]);
  deepEqual((await server.south.auditor.get<{ readonly items: readonly unknown[] }>(200, '/dif/otlp_keys')).items, []);
  equal((await auditor.raw('GET', `/dif/otlp_keys/${newest?.otlp_key_id}`)).status, 200);
});

test('a batch sent again is a duplicate, also in the other encoding; a changed span under the same ids is refused alone', async () => {
  await using server = await startTestServer();
  const { agent, auditor } = server.north;
  const [first, second] = [received('OpenInference', 'one'), received('OpenInference', 'two')];
  equal((await send(agent, writeProtobuf([first]))).status, 200);
  equal((await send(agent, writeProtobuf([first]))).status, 200);
  const changed = { ...first, span: { ...first.span, end: first.span.end + 5_000_000n } };
  const answer = await send(agent, writeProtobuf([changed, second]));
  equal(answer.status, 200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  // partial_success { rejected_spans: 1, error_message }
  deepEqual([bytes[0], bytes[2], bytes[3]], [0x0a, 0x08, 1]);
  ok(bytes.includes('span 0'));
  equal((await eventsOf(auditor)).length, 2);
  // Alone in its request it is no other matter: an exporter would drop the whole request on an error.
  const chain = {
    ...second,
    span: { ...second.span, span_id: 'c'.repeat(16), attributes: new Map([['openinference.span.kind', 'CHAIN']]) },
  };
  const alone = await send(agent, writeProtobuf([chain, changed]));
  equal(alone.status, 200);
  ok(Buffer.from(await alone.arrayBuffer()).includes('span 1'));
});

test('JSON is answered in JSON, and only the bad spans of a batch are refused', async () => {
  await using server = await startTestServer();
  const span = (over: object) => ({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'chat',
    kind: 3,
    startTimeUnixNano: '1763900000000000000',
    endTimeUnixNano: '1763900001000000000',
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
      { key: 'gen_ai.request.model', value: { stringValue: 'gpt-4o' } },
    ],
    ...over,
  });
  const deep = Array.from({ length: 40 }).reduce<object>((value) => ({ arrayValue: { values: [value] } }), { stringValue: 'x' });
  const bad = [{ spanId: 'zz' }, { traceId: '0'.repeat(32) }, { attributes: [{ key: 'tags', value: deep }] }];
  const body = JSON.stringify({
    resourceSpans: [{ resource: {}, scopeSpans: [{ scope: { name: 'x' }, spans: [span({}), ...bad.map(span)] }] }],
  });
  const answer = await send(server.north.agent, body, { 'content-type': 'application/json; charset=utf-8' });
  equal(answer.status, 200);
  const { partialSuccess } = (await answer.json()) as {
    readonly partialSuccess: { readonly rejectedSpans: string; readonly errorMessage: string };
  };
  equal(partialSuccess.rejectedSpans, '3');
  ok(partialSuccess.errorMessage.includes('span 1') && partialSuccess.errorMessage.includes('span 2'));
  ok(partialSuccess.errorMessage.includes('span 3: it, its scope or its resource has values deeper than 32 levels'));
  equal((await eventsOf(server.north.auditor)).length, 1);
  const fine = await send(server.north.agent, JSON.stringify({ resourceSpans: [] }), { 'content-type': 'application/json' });
  deepEqual(await fine.json(), {});
});

test('a text that was cut off inside an emoji keeps no span out, wherever it stands', async () => {
  await using server = await startTestServer();
  // Half of a pair of surrogates: what a limit on lengths leaves, here as OpenTelemetry's own for attributes.
  const cut = 'A parcel \u{1f4e6}'.slice(0, -1);
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.agent.name': cut,
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: cut, [cut]: cut }] }]),
    [cut]: cut,
  };
  const list = Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const span = {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    name: cut,
    startTimeUnixNano: '1763900000000000000',
    attributes: list,
    events: [{ name: cut, attributes: list }],
    status: { message: cut },
  };
  const scopeSpans = [{ scope: { name: cut, attributes: list }, spans: [span] }];
  const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: list }, scopeSpans }] });
  const answer = await send(server.north.agent, body, { 'content-type': 'application/json' });
  equal(answer.status, 200);
  deepEqual(await answer.json(), {});
  equal((await eventsOf(server.north.auditor)).length, 1);
  // In protobuf only what is JSON within a text can hold a half.
  const again = received('OpenInference', cut);
  equal((await (await send(server.north.agent, writeProtobuf([again]))).arrayBuffer()).byteLength, 0);
  equal((await eventsOf(server.north.auditor)).length, 2);
});

test('what is no export is refused with a clear answer: media types, broken bytes, bombs, too many values', async () => {
  await using server = await startTestServer();
  const { agent, reviewer } = server.north;
  const status = async (body: Uint8Array | string, headers?: Readonly<Record<string, string>>) => (await send(agent, body, headers)).status;
  equal(await status('x', { 'content-type': 'text/plain' }), 415);
  equal(await status(randomBytes(50), { 'content-encoding': 'br' }), 415);
  equal(await status(Buffer.from([0x0a, 0x7f, 1])), 400);
  equal(await status(randomBytes(64), { 'content-encoding': 'gzip' }), 400);
  equal(await status('{"resourceSpans":', { 'content-type': 'application/json' }), 400);
  equal(await status('{"resourceSpans":7}', { 'content-type': 'application/json' }), 400);
  equal(await status('['.repeat(1_000_000), { 'content-type': 'application/json' }), 400);
  equal(await status(gzipSync(Buffer.alloc(60 * 1024 * 1024)), { 'content-encoding': 'gzip' }), 413);
  const values = Array.from({ length: 600_000 }, () => ({}));
  const wide = { resourceSpans: [{ scopeSpans: [{ spans: [{ attributes: [{ key: 'a', value: { arrayValue: { values } } }] }] }] }] };
  equal(await status(JSON.stringify(wide), { 'content-type': 'application/json' }), 413);
  equal((await send(reviewer, Buffer.alloc(0))).status, 403);
  deepEqual(await eventsOf(server.north.auditor), []);
});

test('with a policy that lets raw pairs be kept, the content is sealed and the event refers to it', async () => {
  await using server = await startTestServer();
  const { admin, agent, auditor } = server.north;
  const policy = { policy_id: 'tenant_default', version: 'raw-1', store_raw: true };
  await admin.post(201, '/curator/redaction_policies/tenant_default/versions', {
    version: 'raw-1',
    message: 'keep raw pairs',
    content: policy,
  });
  await server.moved(server.north, '/curator/redaction_policies/tenant_default/labels/production', { version: 'raw-1', reason: 'test' });
  const sent = writeProtobuf([received('OpenLLMetry', 'one of jane.roe@example.org')]);
  for (let again = 0; again < 2; again++) equal((await send(agent, sent)).status, 200);
  const { items } = await auditor.get<{ readonly items: readonly { readonly input_artifact_refs: readonly string[] }[] }>(
    200,
    '/dif/prompt_events',
  );
  equal(items.length, 1);
  const [ref] = items[0]?.input_artifact_refs ?? [];
  const content = await admin.bytes(`/dif/artifacts/${ref}/content`, { 'x-ancilla-purpose': 'test' });
  deepEqual(JSON.parse(content.toString()), [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'one of jane.roe@example.org' },
  ]);

  // What is kept is what a proposed policy can be tried on.
  const stricter = { ...policy, version: 'raw-2', deny: ['Be brief'], entities: { EMAIL: 'allow' } };
  deepEqual(await admin.post(200, '/redaction/dry_run', { policy: stricter }), {
    read: 2,
    left_out: 0,
    added: { SECRET: 1 },
    removed: { EMAIL: 1 },
  });
  await admin.post(422, '/redaction/dry_run', { policy: { policy_id: 'x' } });
  await auditor.post(403, '/redaction/dry_run', { policy: stricter });
});
