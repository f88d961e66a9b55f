import { test } from 'node:test';
import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cursors, insert, projection, replace, type Entry } from '@ancilla/contracts';
import { openKeyring } from '../keys/index.ts';
import { at, counters, io, note, notes, testCollections, testParts } from './conformance-collections.ts';
import { runProjections } from './projections.ts';
import { inFolder } from './engines/sqlite/engine.ts';
import { openStores, type Stores } from './stores.ts';

async function withStores(tenants: readonly string[], run: (stores: Stores) => Promise<void>, maxOpenFiles = 8): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-projections-'));
  try {
    const parts = testParts();
    const keyring = await openKeyring({ folder: join(folder, 'keys'), random: parts.random });
    await using stores = await openStores({
      openEngine: inFolder(join(folder, 'data'), { workers: 1, maxOpenFiles }),
      keyring,
      collections: [...testCollections, cursors],
      ...parts,
      anchors: { last: async () => undefined },
    });
    for (const id of tenants) await stores.createTenant(id, io);
    await run(stores);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Counts notes. `before` runs between reading and committing. */
const countNotes = (before: () => Promise<void> = async () => undefined) =>
  projection({
    name: 'count_notes',
    from: [notes],
    owns: [counters],
    async apply(entries, read, signal) {
      const was = await read.get(counters, 'notes', signal);
      await before();
      const n = (was?.doc.n ?? 0) + entries.length;
      return [was ? replace(counters, was, { n }) : insert(counters, { counter_id: 'notes', at: at(), n })];
    },
  });
const counted = async (stores: Stores, tenant_id: string) => (await stores.tenant(tenant_id).get(counters, 'notes', io))?.doc.n;
const failing = (error: unknown) => {
  throw error;
};
const { clock } = testParts();
const later = (ms: number, run: () => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

test('every entry counts once, for every tenant, also those written before the start and under load', () =>
  withStores(['a', 'b', 'c'], async (stores) => {
    for (let i = 0; i < 3; i++) await stores.tenant('a').commit([insert(notes, note(`early${i}`))], [], io);
    await using runner = await runProjections({ stores, projections: [countNotes()], clock, later, onError: failing });
    await Promise.all(
      Array.from({ length: 90 }, (_, i) =>
        stores.tenant(['a', 'b', 'c'][i % 3] ?? '').commit([insert(notes, note(`n${i}`)), insert(notes, note(`m${i}`))], [], io),
      ),
    );
    await runner.settled();
    deepEqual([await counted(stores, 'a'), await counted(stores, 'b'), await counted(stores, 'c')], [63, 60, 60]);
  }));

test('a runner that drains does not follow writers that go on', () =>
  withStores(['a'], async (stores) => {
    await using runner = await runProjections({ stores, projections: [countNotes()], clock, later, onError: failing });
    let drained = false;
    let after = 0;
    const writing = (async () => {
      for (let i = 0; i < 400 && after < 20; i++) {
        await stores.tenant('a').commit([insert(notes, note(`n${i}`))], [], io);
        if (drained) after++;
      }
    })();
    await stores.tenant('a').commit([insert(notes, note('before'))], [], io);
    await runner.drain();
    drained = true;
    ok(((await counted(stores, 'a')) ?? 0) >= 1);
    await writing;
    equal(after, 20, 'it was done while the others still wrote');
  }));

test('two runners over one store count each entry once', () =>
  withStores(['a'], async (stores) => {
    await using one = await runProjections({ stores, projections: [countNotes()], clock, later, onError: failing });
    await using two = await runProjections({ stores, projections: [countNotes()], clock, later, onError: failing });
    for (let i = 0; i < 40; i++) await stores.tenant('a').commit([insert(notes, note(`n${i}`))], [], io);
    await Promise.all([one.settled(), two.settled()]);
    equal(await counted(stores, 'a'), 40);
  }));

test('another writer of the same state makes it compute again, not twice', () =>
  withStores(['a'], async (stores) => {
    const a = stores.tenant('a');
    await a.commit([insert(counters, { counter_id: 'notes', at: at(), n: 1000 })], [], io);
    let disturbed = 0;
    const disturb = async () => {
      if (disturbed++ > 0) return;
      const was = await a.get(counters, 'notes', io);
      ok(was);
      await a.commit([replace(counters, was, { n: 2000 })], [], io);
    };
    await a.commit([insert(notes, note('n1'))], [], io);
    await using runner = await runProjections({ stores, projections: [countNotes(disturb)], clock, later, onError: failing });
    await runner.settled();
    equal(await counted(stores, 'a'), 2001);
  }));

test('a delivery that fails is repeated from where it stood, and holds up no other projection', () =>
  withStores(['a'], async (stores) => {
    const delivered: string[] = [];
    let down = true;
    const send = projection({
      name: 'send',
      from: [notes],
      async deliver(entries: readonly Entry<typeof notes>[]) {
        if (down) throw new Error('down');
        delivered.push(...entries.map(({ id }) => id));
      },
    });
    const errors: unknown[] = [];
    await using runner = await runProjections({
      stores,
      projections: [send, countNotes()],
      clock,
      later,
      onError: (error, of) => errors.push([String(error), of]),
    });
    await stores.tenant('a').commit([insert(notes, note('n1')), insert(notes, note('n2'))], [], io);
    await runner.settled();
    deepEqual(delivered, []);
    deepEqual(errors[0], ['Error: down', { tenant_id: 'a', projection: 'send' }]);
    equal(await counted(stores, 'a'), 2);
    down = false;
    runner.wake('a');
    await runner.settled();
    deepEqual(delivered, ['n1', 'n2']);
  }));

test('more entries than one batch are all projected, with fewer files open than tenants', () =>
  withStores(
    ['a', 'b', 'c'],
    async (stores) => {
      for (const id of ['a', 'b', 'c'])
        await stores.tenant(id).commit(
          Array.from({ length: 2345 }, (_, i) => insert(notes, note(`n${i}`))),
          [],
          io,
        );
      await using runner = await runProjections({ stores, projections: [countNotes()], clock, later, onError: failing });
      await runner.settled();
      deepEqual([await counted(stores, 'a'), await counted(stores, 'b'), await counted(stores, 'c')], [2345, 2345, 2345]);
    },
    1,
  ));
