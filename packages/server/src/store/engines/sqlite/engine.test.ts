import { test } from 'node:test';
import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { insert, isAncillaError, STORAGE_VERSION } from '@ancilla/contracts';
import { openKeyring } from '../../../keys/index.ts';
import { io, note, notes, testCollections, testParts } from '../../conformance-collections.ts';
import { storeContract, writeNotes } from '../../conformance.ts';
import { toTable } from '../../table.ts';
import { limitFiles } from '../file-limit.fixture.ts';
import { createFile, openFile } from './file.ts';
import { pageSql, pageValues } from './page.ts';
import { flip, openSite } from './site.fixture.ts';

storeContract('sqlite', openSite);

// From here on what only sqlite has: files.

const tables = testCollections.map(toTable);
const texts = async (
  stores: Awaited<ReturnType<Awaited<ReturnType<typeof openSite>>['open']>>,
): Promise<readonly (string | undefined)[]> => {
  const read = [];
  for await (const { doc } of stores.tenant('a').feed([notes], -1, io)) read.push(doc?.text);
  return read;
};

test('sqlite: a bit flipped anywhere in the file is reported or changes nothing that is read', async () => {
  await using site = await openSite();
  await writeNotes(site, 30);
  const file = site.fileOf('a');
  const intact = await readFile(file);
  let reported = 0;
  for (let offset = 3; offset < intact.length; offset += 15_013) {
    await flip(file, offset);
    try {
      await using stores = await site.open();
      deepEqual(
        await texts(stores),
        Array.from({ length: 30 }, () => 'leaves'),
        `offset ${offset}`,
      );
    } catch (error) {
      ok(isAncillaError(error, 'store.corrupt', 'key.invalid'), String(error));
      reported++;
    }
    await writeFile(file, intact);
  }
  ok(reported > 0);
});

