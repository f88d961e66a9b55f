import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { changes, embeddings, embeddingSpaces, insert, makeNewId, sagaState, toTimestamp, type EmbeddingModel } from '@ancilla/contracts';
import { io, openTest, trace_id } from '../sagas/engine.fixture.ts';
import { toEmbedding } from './hf-agent.ts';
import { spaceId } from './providers/index.ts';
import { openSpaces } from './spaces.ts';
import { openVectorIndex } from './vector-index.ts';

const meta = (revision: string): EmbeddingModel => ({
  provider: 'tei',
  model: 'm',
  revision,
  dim: 2,
  pooling: 'server',
  normalise: true,
  prefix: null,
  quantisation: 'float32',
});
const [OLD, NEW] = [meta('1'), meta('2')];
const DAY = 86_400_000;

/** A tenant, with its time, its vectors and the job. */
async function open() {
  const at = await openTest();
  let offset = 0;
  const clock = { now: () => Date.now() + offset };
  const newId = makeNewId(clock, { bytes: (n) => crypto.getRandomValues(new Uint8Array(n)) });
  const { tenant } = at.north;
  let runner: Awaited<ReturnType<typeof at.open>>['runner'] | undefined;
  const sagas = {
    start: (...of: Parameters<NonNullable<typeof runner>['start']>) => (runner as NonNullable<typeof runner>).start(...of),
  } as never;
  /** So many commits from now one fails. */
  let failsIn = Infinity;
  const storeOf = (id: string) => {
    const store = at.stores.tenant(id);
    const commit: typeof store.commit = async (...asked) => {
      if (failsIn-- === 0) throw new Error('no connection');
      return store.commit(...asked);
    };
    return { ...store, commit };
  };
  let spaces = openSpaces({ sagas, storeOf, clock });
  ({ runner } = await at.open(spaces.sagas));
  let runs = 0;
  return {
    at,
    tenant,
    later(ms: number) {
      offset += ms;
      at.advance(ms);
    },
    /** A new process remembers nothing of what it noted. */
    restarts() {
      spaces = openSpaces({ sagas, storeOf, clock });
    },
    fails(after: number) {
      failsIn = after;
    },
    async embed(of: EmbeddingModel, sources: readonly (string | null)[]) {
      await spaces.note(at.north, of, trace_id, io);
      const docs = sources.map((source) =>
        toEmbedding(
          {
            embedding_id: newId('em'),
            space_id: spaceId(of),
            trace_id,
            source_artifact_ref: source === null ? null : `ar_01jd3v5q2zf8m9k0r1s2t3v4w${source}`,
            response_artifact_ref: null,
            created_at: toTimestamp(clock.now()),
          },
          { vector: [1, 0], confidence: 1 },
          of,
        ),
      );
      await tenant.commit(
        docs.map((doc) => insert(embeddings, doc)),
        [],
        io,
      );
    },
    async look() {
      const [job] = spaces.jobs;
      const started = await job?.start(at.north, { key: `look-${runs++}`, by: 'test', trace_id }, io);
      for (let i = 0; started !== undefined && i < 500; i++) {
        const found = await tenant.get(sagaState, started.saga_id, io);
        if (found?.doc.status === 'done') break;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const { items } = await tenant.find(embeddingSpaces, { index: 'all', equals: {} }, io);
      return Object.fromEntries(
        items.map(({ doc }) => [doc.model_meta.revision, [doc.status, doc.vectors, ...(doc.purged > 0 ? [doc.purged] : [])].join(' ')]),
      );
    },
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}

test('a new space is built beside the old one, takes its place when it has all of it, and the old one is purged to the last vector', async () => {
  await using of = await open();
  deepEqual(await of.look(), {}, 'nothing to look at');
  await of.embed(OLD, ['5', '6']);
  deepEqual(await of.look(), { 1: 'active 2' });
  await of.embed(NEW, ['5']);
  deepEqual(await of.look(), { 1: 'active 2', 2: 'building 1' });
  await of.embed(NEW, ['6', '7']);
  deepEqual(await of.look(), { 1: 'superseded 2', 2: 'active 3' });
  const index = openVectorIndex();
  let read = 0;
  const counting: typeof of.tenant = { ...of.tenant, get: (...at) => (read++, of.tenant.get(...at)) };
  const near = async (meta_: EmbeddingModel) =>
    (await index.search({ tenant: counting, tenant_id: 'north' }, { space_id: spaceId(meta_), vector: [1, 0], k: 9 }, io)).length;
  deepEqual([await near(OLD), await near(NEW)], [2, 3]);
  of.later(13 * DAY);
  deepEqual(await of.look(), { 1: 'superseded 2', 2: 'active 3' });
  of.later(2 * DAY);
  deepEqual(await of.look(), { 1: 'purged 0 2', 2: 'active 3' });
  read = 0;
  deepEqual([await near(NEW), await near(OLD), read], [3, 0, 3], 'what was purged is not in the index either');
  deepEqual((await of.tenant.find(embeddings, { index: 'by_space', equals: { space_id: spaceId(OLD) } }, io)).items, []);
  const { items } = await of.tenant.find(changes, { index: 'all', equals: {}, limit: 500 }, io);
  equal(items.filter(({ doc }) => doc.op === 'remove' && doc.collection === 'embeddings').length, 2, 'each removal says why');
  deepEqual(of.at.errors, []);
});

test('a space that never gets all of the old one takes its place after a while; the way back builds up again', async () => {
  await using of = await open();
  await of.embed(OLD, ['5', '6']);
  await of.embed(NEW, ['7']);
  deepEqual(await of.look(), { 1: 'active 2', 2: 'building 1' });
  of.later(15 * DAY);
  deepEqual(await of.look(), { 1: 'superseded 2', 2: 'active 1' });
  await of.embed(OLD, ['7']);
  deepEqual(await of.look(), { 1: 'active 3', 2: 'superseded 1' }, 'it has all that the other has');
});

test('a provider that was tried and given up takes the place of none: its space is purged, what is in use stays', async () => {
  await using of = await open();
  await of.embed(OLD, ['5', '6']);
  await of.embed(NEW, ['5']);
  deepEqual(await of.look(), { 1: 'active 2', 2: 'building 1' });
  of.restarts();
  await of.embed(OLD, ['7']);
  deepEqual(await of.look(), { 1: 'active 3', 2: 'superseded 1' });
  of.later(15 * DAY);
  deepEqual(await of.look(), { 1: 'active 3', 2: 'purged 0 1' });

  // Two tried after one another: the second takes over, the first does not follow.
  await of.embed(NEW, ['5']);
  of.later(1000);
  await of.embed(meta('3'), ['5', '6', '7']);
  deepEqual(await of.look(), { 1: 'superseded 3', 2: 'superseded 1 1', 3: 'active 3' });
});

test('of vectors whose source is not told a new space wants as many before it takes the place of the old one', async () => {
  await using of = await open();
  await of.embed(OLD, [null, null, null]);
  await of.embed(NEW, [null]);
  deepEqual(await of.look(), { 1: 'active 3', 2: 'building 1' });
  await of.embed(NEW, [null, null]);
  deepEqual(await of.look(), { 1: 'superseded 3', 2: 'active 3' });
});

test('a purge that breaks off and goes on counts each vector once', async () => {
  await using of = await open();
  const many = Array.from({ length: 700 }, () => '5');
  await of.embed(OLD, many);
  await of.embed(NEW, ['5']);
  deepEqual(await of.look(), { 1: 'superseded 700', 2: 'active 1' });
  of.later(15 * DAY);
  of.fails(1);
  deepEqual(await of.look(), { 1: 'purged 0 700', 2: 'active 1' });
});
