// Sagas that agents drive over HTTP, against a whole server.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { connect } from '@ancilla/sdk';
import { build, learn, suggest } from './shop.ts';
import { startTestServer, type Client } from './test-server.ts';

type Lease = { readonly saga_id: string; readonly epoch: number; readonly lease_token: string };
type Problem = { readonly code: string; readonly detail: string; readonly errors?: readonly { readonly path: string }[] };

const begin = async (agent: Client, more: object = {}): Promise<Lease> => {
  const { saga_id, epoch, lease_token } = await agent.post<Lease>(201, '/dif/sagas', {
    name: 'import.customer',
    trace_id: randomBytes(16).toString('hex'),
    owner_agent_id: 'importer.v1',
    idempotency_key: randomBytes(8).toString('hex'),
    ...more,
  });
  return { saga_id, epoch, lease_token };
};
const intent = (lease: Lease, step_name: string, more: object = {}) => ({
  ...lease,
  step_name,
  kind: 'intent',
  status: 'pending',
  idempotency_key: `${lease.saga_id}/${step_name}`,
  attempt: 1,
  on_unknown: 'compensate',
  ...more,
});
const keep = async (agent: Client, value: unknown): Promise<string> => {
  const answer = await agent.raw('POST', '/dif/artifacts', {
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json', 'x-ancilla-category': 'structured_output' },
  });
  return ((await answer.json()) as { artifact_id: string }).artifact_id;
};
const ended = async (by: Client, saga_id: string): Promise<{ readonly status: string; readonly reason?: string }> => {
  for (let i = 0; i < 500; i++) {
    const state = await by.get<{ status: string; reason?: string }>(200, `/dif/sagas/${saga_id}`);
    if (['done', 'compensated', 'killed', 'needs_attention'].includes(state.status)) return state;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`saga ${saga_id} did not end`);
};
const within = (ms: number): string => new Date(Date.now() + ms).toISOString();

test('a tool that an agent calls through the SDK has its intent and outcome in the log, and its saga is done when the call is', async () => {
  await using server = await startTestServer();
  const { admin, agent } = server.north;
  const versions = (kind: string, id: string, content: object) =>
    admin.post(201, `/curator/${kind}/${id}/versions`, { version: '1', message: 'first', content });
  await versions('agent_configs', 'tooled.v1', {
    agent_id: 'tooled.v1',
    version: '1',
    tools: [{ name: 'match' }],
  });
  await admin.put(200, '/curator/agent_configs/tooled.v1/labels/production', { version: '1', reason: 'first' });
  await using sdk = connect({ url: server.url, apiKey: agent.key, flushAtExit: false });
  const tools = { match: async ({ column }: Readonly<Record<string, unknown>>) => `sem.${String(column)}` };
  const { output, event_id } = await sdk.agent('tooled.v1', { tools }).call({ prompt: 'map', model: { id: 'm', endpoint: 'local:test' } })(
    async ({ tool }) => ({
      output: await Promise.all(['a', 'b'].map((column) => tool('match', { column }))),
    }),
  );
  deepEqual(output, ['sem.a', 'sem.b']);
  await sdk.flush();
  const { saga_id } = await agent.get<{ saga_id: string }>(200, `/dif/prompt_events/${event_id}`);
  const { steps } = await agent.get<{ steps: readonly { step_name: string; status: string }[] }>(200, `/dif/wal?saga_id=${saga_id}`);
  deepEqual(
    steps.map(({ step_name, status }) => `${step_name} ${status}`),
    ['match:1 done', 'match:2 done'],
  );
  equal((await agent.get<{ status: string }>(200, `/dif/sagas/${saga_id}`)).status, 'done');
});