test('sqlite: a write-ahead file cut short anywhere loses whole commits from its end, never parts, and the checkpoint outside shows it', async () => {
  await using site = await openSite();
  await writeNotes(site, 3);
  const file = site.fileOf('a');
  const child = spawn(site.writer[0] ?? '', [...site.writer.slice(1), 'tail'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let written = 0;
  for await (const _ of createInterface({ input: child.stdout })) if (++written === 12) child.kill('SIGKILL');
  const [main, wal] = [await readFile(file), await readFile(`${file}-wal`)];
  const cut = async (part: number) => {
    await writeFile(file, main);
    await writeFile(`${file}-wal`, wal);
    await rm(`${file}-shm`, { force: true });
    await truncate(`${file}-wal`, Math.floor(wal.length * part));
  };
  await cut(1);
  let whole = 0;
  {
    await using stores = await site.open();
    whole = (await stores.tenant('a').ledger.head(io)).size;
    ok(whole >= 3 + 2 * 12);
  }
  for (const part of [0, 0.2, 0.5, 0.77]) {
    await cut(part);
    await using stores = await site.open({ anchors: { last: async () => ({ size: whole, root: new Uint8Array(32) }) } });
    const a = stores.tenant('a');
    const { size } = await a.ledger.head(io);
    ok(size >= 3 && size < whole, `${size} of ${whole}`);
    // Each commit of the writer has two documents.
    equal((size - 3) % 2, 0);
    equal((await texts(stores)).length, 3 + (size - 3) / 2);
    await rejects(a.commit([insert(notes, note('after'))], [], io), { code: 'store.read_only' });
  }
});

test('sqlite: a file exchanged while it was closed for want of places is noticed', async () => {
  await using site = await openSite();
  await writeNotes(site, 1);
  await copyFile(site.fileOf('a'), join(site.folder, 'old'));
  await using stores = await site.open({ maxOpenFiles: 1 });
  const [a, b] = [stores.tenant('a'), stores.tenant('b')];
  for (const store of [a, b]) await store.commit([insert(notes, note('n9'))], [], io);
  await stores.platform.ledger.head(io);
  const openAgain = async () => {
    for (const id of ['c', 'd', 'e', 'f', 'g', 'h']) {
      if ((await stores.tenantIds(io)).includes(id)) await stores.tenant(id).ledger.head(io);
      else await stores.createTenant(id, io).then(() => stores.tenant(id).ledger.head(io));
    }
  };
  await openAgain();
  equal((await readdir(join(site.folder, 'data'))).includes('tenant-a.db-wal'), false, 'closed');
  await a.commit([insert(notes, note('n10'))], [], io);
  await openAgain();
  await copyFile(join(site.folder, 'old'), site.fileOf('a'));
  equal(await a.get(notes, 'n10', io), undefined);
  await rejects(a.commit([insert(notes, note('n11'))], [], io), { code: 'store.read_only' });
  await b.commit([insert(notes, note('n11'))], [], io);
});

test('sqlite: when the disk takes no more, each write is refused whole, reads go on, and writes again when there is room', async (t) => {
  if (!limitFiles('unlimited')) return t.skip('no prlimit here');
  await using site = await openSite();
  await using stores = await site.open();
  const a = stores.tenant('a');
  await a.commit([insert(notes, note('first'))], [], io);
  const kept = new Set(['first']);
  try {
    limitFiles(400_000);
    const writes = Array.from({ length: 300 }, async (_, i) => {
      await a.commit([insert(notes, note(`n${i}`, { text: 'x'.repeat(3000) })), insert(notes, note(`m${i}`))], [], io);
      kept.add(`n${i}`).add(`m${i}`);
    });
    const refused = (await Promise.allSettled(writes)).flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    ok(refused.length > 0);
    for (const error of refused) ok(isAncillaError(error, 'store.full', 'store.unavailable'), String(error));
    ok(await a.get(notes, 'first', io));
  } finally {
    limitFiles('unlimited');
  }
  const fed = new Set<string>();
  for await (const { id } of a.feed([notes], -1, io)) fed.add(id);
  deepEqual(fed, kept);
  await a.commit([insert(notes, note('after'))], [], io);
  equal((await a.ledger.head(io)).size, kept.size + 1);
});

test('sqlite: a second process is refused, also while the first one stands still, and let in when it is killed', async () => {
  await using site = await openSite();
  const child = spawn(site.writer[0] ?? '', [...site.writer.slice(1), 'lock'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(createInterface({ input: child.stdout }), 'line');
    await rejects(site.open(), { code: 'store.locked' });
    child.kill('SIGSTOP');
    await rejects(site.open(), { code: 'store.locked' });
  } finally {
    child.kill('SIGKILL');
  }
  await once(child, 'close');
  await using stores = await site.open();
  ok((await texts(stores)).length > 0);
  await rejects(site.open(), { code: 'store.locked' }, 'nor the same process twice');
});

test('sqlite: no malformed key makes or opens a file, and no file has readable content', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-sqlite-'));
  try {
    const path = join(folder, 'x.db');
    const good = 'a1'.repeat(32);
    for (const key of [
      '',
      'a',
      'a1'.repeat(31),
      `${good}0`,
      good.slice(1),
      good.toUpperCase(),
      `${good.slice(1)}"`,
      'x'.repeat(64),
      `raw:${good}`,
    ]) {
      throws(() => createFile(path, key, 'log', tables), { code: 'key.invalid' }, key);
      deepEqual(await readdir(folder), []);
    }
    createFile(path, good, 'log', tables);
    throws(() => createFile(path, good, 'log', tables), { code: 'tenant.exists' });
    for (const key of ['a1'.repeat(31) + 'a2', 'b1'.repeat(32)]) throws(() => openFile(path, key, tables), { code: 'key.invalid' });
    openFile(path, good, tables).close();
    equal((await readFile(path)).includes('c_changes'), false);
    await writeFile(path, 'SQLite format 3\0'.padEnd(8192, '\0'));
    throws(() => openFile(path, good, tables), { code: 'key.invalid', message: /not encrypted/ });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('sqlite: what was written is in no file in clear, while open, after a kill and after closing', async () => {
  await using site = await openSite();
  const marker = 'leaves';
  const search = async () => {
    for (const name of await readdir(join(site.folder, 'data'))) {
      const path = join(site.folder, 'data', name);
      if ((await stat(path)).isFile()) equal((await readFile(path)).includes(marker), false, name);
    }
  };
  {
    await using stores = await site.open();
    await stores.tenant('a').commit(
      Array.from({ length: 500 }, (_, i) => insert(notes, note(`n${i}`, { text: marker.repeat(50) }))),
      [],
      io,
    );
    await search();
  }
  await search();
  await site.attacks.flip_tail?.('a');
  await search();
});

test('sqlite: a tenant whose creation was cut short can be created again', async () => {
  await using site = await openSite();
  {
    const parts = testParts(7);
    // Keys were made, then the power went.
    await (await openKeyring({ folder: join(site.folder, 'keys'), random: parts.random })).create('c');
    await writeFile(join(site.folder, 'data', 'tenant-c.db.new'), 'half a file');
  }
  await using stores = await site.open();
  deepEqual(await stores.tenantIds(io), ['a', 'b']);
  await rejects(stores.tenant('c').ledger.head(io), { code: 'tenant.not_found' });
  await stores.createTenant('c', io);
  await stores.tenant('c').commit([insert(notes, note('n1'))], [], io);
});

test('sqlite: a file that a newer version has opened is refused, and left as it is', async () => {
  await using site = await openSite();
  await writeNotes(site, 2);
  await site.use('a', (db) => void db.exec(`update head set schema = '${STORAGE_VERSION + 1}/other'`));
  const before = await readFile(site.fileOf('a'));
  {
    await using stores = await site.open();
    await rejects(stores.tenant('a').ledger.head(io), { code: 'store.unavailable', message: /run the newer Ancilla/ });
  }
  deepEqual(await readFile(site.fileOf('a')), before);
});

test('sqlite: a page costs the same wherever it is: every query walks one index and sorts nothing', async () => {
  await using site = await openSite();
  await writeNotes(site, 3);
  const table = toTable(notes);
  await site.use('a', (db) => {
    for (const [index, fields] of Object.entries<readonly string[]>(notes.indexes))
      for (const oldest_first of [false, true]) {
        const query = { of: notes.name, index, equals: fields.map(() => 'x'), limit: 5, oldest_first };
        const steps = db.prepare(`explain query plan ${pageSql(table, query)}`).all(...pageValues(query));
        equal(steps.length, 1, index);
        match(JSON.stringify(steps), /SEARCH c_notes USING INDEX .*\(time,rowid\)>\(\?,\?\) AND \(time,rowid\)<\(\?,\?\)/, index);
      }
  });
});
