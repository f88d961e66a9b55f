// What the conformance suite cannot ask of every engine: this one's database, looked at and attacked from beside.
import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { insert, isAncillaError, remove, replace, storageMap, type TenantStore } from '@ancilla/contracts';
import pg from 'pg';
import { at, because, counters, io, note, notes, settings, testCollections } from '../../src/store/conformance-collections.ts';
import { openPostgresEngine } from '../../src/store/engines/postgres/engine.ts';
import { connectionOf } from '../../src/store/open-engine.ts';
import { toTable } from '../../src/store/table.ts';
import { startCluster } from './cluster.ts';
import { freshDatabase } from './database.ts';
import { asRole, openSite } from './site.ts';

const server = process.env['ANCILLA_TEST_STORE_URL'] ?? '';
const skip = server === '' ? 'ANCILLA_TEST_STORE_URL names no server' : false;
const tables = testCollections.map(toTable);
const open = (url: string) => openPostgresEngine({ url, tables, onError: () => {} });

test('a dump of the database holds none of what was written', { skip }, async () => {
  await using site = await openSite(server);
  {
    await using stores = await site.open();
    const a = stores.tenant('a');
    await a.commit([insert(notes, note('key-marker', { topic: 'topic-marker', text: 'text-marker' }))], [], io);
    await a.commit([insert(counters, { counter_id: 'state-marker', at: at(), n: 7, name: 'name-marker' })], [], io);
    await a.commit([insert(settings, { setting_id: 'setting-marker', at: at(), value: 'value-marker' }, because)], [], io);
    await a.commit([remove(notes, 'key-marker', because)], [], io);
    await a.commit([insert(notes, note('second-marker', { topic: 'topic-marker' }))], [], io);
  }
  const { rows } = await site.raw('a', `select table_name from information_schema.tables where table_schema = 'ancilla'`);
  const seen: string[] = [];
  for (const { table_name } of rows) {
    const { rows: found } = await site.raw('a', `select t.*, t::text as whole from ancilla.${String(table_name)} t`);
    for (const row of found)
      for (const value of Object.values(row as object)) seen.push(Buffer.isBuffer(value) ? value.toString('latin1') : String(value));
  }
  ok(seen.length > 20);
  deepEqual(
    seen.filter((text) => /marker|tester|6d61726b6572/.test(text)),
    [],
  );
});

test('a transaction sees the rows of the store it names, and none when it names none', { skip }, async () => {
  await using site = await openSite(server);
  await using stores = await site.open();
  for (const id of ['a', 'b']) await stores.tenant(id).commit([insert(notes, note(`of-${id}`))], [], io);
  const count = async (as: string) => Number((await site.raw(as, 'select count(*) as n from ancilla.c_notes')).rows[0].n);
  deepEqual([await count('a'), await count('b'), await count('nobody')], [1, 1, 0]);
  await rejects(
    site.raw(
      'a',
      `insert into ancilla.c_notes (store, seq, key, time, revision, body, salt, received, digest) select 'tenant-b', 99, key || 'x', time, revision, body, salt, received, digest from ancilla.c_notes`,
    ),
    { code: '42501' },
  );
});

test('a row moved to another place of its store does not open', { skip }, async () => {
  await using site = await openSite(server);
  await using stores = await site.open();
  const a = stores.tenant('a');
  await a.commit([insert(counters, { counter_id: 'c1', at: at(), n: 1 }), insert(counters, { counter_id: 'c2', at: at(), n: 2 })], [], io);
  await site.raw('a', `update ancilla.c_counters set body = (select body from ancilla.c_counters order by id limit 1)`);
  await rejects(Promise.all(['c1', 'c2'].map((id) => a.get(counters, id, io))), { code: 'store.corrupt' });
});

