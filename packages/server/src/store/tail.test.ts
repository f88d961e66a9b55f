import { deepEqual, equal } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { insert, remove, replace, type Receipt, type Revision, type Write } from '@ancilla/contracts';
import fc from 'fast-check';
import { openKeyring } from '../keys/index.ts';
import { at, because, events, io, note, notes, settings, testCollections, testParts } from './conformance-collections.ts';
import { prepareCommits } from './commit.ts';
import { inFolder } from './engines/sqlite/engine.ts';
import { openStores } from './stores.ts';
import { openTails, type Tail } from './tail.ts';

const prepare = prepareCommits({ collections: testCollections, ...testParts() });
const put = (tail: Tail, seqs: readonly number[]) => {
  const writes: readonly Write[] = seqs.map((seq) => insert(notes, note(`n${seq}`)));
  const receipt: Receipt = {
    log_id: '',
    size: 0,
    root: '',
    revision: 1 as Revision,
    writes: seqs.map((seq) => ({ seq, duplicate: false })),
  };
  tail.add(writes, prepare(writes, [], { scope: 'tenant', hmac: () => new Uint8Array(32) }), receipt);
};
const seqs = (tail: Tail, after: number, size: number) => tail.between(after, size)?.map(({ seq }) => seq);

test('what was written last is there, up to the head and without a gap, or not at all', () => {
  const tail = openTails()();
  equal(tail.between(-1, 0), undefined);
  put(tail, [3, 4]);
  put(tail, [5]);
  deepEqual(seqs(tail, 2, 6), [3, 4, 5]);
  deepEqual(seqs(tail, 4, 6), [5]);
  deepEqual(seqs(tail, 5, 6), []);
  deepEqual(seqs(tail, 2, 5), [3, 4], 'the head was read before the last was written');
  equal(seqs(tail, 1, 6), undefined, 'the one before is not here');
  equal(seqs(tail, 2, 7), undefined, 'someone else wrote one more');
  put(tail, [7, 8]);
  equal(seqs(tail, 4, 9), undefined, 'someone else wrote 6');
  deepEqual(seqs(tail, 6, 9), [7, 8]);
});

test('one bound holds for all stores: what was written longest ago is let go', () => {
  const open = openTails(3 * JSON.stringify(note('n1')).length);
  const [old, young] = [open(), open()];
  put(old, [1, 2]);
  put(young, [1, 2]);
  equal(seqs(old, 0, 3), undefined);
  deepEqual(seqs(young, 0, 3), [1, 2]);
  put(young, [3, 4]);
  equal(seqs(young, 1, 5), undefined, 'one store alone is bounded too');
  deepEqual(seqs(young, 2, 5), [3, 4]);
});

test('a feed says the same whatever was written, repeated, replaced and removed just before', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-tail-'));
  const parts = testParts();
  const keyring = await openKeyring({ folder: join(folder, 'keys'), random: parts.random });
  const anchors = { last: async () => undefined };
  await using stores = await openStores({
    openEngine: inFolder(join(folder, 'data'), { workers: 1 }),
    keyring,
    collections: testCollections,
    ...parts,
    anchors,
  });
  let tenants = 0;
  const step = fc.record({ what: fc.constantFrom('note', 'event', 'setting', 'remove'), id: fc.nat(5) });
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), fc.nat(12), async (commits, after) => {
        const id = `t${tenants++}`;
        await stores.createTenant(id, io);
        const store = stores.tenant(id);
        const expected = new Map<number, { readonly in: string; doc: object | undefined }>();
        for (const steps of commits) {
          const unique = steps.filter(
            ({ what, id: each }, i) => steps.findIndex((other) => other.what === what && other.id === each) === i,
          );
          const removed = new Set(unique.flatMap(({ what, id: each }) => (what === 'remove' ? [each] : [])));
          const writes: Write[] = [];
          for (const { what, id: each } of unique) {
            if (what === 'event') writes.push(insert(events, { event_id: `e${each}`, at: at(), n: each }));
            if (what === 'note' && !removed.has(each)) writes.push(insert(notes, note(`n${each}`)));
            if (what === 'remove') writes.push(remove(notes, `n${each}`, because));
            if (what !== 'setting') continue;
            const was = await store.get(settings, `s${each}`, io);
            const doc = { setting_id: `s${each}`, at: at(), value: each };
            writes.push(was === undefined ? insert(settings, doc, because) : replace(settings, was, doc, because));
          }
          // Each kind of write as its own type is what a room passes; a list of any is what this test makes.
          const receipt = await store.commit(writes as never, [], io);
          for (const [i, write] of writes.entries()) {
            const { seq, duplicate } = receipt.writes[i] ?? {};
            if (write.op === 'insert' && seq !== undefined && !expected.has(seq)) expected.set(seq, { in: write.to.name, doc: write.doc });
            if (write.op === 'remove' && duplicate === false)
              for (const entry of expected.values())
                if (entry.doc !== undefined && Reflect.get(entry.doc, 'note_id') === write.id) entry.doc = undefined;
          }
          const got: unknown[] = [];
          for await (const { in: of, seq, doc } of store.feed([notes, events], after - 1, io)) got.push([seq, of, doc]);
          deepEqual(
            got,
            [...expected]
              .filter(([seq]) => seq >= after)
              .map(([seq, { in: of, doc }]) => [seq, of, doc])
              .toSorted(([a], [b]) => Number(a) - Number(b)),
          );
        }
      }),
      { numRuns: 60 },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
