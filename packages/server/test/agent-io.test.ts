// Calls become data only where consent says so and policy kept them, over HTTP against a real server.
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { AncillaError, type Problem } from '@ancilla/contracts';
import { connect } from '@ancilla/sdk';
import { parquetReadObjects } from 'hyparquet';
import { openGate } from '../src/ingest/index.ts';
import { readTokenKey, rotateTokenKey } from '../src/keys/index.ts';
import * as shop from './shop.ts';
import { startTestServer, type Tenant, type TestServer } from './test-server.ts';

interface Dataset {
  readonly dataset_id: string;
  readonly status: string;
  readonly kind?: string;
  readonly examples: number;
  readonly left_out: Readonly<Record<string, number>>;
  readonly files: readonly { readonly artifact_id: string }[];
  readonly fields: readonly { readonly name: string; readonly allowed: boolean }[];
  readonly croissant: Readonly<Record<string, unknown>>;
}

async function govern({ north: { admin } }: TestServer): Promise<void> {
  for (const agent_id of ['support.agent.v1', 'other.agent.v1']) {
    await admin.post(201, `/curator/agent_configs/${agent_id}/versions`, {
      version: '1',
      message: 'first',
      content: { agent_id, version: '1' },
    });
    await admin.put(200, `/curator/agent_configs/${agent_id}/labels/production`, { version: '1', reason: 'first' });
  }
}

/** The default policy, but raw pairs are kept: two people agree. */
async function keepRaw({ north, moved }: TestServer): Promise<void> {
  const path = '/curator/redaction_policies/tenant_default';
  const { version } = await north.admin.get<{ version: string }>(200, `${path}/labels/production`);
  const { content } = await north.admin.get<{ content: object }>(200, `${path}/versions/${version}`);
  await north.admin.post(201, `${path}/versions`, {
    version: 'raw-1',
    message: 'keep pairs',
    content: { ...content, version: 'raw-1', store_raw: true },
  });
  await moved(north, `${path}/labels/production`, { version: 'raw-1', reason: 'to learn from calls' });
}

const order = { task: 'support.agent.v1', kind: 'agent_io' };
const agree = ({ north }: TestServer, agent_io: boolean) =>
  north.admin.put(200, '/governance/consent', { training: 'own', agent_io, reason: 'asked' });

async function build(server: TestServer): Promise<Dataset> {
  const { steward } = server.north;
  const { dataset_id } = await server.settled<{ dataset_id: string; saga_id: string }>(
    steward,
    await steward.post(202, '/training/datasets', order),
  );
  return steward.get(200, `/training/datasets/${dataset_id}`);
}

async function rowsOf({ north }: TestServer, { files: [file] }: Dataset) {
  const bytes = await north.admin.bytes(`/dif/artifacts/${file?.artifact_id}/content`, { 'x-ancilla-purpose': 'looking at it' });
  return { bytes, rows: await parquetReadObjects({ file: new Uint8Array(bytes).buffer }) };
}

