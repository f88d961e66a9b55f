import { deepEqual, equal } from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Role } from '@ancilla/contracts';
import { readConfig } from '../src/config.ts';
import { copiedFolders, newFolder } from '../src/copied-folder.fixture.ts';
import { openAncilla, type Ancilla, type Extra } from '../src/main.ts';
import { searchStores } from './marker-hunt.ts';
import { freshDatabase } from './postgres/database.ts';

/** Calls the server as one person or service; every call says which status it expects. */
export interface Client {
  readonly key: string;
  readonly subject: string;
  get<T>(status: number, path: string, headers?: Readonly<Record<string, string>>): Promise<T>;
  post<T>(status: number, path: string, body: unknown): Promise<T>;
  put<T>(status: number, path: string, body: unknown): Promise<T>;
  bytes(path: string, headers: Readonly<Record<string, string>>): Promise<Buffer>;
  raw(method: string, path: string, init?: RequestInit): Promise<Response>;
}

/** One client a role. */
export type Tenant = { readonly [R in 'admin' | 'steward' | 'reviewer' | 'auditor' | 'agent']: Client };

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly platform: Client;
  readonly north: Tenant;
  readonly south: Tenant;
  /** A client of a key that a test made itself. */
  client(key: string, subject: string): Client;
  /** Waits for the saga an answer names. */
  settled<T extends { readonly saga_id: string }>(as: Client, answer: unknown): Promise<T>;
  /** Moves a label that takes two people, if it does. */
  moved(by: Tenant, path: string, body: object): Promise<void>;
  /** What the running server keeps, to be changed as no surface lets it. */
  stores(): Ancilla['stores'];
  logs(): string;
  /** Where a text stands in what the stores keep, opened with their keys: `north/tenant_wal`. */
  kept(text: string): Promise<readonly string[]>;
  /** Replays what waits in quarantine; how many bodies are left. */
  replay(tenant_id: string): Promise<number>;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

const ROLES = {
  admin: 'tenant_admin',
  steward: 'steward',
  reviewer: 'reviewer',
  auditor: 'auditor',
  agent: 'agent',
} as const satisfies Record<keyof Tenant, Role>;

const headersOf = ({ headers }: RequestInit): Record<string, string> => Object.fromEntries(new Headers(headers));

/** @param at - where the server listens now: another port after a restart */
const clientOf = (at: () => string, key: string, subject: string): Client => {
  const raw = (method: string, path: string, init: RequestInit = {}) =>
    fetch(at() + path, { ...init, method, headers: { authorization: `Bearer ${key}`, ...headersOf(init) } });
  const request = async <T>(
    status: number,
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> => {
    const answer = await raw(method, path, {
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    equal(answer.status, status, `${method} ${path} answered ${answer.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  };
  return {
    key,
    subject,
    raw,
    get: (status, path, headers) => request(status, 'GET', path, undefined, headers),
    post: (status, path, body) => request(status, 'POST', path, body),
    put: (status, path, body) => request(status, 'PUT', path, body),
    async bytes(path, headers) {
      const answer = await raw('GET', path, { headers });
      equal(answer.status, 200, path);
      return Buffer.from(await answer.arrayBuffer());
    },
  };
};

type Secrets = Readonly<Record<'north' | 'south', Readonly<Record<string, string>>>>;

/** Two tenants and a key for each role, in a server that has just started for the first time. */
async function makeTenants(platform: Client): Promise<Secrets> {
  const make = async (tenant_id: string) => {
    await platform.post(201, '/governance/tenants', { tenant_id });
    const keys = Object.entries(ROLES).map(async ([name, role]) => {
      const subject = `${tenant_id}-${name}`;
      const { secret } = await platform.post<{ secret: string }>(201, '/governance/keys', { tenant_id, role, subject });
      return [name, secret] as const;
    });
    return Object.fromEntries(await Promise.all(keys));
  };
  return { north: await make('north'), south: await make('south') };
}

const platformOf = async (folder: string, at: () => string): Promise<Client> =>
  clientOf(at, (await readFile(join(folder, 'platform-admin-key'), 'utf8')).trim(), 'platform-admin');

/** Folders with tenants and keys, as a server leaves them that has stopped. */
const furnished = copiedFolders('server', async (folder) => {
  const server = await openAncilla(readConfig({ ANCILLA_PORT: '0', ANCILLA_DATA: folder }), { log() {} });
  try {
    return await makeTenants(await platformOf(folder, () => server.url));
  } finally {
    await server.close();
  }
});

/** A real server on a folder that goes away, with two tenants and a key for each role. */
export async function startTestServer(env: Readonly<Record<string, string>> = {}, extra: Extra = {}): Promise<TestServer> {
  const lines: string[] = [];
  // With a server named, all tests run on PostgreSQL, each on a database of its own.
  const given = process.env['ANCILLA_TEST_STORE_URL'];
  const database = given === undefined ? undefined : await freshDatabase(given);
  const { folder, made } = database ? { folder: await newFolder('server'), made: undefined } : await furnished();
  const config = readConfig({ ANCILLA_PORT: '0', ANCILLA_DATA: folder, ...(database && { ANCILLA_STORE_URL: database.url }), ...env });
  const open = () => openAncilla(config, { log: (level, line) => void lines.push(JSON.stringify({ level, ...line })), ...extra });
  let server: Ancilla | undefined = await open();
  let url = server.url;
  const platform = await platformOf(folder, () => url);
  const secrets = made ?? (await makeTenants(platform));

  const client = (key: string, subject: string) => clientOf(() => url, key, subject);
  const tenant = (tenant_id: keyof Secrets): Tenant =>
    Object.fromEntries(
      Object.entries(secrets[tenant_id]).map(([name, secret]) => [name, client(secret, `${tenant_id}-${name}`)]),
    ) as unknown as Tenant;
  const settled: TestServer['settled'] = async (as, answer) => {
    const { saga_id } = answer as { saga_id: string };
    for (let i = 0; i < 3000; i++) {
      const { status } = await as.get<{ status: string }>(200, `/dif/sagas/${saga_id}`);
      if (status === 'done') return answer as never;
      if (['compensated', 'killed', 'needs_attention'].includes(status))
        deepEqual(await as.get(200, `/dif/wal?saga_id=${saga_id}`), 'a saga that is done');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`saga ${saga_id} did not end`);
  };
  const stop = async (): Promise<void> => {
    await server?.close();
    server = undefined;
  };
  return {
    get url() {
      return url;
    },
    folder,
    platform,
    client,
    north: tenant('north'),
    south: tenant('south'),
    settled,
    async moved({ admin, steward }, path, body) {
      const answer = await admin.raw('PUT', path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
      const { saga_id } = (await answer.json()) as { saga_id?: string };
      if (saga_id === undefined) return equal(answer.status, 200);
      await steward.post(202, `${path}/approvals`, { saga_id });
      await settled(steward, { saga_id });
    },
    stores() {
      if (server === undefined) throw new TypeError('the server does not run');
      return server.stores;
    },
    logs: () => lines.join('\n'),
    kept: async (text) => (server === undefined ? [] : searchStores(server.stores, text)),
    replay: async (tenant_id) => (await server?.replay(tenant_id)) ?? 0,
    stop,
    async restart() {
      await stop();
      server = await open();
      url = server.url;
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
      await database?.[Symbol.asyncDispose]();
    },
  };
}
