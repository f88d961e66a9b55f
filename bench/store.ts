// What the port costs: documents through openStores (checked, canonical, sealed, in the ledger) against the same documents with the same indexes straight into the same
// database, both durable when acknowledged. SQLite, and PostgreSQL where it is installed or ANCILLA_TEST_STORE_URL names one. Interleaved in one run; read the ratios.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insert, makeNewId, promptEvents, storageMap, toTimestamp, type PromptEvent } from '@ancilla/contracts';
import { openKeyring } from '../packages/server/src/keys/index.ts';
import { engineFor, openStores } from '../packages/server/src/store/index.ts';
import { startCluster } from '../packages/server/test/postgres/cluster.ts';
import { freshDatabase } from '../packages/server/test/postgres/database.ts';
import { openDirectPostgres } from './direct-postgres.ts';
import { openDirect } from './direct-sqlite.ts';
import { lanes, median, rate } from './measure.ts';
import { promptEventFixture } from './prompt-event.ts';

const BATCH = 100;
const BATCHES = 20;
const ROUNDS = 5;
const SINGLES = 2000;
const LANES = 64;
const TENANTS = 8;

const clock = { now: () => Date.now() };
const random = { bytes: (n: number) => new Uint8Array(randomBytes(n)) };
const newId = makeNewId(clock, random);
const io = { signal: new AbortController().signal };
const onError = (error: unknown) => void process.stderr.write(`${String(error)}\n`);

let made = 0;
const make = (n: number) => Array.from({ length: n }, () => promptEventFixture(newId, toTimestamp(clock.now()), made++));

interface Direct {
  put(docs: readonly PromptEvent[]): void | Promise<void>;
  close(): void | Promise<void>;
}

/** One engine, straight and through the port. @returns documents a second */
async function measure(name: string, url: string | undefined, folder: string, direct: Direct): Promise<void> {
  const keyring = await openKeyring({ folder: join(folder, 'keys'), random });
  await using stores = await openStores({
    openEngine: engineFor({ url, plain: false, folder: join(folder, 'data'), allowPlaintext: false }, onError),
    keyring,
    collections: storageMap,
    clock,
    random,
    newId,
    anchors: { last: async () => undefined },
  });
  const ids = Array.from({ length: TENANTS }, (_, i) => `bench-${i}`);
  for (const id of ids) await stores.createTenant(id, io);
  let turn = 0;
  const commit = (docs: readonly PromptEvent[], tenants: number) =>
    stores.tenant(ids[turn++ % tenants] ?? '').commit(
      docs.map((doc) => insert(promptEvents, doc)),
      [],
      io,
    );
  const rates: Record<string, number[]> = {};
  for (let round = 0; round <= ROUNDS; round++) {
    const batches = () => Array.from({ length: BATCHES }, () => make(BATCH));
    const [forDirect, forOne, forFour, forEight] = [batches(), batches(), batches(), batches()];
    const [singles, spread] = [make(SINGLES), make(SINGLES)];
    const measured = {
      straight: await rate(BATCH * BATCHES, async () => {
        for (const docs of forDirect) await direct.put(docs);
      }),
      'batches, 1 lane': await rate(BATCH * BATCHES, () => lanes(1, forOne, (docs) => commit(docs, 1))),
      'batches, 4 lanes': await rate(BATCH * BATCHES, () => lanes(4, forFour, (docs) => commit(docs, 1))),
      [`batches, ${TENANTS} tenants`]: await rate(BATCH * BATCHES, () => lanes(TENANTS, forEight, (docs) => commit(docs, TENANTS))),
      [`singles, ${LANES} lanes`]: await rate(SINGLES, () => lanes(LANES, singles, (doc) => commit([doc], 1))),
      [`singles, ${TENANTS} tenants`]: await rate(SINGLES, () => lanes(LANES, spread, (doc) => commit([doc], TENANTS))),
    };
    // The first round warms up.
    if (round > 0) for (const [what, value] of Object.entries(measured)) (rates[what] ??= []).push(value);
  }
  await direct.close();
  const base = median(rates['straight'] ?? []);
  for (const [what, values] of Object.entries(rates))
    process.stdout.write(
      `${name.padEnd(10)} ${what.padEnd(20)} ${Math.round(median(values)).toString().padStart(8)} docs/s  × ${(median(values) / base).toFixed(2)}\n`,
    );
}

const folder = await mkdtemp(join(tmpdir(), 'ancilla-bench-'));
try {
  await measure('sqlite', undefined, join(folder, 'sqlite'), openDirect(join(folder, 'direct.db')));
  const given = process.env['ANCILLA_TEST_STORE_URL'];
  await using cluster = given === undefined ? await startCluster() : undefined;
  const server = given ?? cluster?.url;
  if (server === undefined) process.stdout.write('postgres   not installed\n');
  else {
    await using database = await freshDatabase(server);
    await measure('postgres', database.url, join(folder, 'postgres'), await openDirectPostgres(database.url));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
