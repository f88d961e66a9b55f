import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { isolationFor, runIsolated, type Isolation, type Limits } from './isolate.ts';

const script = fileURLToPath(new URL('attack.fixture.ts', import.meta.url));
const packages = fileURLToPath(new URL('../../..', import.meta.url));
const limits: Limits = { timeoutMs: 60_000, memoryBytes: 1024 ** 3, heapBytes: 512 * 1024 ** 2 };
/** The very command line of a training run, with a hostile program in the trainer's place. */
const isolated = (works?: () => Promise<boolean>, change: Partial<Limits> = {}): Promise<Isolation> =>
  isolationFor(
    { node: process.execPath, script, readable: [packages, join(packages, '..', 'node_modules')], limits: { ...limits, ...change } },
    works,
  );

const REFUSED =
  `fetch, connect, unix socket, listen, datagram, dns, websocket, read a file, read the system’s users, list a folder, write a file,
  write beside the code, link a way out, environment of itself, child process, fork, worker, cluster, addon, dlopen, inspector, wasi, sqlite: open,
  sqlite: attach, sqlite: vacuum into, grant itself more`.split(/,\s+/);

/** Something to be reached: an HTTP server, a socket, a folder with a secret, an open descriptor. */
async function openTargets() {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-isolated-'));
  let reached = 0;
  const http = createServer((_, answer) => void answer.end(`${++reached}`)).listen(0, '127.0.0.1');
  const socket = createSocketServer(() => void ++reached).listen(join(folder, 'socket'));
  await Promise.all([once(http, 'listening'), once(socket, 'listening')]);
  await writeFile(join(folder, 'secret'), 'secret');
  const held = await open(join(folder, 'secret'));
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    folder,
    reached: () => reached,
    told: (attacks: readonly string[], inside = packages) =>
      Buffer.from(JSON.stringify({ attacks, url: `http://127.0.0.1:${port}/`, port, socket: join(folder, 'socket'), folder, inside })),
    async [Symbol.asyncDispose]() {
      await held.close();
      http.close();
      socket.close();
      await rm(folder, { recursive: true });
    },
  };
}
const attack = async (
  at: Awaited<ReturnType<typeof openTargets>>,
  how: Isolation,
  attacks: readonly string[],
  t: TestContext,
  of = limits,
) =>
  JSON.parse(Buffer.from(await runIsolated(how, at.told(attacks), of, t)).toString('utf8')) as Readonly<
    Record<string, { readonly did?: unknown; readonly refused?: string }>
  >;

for (const [where, works] of [
  ['with what this system has', undefined],
  ['with Node alone', async () => false],
] as const)
  test(`${where}, the isolated process gets at no network, file, process, thread, addon or database`, async (t) => {
    await using at = await openTargets();
    const how = await isolated(works);
    const results = await attack(at, how, REFUSED, t);
    for (const name of REFUSED) ok(results[name]?.refused !== undefined, `${name}: ${JSON.stringify(results[name])}`);
    equal(at.reached(), 0);
    deepEqual((await readdir(at.folder)).toSorted(), ['secret', 'socket']);
    deepEqual(await attack(at, how, ['environment', 'descriptors'], t), { environment: { did: [] }, descriptors: { did: [] } });
  });

test('without isolation the same attacks succeed', async (t) => {
  await using at = await openTargets();
  // What fails here for reasons of its own says nothing: no WebSocket answers, libc is no addon, a cluster would run the attacks again.
  const real = REFUSED.filter((name) => !['websocket', 'dlopen', 'cluster', 'grant itself more'].includes(name));
  const plain: Isolation = { command: process.execPath, args: ['--conditions=ancilla-source', script], layers: [], missing: [] };
  const said = await runIsolated(plain, at.told(real, at.folder), limits, t);
  const results = JSON.parse(Buffer.from(said).toString('utf8')) as Readonly<Record<string, { readonly refused?: string }>>;
  deepEqual(
    real.filter((name) => results[name]?.refused !== undefined),
    [],
  );
  ok(at.reached() > 0);
});