test('a log row is removed only together with the entry that says why, and truncated never', { skip }, async () => {
  await using site = await openSite(server);
  await using stores = await site.open();
  const a = stores.tenant('a');
  await a.commit([insert(notes, note('n1')), insert(notes, note('n2'))], [], io);
  await a.commit([remove(notes, 'n1', because)], [], io);
  // The entry about n1 was another transaction's.
  await rejects(site.raw('a', 'delete from ancilla.c_notes'), /append-only/);
  await rejects(site.raw('a', 'truncate ancilla.c_notes'), /append-only/);
  await rejects(site.raw('a', 'delete from ancilla.retired'), /append-only/);
  await rejects(site.raw('a', `update ancilla.c_changes set time = 'x'`), /append-only/);
  await rejects(site.raw('a', `update ancilla.c_notes set f_topic = 'x'`), /append-only/);
  equal((await a.ledger.head(io)).size, 3);
});

test('a role that owns nothing is told who makes the tables, uses them, and can neither empty one nor take its triggers away', async (t) => {
  const writer = process.env['ANCILLA_TEST_STORE_WRITER'];
  if (writer === undefined) return t.skip('ANCILLA_TEST_STORE_WRITER names no role');
  await using database = await freshDatabase(server);
  const own = asRole(database.url, writer);
  const all = storageMap.map(toTable);
  const start = async () => (await openPostgresEngine({ url: own, tables: all, onError: () => {} }))[Symbol.asyncDispose]();
  await rejects(start(), { code: 'store.unavailable', message: /ancilla migrate --grant/ });
  const migrate = (url: string, role = writer) => {
    const args = ['--conditions=ancilla-source', 'packages/server/bin/ancilla.js', 'migrate', '--grant', role];
    return execFileSync(process.execPath, args, { env: { ...process.env, ANCILLA_STORE_URL: url }, encoding: 'utf8', stdio: 'pipe' });
  };
  // All who may connect, the owner itself, nobody, an attempt at SQL.
  for (const role of ['public', 'ancilla', 'no_such_role', `x" ; drop schema ancilla cascade; --`])
    throws(() => migrate(database.url, role), /name a role of its own that exists/, role);
  for (let i = 0; i < 2; i++) equal(migrate(database.url), `the tables are of this version; ${writer} may use them\n`);
  await start();
  const client = new pg.Client({ connectionString: own });
  await client.connect();
  for (const sql of [
    'truncate ancilla.c_prompt_events',
    'drop trigger no_delete on ancilla.c_prompt_events',
    'alter table ancilla.c_prompt_events disable trigger all',
    'alter table ancilla.c_prompt_events no force row level security',
    'update ancilla.c_prompt_events set body = body',
    'delete from ancilla.node',
    'update ancilla.version set version = 1',
    'create table ancilla.mine ()',
    'set session_replication_role = replica',
  ])
    await rejects(client.query(sql), { code: '42501' }, sql);
  await client.end();
});

test('several servers that start at once make one database; a newer one is refused', { skip }, async () => {
  await using database = await freshDatabase(server);
  const engines = await Promise.all(Array.from({ length: 5 }, () => open(database.url)));
  for (const engine of engines) await engine[Symbol.asyncDispose]();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('update ancilla.version set version = version + 1');
  await client.end();
  await rejects(open(database.url), { code: 'store.unavailable', message: /run the newer Ancilla/ });
});

test('what is wrong with the database’s address is said in one line, without the password', { skip }, async () => {
  const changed = (change: (url: URL) => void): string => {
    const url = new URL(server);
    change(url);
    return url.href;
  };
  const secret = 'not-the-password';
  const cases: readonly (readonly [url: string, message: RegExp])[] = [
    [changed((url) => (url.password = secret)), /user or password/],
    [changed((url) => (url.pathname = '/no_such_database')), /no such database/],
    [changed((url) => (url.port = '1')), /nothing listens/],
    [changed((url) => (url.hostname = 'no-such-host.invalid')), /host name is unknown/],
  ];
  for (const [url, message] of cases)
    await rejects(open(url), (error: unknown) => {
      ok(isAncillaError(error, 'store.unavailable'), String(error));
      ok(message.test(error.message), error.message);
      equal(error.message.includes(secret) || error.message.includes('\n'), false);
      return true;
    });
});

