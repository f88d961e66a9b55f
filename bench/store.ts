// What the port costs: documents through openStores (checked, canonical, in the ledger, on a worker) against the same documents with the same indexes straight
// into the same engine with the same cipher. Both durable when acknowledged. Interleaved in one run; read the ratios, not the absolutes.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insert, makeNewId, promptEvents, storageMap, toTimestamp, type PromptEvent } from '@ancilla/contracts';
import { openKeyring } from '../packages/server/src/keys/index.ts';
import { inFolder, openStores } from '../packages/server/src/store/index.ts';
import { lanes, median, rate } from './measure.ts';
import { openDirect } from './direct-sqlite.ts';
import { promptEventFixture } from './prompt-event.ts';

const BATCH = 100;
const BATCHES = 20;
const ROUNDS = 5;
const SINGLES = 2000;
const LANES = 64;

const clock = { now: () => Date.now() };
const random = { bytes: (n: number) => new Uint8Array(randomBytes(n)) };
const newId = makeNewId(clock, random);
const io = { signal: new AbortController().signal };

let made = 0;
const make = (n: number) => Array.from({ length: n }, () => promptEventFixture(newId, toTimestamp(clock.now()), made++));
const folder = await mkdtemp(join(tmpdir(), 'ancilla-bench-'));
try {
  const keyring = await openKeyring({ folder: join(folder, 'keys'), random });
  const parts = { keyring, collections: storageMap, clock, random, newId, anchors: { last: async () => undefined } };
  await using stores = await openStores({ openEngine: inFolder(join(folder, 'data')), ...parts });
  await stores.createTenant('bench', io);
  const tenant = stores.tenant('bench');
  const direct = openDirect(join(folder, 'direct.db'));
  const results = { direct: [] as number[], port_one: [] as number[], port_four: [] as number[], port_singles: [] as number[] };

  for (let round = 0; round <= ROUNDS; round++) {
    const batches = () => Array.from({ length: BATCHES }, () => make(BATCH));
    const forDirect = batches();
    const forOne = batches();
    const forFour = batches();
    const forSingles = make(SINGLES);
    const commit = (docs: readonly PromptEvent[]) =>
      tenant.commit(
        docs.map((doc) => insert(promptEvents, doc)),
        [],
        io,
      );
    const measured = {
      direct: await rate(BATCH * BATCHES, () => {
        for (const docs of forDirect) direct.put(docs);
      }),
      port_one: await rate(BATCH * BATCHES, () => lanes(1, forOne, commit)),
      port_four: await rate(BATCH * BATCHES, () => lanes(4, forFour, commit)),
      port_singles: await rate(SINGLES, () => lanes(LANES, forSingles, (doc) => commit([doc]))),
    };
    // The first round warms up.
    if (round > 0) for (const [name, value] of Object.entries(measured)) results[name as keyof typeof results].push(value);
  }
  direct.close();
  const base = median(results.direct);
  for (const [name, values] of Object.entries(results))
    process.stdout.write(
      `${name.padEnd(14)} ${Math.round(median(values)).toString().padStart(8)} docs/s  × ${(median(values) / base).toFixed(2)}\n`,
    );
} finally {
  await rm(folder, { recursive: true, force: true });
}
