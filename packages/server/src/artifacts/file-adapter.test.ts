import { test } from 'node:test';
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chunked, collect } from './byte-stream.ts';
import { openFileAdapter, partialUploads } from './file-adapter.ts';
import { storageContract } from './storage-contract.ts';

const temporary = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-file-adapter-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
};

storageContract('file', async () => {
  const { folder, [Symbol.asyncDispose]: dispose } = await temporary();
  return { ...(await openFileAdapter(folder)), [Symbol.asyncDispose]: dispose };
});

test('objects are for their owner only, and a finished upload leaves no second file', async ({ signal }) => {
  await using place = await temporary();
  const adapter = await openFileAdapter(place.folder);
  await adapter.put('a/b', chunked(Buffer.from('x')), { signal });
  equal((await stat(join(place.folder, 'a/b'))).mode & 0o777, 0o600);
  equal((await stat(join(place.folder, 'a'))).mode & 0o777, 0o700);
  equal(await partialUploads(place.folder), 0);
});

test('what a crash left half written is gone after a start a day later', async ({ signal }) => {
  await using place = await temporary();
  const adapter = await openFileAdapter(place.folder);
  await adapter.put('a/b', chunked(Buffer.from('x')), { signal });
  const left = join(place.folder, '.partial', '7');
  await writeFile(left, 'half');
  const before = Date.now() / 1000 - 25 * 3600;
  await utimes(left, before, before);
  const again = await openFileAdapter(place.folder);
  equal(await partialUploads(place.folder), 0);
  deepEqual((await collect(again.get('a/b', {}, { signal }))).toString(), 'x');
});

test('several servers share a folder: they upload at once, and one that starts meanwhile takes nothing from the others', async ({
  signal,
}) => {
  await using place = await temporary();
  const servers = [await openFileAdapter(place.folder), await openFileAdapter(place.folder)];
  const slowly = async function* (text: string) {
    yield Buffer.from(text);
    await openFileAdapter(place.folder);
    yield Buffer.from(text);
  };
  await Promise.all(servers.map((server, i) => server.put(`a/${i}`, slowly(`${i}`), { signal })));
  for (const [i, server] of servers.entries())
    equal((await collect(server.get(`a/${1 - i}`, {}, { signal }))).toString(), `${1 - i}`.repeat(2));
  equal(await partialUploads(place.folder), 0);
});

test('a link inside the folder leads nowhere', async ({ signal }) => {
  await using place = await temporary();
  await using outside = await temporary();
  const adapter = await openFileAdapter(place.folder);
  await writeFile(join(outside.folder, 'secret'), 'secret');
  await symlink(outside.folder, join(place.folder, 'a'));
  await mkdir(join(place.folder, 'b'));
  await symlink(join(outside.folder, 'secret'), join(place.folder, 'b', 'secret'));
  await rejects(adapter.put('a/new', chunked(Buffer.from('x')), { signal }), { code: 'store.unavailable' });
  await rejects(stat(join(outside.folder, 'new')), { code: 'ENOENT' });
  await rejects(collect(adapter.get('a/secret', {}, { signal })), { code: 'not_found' });
  await rejects(collect(adapter.get('b/secret', {}, { signal })), { code: 'not_found' });
});

test('a folder in an object’s place is reported, not followed', async ({ signal }) => {
  await using place = await temporary();
  const adapter = await openFileAdapter(place.folder);
  await mkdir(join(place.folder, 'a', 'b'), { recursive: true });
  await rejects(collect(adapter.get('a/b', {}, { signal })), { code: 'store.unavailable' });
  equal(await adapter.head('a/b', { signal }), undefined);
});
