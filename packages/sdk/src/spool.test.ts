import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import type { PromptEventInput } from '@ancilla/contracts';
import { openDelivery } from './delivery.ts';
import { openSpool } from './spool.ts';
import { fakeEvent, fakeTransport } from './testing.fixture.ts';

const folderOf = () => mkdtemp(join(tmpdir(), 'ancilla-spool-'));
const open = (folder: string, send: (events: readonly PromptEventInput[]) => void) => {
  const problems: string[] = [];
  const spool = openSpool(folder);
  const { transport } = fakeTransport({
    async sendEvents(events) {
      send(events);
      return { accepted: events.length, duplicates: 0, rejected: [] };
    },
  });
  const delivery = openDelivery({
    transport,
    random: { bytes: (length) => new Uint8Array(length) },
    later: (ms, run) => {
      const timer = setTimeout(run, Math.min(ms, 5));
      return () => clearTimeout(timer);
    },
    capacity: 100,
    capacityBytes: 1000,
    batch: 2,
    intervalMs: 1000,
    spool,
    onProblem: ({ code }) => problems.push(code),
  });
  return { spool, delivery, problems };
};
const flush = ({ delivery }: ReturnType<typeof open>, ms = 5000) => delivery.flush({ signal: AbortSignal.timeout(ms) });

test('what has arrived is not kept; what has not is, without raw content', async () => {
  const folder = await folderOf();
  try {
    let isUp = false;
    const it = open(folder, () => {
      if (!isUp) throw new Error('down');
    });
    const attachment = { category: 'raw_input', bytes: Buffer.from('raw-marker'), refer: (event: PromptEventInput) => event } as const;
    for (let seq = 0; seq < 5; seq++) it.delivery.enqueue(fakeEvent(seq), seq === 0 ? [attachment] : []);
    equal(await flush(it, 50), 5);
    const [name = ''] = await readdir(folder);
    const kept = await readFile(join(folder, name), 'utf8');
    equal(kept.trim().split('\n').length, 5);
    equal(kept.includes('raw-marker'), false);
    equal((await stat(join(folder, name))).mode & 0o077, 0);
    isUp = true;
    equal(await flush(it), 0);
    equal((await stat(join(folder, name))).size, 0);
    it.spool[Symbol.dispose]();
    deepEqual(await readdir(folder), []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a process that is killed leaves its events to the next one, which sends each once', { timeout: 60_000 }, async () => {
  const folder = await folderOf();
  try {
    const child = spawn(process.execPath, ['--conditions=ancilla-source', join(import.meta.dirname, 'spool.fixture.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let made = 0;
    for await (const _ of createInterface({ input: child.stdout })) if (++made === 20) child.kill('SIGKILL');
    await exited;
    const [name = ''] = await readdir(folder);
    // As a process leaves it that dies in the middle of a write.
    await appendFile(join(folder, name), '\n{"event_id":"pe_cut');
    const sent: number[] = [];
    const next = open(folder, (events) => sent.push(...events.map(({ emitter }) => emitter.seq)));
    // A third process meanwhile finds nothing to take.
    const third = openSpool(folder);
    deepEqual(third.left(), []);
    third[Symbol.dispose]();
    equal(await flush(next), 0);
    ok(sent.length >= 20);
    deepEqual(
      sent,
      Array.from(sent, (_, seq) => seq),
    );
    next.spool[Symbol.dispose]();
    deepEqual(await readdir(folder), []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('what an earlier process of the same number left is sent, as each start in a container has it; of a line that was cut the next is no part', async () => {
  const folder = await folderOf();
  try {
    const spool = openSpool(folder);
    spool.keep(fakeEvent(1));
    const [name = ''] = await readdir(folder);
    await appendFile(join(folder, name), '\n{"event_id":"pe_cut');
    spool.keep(fakeEvent(2));
    await writeFile(join(folder, 'notes.txt'), 'mine');
    for (const each of await readdir(folder)) await utimes(join(folder, each), 1e9, 1e9);
    using next = openSpool(folder);
    deepEqual(next.left(), [fakeEvent(1), fakeEvent(2)]);
    equal(await readFile(join(folder, 'notes.txt'), 'utf8'), 'mine');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('what lies in the folder and is no event of ours is left alone, or not sent', async () => {
  const folder = await folderOf();
  try {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writeFile(
      join(folder, `0123456789abcdef.${child.pid}.jsonl`),
      `${JSON.stringify({ event_id: 'x' })}\nnonsense\n${JSON.stringify(fakeEvent(1))}\n`,
    );
    await writeFile(join(folder, 'notes.txt'), 'mine');
    using spool = openSpool(folder);
    deepEqual(spool.left(), [fakeEvent(1)]);
    equal(await readFile(join(folder, 'notes.txt'), 'utf8'), 'mine');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a spool that fails is reported and costs the agent nothing', async () => {
  const sent: number[] = [];
  const folder = await folderOf();
  try {
    const it = open(folder, (events) => sent.push(...events.map(({ emitter }) => emitter.seq)));
    // Closed under it, as a disk that is gone.
    it.spool[Symbol.dispose]();
    equal(it.delivery.enqueue(fakeEvent(0), []), true);
    equal(await flush(it), 0);
    deepEqual([sent, it.problems.every((code) => code === 'spool.failed'), it.problems.length > 0], [[0], true, true]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('what is kept anew takes the place of the old only when it is whole: where the disk is full, the old is still there', async (t) => {
  // A limit on the size of files is what a full disk looks like from inside.
  const limitFiles = (bytes: number | 'unlimited') =>
    spawnSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:unlimited`]).status === 0;
  const folder = await folderOf();
  const events = [0, 1, 2, 3].map(fakeEvent);
  const kept = async () => {
    const [name = '', ...others] = await readdir(folder);
    deepEqual(others, []);
    return (await readFile(join(folder, name), 'utf8')).trim().split('\n');
  };
  try {
    using spool = openSpool(folder);
    for (const event of events) spool.keep(event);
    const before = await kept();
    if (!limitFiles(1000)) return t.skip('no limit can be set here');
    try {
      throws(() => spool.replace(events.slice(1)), { code: 'EFBIG' });
    } finally {
      limitFiles('unlimited');
    }
    deepEqual(await kept(), before);
    spool.replace(events.slice(1));
    deepEqual(await kept(), before.slice(1));
    spool.keep(fakeEvent(4));
    equal((await kept()).length, 4);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