test('calls become a dataset of redacted texts by consent; it trains no task and leaves the tenant by no door', async () => {
  await using server = await startTestServer();
  const { steward, agent } = server.north;
  await govern(server);
  await keepRaw(server);
  await using sdk = connect({ url: server.url, apiKey: agent.key, flushAtExit: false, labelTtlMs: 0 });
  const ask = (content: string, says: string, agent_id = 'support.agent.v1') =>
    sdk.agent(agent_id).call({ prompt: [{ role: 'user', content }], model: { id: 'm', version: '1', endpoint: 'local:test' } })(
      async () => ({
        output: says,
      }),
    );
  const { event_id, prompt_hash } = await ask('Where is the parcel of ada.lovelace@example.org?', 'At the depot; call +49 30 901820.');
  const { event_id: second } = await ask('Thank you.', 'You are welcome.');
  await ask('Not of this agent', 'No', 'other.agent.v1');
  await sdk
    .agent('support.agent.v1')
    .call({ prompt: 'It fails', model: { id: 'm', endpoint: 'local:test' } })(() => Promise.reject(new Error('down')))
    .catch(() => {});
  equal(await sdk.flush(), 0);

  const recompute = (as: typeof steward, id: string) =>
    as.raw('POST', '/redaction/recompute', {
      headers: { 'content-type': 'application/json', 'x-ancilla-purpose': 'audit' },
      body: JSON.stringify({ event_id: id }),
    });
  const again = await recompute(server.north.admin, event_id);
  equal(again.status, 200);
  const { same, counts, prompt_hash: hashes } = (await again.json()) as { same: boolean; counts: object; prompt_hash: object };
  deepEqual(
    [same, counts, hashes],
    [true, { recorded: { EMAIL: 1 }, recomputed: { EMAIL: 1 } }, { recorded: prompt_hash, recomputed: prompt_hash }],
  );
  deepEqual(
    (await Promise.all([recompute(steward, event_id), recompute(server.south.admin, event_id)])).map(({ status }) => status),
    [403, 404],
  );
  const log = await server.north.auditor.get<{ items: readonly { what: string; subject: string }[] }>(200, '/governance/access_log');
  deepEqual(
    log.items.map(({ what, subject }) => [what, subject]),
    [
      ['denied', steward.subject],
      ['content_read', server.north.admin.subject],
    ],
  );

  match((await steward.post<{ detail: string }>(403, '/training/datasets', order)).detail, /agent_io/);
  await agree(server, true);
  const first = await build(server);
  deepEqual([first.status, first.kind, first.examples], ['built', 'agent_io', 2]);
  deepEqual(
    first.fields.filter(({ allowed }) => !allowed).map(({ name }) => name),
    ['contents', 'answer', 'artifact_refs'],
  );
  match(String(first.croissant['rai:personalSensitiveInformation']), /never leaves the tenant/);
  const { bytes, rows } = await rowsOf(server, first);
  for (const value of ['ada.lovelace', '901820', 'Not of this agent', 'It fails']) ok(!bytes.includes(value), value);
  deepEqual(
    rows.map((row) => row['event_id']),
    [event_id, second],
  );
  match(String(rows[0]?.['contents']), /^Where is the parcel of <EMAIL_[a-z2-7]{20}>\?$/);
  match(String(rows[0]?.['answer']), /^At the depot; call <PHONE_[a-z2-7]{20}>\.$/);
  deepEqual([rows[0]?.['same_as_sent'], rows[0]?.['prompt_hash']], [true, prompt_hash]);

  await steward.post(200, `/training/datasets/${first.dataset_id}/approve`, { reason: 'looked at' });
  const refused = await steward.post<Problem>(422, '/training/runs', { task: 'mapping', dataset_id: first.dataset_id });
  match(refused.detail, /tasks learn from examples/);
  // The fix of this error says that the field is named.
  deepEqual(
    refused.errors?.map(({ path }) => path),
    ['/dataset_id'],
  );
  match(
    (await steward.post<{ detail: string }>(422, '/training/datasets', { ...order, scope: 'global' })).detail,
    /never leave the tenant/,
  );
  equal((await server.south.admin.raw('GET', `/training/datasets/${first.dataset_id}`)).status, 404);

  await agree(server, false);
  await steward.post(403, '/training/datasets', order);
});

test('where policy keeps no raw pairs there is nothing to build from or to recompute, and the answer says so', async () => {
  await using server = await startTestServer();
  const { agent, steward } = server.north;
  await govern(server);
  await agree(server, true);
  await using sdk = connect({ url: server.url, apiKey: agent.key, flushAtExit: false });
  await sdk.agent('support.agent.v1').call({ prompt: 'Hello', model: { id: 'm', endpoint: 'local:test' } })(async () => ({ output: 'Hi' }));
  equal(await sdk.flush(), 0);
  const { items } = await agent.get<{ items: readonly { event_id: string }[] }>(200, '/dif/prompt_events');
  const headers = { 'content-type': 'application/json', 'x-ancilla-purpose': 'audit' };
  const body = JSON.stringify({ event_id: items[0]?.event_id });
  equal((await server.north.admin.raw('POST', '/redaction/recompute', { headers, body })).status, 404);
  const { saga_id } = await steward.post<{ saga_id: string }>(202, '/training/datasets', order);
  let state = { status: 'running', reason: '' };
  while (state.status === 'running') state = await steward.get(200, `/dif/sagas/${saga_id}`);
  equal(state.reason, 'training.empty');
});

