// Ingest over HTTP, from this process into a server of its own, durable and in the ledger when acknowledged. Two ratios, each with its baseline in the same run:
// batches of 100 against inserting the same documents straight into the same engine; single events on 64 connections against a bare echo of the same bodies.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeNewId, toTimestamp, type PromptEvent } from '@ancilla/contracts';
import { openDirect } from './direct-sqlite.ts';
import { lanes, median, rate } from './measure.ts';
import { promptEventFixture } from './prompt-event.ts';
import { makeTenants, openPoster, start } from './serve.ts';

const BATCH = 100;
const BATCHES = 60;
const BATCH_CONNECTIONS = 4;
const SINGLES = 6000;
const CONNECTIONS = 64;
const ROUNDS = 5;

const clock = { now: () => Date.now() };
const newId = makeNewId(clock, { bytes: (n: number) => new Uint8Array(randomBytes(n)) });

let made = 0;
const make = (n: number) => Array.from({ length: n }, () => promptEventFixture(newId, toTimestamp(clock.now()), made++));
/** What an SDK sends: the server fills in tenant and source. */
const sent = ({ tenant_id: _, source: __, ...event }: PromptEvent) => event;

using poster = openPoster(CONNECTIONS);
const { post } = poster;
const folder = await mkdtemp(join(tmpdir(), 'ancilla-bench-'));
try {
  await using server = await start(['packages/server/bin/ancilla.js', 'serve'], {
    ANCILLA_PORT: '0',
    ANCILLA_DATA: join(folder, 'data'),
    ANCILLA_LOG_LEVEL: 'warn',
  });
  await using echo = await start(['bench/echo-server.ts']);
  const admin = (await readFile(join(folder, 'data', 'platform-admin-key'), 'utf8')).trim();
  const [secret = ''] = await makeTenants(server.url, admin, ['bench']);
  const events = `${server.url}/dif/prompt_events`;
  const direct = openDirect(join(folder, 'direct.db'));
  const results: Record<string, number[]> = { direct: [], http_batches: [], echo: [], http_singles: [] };

  for (let round = 0; round <= ROUNDS; round++) {
    const batches = () => Array.from({ length: BATCHES }, () => make(BATCH));
    const forDirect = batches();
    const forHttp = batches().map((docs) => JSON.stringify(docs.map(sent)));
    const singles = () => make(SINGLES).map((doc) => JSON.stringify(sent(doc)));
    const [forEcho, forSingles] = [singles(), singles()];
    const measured = {
      direct: await rate(BATCH * BATCHES, () => {
        for (const docs of forDirect) direct.put(docs);
      }),
      http_batches: await rate(BATCH * BATCHES, () => lanes(BATCH_CONNECTIONS, forHttp, (body) => post(events, secret, body))),
      echo: await rate(SINGLES, () => lanes(CONNECTIONS, forEcho, (body) => post(`${echo.url}/`, secret, body))),
      http_singles: await rate(SINGLES, () => lanes(CONNECTIONS, forSingles, (body) => post(events, secret, body))),
    };
    // The first round warms up.
    if (round > 0) for (const [name, value] of Object.entries(measured)) results[name]?.push(value);
  }
  direct.close();
  const of = (name: string) => median(results[name] ?? []);
  const line = (name: string, base: string, least: number) =>
    process.stdout.write(
      `${name.padEnd(14)} ${Math.round(of(name)).toString().padStart(8)} events/s  ${base} ${Math.round(of(base)).toString().padStart(8)}  × ${(of(name) / of(base)).toFixed(2)}  (at least ${least})\n`,
    );
  line('http_batches', 'direct', 0.5);
  line('http_singles', 'echo', 0.4);
} finally {
  await rm(folder, { recursive: true, force: true });
}
