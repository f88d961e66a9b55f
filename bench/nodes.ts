// Two servers against one, on one PostgreSQL: batches of 100 events over HTTP for 8 tenants, from this process. What limits it on one machine is its cores, which the
// servers, the database and this process share; between machines it is each tenant's lock, held for a transaction.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeNewId, toTimestamp, type PromptEvent } from '@ancilla/contracts';
import { startCluster } from '../packages/server/test/postgres/cluster.ts';
import { freshDatabase } from '../packages/server/test/postgres/database.ts';
import { lanes, median, rate } from './measure.ts';
import { promptEventFixture } from './prompt-event.ts';
import { makeTenants, openPoster, start } from './serve.ts';

const BATCH = 100;
const BATCHES = 80;
const ROUNDS = 5;
const LANES = 16;
const TENANTS = Array.from({ length: 8 }, (_, i) => `bench-${i}`);

const clock = { now: () => Date.now() };
const newId = makeNewId(clock, { bytes: (n: number) => new Uint8Array(randomBytes(n)) });
let made = 0;
const body = () =>
  JSON.stringify(
    Array.from({ length: BATCH }, () => {
      const { tenant_id: _, source: __, ...event }: PromptEvent = promptEventFixture(newId, toTimestamp(clock.now()), made++);
      return event;
    }),
  );

const given = process.env['ANCILLA_TEST_STORE_URL'];
await using cluster = given === undefined ? await startCluster() : undefined;
const server = given ?? cluster?.url;
if (server === undefined) process.stdout.write('PostgreSQL is not installed\n');
else {
  await using database = await freshDatabase(server);
  const data = await mkdtemp(join(tmpdir(), 'ancilla-bench-'));
  try {
    using poster = openPoster(LANES);
    const env = { ANCILLA_PORT: '0', ANCILLA_DATA: data, ANCILLA_STORE_URL: database.url, ANCILLA_LOG_LEVEL: 'warn' };
    const serve = () => start(['packages/server/bin/ancilla.js', 'serve'], env);
    await using one = await serve();
    await using two = await serve();
    const admin = (await readFile(join(data, 'platform-admin-key'), 'utf8')).trim();
    const secrets = await makeTenants(one.url, admin, TENANTS);
    const run = (nodes: readonly string[]) => {
      const bodies = Array.from({ length: BATCHES }, (_, i) => ({ i, text: body() }));
      return rate(BATCH * BATCHES, () =>
        lanes(LANES, bodies, ({ i, text }) =>
          poster.post(`${nodes[i % nodes.length] ?? ''}/dif/prompt_events`, secrets[i % secrets.length] ?? '', text),
        ),
      );
    };
    const rates = { one: [] as number[], two: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      const measured = { one: await run([one.url]), two: await run([one.url, two.url]) };
      // The first round warms up.
      if (round > 0) for (const name of ['one', 'two'] as const) rates[name].push(measured[name]);
    }
    const [base, both] = [median(rates.one), median(rates.two)];
    process.stdout.write(
      `one server ${Math.round(base)} events/s, two servers ${Math.round(both)} events/s  × ${(both / base).toFixed(2)}  (${cpus().length} cores)\n`,
    );
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
