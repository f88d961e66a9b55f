import { deepEqual, equal, throws } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect } from './connect.ts';

const receipt = { policy_id: 'p', policy_version: '1', engine_version: '1', token_key_version: 1, counts: {}, bytes_in: 5, bytes_out: 5 };
const answers: Readonly<Record<string, unknown>> = {
  'GET /curator/agent_configs/a/labels/production': { version: '1' },
  'GET /curator/agent_configs/a/versions/1': { id: 'a', version: '1', content: { agent_id: 'a' } },
  'GET /curator/redaction_policies/tenant_default/labels/production': { version: '1' },
  'GET /curator/redaction_policies/tenant_default/versions/1': {
    id: 'tenant_default',
    version: '1',
    content: { policy_id: 'tenant_default', version: '1' },
  },
  'POST /redaction/redact': { value: 'hello', receipt },
};

/** A server that refuses events so many times, 503, then takes them. */
async function openServer(refusals: number) {
  const it = { refusals, taken: [] as unknown[] };
  const tried = Promise.withResolvers<void>();
  const answering = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const sent: unknown = request.method === 'POST' ? await json(request) : undefined;
    let answer = answers[`${request.method} ${request.url}`];
    let status = answer === undefined ? 404 : 200;
    if (request.url === '/dif/prompt_events') {
      tried.resolve();
      status = it.refusals-- > 0 ? 503 : 200;
      if (status === 200 && Array.isArray(sent)) it.taken.push(...(sent as readonly unknown[]));
      answer = { accepted: 1, duplicates: 0, rejected: [] };
    }
    reply.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(answer ?? {}));
  };
  const server = createServer((request, reply) => void answering(request, reply));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(it, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tried: tried.promise,
    [Symbol.dispose]: () => void server.close(),
  });
}

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=ancilla-source', join(import.meta.dirname, 'connect.fixture.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { child, said: () => said, ended: once(child, 'close') };
}

const inTime = { timeout: 60_000 };

test('a process that ends by itself first sends its events, however often it takes', inTime, async () => {
  using server = await openServer(2);
  deepEqual(await start(server.url, 'end').ended, [0, null]);
  deepEqual([server.taken.length, server.refusals], [1, -1]);
});

test('a flush that is awaited keeps the process alive while it backs off', inTime, async () => {
  using server = await openServer(2);
  const { ended, said } = start(server.url, 'flush');
  deepEqual(await ended, [0, null]);
  deepEqual([said(), server.taken.length], ['left 0\n', 1]);
});

test('a process that is told to end first sends its events, and then dies of the signal', inTime, async () => {
  using server = await openServer(2);
  const { child, ended } = start(server.url, 'signal');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  deepEqual(await ended, [null, 'SIGTERM']);
  equal(server.taken.length, 1);
});

test('of several SDKs in a process, the one that is done first ends none of the others', inTime, async () => {
  using server = await openServer(2);
  const { child, ended } = start(server.url, 'beside');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  deepEqual(await ended, [null, 'SIGTERM']);
  equal(server.taken.length, 1);
});

test('a process that may not wait for its server leaves its events in the spool folder to the next one', inTime, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-spool-'));
  try {
    using server = await openServer(Number.POSITIVE_INFINITY);
    const { child, ended } = start(server.url, 'signal', folder);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    await server.tried;
    child.kill('SIGTERM');
    deepEqual(await ended, [null, 'SIGTERM']);
    server.refusals = 0;
    deepEqual(await start(server.url, 'end', folder).ended, [0, null]);
    equal(new Set(server.taken.map((event) => Reflect.get(Object(event), 'event_id'))).size, 2);
    equal((await readdir(folder)).length, 1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a realm or node that no event may have, or no key, is told of at once', () => {
  throws(() => connect({ url: 'https://ancilla.example.com', apiKey: ' ', flushAtExit: false }), /^TypeError: apiKey is empty/);
  for (const wrong of [{ realm: 'prod eu' }, { realm: '' }, { node_id: 'n'.repeat(129) }])
    throws(() => connect({ url: 'https://ancilla.example.com', apiKey: 'key', flushAtExit: false, ...wrong }), {
      name: 'TypeError',
      message: /^(?:realm|node_id) must be a name without spaces, at most 128 characters$/,
    });
});

test('a page that is left sends what is queued by a request that outlives it; shown again, it sends as before', async (t) => {
  const page = new EventTarget();
  const keptAlive: unknown[] = [];
  using server = await openServer(0);
  const { fetch: really } = globalThis;
  t.mock.method(globalThis, 'fetch', (to: string, init: RequestInit) => {
    if (to.endsWith('/dif/prompt_events')) keptAlive.push(init.keepalive === true);
    return really(to, init);
  });
  // What tells a page from a process.
  Object.assign(globalThis, { document: {}, addEventListener: page.addEventListener.bind(page) });
  try {
    const sdk = connect({ url: server.url, apiKey: 'key', queue: { intervalMs: 60_000 } });
    const call = () => sdk.agent('a').call({ prompt: 'hello', model: { id: 'm', endpoint: 'local:m' } })(async () => ({ output: 'hi' }));
    await call();
    page.dispatchEvent(new Event('pagehide'));
    while (server.taken.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    page.dispatchEvent(new Event('pageshow'));
    await call();
    equal(await sdk.flush(), 0);
    deepEqual(keptAlive, [true, false]);
  } finally {
    Reflect.deleteProperty(globalThis, 'document');
    Reflect.deleteProperty(globalThis, 'addEventListener');
  }
});
