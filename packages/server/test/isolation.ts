import { notEqual } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { eventOf } from './fill-tenant.ts';
import { addressOf, operationsOf, valueFor, type Operation } from './openapi-document.ts';
import type { Client, Tenant, TestServer } from './test-server.ts';

/** Every letter the one tenant chose holds this word; nothing the other may see does. */
export const MARK = 'qz7mark';
const NOBODY = 'zz0none';

/** What the owner itself gets by its ids: so that a stranger's 404 says something. */
export interface Owned {
  /** GET routes that gave the owner its documents. */
  readonly routes: ReadonlySet<string>;
  /** A cursor of the owner's own list, by route. */
  readonly cursors: ReadonlyMap<string, string>;
}

interface Asked {
  readonly path: string;
  readonly init: RequestInit;
}

/** Asks every GET route for the owner's documents as each of its roles. */
export async function askAsOwner(server: TestServer, owner: Tenant, known: ReadonlyMap<string, unknown>): Promise<Owned> {
  const routes = new Set<string>();
  const cursors = new Map<string, string>();
  for (const operation of await operationsOf(server)) {
    if (operation.method !== 'GET') continue;
    for (const client of Object.values(owner)) {
      const { path, init } = ask(operation, known, []);
      if ((await client.raw('GET', path, init)).status === 200) routes.add(nameOf(operation));
    }
    const cursor = await cursorOf(owner.admin, operation, known);
    if (cursor !== undefined) cursors.set(nameOf(operation), cursor);
  }
  return { routes, cursors };
}

/**
 * Asks every route of the OpenAPI document as each role of a stranger, once with the owner's ids, filters and cursors, once with such as nobody has:
 * the two answers must be the same, and hold nothing of the owner's.
 * @returns what is wrong, in words
 */
export async function findLeaks(
  server: TestServer,
  stranger: Tenant,
  known: ReadonlyMap<string, unknown>,
  { cursors }: Owned,
): Promise<readonly string[]> {
  const unknown = new Map([...known].map(([name, value]) => [name, twinOf(name, value)]));
  notEqual(unknown.get('event_id'), known.get('event_id'));
  const leaks: string[] = [];
  const operations = await operationsOf(server);
  // What is asked for is asked for before anything is made under the same ids.
  for (const operation of operations.toSorted((a, b) => Number(b.method === 'GET') - Number(a.method === 'GET'))) {
    const cursor = cursors.get(nameOf(operation));
    // A place in a feed is a number, and nobody's own.
    const noCursor = (/^\d+$/.test(cursor ?? '') ? '0' : 'A').repeat(cursor?.length ?? 0);
    const filters = operation.parameters.filter(({ in: place, required, name }) => place === 'query' && !required && known.has(name));
    const variants = [[], ...filters.map(({ name }) => [name]), ...(cursor === undefined ? [] : [['cursor', 'limit']])];
    for (const [role, client] of Object.entries(stranger)) {
      for (const variant of variants) {
        const paged = (values: ReadonlyMap<string, unknown>, text: string) => new Map([...values, ['cursor', text], ['limit', 1]]);
        const theirs = await answer(client, ask(operation, paged(known, cursor ?? ''), variant), known);
        const nobodys = await answer(client, ask(operation, paged(unknown, noCursor), variant), unknown);
        const what = [`${nameOf(operation)} as ${role}`, ...variant].join(' with ');
        if (theirs.leaked !== undefined) leaks.push(`${what} shows ${theirs.leaked}`);
        if (theirs.said !== nobodys.said) leaks.push(`${what} tells apart:\n  ${theirs.said}\n  ${nobodys.said}`);
      }
    }
  }
  return leaks;
}

const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

const ID = /^([a-z]{2,3})_[0-7][0-9a-z]{25}/;

/** The same kind of value, of nobody. What is no one's own (a kind, a label, a word of the schema) stays. */
function twinOf(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (ID.test(value)) return value.replace(ID, (_, prefix: string) => `${prefix}_0${randomBytes(12).toString('hex')}0`);
  if (/^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64})$/.test(value)) return randomBytes(value.length / 2).toString('hex');
  if (name === 'subject' || name === 'tenant_id') return value.replace('north', 'nowhere');
  return value.replaceAll(MARK, NOBODY);
}

function ask(operation: Operation, values: ReadonlyMap<string, unknown>, optional: readonly string[]): Asked {
  const { method, path, body } = operation;
  const json = (): unknown =>
    path === '/dif/prompt_events'
      ? eventOf(NOBODY, Object.fromEntries(values))
      : valueFor(body?.schema ?? {}, '', new Map([...values, ['role', 'agent']]));
  return {
    path: addressOf(
      operation,
      // A name may mean another thing below another first word of the path: `librarian:id`.
      ({ name, schema }) => values.get(`${path.split('/')[1]}:${name}`) ?? values.get(name) ?? valueFor(schema, name, values),
      ({ required, name }) => required || optional.includes(name),
    ),
    init: {
      headers: {
        'x-ancilla-purpose': 'isolation',
        'x-ancilla-category': 'raw_input',
        'x-ancilla-artifact-id': String(values.get('artifact_id')),
        ...(body !== undefined && { 'content-type': body.type === '*/*' ? 'text/plain' : body.type }),
      },
      ...(body !== undefined && { body: body.type === '*/*' ? 'own bytes' : JSON.stringify(json()) }),
      method,
    },
  };
}

/** Sends a request and gives its answer without what differs between any two: ids just made, times, what was sent. */
async function answer(
  client: Client,
  { path, init }: Asked,
  sent: ReadonlyMap<string, unknown>,
): Promise<{ readonly said: string; readonly leaked?: string }> {
  const got = await client.raw(init.method ?? 'GET', path, init);
  let text = await got.text();
  const headers = [...got.headers].filter(([name]) => !['date', 'content-length', 'keep-alive', 'connection'].includes(name));
  for (const value of [...new Set([...sent.values()].map(String))].toSorted((a, b) => b.length - a.length))
    if (value.length >= 6) text = text.replaceAll(value, '<sent>').replaceAll(encodeURIComponent(value), '<sent>');
  const leaked = new RegExp(`.{0,40}(?:${MARK}|north).{0,40}`).exec(text)?.[0];
  const shape =
    got.ok && got.headers.get('content-type')?.includes('json')
      ? JSON.stringify(shapeOf(JSON.parse(text)))
      : text.replaceAll(/[0-9a-f]{32}/g, '<hex>');
  return { said: `${got.status} ${JSON.stringify(headers)} ${shape}`, ...(leaked !== undefined && { leaked }) };
}

/** Names, types and lengths: what two answers that made different documents have in common. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

/** A cursor of the owner's own list. */
async function cursorOf(owner: Client, operation: Operation, known: ReadonlyMap<string, unknown>): Promise<string | undefined> {
  if (!operation.parameters.some(({ name }) => name === 'cursor')) return undefined;
  const { path, init } = ask(operation, new Map([...known, ['limit', 1]]), ['limit']);
  const got = await owner.raw('GET', path, init);
  if (!got.ok) return undefined;
  const page: unknown = await got.json();
  const cursor: unknown = typeof page === 'object' && page !== null ? Reflect.get(page, 'next_cursor') : undefined;
  return typeof cursor === 'string' ? cursor : undefined;
}
