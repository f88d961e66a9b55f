// Redaction is unavailable: refused by default; sealed, counted and replayed where policy says so. A marker in what is sent is in no byte that was written.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { AncillaError } from '@ancilla/contracts';
import { quarantineDrill } from '../src/cli/quarantine-drill.ts';
import { failingEngine, openGate } from '../src/ingest/index.ts';
import { dialects, spanOf } from '../src/otlp/dialects.fixture.ts';
import { writeProtobuf } from '../src/otlp/protobuf.ts';
import { eventOf } from './fill-tenant.ts';
import { searchFolder } from './marker-hunt.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const POLICY = '/curator/redaction_policies/tenant_default';
const json = (body: unknown) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
/** Has outages quarantined from the next start on: what a policy says is believed for some seconds. */
const quarantines = async (server: TestServer): Promise<void> => {
  const { admin } = server.north;
  const content = { policy_id: 'tenant_default', version: 'q', on_engine_failure: 'quarantine' };
  await admin.post(201, `${POLICY}/versions`, { version: 'q', message: 'm', content });
  await server.moved(server.north, `${POLICY}/labels/production`, { version: 'q', reason: 'r' });
  await server.restart();
};
const spans = (marker: string) => {
  const written = dialects['Vercel AI SDK']?.(`mail jane.${marker}@example.org`);
  if (written === undefined) throw new TypeError('no such dialect');
  return writeProtobuf([
    {
      resource: new Map([['service.name', 'shop']]),
      scope: { name: written.scope, version: '1', attributes: new Map() },
      span: spanOf(written, { trace_id: randomBytes(16).toString('hex'), span_id: randomBytes(8).toString('hex') }),
    },
  ]);
};
const events = async ({ north: { auditor } }: TestServer) =>
  (await auditor.get<{ items: readonly object[] }>(200, '/dif/prompt_events?limit=500')).items.length;

test('down and rejecting: 503 with a time to come again, and nothing is kept', async () => {
  const outage = failingEngine();
  await using server = await startTestServer({}, { redactionEngine: outage.engine });
  const { agent } = server.north;
  outage.down = true;
  for (const answer of [
    await agent.raw('POST', '/dif/prompt_events', json(eventOf('shop'))),
    await agent.raw('POST', '/v1/traces', { body: Buffer.from(spans('x')), headers: { 'content-type': 'application/x-protobuf' } }),
  ]) {
    equal(answer.status, 503);
    ok(answer.headers.has('retry-after'));
    equal(((await answer.json()) as { code: string }).code, 'redaction.failed');
  }
  outage.down = false;
  equal(await events(server), 0);
  equal(await server.replay('north'), 0);
});

test('down and quarantining: sealed, replayed once redaction is back, each once; over a restart, and sent again', async () => {
  const outage = failingEngine();
  await using server = await startTestServer({ ANCILLA_LOG_LEVEL: 'debug' }, { redactionEngine: outage.engine });
  const { agent } = server.north;
  await quarantines(server);
  const marker = `qmark${randomBytes(6).toString('hex')}`;
  const event = eventOf(`shop-${marker}`);
  const body = spans(marker);
  outage.down = true;
  const post = () => agent.raw('POST', '/dif/prompt_events', json([event]));
  const sent = await post();
  equal(sent.status, 202);
  match(((await sent.json()) as { quarantine_id: string }).quarantine_id, /^qu_/);
  const otlp = () => agent.raw('POST', '/v1/traces', { body: Buffer.from(body), headers: { 'content-type': 'application/x-protobuf' } });
  equal((await otlp()).status, 200);
  equal(await events(server), 0);
  equal(await server.replay('north'), 2, 'while redaction is down they wait');
  deepEqual(await server.kept(`jane.${marker}`), [], 'sealed');
  await server.stop();
  deepEqual(await searchFolder(server.folder, `jane.${marker}`), [], 'while they wait');
  await server.restart();
  equal(await server.replay('north'), 2, 'also over a restart');
  outage.down = false;
  equal(await server.replay('north'), 0);
  equal(await events(server), 2);
  const metrics = await (await server.platform.raw('GET', '/metrics')).text();
  match(metrics, /^ancilla_quarantine_total\{tenant_id="north",outcome="replayed"\} 2$/m);
  for (const again of [await post(), await otlp()]) equal(again.status, 200);
  equal(await events(server), 2, 'sent again they are duplicates');
  ok(!server.logs().includes(`jane.${marker}`));
  deepEqual(await server.kept(`jane.${marker}`), []);
  await server.stop();
  deepEqual(await searchFolder(server.folder, `jane.${marker}`), [], 'when they have left');
});

test('an input that the engine cannot take is refused, never kept', async () => {
  const redactionEngine = (of: Parameters<typeof openGate>[0]) => {
    const gate = openGate(of);
    return {
      ...gate,
      text(text: string) {
        if (text.includes('poison')) throw new AncillaError('redaction.failed', 'a bug of the engine');
        return gate.text(text);
      },
    };
  };
  await using server = await startTestServer({}, { redactionEngine });
  await quarantines(server);
  const answer = await server.north.agent.raw('POST', '/dif/prompt_events', json([eventOf('poison')]));
  equal(answer.status, 422);
  equal(((await answer.json()) as { code: string }).code, 'redaction.refused');
  equal(await server.replay('north'), 0);
});

test('the drill shows it', async () => {
  const lines: string[] = [];
  equal(await quarantineDrill((line) => void lines.push(line)), 0, lines.join('\n'));
  equal(lines.length, 8);
});

test('a policy that lets more through takes two people; one that is stricter takes one', async () => {
  await using server = await startTestServer();
  const { admin, steward } = server.north;
  const save = (version: string, more: object) =>
    admin.post(201, `${POLICY}/versions`, { version, message: 'm', content: { policy_id: 'tenant_default', version, ...more } });
  const label = `${POLICY}/labels/production`;
  await save('stricter', { deny: ['Falcon'] });
  await admin.put(200, label, { version: 'stricter', reason: 'r' });
  await save('looser', { entities: { SECRET: 'mask', EMAIL: 'allow' }, deny: ['Falcon'] });
  const { saga_id } = await admin.put<{ saga_id: string }>(202, label, { version: 'looser', reason: 'r' });
  equal((await admin.get<{ version: string }>(200, label)).version, 'stricter', 'until then nothing changes');
  equal((await admin.post<{ code: string }>(403, `${label}/approvals`, { saga_id })).code, 'access.forbidden_combination');
  await steward.post(202, `${label}/approvals`, { saga_id });
  await server.settled(steward, { saga_id });
  const { items } = await admin.get<{ items: readonly { version: string; moved_by: string; approved_by: string | null }[] }>(
    200,
    `${label}/history`,
  );
  deepEqual([items[0]?.version, items[0]?.moved_by, items[0]?.approved_by], ['looser', admin.subject, steward.subject]);
});
