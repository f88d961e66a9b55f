// The demo as a person starts it: killed in the middle of a mapping run, started again, it completes and nothing is there twice.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { freshDatabase } from './postgres/database.ts';

const ANCILLA = join(import.meta.dirname, '..', 'bin', 'ancilla.js');

interface Demo {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
  readonly url: string;
}

async function startDemo(data: string, database: string | undefined): Promise<Demo> {
  const child = spawn(process.execPath, ['--conditions=ancilla-source', ANCILLA, 'demo'], {
    env: { ...process.env, ANCILLA_PORT: '0', ANCILLA_DATA: data, ...(database !== undefined && { ANCILLA_STORE_URL: database }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { process: child, lines, url: String((await lines.next()).value) };
}

/** Reads lines up to one that fits. */
async function until({ lines }: Demo, pattern: RegExp): Promise<readonly string[]> {
  const seen: string[] = [];
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the demo ended before ${String(pattern)}: ${seen.join('\n')}`);
    seen.push(value);
    if (pattern.test(value)) return seen;
  }
}

async function openApi(demo: Demo, data: string) {
  const keys = JSON.parse(await readFile(join(data, 'demo-keys.json'), 'utf8')) as { tenants: Record<string, { auditor: string }> };
  const get = async <T>(tenant: string, path: string): Promise<T> => {
    const answer = await fetch(demo.url + path, { headers: { authorization: `Bearer ${keys.tenants[tenant]?.auditor}` } });
    equal(answer.status, 200, path);
    return (await answer.json()) as T;
  };
  const all = async <T>(tenant: string, path: string): Promise<readonly T[]> => {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: T[]; next_cursor: string | null } = await get(
        tenant,
        `${path}${path.includes('?') ? '&' : '?'}limit=500${cursor && `&cursor=${cursor}`}`,
      );
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    return items;
  };
  return { all };
}

test('killed in the middle of its mapping run, the demo completes after a restart, and no effect is there twice', async () => {
  const data = await mkdtemp(join(tmpdir(), 'ancilla-demo-'));
  const server = process.env['ANCILLA_TEST_STORE_URL'];
  await using database = server === undefined ? undefined : await freshDatabase(server);
  const start = () => startDemo(data, database?.url);
  let demo = await start();
  try {
    await until(demo, /zip_codes/);
    const running = await openApi(demo, data);
    for (;;) {
      const sagas = await running.all<{ status: string }>('demo-north', '/dif/sagas?name=mapping.suggest');
      if (sagas.some(({ status }) => status === 'running')) break;
    }
    demo.process.kill('SIGKILL');
    await once(demo.process, 'exit');

    demo = await start();
    const lines = await until(demo, /^ready after/);
    equal(lines.filter((line) => line === 'verdict   anchored').length, 2, lines.join('\n'));
    const { all } = await openApi(demo, data);
    for (const tenant of ['demo-north', 'demo-south']) {
      const sagas = await all<{ saga_id: string; name: string; status: string }>(tenant, '/dif/sagas');
      deepEqual(
        sagas.filter(({ status }) => status !== 'done'),
        [],
      );
      const queue = async (status: string) =>
        await all<{ table: string; column: string; saga_id: string }>(tenant, `/review/queue?status=${status}`);
      const [open, decided, superseded] = [await queue('open'), await queue('decided'), await queue('superseded')];
      deepEqual(superseded, []);
      const columns = [...open, ...decided].map(({ table, column }) => `${table}.${column}`);
      equal(new Set(columns).size, columns.length, 'one suggestion a column');
      ok(open.every(({ table }) => table === 'fictional_customers'));
      const history = await all<{ source: { table: string; column: string } }>(tenant, '/dif/mapping_history');
      equal(new Set(history.map(({ source }) => `${source.table}.${source.column}`)).size, history.length, 'one decision a column');
      equal(history.length, decided.length);
      const vectors = await all<{ trace_id: string }>(tenant, '/dif/embeddings');
      equal(vectors.length, columns.length, 'one embedding a column');
      const events = await all<{ saga_id: string; agent_id: string }>(tenant, '/dif/prompt_events');
      equal(new Set(events.map(({ saga_id, agent_id }) => `${saga_id} ${agent_id}`)).size, events.length, 'one call an agent and run');
    }
    demo.process.kill('SIGTERM');
    deepEqual(await once(demo.process, 'exit'), [0, null]);

    // A third start finds everything there.
    demo = await start();
    const again = (await until(demo, /^ready after/)).join('\n');
    match(again, /are there from an earlier start/);
    ok(!/\d columns, \d+ suggested/.test(again), again);
  } finally {
    if (demo.process.exitCode === null && demo.process.kill('SIGKILL')) await once(demo.process, 'exit');
    await rm(data, { recursive: true, force: true });
  }
});
