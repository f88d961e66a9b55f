import { test } from 'node:test';
import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessLog, artifactKeys, artifacts, changes, replace, type Bytes, type Io, type Of, type Role } from '@ancilla/contracts';
import type { About } from './artifacts.ts';
import { chunked, collect } from './byte-stream.ts';
import { INLINE_BYTES, type Artifacts } from './index.ts';
import { artifactRoutes } from './routes.ts';
import { openTenants } from './tenants.fixture.ts';

const about: About = { category: 'raw_input', content_type: 'text/plain', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', created_by: 'ada' };
const MARKER = 'marker-7f3a planted secret';
const large = Buffer.alloc(INLINE_BYTES + 1, MARKER);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const filesUnder = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const listed = async ({ tenant }: Of, io: Io) =>
  (await tenant.find(artifacts, { index: 'all', equals: {} }, io)).items.map(({ doc }) => doc);
const corrupt = { code: 'artifact.corrupt' };
const flip = async (file: string, at: number) => {
  const bytes = await readFile(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(file, bytes);
};

test('small content rides in the commit, larger becomes an object; both come back', async (t) => {
  await using at = await openTenants();
  for (const [bytes, place] of [
    [new Uint8Array(), 'inline'],
    [Buffer.from(MARKER), 'inline'],
    [large.subarray(0, INLINE_BYTES), 'inline'],
    [large, 'object'],
  ] as const) {
    const doc = await at.room.put(at.north, { ...about, bytes }, t);
    deepEqual([doc.place, doc.size, doc.sha256], [place, bytes.length, sha256(bytes)]);
    deepEqual(Buffer.from(await at.room.bytes(at.north, doc.artifact_id, t)), Buffer.from(bytes));
  }
  equal((await filesUnder(at.objects)).length, 1);
});

test('no byte of content or key is in any file', async (t) => {
  await using at = await openTenants();
  await at.room.put(at.north, { ...about, bytes: Buffer.from(MARKER) }, t);
  await at.room.put(at.north, { ...about, bytes: large }, t);
  for (const file of await filesUnder(at.folder)) ok(!(await readFile(file)).includes(MARKER), file);
});

test('prepared writes ride in another’s commit, and the key never stands in the history of changes', async (t) => {
  await using at = await openTenants();
  const { artifact_id, writes } = at.room.prepare(at.north, { ...about, bytes: Buffer.from(MARKER) });
  await at.north.tenant.commit(writes, [], t);
  equal((await at.room.bytes(at.north, artifact_id, t)).toString(), MARKER);
  const wrapped = (await at.north.tenant.get(artifactKeys, artifact_id, t))?.doc.wrapped_key ?? '';
  const history = await at.north.tenant.find(changes, { index: 'all', equals: {} }, t);
  ok(wrapped.length > 100 && !JSON.stringify(history.items).includes(wrapped));
  throws(() => at.room.prepare(at.north, { ...about, bytes: large }), { code: 'request.too_large' });
});

test('an upload that fails half way leaves neither object nor document', async (t) => {
  await using at = await openTenants();
  for (const size of [100, 2 * INLINE_BYTES]) {
    async function* failing() {
      yield* chunked(Buffer.alloc(size));
      throw new RangeError('the sender went away');
    }
    await rejects(at.room.put(at.north, { ...about, bytes: failing() }, t), RangeError);
  }
  deepEqual(await listed(at.north, t), []);
  deepEqual(await filesUnder(at.objects), []);
});

test('over the limit nothing is kept, at either size', async (t) => {
  for (const limit of [1000, INLINE_BYTES + 1000]) {
    await using at = await openTenants(limit);
    await rejects(at.room.put(at.north, { ...about, bytes: chunked(Buffer.alloc(limit + 1)) }, t), { code: 'request.too_large' });
    await at.room.put(at.north, { ...about, bytes: chunked(Buffer.alloc(limit)) }, t);
    equal((await listed(at.north, t)).length, 1);
  }
});

test('the same id with the same content answers as before, with other content it is refused', async (t) => {
  await using at = await openTenants();
  for (const bytes of [Buffer.from(MARKER), large]) {
    const artifact_id = at.newId('ar');
    const first = await at.room.put(at.north, { ...about, artifact_id, bytes }, t);
    deepEqual(await at.room.put(at.north, { ...about, artifact_id, bytes: chunked(bytes) }, t), first);
    await rejects(at.room.put(at.north, { ...about, artifact_id, bytes: Buffer.concat([bytes, bytes]) }, t), { code: 'store.conflict' });
    deepEqual(Buffer.from(await at.room.bytes(at.north, artifact_id, t)), bytes);
  }
});

test('of many uploads at once under one id one stands, and its object is the only one', async (t) => {
  await using at = await openTenants();
  const artifact_id = at.newId('ar');
  const docs = await Promise.all([1, 2, 3, 4].map(() => at.room.put(at.north, { ...about, artifact_id, bytes: chunked(large) }, t)));
  equal(new Set(docs.map(({ created_at, sha256: hash }) => `${created_at}${hash}`)).size, 1);
  equal((await filesUnder(at.objects)).length, 1);
  deepEqual(Buffer.from(await at.room.bytes(at.north, artifact_id, t)), large);
});

test('an object that was altered, cut off, swapped or lost is refused before or at the bad segment', async (t) => {
  await using at = await openTenants();
  const one = await at.room.put(at.north, { ...about, bytes: large }, t);
  const [file = ''] = await filesUnder(at.objects);
  const whole = await readFile(file);
  await flip(file, 100);
  await rejects(at.room.open(at.north, one.artifact_id, t), corrupt);
  await writeFile(file, whole.subarray(0, 10));
  await rejects(at.room.open(at.north, one.artifact_id, t), corrupt);
  await writeFile(file, whole.subarray(0, 2 * 65_536));
  await rejects(at.room.bytes(at.north, one.artifact_id, t), corrupt);
  await writeFile(file, whole);
  await flip(file, whole.length - 1);
  const { bytes } = await at.room.open(at.north, one.artifact_id, t);
  await rejects(collect(bytes), corrupt);

  await writeFile(file, whole);
  const two = await at.room.put(at.north, { ...about, bytes: large }, t);
  const foreign = await at.room.put(at.south, { ...about, bytes: large }, t);
  for (const other of [two, foreign]) {
    const target = (await filesUnder(at.objects)).find((name) => name.includes(other.artifact_id)) ?? '';
    await copyFile(file, target);
    await rejects(at.room.open(other === two ? at.north : at.south, other.artifact_id, t), corrupt);
  }
});

test('a missing object is a loss, an unknown id is not found, and another tenant’s id is unknown', async (t) => {
  await using at = await openTenants();
  const doc = await at.room.put(at.north, { ...about, bytes: large }, t);
  await rejects(at.room.open(at.south, doc.artifact_id, t), { code: 'not_found' });
  await rejects(at.room.open(at.north, at.newId('ar'), t), { code: 'not_found' });
  for await (const { key } of at.adapter.list('', t)) await at.adapter.delete(key, t);
  await rejects(at.room.open(at.north, doc.artifact_id, t), corrupt);
});

test('another tenant’s key, wrap and sealed bytes under the same id open nothing', async (t) => {
  await using at = await openTenants();
  const { artifact_id, writes } = at.room.prepare(at.north, { ...about, bytes: Buffer.from(MARKER) });
  await at.south.tenant.commit(writes, [], t);
  await rejects(at.room.open(at.south, artifact_id, t), corrupt);
});

test('content that is not what the ledger says is refused, though it authenticates', async (t) => {
  await using at = await openTenants();
  const { artifact_id } = await at.room.put(at.north, { ...about, bytes: Buffer.from(MARKER) }, t);
  const was = await at.north.tenant.get(artifacts, artifact_id, t);
  ok(was);
  const because = { who: 'mallory', reason: 'x', trace_id: about.trace_id };
  await at.north.tenant.commit([replace(artifacts, was, { sha256: sha256(Buffer.from('other')) }, because)], [], t);
  await rejects(at.room.open(at.north, artifact_id, t), corrupt);
});

test('a stream nobody reads can be closed', async (t) => {
  await using at = await openTenants();
  const doc = await at.room.put(at.north, { ...about, bytes: large }, t);
  const { bytes } = await at.room.open(at.north, doc.artifact_id, t);
  await bytes[Symbol.asyncIterator]().return?.();
  equal((await collect(bytes)).length <= 65_536, true);
});

test('200 MB pass through in bounded memory', async (t) => {
  await using at = await openTenants();
  const chunk = randomBytes(64 * 1024);
  const chunks = (200 * 1024 * 1024) / chunk.length;
  let peak = 0;
  const before = process.memoryUsage.rss();
  const watch = () => (peak = Math.max(peak, process.memoryUsage.rss() - before));
  // oxlint-disable-next-line require-await -- a stream of bytes that are there already
  async function* source() {
    for (let i = 0; i < chunks; i++) {
      if (i % 64 === 0) watch();
      yield chunk;
    }
  }
  const doc = await at.room.put(at.north, { ...about, bytes: source() }, t);
  equal(doc.size, chunks * chunk.length);
  let read = 0;
  for await (const part of (await at.room.open(at.north, doc.artifact_id, t)).bytes) {
    if (read % (4 * 1024 * 1024) < part.length) watch();
    read += part.length;
  }
  equal(read, doc.size);
  ok(peak < 100 * 1024 * 1024, `grew by ${peak} bytes`);
});

const request = (of: Of, role: Role, headers: Record<string, string>, rest: object, io: Io) => ({
  ...of,
  who: { id: 'ada', role, key_id: 'ak_01h455vb4pex5vsknk084sn02q' },
  params: {},
  query: {},
  headers,
  trace: { trace_id: about.trace_id, span_id: '00f067aa0ba902b7' },
  signal: io.signal,
  body: null,
  ...rest,
});
const routesOf = (store: Artifacts, newId: Parameters<typeof artifactRoutes>[0]['newId']) => {
  const routes = artifactRoutes({ store, newId, clock: { now: () => Date.now() }, maxBytes: 1e9 });
  const named = (method: string, path: string) => {
    const found = routes.find((route) => route.method === method && route.path === path);
    if (!found) throw new RangeError(`${method} ${path}`);
    return found;
  };
  return {
    post: named('POST', '/dif/artifacts'),
    meta: named('GET', '/dif/artifacts/{artifact_id}'),
    content: named('GET', '/dif/artifacts/{artifact_id}/content'),
  };
};

test('content is served as nothing a browser would run, after its entry in the access log', async (t) => {
  await using at = await openTenants();
  const { post, meta, content } = routesOf(at.room, at.newId);
  const headers = { 'content-type': 'text/html; charset=utf-8', 'x-ancilla-category': 'raw_input' };
  const [status, stored] = await post.handle(request(at.north, 'agent', headers, { body: chunked(Buffer.from(MARKER)) }, t));
  equal(status, 201);
  // The route's own answer schema.
  const { artifact_id } = stored as { artifact_id: string };
  equal(
    ((await meta.handle(request(at.north, 'agent', {}, { params: { artifact_id } }, t)))[1] as { content_type: string }).content_type,
    'text/html',
  );

  const read = (role: Role, given: Record<string, string>) =>
    content.handle(request(at.north, role, given, { params: { artifact_id } }, t));
  await rejects(read('tenant_admin', {}), { code: 'access.purpose_missing' });
  await rejects(read('tenant_admin', { 'x-ancilla-purpose': 'mail ada@example.org' }), { code: 'request.header' });
  const [, answer] = await read('tenant_admin', { 'x-ancilla-purpose': 'support-ticket-17' });
  const { content_type, headers: sent = {}, bytes } = answer as Bytes & { bytes: AsyncIterable<Uint8Array> };
  equal(content_type, 'application/octet-stream');
  equal(sent['x-content-type-options'], 'nosniff');
  equal(sent['content-security-policy'], 'sandbox');
  ok(sent['content-disposition']?.startsWith('attachment;'));
  equal(sent['accept-ranges'], 'none');
  const entries = async () =>
    (await at.north.tenant.find(accessLog, { index: 'by_resource', equals: { resource: artifact_id } }, t)).items.map(({ doc }) => doc);
  deepEqual(
    (await entries()).map(({ what, subject, purpose }) => [what, subject, purpose]),
    [['content_read', 'ada', 'support-ticket-17']],
  );
  equal((await collect(bytes)).toString(), MARKER);

  for (const role of ['steward', 'auditor', 'agent'] as const)
    await rejects(read(role, { 'x-ancilla-purpose': 'curious' }), {
      code: 'access.grant_missing',
      message: `only a tenant admin reads raw content, not a ${role}`,
    });
  deepEqual((await entries()).filter(({ what }) => what === 'denied').length, 3);
});

test('a client stores its own categories only, and headers are checked', async (t) => {
  await using at = await openTenants();
  const { post } = routesOf(at.room, at.newId);
  const send = (headers: Record<string, string>) =>
    post.handle(request(at.north, 'agent', headers, { body: chunked(Buffer.from('x')) }, t));
  for (const category of ['dataset', 'archive', 'model', 'pack', 'payload', 'constructor', ''])
    await rejects(send({ 'x-ancilla-category': category }), { code: 'artifact.category' });
  await rejects(send({}), { code: 'artifact.category' });
  await rejects(send({ 'x-ancilla-category': 'raw_input', 'content-type': 'no media type' }), { code: 'request.header' });
  await rejects(send({ 'x-ancilla-category': 'raw_input', 'x-ancilla-artifact-id': 'ar_short' }), { code: 'request.header' });
  deepEqual(await listed(at.north, t), []);
});

test('the values of a trace are found once each, in JSON and in lines, and no other category’s or trace’s', async (t) => {
  await using at = await openTenants();
  const put = (category: About['category'], text: string) => at.room.put(at.north, { ...about, category, bytes: Buffer.from(text) }, t);
  await put('raw_input', JSON.stringify({ name: ['Ada', { city: 'Turin', n: 7 }], again: 'Ada' }));
  await put('payload', 'first line\r\nsecond line');
  await put('raw_response', '"never"');
  await at.room.put(at.north, { ...about, trace_id: 'f'.repeat(32), category: 'payload', bytes: Buffer.from('another trace') }, t);
  const found = await at.room.sampleStrings(at.north, { trace_ids: [about.trace_id], categories: ['raw_input', 'payload'] }, t);
  deepEqual([...found].toSorted(), ['Ada', 'Turin', 'again', 'city', 'first line', 'n', 'name', 'second line']);
});
