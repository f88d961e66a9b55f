import { test } from 'node:test';
import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { Io } from '@ancilla/contracts';
import { chunked, collect } from './byte-stream.ts';
import type { StorageAdapter } from './storage-adapter.ts';

const text = (words: string) => new TextEncoder().encode(words);
async function* failing(words: string): AsyncGenerator<Uint8Array> {
  yield* chunked(text(words));
  throw new RangeError('the sender went away');
}
const keysOf = async (adapter: StorageAdapter, prefix: string, io: Io) => {
  const keys: string[] = [];
  for await (const { key } of adapter.list(prefix, io)) keys.push(key);
  return keys.toSorted();
};

const promises: readonly (readonly [string, (adapter: StorageAdapter, io: Io) => Promise<void>])[] = [
  [
    'what is put is got, and head knows its size',
    async (adapter, io) => {
      const bytes = Buffer.alloc(300_000, 'abc');
      deepEqual(await adapter.put('a/b', chunked(bytes, 1000), io), { key: 'a/b', size: 300_000 });
      deepEqual(await collect(adapter.get('a/b', {}, io)), bytes);
      deepEqual(await adapter.head('a/b', io), { key: 'a/b', size: 300_000 });
    },
  ],
  [
    'an empty object is an object',
    async (adapter, io) => {
      await adapter.put('a/empty', chunked(new Uint8Array()), io);
      deepEqual(await adapter.head('a/empty', io), { key: 'a/empty', size: 0 });
      equal((await collect(adapter.get('a/empty', {}, io))).length, 0);
    },
  ],
  [
    'a range is half open and ends with the object',
    async (adapter, io) => {
      await adapter.put('a/r', chunked(text('0123456789')), io);
      const got = async (range: { start?: number; end?: number }) => (await collect(adapter.get('a/r', range, io))).toString();
      equal(await got({ start: 2, end: 5 }), '234');
      equal(await got({ start: 8 }), '89');
      equal(await got({ end: 1 }), '0');
      equal(await got({ start: 8, end: 100 }), '89');
      equal(await got({ start: 10 }), '');
      equal(await got({ start: 5, end: 5 }), '');
    },
  ],
  [
    'a taken key is refused and its object stays',
    async (adapter, io) => {
      await adapter.put('a/b', chunked(text('first')), io);
      await rejects(adapter.put('a/b', chunked(text('second')), io), { code: 'store.conflict' });
      equal((await collect(adapter.get('a/b', {}, io))).toString(), 'first');
    },
  ],
  [
    'of two uploads to one key exactly one wins, whole',
    async (adapter, io) => {
      const settled = await Promise.allSettled(['one', 'two'].map((words) => adapter.put('a/race', chunked(text(words), 1), io)));
      deepEqual(settled.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
      const won = settled[0]?.status === 'fulfilled' ? 'one' : 'two';
      equal((await collect(adapter.get('a/race', {}, io))).toString(), won);
    },
  ],
  [
    'an upload that fails half way leaves nothing, and its own error passes',
    async (adapter, io) => {
      await rejects(adapter.put('a/b', failing('half'), io), RangeError);
      equal(await adapter.head('a/b', io), undefined);
      deepEqual(await keysOf(adapter, '', io), []);
      await adapter.put('a/b', chunked(text('whole')), io);
    },
  ],
  [
    'an aborted upload leaves nothing',
    async (adapter, io) => {
      const stop = new AbortController();
      // oxlint-disable-next-line require-await -- a stream that stops its own upload
      async function* stopping() {
        yield text('one');
        stop.abort();
        yield text('two');
      }
      await rejects(adapter.put('a/b', stopping(), { signal: stop.signal }), { name: 'AbortError' });
      deepEqual(await keysOf(adapter, '', io), []);
    },
  ],
  [
    'a missing object is not found, and deleting it is fine',
    async (adapter, io) => {
      await rejects(collect(adapter.get('a/none', {}, io)), { code: 'not_found' });
      equal(await adapter.head('a/none', io), undefined);
      await adapter.delete('a/none', io);
    },
  ],
  [
    'a deleted object is gone and its key is free',
    async (adapter, io) => {
      await adapter.put('a/b', chunked(text('first')), io);
      await adapter.delete('a/b', io);
      equal(await adapter.head('a/b', io), undefined);
      await adapter.put('a/b', chunked(text('second')), io);
    },
  ],
  [
    'list gives what is below a prefix, which ends at a slash',
    async (adapter, io) => {
      for (const key of ['a/1', 'a/2', 'ab/1', 'b/c/d']) await adapter.put(key, chunked(text(key)), io);
      deepEqual(await keysOf(adapter, 'a', io), ['a/1', 'a/2']);
      deepEqual(await keysOf(adapter, 'b', io), ['b/c/d']);
      deepEqual(await keysOf(adapter, 'c', io), []);
      deepEqual(await keysOf(adapter, '', io), ['a/1', 'a/2', 'ab/1', 'b/c/d']);
    },
  ],
  [
    'a key that could lead elsewhere is refused by every call',
    async (adapter, io) => {
      const bad = [
        '',
        '/',
        '..',
        '../x',
        'a/../../x',
        '/etc/passwd',
        'a//b',
        'a/',
        './a',
        '.partial/0',
        'a\\b',
        'a\0b',
        'a b',
        'a\n',
        'x'.repeat(200),
      ];
      for (const key of [...bad, 'a/a/a/a/a/a/a/a/a', 'ü', 'a/%2e%2e']) {
        await rejects(adapter.put(key, chunked(text('x')), io), { code: 'store.invalid' }, key);
        await rejects(collect(adapter.get(key, {}, io)), { code: 'store.invalid' }, key);
        await rejects(adapter.head(key, io), { code: 'store.invalid' }, key);
        await rejects(adapter.delete(key, io), { code: 'store.invalid' }, key);
        if (key !== '') await rejects(keysOf(adapter, key, io), { code: 'store.invalid' }, key);
      }
    },
  ],
  [
    'an aborted signal stops every call',
    async (adapter, io) => {
      await adapter.put('a/b', chunked(text('x')), io);
      const stopped = { signal: AbortSignal.abort() };
      await rejects(adapter.put('a/c', chunked(text('x')), stopped), { name: 'AbortError' });
      await rejects(collect(adapter.get('a/b', {}, stopped)), { name: 'AbortError' });
      await rejects(adapter.head('a/b', stopped), { name: 'AbortError' });
      await rejects(adapter.delete('a/b', stopped), { name: 'AbortError' });
      await rejects(keysOf(adapter, '', stopped), { name: 'AbortError' });
    },
  ],
];

/** Kept by every engine. `open` gives an adapter over an empty place. */
export function storageContract(engine: string, openAdapter: () => Promise<StorageAdapter & AsyncDisposable>): void {
  for (const [promise, check] of promises)
    test(`${engine}: ${promise}`, async ({ signal }) => {
      await using adapter = await openAdapter();
      await check(adapter, { signal });
    });
}