test('where policy keeps raw content a decision leads to the table as it came, and no example does', async () => {
  await using server = await startTestServer();
  const { admin } = server.north;
  await keepRaw(server);
  const decided = async (by: Tenant) => {
    await shop.govern(by.admin);
    const { items } = await shop.suggest(by.agent, 0);
    await shop.decideAll(by.reviewer, items);
    const history = await by.admin.get<{ items: readonly { sample_ref?: string; features_ref: string }[] }>(200, '/dif/mapping_history');
    return history.items[0];
  };
  equal((await decided(server.south))?.sample_ref, undefined);
  const decision = await decided(server.north);
  const kept = await admin.bytes(`/dif/artifacts/${decision?.sample_ref}/content`, { 'x-ancilla-purpose': 'looking at it' });
  deepEqual(JSON.parse(kept.toString('utf8')), shop.table(0));
  const dataset_id = await shop.build(server);
  const [file] = (await server.north.steward.get<Dataset>(200, `/training/datasets/${dataset_id}`)).files;
  const bytes = await admin.bytes(`/dif/artifacts/${file?.artifact_id}/content`, { 'x-ancilla-purpose': 'looking at it' });
  ok(!bytes.includes(decision?.sample_ref ?? ''));
  ok(bytes.includes(decision?.features_ref ?? ''));
});

test('the texts of calls are read beside the server’s own thread, which goes on serving', async () => {
  // The engine of this thread takes names and other short texts only.
  const engine: typeof openGate = (of) => {
    const gate = openGate(of);
    return {
      ...gate,
      text(text) {
        if (text.length > 1000) throw new AncillaError('redaction.failed', 'read in the server’s own thread');
        return gate.text(text);
      },
    };
  };
  await using server = await startTestServer({}, { redactionEngine: engine });
  await govern(server);
  await keepRaw(server);
  await agree(server, true);
  await using sdk = connect({ url: server.url, apiKey: server.north.agent.key, flushAtExit: false, labelTtlMs: 0 });
  const long = 'Where is the parcel of ada.lovelace@example.org, and who has it? '.repeat(100);
  await sdk.agent('support.agent.v1').call({ prompt: long, model: { id: 'm', version: '1', endpoint: 'local:test' } })(async () => ({
    output: long,
  }));
  equal(await sdk.flush(), 0);
  const { status, examples, left_out } = await build(server);
  deepEqual([status, examples, left_out], ['built', 1, { no_text: 0, refused: 0, residual: 0 }]);
});

test('an SDK that holds the tenant’s token key makes the server’s tokens; after a compromise it is changed, and what it made still counts', async () => {
  await using server = await startTestServer();
  const { admin, agent } = server.north;
  await govern(server);
  await keepRaw(server);
  const folder = join(server.folder, 'keys');
  const of = { folder, master: undefined, tenant_id: 'north', random: { bytes: (length: number) => randomBytes(length) } };
  const content = 'Where is the parcel of ada.lovelace@example.org?';
  const ask = async () => {
    const tokenKey = await readTokenKey(of);
    await using sdk = connect({ url: server.url, apiKey: agent.key, flushAtExit: false, tokenKey });
    let sent = '';
    const { event_id } = await sdk
      .agent('support.agent.v1')
      .call({ prompt: content, model: { id: 'm', version: '1', endpoint: 'local:test' } })(async ({ prompt }) => {
      sent = typeof prompt === 'string' ? prompt : '';
      return { output: 'At the depot.' };
    });
    equal(await sdk.flush(), 0);
    const { redaction_receipt, prompt_hash } = await admin.get<{ redaction_receipt: { token_key_version: number }; prompt_hash: string }>(
      200,
      `/dif/prompt_events/${event_id}`,
    );
    return { event_id, sent, version: redaction_receipt.token_key_version, prompt_hash };
  };
  const redacted = async (value: string) => (await agent.post<{ value: string }>(200, '/redaction/redact', { value })).value;
  const recomputed = async (event_id: string) => {
    const answer = await admin.raw('POST', '/redaction/recompute', {
      headers: { 'content-type': 'application/json', 'x-ancilla-purpose': 'audit' },
      body: JSON.stringify({ event_id }),
    });
    return ((await answer.json()) as { same: boolean }).same;
  };

  const before = await ask();
  deepEqual([before.version, before.sent], [1, await redacted(content)]);
  equal(await redacted(before.sent), before.sent);

  equal(await rotateTokenKey(of), 2);
  await server.restart();
  const after = await ask();
  deepEqual([after.version, after.sent], [2, await redacted(content)]);
  notEqual(after.sent, before.sent);
  equal(await redacted(`${before.sent} ${after.sent}`), `${before.sent} ${after.sent}`);
  deepEqual([await recomputed(before.event_id), await recomputed(after.event_id)], [true, true]);
});
