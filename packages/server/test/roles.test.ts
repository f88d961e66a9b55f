// Every route × every role, generated from the server's own OpenAPI document and held against the permission table.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { permissions, roles, type Action, type Role } from '@ancilla/contracts';
import { addressOf, operationsOf, valueFor, type Operation } from './openapi-document.ts';
import { startTestServer, type Client, type TestServer } from './test-server.ts';

const clientFor = ({ platform, north }: TestServer, role: Role): Client => {
  const { admin: tenant_admin, ...others } = north;
  return { platform_admin: platform, tenant_admin, ...others }[role];
};

const harmless = new Map([['role', 'agent']]);

const addressWith = (operation: Operation): string => addressOf(operation, ({ name, schema }) => valueFor(schema, name, new Map()));

/** A request that passes the bounds: with ids of the right form that name nothing. */
async function ask(as: Client, operation: Operation): Promise<Response> {
  const { method, scope, body } = operation;
  return as.raw(method, addressWith(operation), {
    headers: {
      ...(body !== undefined && { 'content-type': body.type === '*/*' ? 'text/plain' : body.type, 'x-ancilla-category': 'raw_input' }),
      'x-ancilla-purpose': 'role test',
      ...(as.subject === 'platform-admin' && scope === 'tenant' && { 'x-ancilla-tenant': 'north' }),
    },
    ...(body !== undefined && { body: body.type === '*/*' ? 'bytes' : JSON.stringify(valueFor(body.schema, '', harmless)) }),
  });
}

test('every route admits exactly the roles of the permission table, and denials stand in an access log', async () => {
  await using server = await startTestServer();
  const operations = await operationsOf(server);
  const denied: string[] = [];
  const answered = new Map<string, number>();
  for (const operation of operations) {
    const { method, path, action } = operation;
    const name = `${method} ${path}`;
    ok(Object.hasOwn(permissions, action), `${name} has an action of the table`);
    const admitted: readonly Role[] = permissions[action as Action].roles;
    deepEqual(operation.roles, admitted, name);
    if (action === 'open') continue;
    equal((await fetch(server.url + path.replaceAll(/\{\w+\}/g, 'a'), { method })).status, 401, `${name} without a credential`);
    for (const role of roles) {
      const answer = await ask(clientFor(server, role), operation);
      const text = await answer.text();
      const message = `${name} as ${role}: ${answer.status} ${text.slice(0, 300)}`;
      if (admitted.includes(role)) {
        ok(answer.status < 500 && answer.status !== 401 && answer.status !== 403, message);
        answered.set(name, Math.min(answered.get(name) ?? 999, answer.status));
      } else {
        equal(answer.status, 403, message);
        ok(text.includes('"access.denied"'), message);
        if (role !== 'platform_admin')
          denied.push(`${role} ${method}:${decodeURIComponent(addressWith(operation).split('?', 1).join(''))}`);
      }
    }
  }
  // A table that admits is only shown to admit where something is reached behind it.
  const reached = [...answered.values()].filter((status) => status < 300).length;
  ok(reached * 3 >= answered.size, `${reached} of ${answered.size} routes answered with success`);

  const logged: string[] = [];
  for (let cursor = ''; ;) {
    const page = await server.north.admin.get<{ items: readonly Record<string, string>[]; next_cursor: string | null }>(
      200,
      `/governance/access_log?limit=500${cursor}`,
    );
    logged.push(
      ...page.items.flatMap(({ what, role, resource }) => (what === 'denied' && resource?.includes(':') ? [`${role} ${resource}`] : [])),
    );
    if (page.next_cursor === null) break;
    cursor = `&cursor=${page.next_cursor}`;
  }
  deepEqual(logged.toSorted(), denied.toSorted());
});

test('a tenant admin makes keys of its own tenant only, and never a platform admin', async () => {
  await using server = await startTestServer();
  const { admin } = server.north;
  for (const [body, code] of [
    [{ role: 'agent', subject: 'x', tenant_id: 'south' }, 'tenant.mismatch'],
    [{ role: 'agent', subject: 'x', tenant_id: 'nowhere' }, 'tenant.mismatch'],
    [{ role: 'platform_admin', subject: 'x', tenant_id: null }, 'tenant.mismatch'],
    [{ role: 'platform_admin', subject: 'x' }, 'access.denied'],
  ] as const)
    equal((await admin.post<{ code: string }>(403, '/governance/keys', body)).code, code);
  equal((await server.platform.post<{ code: string }>(422, '/governance/keys', { role: 'agent', subject: 'x' })).code, 'schema.invalid');
  equal(
    (await server.platform.post<{ code: string }>(404, '/governance/keys', { role: 'agent', subject: 'x', tenant_id: 'nowhere' })).code,
    'tenant.not_found',
  );
});

