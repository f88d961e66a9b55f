// Whether a page of calls and a trace cost the same at 10⁴ and at 10⁶ stored events, in SQLite and, where it is installed, in PostgreSQL. Prints medians and their ratio;
// ANCILLA_BENCH_EVENTS sets the larger number. PostgreSQL gets the memory that docs/engines.md advises.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { insert, makeNewId, promptEvents, storageMap, toTimestamp, type Query } from '@ancilla/contracts';
import { openKeyring } from '../packages/server/src/keys/index.ts';
import { engineFor, openStores } from '../packages/server/src/store/index.ts';
import { startCluster } from '../packages/server/test/postgres/cluster.ts';
import { freshDatabase } from '../packages/server/test/postgres/database.ts';
import { promptEventFixture } from './prompt-event.ts';

const SMALL = 10_000;
const LARGE = Number(process.env['ANCILLA_BENCH_EVENTS'] ?? 1_000_000);
const READS = 400;
/** After the load the database still writes to disk and gathers statistics: reads are measured when it is through. */
const SETTLE_MS = 40_000;

// Events come in as in life, a few of one millisecond.
let now = Date.now();
const clock = { now: () => now };
const random = { bytes: (n: number) => new Uint8Array(randomBytes(n)) };
const newId = makeNewId(clock, random);
const io = { signal: new AbortController().signal };

async function measureEngine(engine: string, url: string | undefined, folder: string): Promise<void> {
  const keyring = await openKeyring({ folder: join(folder, 'keys'), random });
  await using stores = await openStores({
    openEngine: engineFor({ url, plain: false, folder: join(folder, 'data'), allowPlaintext: false }, () => {}),
    keyring,
    collections: storageMap,
    clock,
    random,
    newId,
    anchors: { last: async () => undefined },
  });
  await stores.createTenant('bench', io);
  const tenant = stores.tenant('bench');

  let stored = 0;
  const fill = async (until: number) => {
    while (stored < until) {
      const writes = Array.from({ length: 500 }, (_, i) => {
        if (i % 5 === 0) now += 1;
        return insert(promptEvents, promptEventFixture(newId, toTimestamp(now), stored + i));
      });
      stored += writes.length;
      await tenant.commit(writes, [], io);
    }
  };
  const median = async (query: (i: number) => Query<typeof promptEvents>) => {
    const times: number[] = [];
    for (let i = 0; i < READS; i++) {
      const asked = query(i);
      const start = performance.now();
      await tenant.find(promptEvents, asked, io);
      times.push(performance.now() - start);
    }
    return times.toSorted((a, b) => a - b)[READS / 2] ?? 0;
  };
  const queries: Readonly<Record<string, () => Promise<(i: number) => Query<typeof promptEvents>>>> = {
    'newest page': async () => () => ({ index: 'all', equals: {} }),
    'page of one agent': async () => (i) => ({ index: 'by_agent', equals: { agent_id: `mapping.agent.v${i % 20}` } }),
    'rare failures': async () => () => ({ index: 'by_success', equals: { success: false } }),
    'one trace': async () => (i) => ({
      index: 'by_trace',
      equals: { trace_id: `a${((i * 7919) % stored).toString(16).padStart(31, '0')}` },
    }),
    'second page in the middle': async () => {
      const first = await tenant.find(promptEvents, { index: 'all', equals: {}, to: toTimestamp(now - stored / 10) }, io);
      return () => ({ index: 'all', equals: {}, to: toTimestamp(now - stored / 10), cursor: first.next_cursor ?? '' });
    },
  };
  const measure = async () => {
    const times: Record<string, number> = {};
    for (const [name, make] of Object.entries(queries)) times[name] = await median(await make());
    return times;
  };
  await fill(SMALL);
  await measure();
  const small = await measure();
  await fill(LARGE);
  await setTimeout(SETTLE_MS);
  const large = await measure();
  for (const [name, before] of Object.entries(small)) {
    const after = large[name] ?? 0;
    process.stdout.write(
      `${engine.padEnd(10)} ${name.padEnd(28)} ${before.toFixed(3)} ms → ${after.toFixed(3)} ms  × ${(after / before).toFixed(2)}\n`,
    );
  }
}

const folder = await mkdtemp(join(tmpdir(), 'ancilla-pages-'));
try {
  await measureEngine('sqlite', undefined, join(folder, 'sqlite'));
  const given = process.env['ANCILLA_TEST_STORE_URL'];
  await using cluster = given === undefined ? await startCluster({ shared_buffers: '2GB' }) : undefined;
  const server = given ?? cluster?.url;
  if (server === undefined) process.stdout.write('postgres   not installed\n');
  else {
    await using database = await freshDatabase(server);
    await measureEngine('postgres', database.url, join(folder, 'postgres'));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