test('a connection that leaves the machine is encrypted and verified, unless the site says otherwise', () => {
  deepEqual(connectionOf('postgres://u:p@db.example/x', false), { url: 'postgres://u:p@db.example/x', tls: true });
  deepEqual(connectionOf('postgres://u:p@127.0.0.1/x', false), { url: 'postgres://u:p@127.0.0.1/x', tls: false });
  deepEqual(connectionOf('postgres://u:p@db.example/x?sslmode=disable', true).tls, false);
  for (const url of ['postgres://u:p@db.example/x?sslmode=disable', 'postgres://u:p@db.example/x?sslmode=require']) {
    let code = '';
    try {
      connectionOf(url, false);
    } catch (error) {
      if (isAncillaError(error)) code = error.code;
    }
    equal(code, 'config.invalid');
  }
});

/** Stands between the engine and the database, and can cut the line at the moment of a commit: before the database hears of it, or before it can answer. */
async function cuttingProxy(to: string) {
  const target = new URL(to);
  let cut: 'before' | 'after' | undefined;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => (sockets.delete(socket), near.destroy(), far.destroy()));
    }
    let isCutting = false;
    near.on('data', (bytes) => {
      if (cut !== undefined && bytes.includes('commit\0')) {
        isCutting = true;
        cuts++;
        const how = cut;
        cut = undefined;
        if (how === 'before') return void near.destroy();
      }
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (isCutting) near.destroy();
      else near.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const url = new URL(to);
  url.port = typeof address === 'object' && address !== null ? String(address.port) : '';
  return {
    url: url.href,
    cutNextCommit: (how: 'before' | 'after') => void (cut = how),
    cuts: () => cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

test(
  'a connection lost during a commit: what was kept is answered as kept, what was not is done again, and nothing twice',
  { skip },
  async () => {
    await using database = await freshDatabase(server);
    await using proxy = await cuttingProxy(database.url);
    await using site = await openSite(server, { at: proxy.url });
    await using stores = await site.open();
    const a = stores.tenant('a');
    await a.commit([insert(counters, { counter_id: 'c', at: at(), n: 0 })], [], io);
    for (let i = 1; i <= 6; i++) {
      proxy.cutNextCommit(i % 2 === 0 ? 'before' : 'after');
      await countUp(a);
      equal(proxy.cuts(), i);
    }
    equal((await a.get(counters, 'c', io))?.doc.n, 6);
  },
);

test('a server whose clock is an hour from the database’s is refused in one line that says what to do', { skip }, async () => {
  await using database = await freshDatabase(server);
  const data = await mkdtemp(join(tmpdir(), 'ancilla-skewed-'));
  try {
    for (const [shift, says] of [
      [3_600_000, 'ahead of'],
      [-3_600_000, 'behind'],
    ] as const) {
      const skewed = `data:text/javascript,const now = Date.now; Date.now = () => now() + ${shift}`;
      const args = [`--import=${skewed}`, '--conditions=ancilla-source', 'packages/server/bin/ancilla.js', 'serve'];
      const env = { ...process.env, ANCILLA_STORE_URL: database.url, ANCILLA_DATA: data, ANCILLA_PORT: '0' };
      const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 60_000 });
      equal(status, 1, stderr);
      ok(new RegExp(`^ancilla serve: this machine’s clock is 3[56]\\d\\d s ${says} the database’s: .*NTP\n$`).test(stderr), stderr);
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});

test('a server with other keys than those the database was written with is refused in one line that says so', { skip }, async () => {
  await using database = await freshDatabase(server);
  const folders = await Promise.all(['first', 'other'].map((name) => mkdtemp(join(tmpdir(), `ancilla-keys-${name}-`))));
  const [first = '', other = ''] = folders;
  const args = ['--conditions=ancilla-source', 'packages/server/bin/ancilla.js', 'serve'];
  const env = { ...process.env, ANCILLA_STORE_URL: database.url, ANCILLA_PORT: '0' };
  try {
    const running = spawn(process.execPath, args, { env: { ...env, ANCILLA_DATA: first }, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(running.stdout, 'data');
    running.kill();
    await once(running, 'exit');
    const { status, stderr } = spawnSync(process.execPath, args, {
      env: { ...env, ANCILLA_DATA: other },
      encoding: 'utf8',
      timeout: 60_000,
    });
    equal(status, 1, stderr);
    match(stderr, /^ancilla serve: [^\n]*this server has other keys than the one that wrote it[^\n]*\n$/);
  } finally {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
});

test('a clock that goes astray while a server runs is told of', { skip }, async (t) => {
  await using database = await freshDatabase(server);
  const told: unknown[] = [];
  t.mock.timers.enable({ apis: ['setInterval'] });
  const engine = await openPostgresEngine({ url: database.url, tables, onError: (error) => told.push(error) });
  try {
    const now = Date.now;
    t.mock.method(Date, 'now', () => now() + 3_600_000);
    t.mock.timers.tick(60_000);
    while (told.length === 0) await setTimeout(20);
  } finally {
    await engine[Symbol.asyncDispose]();
  }
  match(String(told[0]), /this machine’s clock is 3[56]\d\d s ahead of the database’s/);
});

const tooOld = process.env['ANCILLA_TEST_POSTGRES_OLD'];
test(
  'a PostgreSQL older than 15 is refused in one line',
  { skip: tooOld === undefined && 'ANCILLA_TEST_POSTGRES_OLD names no folder of one' },
  async () => {
    await using old = await startCluster({}, tooOld);
    await rejects(open(old?.url ?? ''), { code: 'store.unavailable', message: 'PostgreSQL 15 or newer is needed' });
  },
);

test('a full disk refuses writes and keeps nothing of them; when there is room they go on', { skip, timeout: 120_000 }, async (t) => {
  const disk = await mkdtemp(join(tmpdir(), 'ancilla-small-disk-'));
  const owner = process.getuid?.() === 0 ? `,uid=${execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).trim()}` : '';
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=64m${owner}`, 'tmpfs', disk]).status !== 0) {
    await rmdir(disk);
    return t.skip('a small disk cannot be mounted here');
  }
  try {
    await using running = await startCluster();
    if (running === undefined) return t.skip('PostgreSQL is not installed');
    await mkdir(join(disk, 'data'));
    if (owner !== '') execFileSync('chown', ['postgres', join(disk, 'data')]);
    const root = new pg.Client({ connectionString: running.asSuperuser(running.url) });
    await root.connect();
    await root.query(`create tablespace small location '${join(disk, 'data')}'`);
    await root.query('create database small owner ancilla tablespace small');
    await root.end();
    const small = new URL(running.url);
    small.pathname = '/small';
    await using site = await openSite(running.url, { at: small.href });
    await using stores = await site.open();
    const a = stores.tenant('a');
    // Room that somebody makes later.
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, randomBytes(8 * 2 ** 20));
    let kept = 0;
    const write = () => a.commit([insert(notes, note(`n${kept}`, { text: randomBytes(100_000).toString('hex') }))], [], io);
    await rejects(
      async () => {
        for (; ; kept++) await write();
      },
      { code: 'store.full', message: /disk is full; nothing of this write was kept/ },
    );
    ok(kept > 0);
    equal((await a.ledger.head(io)).size, kept);
    equal(await a.get(notes, `n${kept}`, io), undefined);
    await rm(ballast);
    await write();
    equal((await a.ledger.head(io)).size, kept + 1);
  } finally {
    execFileSync('umount', [disk]);
    await rmdir(disk);
  }
});

/** A commit of a state alone, which would be refused the second time. */
async function countUp(store: TenantStore): Promise<void> {
  const was = await store.get(counters, 'c', io);
  ok(was);
  await store.commit([replace(counters, was, { n: was.doc.n + 1 })], [], io);
}

test(
  'a database that is stopped at once and started again under load loses no acknowledged write',
  { skip, timeout: 120_000 },
  async () => {
    const cluster = await startCluster();
    if (cluster === undefined) return;
    await using running = cluster;
    await using site = await openSite(running.url);
    await using stores = await site.open();
    const a = stores.tenant('a');
    const acknowledged: string[] = [];
    let isDone = false;
    const writing = [0, 1, 2, 3].map(async (lane) => {
      for (let i = 0; !isDone; i++) {
        const id = `${lane}-${i}`;
        try {
          await a.commit([insert(notes, note(id))], [], io);
          acknowledged.push(id);
        } catch (error) {
          ok(isAncillaError(error, 'store.unavailable'), String(error));
        }
      }
    });
    for (let i = 0; i < 3; i++) {
      const before = acknowledged.length;
      while (acknowledged.length < before + 50) await setTimeout(10);
      await running.crash();
    }
    isDone = true;
    await Promise.all(writing);
    const kept: string[] = [];
    for await (const { id } of a.feed([notes], -1, io)) kept.push(id);
    equal(new Set(kept).size, kept.length);
    deepEqual(
      acknowledged.filter((id) => !kept.includes(id)),
      [],
    );
    equal((await a.ledger.head(io)).size, kept.length);
  },
);

test('a dump made with the database’s own tool can be restored, and says no more', { skip }, async (t) => {
  const cluster = await startCluster();
  if (cluster === undefined) return t.skip('PostgreSQL is not installed');
  await using running = cluster;
  await using site = await openSite(running.url);
  {
    await using stores = await site.open();
    await stores.tenant('a').commit([insert(notes, note('key-marker', { text: 'text-marker' }))], [], io);
  }
  const root = new pg.Client({ connectionString: running.asSuperuser(running.url) });
  await root.connect();
  try {
    const { rows } = await root.query<{ readonly major: number }>(`select current_setting('server_version_num')::int / 10000 as major`);
    const tool = Number(/\d+/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))?.[0]);
    if (tool < (rows[0]?.major ?? 0)) return t.skip(`the installed pg_dump is of PostgreSQL ${tool}`);
    // The owner sees no rows without naming a store: only whoever may pass by row-level security can dump.
    const dump = execFileSync('pg_dump', [running.asSuperuser(site.url)], { encoding: 'latin1' });
    ok(dump.includes('tenant-a'));
    equal(/marker/.test(dump), false);
    const name = new URL(site.url).pathname.slice(1);
    await root.query(`drop database ${name} with (force)`);
    await root.query(`create database ${name} owner ancilla`);
    execFileSync('psql', ['--quiet', '--set=ON_ERROR_STOP=1', running.asSuperuser(site.url)], {
      input: Buffer.from(dump, 'latin1'),
      stdio: 'pipe',
    });
  } finally {
    await root.end();
  }
  await using stores = await site.open();
  const a = stores.tenant('a');
  equal((await a.get(notes, 'key-marker', io))?.doc.text, 'text-marker');
  await a.commit([insert(notes, note('after'))], [], io);
  await rejects(site.raw('a', 'delete from ancilla.c_notes'), /append-only/);
});

test(
  'a superuser, a role without rights and a database without room for more connections are each refused in one line',
  { skip, timeout: 60_000 },
  async (t) => {
    const cluster = await startCluster({ max_connections: '4', superuser_reserved_connections: '2' });
    if (cluster === undefined) return t.skip('PostgreSQL is not installed');
    await using running = cluster;
    await rejects(open(running.asSuperuser(running.url)), { code: 'store.unavailable', message: /superuser/ });
    const root = new pg.Client({ connectionString: running.asSuperuser(running.url) });
    await root.connect();
    for (const sql of ['create database shut', 'revoke all on database shut from public', 'grant connect on database shut to ancilla'])
      await root.query(sql);
    const shut = new URL(running.url);
    shut.pathname = '/shut';
    await rejects(open(shut.href), { code: 'store.unavailable', message: /lacks a right/ });
    const others: pg.Client[] = [];
    for (let isRoom = true; isRoom;) {
      const client = new pg.Client({ connectionString: running.url });
      isRoom = await client.connect().then(
        () => true,
        () => false,
      );
      if (isRoom) others.push(client);
    }
    await rejects(open(running.url), { code: 'store.unavailable', message: /no more connections/ });
    for (const client of [root, ...others]) await client.end();
  },
);