test('a disabled key is refused by the next request, a secret is shown once', async () => {
  await using server = await startTestServer();
  const { admin } = server.north;
  const { key_id, secret } = await admin.post<{ key_id: string; secret: string }>(201, '/governance/keys', {
    role: 'auditor',
    subject: 'eve',
  });
  const asEve = () => fetch(`${server.url}/dif/prompt_events`, { headers: { authorization: `Bearer ${secret}` } });
  equal((await asEve()).status, 200);
  // The console opens with it too, for that tenant and role, and no longer than the key is good.
  const signIn = <T>(status: number, key: string) => admin.post<T>(status, '/console/sessions', { key });
  deepEqual(await signIn(200, secret), { items: [{ tenant_id: 'north', role: 'auditor', token: secret }] });
  equal((await signIn<{ code: string }>(401, server.platform.key)).code, 'auth.invalid');
  equal((await signIn<{ code: string }>(401, secret.slice(1))).code, 'auth.invalid');
  await server.south.admin.raw('DELETE', `/governance/keys/${key_id}`).then(({ status }) => equal(status, 404));
  equal((await asEve()).status, 200);
  equal((await admin.raw('DELETE', `/governance/keys/${key_id}`)).status, 200);
  equal((await asEve()).status, 401);
  equal((await signIn<{ code: string }>(401, secret)).code, 'auth.invalid');
  await server.restart();
  equal((await asEve()).status, 401);
  const [first] = (
    await server.platform.get<{ items: { key_id: string; role: string }[] }>(200, '/governance/keys?limit=500')
  ).items.filter(({ role }) => role === 'platform_admin');
  const disableFirst = () => server.platform.raw('DELETE', `/governance/keys/${first?.key_id}`);
  match(await (await disableFirst()).text(), /"key\.last_admin".*--role platform_admin/, 'nobody could make keys any more');
  await server.platform.post(201, '/governance/keys', { role: 'platform_admin', subject: 'root' });
  equal((await disableFirst()).status, 200);
  const listed = await (await admin.raw('GET', '/governance/keys?limit=500')).text();
  ok(listed.includes(key_id) && !listed.includes(secret) && !listed.includes('secret_hash'));
});

test('four eyes: a key that was made since by who asked, or by someone whose key comes from them, is no second person’s', async () => {
  await using server = await startTestServer();
  const { platform, north } = server;
  const { admin, steward } = north;
  const newKey = async (by: Client, subject: string, role: Role = 'tenant_admin') =>
    server.client(
      (await by.post<{ secret: string }>(201, '/governance/keys', { role, subject, ...(by === platform && { tenant_id: 'north' }) }))
        .secret,
      subject,
    );
  const label = '/curator/redaction_policies/tenant_default/labels/production';
  const save = (version: string, entities: object) =>
    admin.post(201, '/curator/redaction_policies/tenant_default/versions', {
      version,
      message: 'm',
      content: { policy_id: 'tenant_default', version, entities },
    });
  /** Asks for what lets more through: that takes two people. */
  const askFor = async (version: string, entity: string) => {
    await save(version, { [entity]: 'allow' });
    return (await admin.put<{ saga_id: string }>(202, label, { version, reason: 'r' })).saga_id;
  };
  // A colleague whom the admin brought in before there was anything to approve, and one of the platform's.
  const colleague = await newKey(admin, 'colleague');
  const saga_id = await askFor('looser', 'EMAIL');
  const own = await newKey(admin, 'puppet', 'steward');
  const borrowed = await newKey(admin, steward.subject, 'steward');
  const far = await newKey(await newKey(colleague, 'friend'), 'friend-of-friend', 'steward');
  for (const each of [own, borrowed, far]) {
    const { code, detail } = await each.post<{ code: string; detail: string }>(403, `${label}/approvals`, { saga_id });
    equal(code, 'access.forbidden_combination');
    ok(detail.includes('this key was made since the move was asked for'), each.subject);
  }
  const { version } = await admin.get<{ version: string }>(200, label);
  ok(version !== 'looser', 'nothing moved');
  // Whom another person brought in since is one.
  const newcomer = await newKey(platform, 'newcomer', 'steward');
  await newcomer.post(202, `${label}/approvals`, { saga_id });
  await server.settled(admin, { saga_id });
  const next = await askFor('looser-still', 'PHONE');
  await colleague.post(202, `${label}/approvals`, { saga_id: next });
  await server.settled(admin, { saga_id: next });
  equal((await admin.get<{ version: string }>(200, label)).version, 'looser-still');

  // Whoever asked and has their key taken away has asked for nothing any more, until somebody who may asks again.
  const leaver = { tenant_id: 'north', role: 'steward', subject: 'leaver' };
  const { key_id, secret } = await platform.post<{ key_id: string; secret: string }>(201, '/governance/keys', leaver);
  await save('loosest', { IBAN: 'allow' });
  const moveBy = async (by: Client) => (await by.put<{ saga_id: string }>(202, label, { version: 'loosest', reason: 'r' })).saga_id;
  const asked = await moveBy(server.client(secret, 'leaver'));
  equal((await admin.get<{ refused?: string }>(200, `${label}/approvals`)).refused, undefined);
  equal((await admin.raw('DELETE', `/governance/keys/${key_id}`)).status, 200);
  const gone = await admin.post<{ code: string; detail: string }>(409, `${label}/approvals`, { saga_id: asked });
  deepEqual([gone.code, gone.detail.endsWith('asks for it again')], ['curator.requester', true]);
  equal((await admin.get<{ refused?: string }>(200, `${label}/approvals`)).refused, gone.detail);
  const anew = await moveBy(await newKey(platform, 'leaver', 'steward'));
  ok(anew !== asked, 'with a key of now it is another request, not the old one joined');
  await admin.post(202, `${label}/approvals`, { saga_id: anew });
  await server.settled(admin, { saga_id: anew });
  equal((await admin.get<{ version: string }>(200, label)).version, 'loosest');
});