test('an agent names no undo that is a saga’s of the server, and takes back only suggestions that it asked for', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await learn(server, 1);
  const dataset_id = await build(server);
  await steward.post(200, `/training/datasets/${dataset_id}/approve`, { reason: 'looked at' });
  const lease = await begin(agent, { deadline: within(8000) });
  const forged = await keep(agent, { dataset_id, built_by: 'nobody', run_id: 'rn_none', requested_by: 'nobody' });
  for (const compensate_ref of ['handler:withdraw_dataset', 'handler:fail_training_run']) {
    const refused = await agent.post<Problem>(422, '/dif/wal/append', intent(lease, 'x', { payload_ref: forged, compensate_ref }));
    deepEqual([refused.code, refused.errors?.map(({ path }) => path)], ['schema.invalid', ['/compensate_ref']]);
  }

  const [theirs] = (await suggest(reviewer, 1)).items;
  const [own] = (await suggest(agent, 2)).items;
  const undo = { compensate_ref: 'handler:unwrite_mapping' };
  const named = async (value: unknown) => ({ ...undo, payload_ref: await keep(agent, value) });
  const write = async (status: number, name: string, value: unknown) =>
    await agent.post<Problem>(status, '/dif/wal/append', intent(lease, name, await named(value)));
  equal((await write(403, 'y', { suggestion_ids: [own?.suggestion_id, theirs?.suggestion_id] })).code, 'access.denied');
  equal((await write(422, 'y', { suggestion_ids: ['all'] })).code, 'schema.invalid');
  // What an outcome brings takes the place of what its intent said.
  await write(201, 'y', {});
  const outcome = { kind: 'outcome', status: 'done', payload_ref: await keep(agent, { suggestion_ids: [theirs?.suggestion_id] }) };
  equal((await agent.post<Problem>(403, '/dif/wal/append', intent(lease, 'y', outcome))).code, 'access.denied');
  await write(201, 'write_mapping', { suggestion_ids: [own?.suggestion_id] });

  deepEqual(await ended(agent, lease.saga_id).then(({ status, reason }) => [status, reason]), ['compensated', 'deadline']);
  equal((await steward.get<{ status: string }>(200, `/training/datasets/${dataset_id}`)).status, 'approved');
  const superseded = await admin.get<{ items: readonly { suggestion_id: string }[] }>(200, '/review/queue?status=superseded');
  deepEqual(
    superseded.items.map(({ suggestion_id }) => suggestion_id),
    [own?.suggestion_id],
  );
});

test('names, keys and references that agents choose say nothing about a person, in no byte that is kept', async () => {
  await using server = await startTestServer();
  const { admin, agent } = server.north;
  const [mail, card, iban] = ['jane.doe@example.org', '4111111111111111', 'GB29NWBK60161331926819'];
  const refused = async (path: string, body: object) => {
    const problem = await agent.post<Problem>(422, path, body);
    ok(!JSON.stringify(problem).includes(card), JSON.stringify(problem));
    return [problem.code, ...(problem.errors ?? []).map((error) => error.path)];
  };
  const asked = { name: 'a', trace_id: 'ab'.repeat(16), owner_agent_id: 'a.v1', idempotency_key: `${mail}/${card}` };
  deepEqual(await refused('/dif/sagas', { ...asked, name: `import.${card}` }), ['schema.invalid', '/name']);
  deepEqual(await refused('/dif/sagas', { ...asked, owner_agent_id: mail }), ['schema.invalid', '/owner_agent_id']);
  const lease = await begin(agent, asked);
  deepEqual(await agent.post(200, '/dif/sagas', asked).then((again) => Reflect.get(Object(again), 'saga_id')), lease.saga_id);

  deepEqual(await refused('/dif/wal/append', intent(lease, `s${card}`)), ['schema.invalid', '/step_name']);
  const [, at = ''] = await refused('/dif/wal/append', intent(lease, 'pay', { payload_ref: iban }));
  match(at, /payload_ref/);
  const pay = intent(lease, 'pay', { idempotency_key: `${mail}/${card}`, on_unknown: 'park' });
  const outcome = { ...pay, kind: 'outcome', status: 'failed' };
  await agent.post(201, '/dif/wal/append', pay);
  deepEqual(await refused('/dif/wal/append', { ...outcome, error_code: `E${card}` }), ['schema.invalid', '/error_code']);
  await agent.post(201, '/dif/wal/append', { ...outcome, error_code: 'declined' });
  await agent.post(201, '/dif/wal/append', intent(lease, 'write_mapping'));
  const signal = { signal_id: `${mail}/${card}`, name: 'go' };
  deepEqual(await refused(`/dif/sagas/${lease.saga_id}/signal`, { ...signal, name: mail }), ['schema.invalid', '/name']);
  await agent.post(200, `/dif/sagas/${lease.saga_id}/signal`, signal);

  const { items } = await admin.get<{ items: readonly { step_name: string; idempotency_key: string }[] }>(
    200,
    `/dif/wal?saga_id=${lease.saga_id}`,
  );
  // The documented form of a key says what the entry says anyway.
  equal(items.find(({ step_name }) => step_name === 'write_mapping')?.idempotency_key, `${lease.saga_id}/write_mapping`);
  const kept = JSON.stringify([items, await admin.get(200, `/dif/sagas/${lease.saga_id}`)]);
  for (const raw of [mail, card, iban]) ok(!kept.includes(raw), kept);
});
