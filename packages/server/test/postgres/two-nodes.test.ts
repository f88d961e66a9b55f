// Two real servers on one database and one folder of keys: what one of them wrote the other one knows, and neither does the other's work again.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { event } from '../event.ts';
import { freshDatabase } from './database.ts';

const server = process.env['ANCILLA_TEST_STORE_URL'] ?? '';
const options = { skip: server === '' ? 'ANCILLA_TEST_STORE_URL names no server' : false, timeout: 240_000 };
const ANCILLA = join(import.meta.dirname, '..', '..', 'bin', 'ancilla.js');

interface Node {
  readonly process: ChildProcess;
  readonly url: string;
}
type Page<T> = { readonly items: readonly T[]; readonly next_cursor: string | null };

async function openSite() {
  const database = await freshDatabase(server);
  const data = await mkdtemp(join(tmpdir(), 'ancilla-nodes-'));
  const running = new Set<ChildProcess>();
  const start = async (): Promise<Node> => {
    const child = spawn(process.execPath, ['--conditions=ancilla-source', ANCILLA, 'serve'], {
      env: {
        ...process.env,
        ANCILLA_TEST_STORE_URL: '',
        ANCILLA_PORT: '0',
        ANCILLA_DATA: data,
        ANCILLA_STORE_URL: database.url,
        ANCILLA_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const [url] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit').then(() => [''])]);
    ok(url, 'the server started');
    return { process: child, url: String(url) };
  };
  const call = async <T>(node: Node, key: string, method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(node.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    start,
    call,
    async all<T>(node: Node, key: string, path: string): Promise<readonly T[]> {
      const items: T[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Page<T> = await call(
          node,
          key,
          'GET',
          `${path}${path.includes('?') ? '&' : '?'}limit=500${cursor && `&cursor=${cursor}`}`,
        );
        items.push(...page.items);
        cursor = page.next_cursor;
      }
      return items;
    },
    adminKey: async () => (await readFile(join(data, 'platform-admin-key'), 'utf8')).trim(),
    async keyOf(node: Node, admin: string, tenant_id: string, role: string): Promise<string> {
      return (await call<{ readonly secret: string }>(node, admin, 'POST', '/governance/keys', { tenant_id, role, subject: role })).secret;
    },
    async [Symbol.asyncDispose]() {
      for (const child of running) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(data, { recursive: true, force: true });
      await database[Symbol.asyncDispose]();
    },
  };
}

test('both write to one tenant at the same time: no number is given twice, none is left out', options, async () => {
  await using site = await openSite();
  const nodes = await Promise.all([site.start(), site.start()]);
  const [one, two] = nodes;
  const admin = await site.adminKey();
  await site.call(one, admin, 'POST', '/governance/tenants', { tenant_id: 'north' });
  await site.call(two, admin, 'POST', '/governance/tenants', { tenant_id: 'south' });
  // Made by one, known to the other at once.
  const agent = await site.keyOf(two, admin, 'north', 'agent');
  const auditor = await site.keyOf(one, admin, 'north', 'auditor');
  const firsts: number[] = [];
  await Promise.all(
    nodes.flatMap((node) =>
      [0, 1, 2, 3].map(async () => {
        for (let i = 0; i < 25; i++) {
          const { receipt } = await site.call<{ readonly receipt: { readonly first_seq: number } }>(
            node,
            agent,
            'POST',
            '/dif/prompt_events',
            [event(), event()],
          );
          firsts.push(receipt.first_seq);
        }
      }),
    ),
  );
  equal(new Set(firsts).size, 200);
  for (const node of nodes) equal((await site.all(node, auditor, '/dif/prompt_events')).length, 400);
  // A key that one disables the other one refuses, which has just believed it.
  const gone = await site.call<{ key_id: string; secret: string }>(one, admin, 'POST', '/governance/keys', {
    tenant_id: 'north',
    role: 'auditor',
    subject: 'gone',
  });
  const asGone = async () => (await fetch(`${two.url}/dif/sagas`, { headers: { authorization: `Bearer ${gone.secret}` } })).status;
  equal(await asGone(), 200);
  const disabledAt = Date.now();
  await site.call(one, admin, 'DELETE', `/governance/keys/${gone.key_id}`);
  while ((await asGone()) === 200) ok(Date.now() - disabledAt < 5000, 'it is heard of, not waited for');
  // The last checkpoint covers them all, whichever of the two is asked.
  const sizes = await Promise.all(
    nodes.map(async (node) => (await fetch(`${node.url}/audit/checkpoint`, { headers: { authorization: `Bearer ${auditor}` } })).text()),
  );
  const [size] = sizes.map((note) => Number(note.split('\n')[1]));
  ok(size !== undefined && size >= 400 && size > Math.max(...firsts) + 1 - 1, String(size));
});

test('a server is killed while its sagas run: the other one finishes them, and each effect is there once', options, async () => {
  await using site = await openSite();
  const one = await site.start();
  const admin = await site.adminKey();
  await site.call(one, admin, 'POST', '/governance/tenants', { tenant_id: 'north' });
  const steward = await site.keyOf(one, admin, 'north', 'tenant_admin');
  const agent = await site.keyOf(one, admin, 'north', 'agent');
  const auditor = await site.keyOf(one, admin, 'north', 'auditor');
  const content = {
    entries: [
      { semantic_id: 'sem.city', name: 'city' },
      { semantic_id: 'sem.name', name: 'name' },
    ],
  };
  await site.call(one, steward, 'POST', '/curator/glossaries/g/versions', { version: '1', message: 'a glossary', content });
  await site.call(one, steward, 'PUT', '/curator/glossaries/g/labels/production', { version: '1', reason: 'a glossary' });
  const two = await site.start();
  const suggest = (i: number) =>
    site
      .call(i % 2 === 0 ? one : two, agent, 'POST', '/mapping/suggest', {
        dataset: 'd',
        glossary: 'g',
        table: {
          name: `t${i}`,
          columns: [
            { name: 'city', samples: ['Lyon'] },
            { name: 'name', samples: ['x'] },
          ],
        },
      })
      .catch(() => undefined);
  const asked = Promise.all(Array.from({ length: 24 }, (_, i) => suggest(i)));
  await setTimeout(700);
  one.process.kill('SIGKILL');
  await asked;
  interface Saga {
    readonly name: string;
    readonly status: string;
    readonly saga_id: string;
  }
  let sagas: readonly Saga[] = [];
  // A lease of the one that is gone runs out after half a minute.
  for (let i = 0; i < 300; i++) {
    sagas = await site.all<Saga>(two, auditor, '/dif/sagas?name=mapping.suggest');
    if (sagas.length > 0 && sagas.every(({ status }) => status === 'done')) break;
    await setTimeout(300);
  }
  deepEqual(
    sagas.filter(({ status }) => status !== 'done'),
    [],
  );
  const open = await site.all<{ readonly table: string; readonly column: string; readonly saga_id: string }>(
    two,
    auditor,
    '/review/queue?status=open',
  );
  equal(open.length, sagas.length * 2);
  equal(new Set(open.map(({ table, column }) => `${table}.${column}`)).size, open.length, 'one suggestion a column');
  const events = await site.all<{ readonly saga_id: string; readonly agent_id: string }>(two, auditor, '/dif/prompt_events');
  equal(new Set(events.map(({ saga_id, agent_id }) => `${saga_id} ${agent_id}`)).size, events.length, 'one call an agent and saga');
});

test('a rolling restart under load loses no acknowledged event', options, async () => {
  await using site = await openSite();
  const nodes = [await site.start(), await site.start()];
  const [first] = nodes;
  ok(first);
  const admin = await site.adminKey();
  await site.call(first, admin, 'POST', '/governance/tenants', { tenant_id: 'north' });
  const agent = await site.keyOf(first, admin, 'north', 'agent');
  const auditor = await site.keyOf(first, admin, 'north', 'auditor');
  const acknowledged: string[] = [];
  let isDone = false;
  const writing = [0, 1, 2, 3].map(async (lane) => {
    for (let i = 0; !isDone; i++) {
      const one = event();
      // As an SDK does: again, elsewhere, until it is taken.
      for (let at = lane; ; at++) {
        const node = nodes[at % nodes.length];
        if (node === undefined) continue;
        try {
          await site.call(node, agent, 'POST', '/dif/prompt_events', one);
          break;
        } catch {
          await setTimeout(20);
        }
      }
      acknowledged.push(one.event_id);
    }
  });
  for (const i of [0, 1]) {
    const before = acknowledged.length;
    while (acknowledged.length < before + 50) await setTimeout(20);
    const old = nodes[i];
    ok(old);
    old.process.kill('SIGTERM');
    deepEqual(await once(old.process, 'exit'), [0, null]);
    nodes[i] = await site.start();
  }
  isDone = true;
  await Promise.all(writing);
  ok(nodes[0]);
  const kept = (await site.all<{ readonly event_id: string }>(nodes[0], auditor, '/dif/prompt_events')).map(({ event_id }) => event_id);
  deepEqual([...kept].toSorted(), acknowledged.toSorted());
});