test('what a handler refuses, and what a platform admin looks at in a tenant, stands in its access log, by the object; an address is redacted', async () => {
  await using server = await startTestServer();
  const { platform, north, south } = server;
  const { secret } = await platform.post<{ secret: string }>(201, '/governance/keys', {
    role: 'agent',
    subject: 'other-agent',
    tenant_id: 'north',
  });
  const other = server.client(secret, 'other-agent');
  const { saga_id, epoch, lease_token } = await north.agent.post<{ saga_id: string; epoch: number; lease_token: string }>(
    201,
    '/dif/sagas',
    {
      name: 'import.customer',
      trace_id: 'ab'.repeat(16),
      owner_agent_id: 'import.agent.v1',
      idempotency_key: 'import-1',
    },
  );
  const entry = { saga_id, epoch, lease_token, step_name: 'copy', kind: 'intent', idempotency_key: 'k', status: 'pending' };
  const refs = { payload_ref: null, compensate_ref: null };
  equal((await other.post<{ code: string }>(403, '/dif/wal/append', { ...entry, ...refs })).code, 'saga.lease');
  await other.post(403, `/dif/sagas/${saga_id}/heartbeat`, { epoch, lease_token });
  const marker = 'jane.q7x@example.org';
  await north.reviewer.get(403, `/dif/prompt_events/${marker}`);
  const { items: made } = await north.agent.post<{ items: readonly { embedding_id: string }[] }>(200, '/dif/embeddings', { texts: ['a'] });
  const embedding = `/dif/embeddings/${made[0]?.embedding_id}`;
  const inNorth = { 'x-ancilla-tenant': 'north' };
  await platform.get(200, embedding, inNorth);
  await platform.get(200, '/nurse/summary', inNorth);
  const logOf = async (by: Client) =>
    (await by.get<{ items: readonly Record<string, string>[] }>(200, '/governance/access_log')).items
      .map(({ what, subject, resource }) => `${what} ${subject} ${resource}`)
      .toReversed();
  const logged = await logOf(north.auditor);
  deepEqual(logged.toSpliced(2, 1), [
    'denied other-agent POST:/dif/wal/append',
    `denied other-agent POST:/dif/sagas/${saga_id}/heartbeat`,
    `platform_read platform-admin GET:${embedding}`,
  ]);
  match(logged[2] ?? '', /^denied north-reviewer GET:\/dif\/prompt_events\/EMAIL_\w+$/);
  deepEqual(await server.kept(marker), []);
  deepEqual(await logOf(south.auditor), []);
});
