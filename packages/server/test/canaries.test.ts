// A canary in every string and every object of every route's body, in every parameter: refused or taken, it is in no answer that refuses, no log, no metric, no file and no
// evidence. Made from the server's own OpenAPI document, so that a new field is tried the day it comes.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { PromptEventInput } from '@ancilla/contracts';
import { eventOf, fillTenant } from './fill-tenant.ts';
import { searchFolder } from './marker-hunt.ts';
import { addressOf, operationsOf, valueFor, type JsonSchema, type Operation } from './openapi-document.ts';
import { startTestServer, type Client } from './test-server.ts';

const marker = `canary${randomBytes(6).toString('hex')}`;
const pasted = `pasted.${marker}@example.org`;
/** What fits a short field, and two kilobytes as somebody might paste them, with an imitation of a token and a real one of another tenant. */
const canariesWith = (token: string): readonly string[] => [
  `jane.${marker}@example.org`,
  `${pasted} asks: ${`please look at order 1234 of <EMAIL_abcdefghij234567abcd> and of ${token} again. `.repeat(20)} ${pasted}`,
];

/** A body once for each string and each object in it, with the canary in that place: as the string, as one more key. */
function* withCanary(value: unknown, canary: string): Generator {
  if (typeof value === 'string') yield canary;
  else if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) for (const changed of withCanary(item, canary)) yield value.with(at, changed);
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, [canary]: 'a' };
    for (const [key, item] of Object.entries(value)) for (const changed of withCanary(item, canary)) yield { ...value, [key]: changed };
  }
}

/** The schema with every property required. */
const everything = (schema: JsonSchema): JsonSchema => ({
  ...schema,
  ...(schema.anyOf && { anyOf: schema.anyOf.map(everything) }),
  ...(schema.items && { items: everything(schema.items) }),
  ...(schema.properties && {
    required: Object.keys(schema.properties),
    properties: Object.fromEntries(Object.entries(schema.properties).map(([name, of]) => [name, everything(of)])),
  }),
});

/** What the document leaves to the handler: an event or several. Every field of one, as far as a value can be made up, with one that is taken. */
const BODIES: { readonly [path: string]: unknown } = {
  '/dif/prompt_events': [{ ...(valueFor(everything(PromptEventInput), '', new Map()) as object), ...eventOf('canary') }],
};

/** An operation's requests: its body as asked for, then one for each place of a canary. */
function* requestsOf(operation: Operation, known: ReadonlyMap<string, unknown>, canary: string) {
  const { parameters, path, body } = operation;
  const fill = (instead: string | undefined): string =>
    addressOf(
      operation,
      ({ name, schema }) => (name === instead ? canary : valueFor(schema, name, known)),
      ({ required, name }) => required || name === instead,
    );
  for (const { name } of parameters) yield { at: fill(name), sent: undefined };
  if (body?.type !== 'application/json') return;
  // Every field there is, not only those that must be.
  const whole = BODIES[path] ?? valueFor(everything(body.schema), '', known);
  for (const sent of withCanary(whole, canary)) yield { at: fill(undefined), sent };
}

/** The token a tenant's own address gets. */
const tokenOf = async (client: Client): Promise<string> =>
  (await client.post<{ readonly value: string }>(200, '/redaction/redact', { value: 'john.doe@example.org' })).value;

test('a canary in any field of any route is in no refusal, log, metric, file or evidence', { timeout: 240_000 }, async () => {
  await using server = await startTestServer({ ANCILLA_LOG_LEVEL: 'debug' });
  const { north, south, platform } = server;
  const token = await tokenOf(south.agent);
  const canaries = canariesWith(token);
  const known = await fillTenant(server, north, 'north');
  const clients: Readonly<Record<string, Client>> = { tenant_admin: north.admin, ...north };
  const told: string[] = [];
  let asked = 0;
  const taken = new Set<string>();
  for (const operation of await operationsOf(server)) {
    const { method, scope, roles } = operation;
    const as = scope === 'platform' ? platform : (clients[roles.find((role) => role !== 'platform_admin') ?? ''] ?? north.admin);
    for (const { at, sent } of canaries.flatMap((canary) => [...requestsOf(operation, known, canary)])) {
      const answer = await as.raw(method, at, {
        headers: { 'content-type': 'application/json', 'x-ancilla-purpose': 'canary', 'user-agent': canaries.join(' ') },
        ...(sent !== undefined && { body: JSON.stringify(sent) }),
      });
      asked++;
      if (answer.ok) taken.add(`${method} ${operation.path}`);
      const text = await answer.text();
      const name = `${method} ${operation.path} ${answer.status}`;
      if (answer.status === 500) told.push(`${name}: ${text.slice(0, 200)}`);
      // Whoever asks for a document that is not there reads what they asked for.
      if (sent !== undefined && [400, 409, 422].includes(answer.status) && text.includes(marker))
        told.push(`${name} says it: ${text.slice(0, 300)}`);
    }
  }
  ok(asked > 600, String(asked));
  deepEqual(told, []);
  for (const path of [
    '/dif/prompt_events',
    '/dif/sagas',
    '/dif/embeddings',
    '/dif/mapping_history',
    '/review/queue?status=open',
    '/review/queue?status=decided',
    '/models',
    '/rollouts',
    '/training/datasets',
  ])
    for (const item of (await north.admin.get<{ items: readonly object[] }>(200, `${path}${path.includes('?') ? '&' : '?'}limit=100`))
      .items)
      // Names are the caller’s choice and stay as they are, in the sealed store; what is pasted fits none of them.
      ok(!JSON.stringify(item).includes(pasted), `${path}: ${JSON.stringify(item).slice(0, 300)}`);
  // Another tenant's token is no token here: it is escaped as an imitation, so that it can be led back to nobody.
  const here = await north.agent.post<{ readonly value: string }>(200, '/redaction/redact', { value: token });
  ok(!here.value.includes(token), here.value);
  equal((await south.agent.post<{ readonly value: string }>(200, '/redaction/redact', { value: token })).value, token);
  ok(!(await (await platform.raw('GET', '/metrics')).text()).includes(marker));
  const line = server
    .logs()
    .split('\n')
    .find((each) => each.includes(marker));
  equal(line, undefined);
  // Whose key it is, is named by whoever gives it. All else that was taken is redacted.
  const named = new Set(['platform/api_keys', 'platform/changes']);
  deepEqual(
    (await server.kept(marker)).filter((where) => !named.has(where)),
    [],
  );
  deepEqual(await server.kept(pasted), []);
  await server.stop();
  deepEqual(await searchFolder(server.folder, marker), []);
});