test('a run that takes too long, or says too much, or is not wanted any more, is killed and leaves nothing behind', async (t) => {
  await using at = await openTargets();
  const brief = { timeoutMs: 1500 };
  const how = await isolated(undefined, brief);
  for (const name of ['forever', 'forever asleep'])
    await rejects(attack(at, how, [name], t, { ...limits, ...brief }), { code: 'training.isolated', message: /took longer/ });
  await rejects(attack(at, how, ['flood'], t), { code: 'training.isolated', message: /too much/ });
  const stop = new AbortController();
  const running = runIsolated(how, at.told(['forever asleep']), limits, stop);
  stop.abort();
  await rejects(running, { name: 'AbortError' });
  await untilGone();
});

test('a run ends with the server that started it', async (t) => {
  await using at = await openTargets();
  const how = await isolated();
  if (how.missing.includes('ends-with-the-server')) return t.skip('this system has no setpriv');
  // A server that starts a run and is killed.
  const server = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { spawn } from 'node:child_process';
     const run = spawn(${JSON.stringify(how.command)}, ${JSON.stringify(how.args)}, { env: {}, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
     run.stdin.end(${JSON.stringify(at.told(['forever asleep']).toString('utf8'))});
     setInterval(() => {}, 1000);`,
  ]);
  // The last of the chain: by then the system knows whose end is its end.
  while (!(await alive()).some((line) => line.startsWith(`${process.execPath}\0--conditions`))) await tick();
  server.kill('SIGKILL');
  await once(server, 'exit');
  await untilGone();
});

test('eight gigabytes of buffers are not to be had', async (t) => {
  await using at = await openTargets();
  const how = await isolated();
  if (how.missing.includes('memory-limit')) return t.skip('this system has no prlimit; a run says so');
  deepEqual(await attack(at, how, ['a little'], t), { 'a little': { did: 1 } });
  deepEqual(await attack(at, how, ['eight gigabytes'], t), { 'eight gigabytes': { refused: 'ERR_MEMORY_ALLOCATION_FAILED' } });
});

test('its signals reach nobody outside', async (t) => {
  await using at = await openTargets();
  const how = await isolated();
  // Without this layer the attack would end the tests themselves.
  if (how.missing.includes('process-namespace')) return t.skip('this system has no namespaces; a run says so');
  deepEqual(await attack(at, how, ['parent'], t), { parent: { did: 0 } });
  await attack(at, how, ['kill everybody'], t);
  // There is no parent to name: the signal ends the run itself.
  await rejects(attack(at, how, ['kill the parent'], t), { code: 'training.isolated', message: /SIGKILL/ });
});

test('what a system has no means for is said', async () => {
  const { layers, missing, command } = await isolated(async () => false);
  equal(command, process.execPath);
  ok(!missing.some((layer) => layers.includes(layer)));
  deepEqual(
    ['network-namespace', 'process-namespace', 'memory-limit', 'ends-with-the-server'].filter((layer) => !missing.includes(layer)),
    [],
  );
  const { layers: found, missing: none } = await isolated(async () => true);
  deepEqual(new Set(found), new Set([...layers, ...missing]));
  deepEqual(none, []);
});

test('of two ways of keeping apart the weaker is taken where the stronger does not work', async () => {
  const how = await isolationFor({ node: 'node', script: 'x.js', readable: [], limits }, async (_command, args) => !args.includes('--pid'));
  ok(how.layers.includes('network-namespace') && how.missing.includes('process-namespace'));
});

/** Command lines of attack processes that still run. */
async function alive(): Promise<readonly string[]> {
  const lines = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes('--permission') && line.includes(script));
}
const tick = () => new Promise((resolve) => setTimeout(resolve, 10));
async function untilGone(): Promise<void> {
  if (process.platform !== 'linux') return;
  for (let i = 0; i < 1000 && (await alive()).length > 0; i++) await tick();
  deepEqual(await alive(), []);
}
