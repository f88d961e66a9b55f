import { test } from 'node:test';
import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { blob, changes, insert, insertReceived, remove, replace, type Collection, type Stored, type TenantStore } from '@ancilla/contracts';
import {
  consistencyProof,
  documentDigest,
  inclusionProof,
  leafHash,
  merkleRoot,
  parseLedgerEntry,
  verifyConsistency,
  verifyInclusion,
} from '@ancilla/evidence';
import { at, because, counters, events, io, note, notes, platformOnly, settings } from './conformance-collections.ts';
import type { Anchors, Stores } from './stores.ts';

/** One place with data, opened as often as a promise asks; at most once at a time. */
export interface Site extends AsyncDisposable {
  /** All of `testCollections`, and tenants `a` and `b`. */
  open(options?: {
    readonly anchors?: Anchors;
    readonly maxOpenFiles?: number;
    readonly collections?: readonly Collection[];
  }): Promise<Stores>;
  /** Someone with the disk or the key, beside the port. An attack the engine has no place for is absent, and reported as skipped by name. */
  readonly attacks: Partial<Record<Attack, (tenant_id: string) => Promise<void>>>;
  /** Command line of a process that opens the site, writes notes to tenant `a` and prints each id once it is acknowledged. */
  readonly writer: readonly string[];
}
/** Raw statements of a key holder on the log `notes`, and bytes changed by someone with the disk. The stores are closed meanwhile. */
type Attack = 'update' | 'delete' | 'replace' | 'flip_data' | 'flip_tail' | 'restore_old' | 'foreign_key' | 'malformed_key';

type Promised = readonly [promise: string, check: (site: Site) => Promise<void>];

const seqs = (items: readonly { readonly seq: number | undefined }[]) => items.map(({ seq }) => seq);
const stored = async <C extends Collection>(found: Promise<Stored<C> | undefined>): Promise<Stored<C>> => {
  const value = await found;
  ok(value);
  return value;
};
const count = async (store: TenantStore): Promise<number> => {
  let n = 0;
  for await (const _ of store.feed([notes, events, changes], -1, io)) n++;
  return n;
};
/** Every stored document fits its leaf, every leaf is under the root: what a verifier would find. */
async function assertLedger({ ledger }: TenantStore): Promise<void> {
  const { size, root } = await ledger.head(io);
  const leaves: Uint8Array[] = [];
  for (let from = 0; from < size; from += 1000)
    for (const { seq, entry } of await ledger.entries(from, size, io)) {
      equal(parseLedgerEntry(entry).seq, seq);
      equal(seq, leaves.length, 'gapless');
      leaves.push(leafHash(entry));
    }
  deepEqual(merkleRoot(leaves), root);
}

const promises: readonly Promised[] = [
  [
    'a log document is read as it was written, with its seq, and is in the ledger',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      const receipt = await a.commit([insert(notes, note('n1')), insert(events, { event_id: 'e1', at: at(), n: 1 })], [], io);
      deepEqual(receipt.writes, [
        { seq: 0, duplicate: false },
        { seq: 1, duplicate: false },
      ]);
      equal(receipt.size, 2);
      deepEqual(await a.get(notes, 'n1', io), { doc: note('n1'), seq: 0, revision: undefined });
      const found = await a.ledger.locate(notes, 'n1', io);
      ok(found?.salt);
      const { collection, seq, digest } = parseLedgerEntry(found.entry);
      deepEqual({ collection, seq, digest }, { collection: 'notes', seq: 0, digest: documentDigest(found.salt, found.document) });
      const { size, root } = await a.ledger.head(io);
      const hashes = await inclusionProof(seq, size, (nodes) => a.ledger.nodes(nodes, io));
      verifyInclusion({ index: seq, size, leaf: leafHash(found.entry), root, hashes });
    },
  ],
  [
    'each size of the ledger extends all sizes before',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      const heads = [];
      for (let i = 0; i < 20; i++) {
        await a.commit(
          Array.from({ length: (i % 4) + 1 }, (_, j) => insert(notes, note(`n${i}-${j}`))),
          [],
          io,
        );
        heads.push(await a.ledger.head(io));
      }
      const now = await a.ledger.head(io);
      for (const { size, root } of heads) {
        const hashes = await consistencyProof(size, now.size, (nodes) => a.ledger.nodes(nodes, io));
        verifyConsistency({ oldSize: size, oldRoot: root, size: now.size, root: now.root, hashes });
      }
      await assertLedger(a);
    },
  ],
  [
    'a repeated insert answers as the first did, ignoring guards, and writes nothing',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      const first = await a.commit(
        [insert(notes, note('n1')), insert(counters, { counter_id: 'c', at: at(), n: 1 })],
        [{ of: counters, id: 'c', revision: 'absent' }],
        io,
      );
      const again = await a.commit(
        [insert(notes, note('n1')), insert(counters, { counter_id: 'c', at: at(), n: 1 })],
        [{ of: counters, id: 'c', revision: 'absent' }],
        io,
      );
      deepEqual(again, { ...first, writes: [{ seq: 0, duplicate: true }, { duplicate: true }] });
      equal(await count(a), 1);
    },
  ],
  [
    'what the client sent decides on a repetition, not what the server made of it',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit([insertReceived(notes, note('n1', { text: 'cleaned once' }), { sent: 1 })], [], io);
      const again = await a.commit([insertReceived(notes, note('n1', { text: 'cleaned otherwise' }), { sent: 1 })], [], io);
      deepEqual(again.writes, [{ seq: 0, duplicate: true }]);
      await rejects(a.commit([insertReceived(notes, note('n1', { text: 'cleaned once' }), { sent: 2 })], [], io), {
        code: 'store.conflict',
      });
    },
  ],
  [
    'of a batch that is known in part only the rest is added',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit([insert(notes, note('n1'))], [], io);
      const { writes } = await a.commit([insert(notes, note('n1')), insert(notes, note('n2')), insert(notes, note('n2'))], [], io);
      deepEqual(writes, [
        { seq: 0, duplicate: true },
        { seq: 1, duplicate: false },
        { seq: 1, duplicate: true },
      ]);
    },
  ],
  [
    'the same key with other content is a conflict and nothing of its commit is kept',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit([insert(notes, note('n1'))], [], io);
      const before = await a.ledger.head(io);
      await rejects(
        a.commit(
          [
            insert(events, { event_id: 'e', at: at(), n: 1 }),
            insert(counters, { counter_id: 'c', at: at(), n: 1 }),
            insert(notes, note('n1', { text: 'other' })),
          ],
          [],
          io,
        ),
        { code: 'store.conflict' },
      );
      deepEqual(await a.ledger.head(io), before);
      equal(await a.get(events, 'e', io), undefined);
      equal(await a.get(counters, 'c', io), undefined);
    },
  ],
  [
    'a unique set is held by one document; documents that lack it take no part',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit([insert(notes, note('n1', { slot: 's' })), insert(notes, note('n2')), insert(notes, note('n3'))], [], io);
      await rejects(a.commit([insert(notes, note('n4', { slot: 's' }))], [], io), { code: 'store.conflict' });
      await rejects(a.commit([insert(notes, note('n5', { slot: 't' })), insert(notes, note('n6', { slot: 't' }))], [], io), {
        code: 'store.conflict',
      });
      await a.commit([insert(counters, { counter_id: 'c', at: at(), n: 1, name: 'x' })], [], io);
      const was = await stored(a.get(counters, 'c', io));
      await a.commit([replace(counters, was, { name: 'y' })], [], io);
      await a.commit([insert(counters, { counter_id: 'd', at: at(), n: 1, name: 'x' })], [], io);
    },
  ],
  [
    'a stale revision is refused and nothing is written; revisions never come back',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit([insert(counters, { counter_id: 'c', at: at(), n: 1 })], [], io);
      const stale = await stored(a.get(counters, 'c', io));
      const receipt = await a.commit([replace(counters, stale, { n: 2 })], [], io);
      await rejects(a.commit([insert(notes, note('n1')), replace(counters, stale, { n: 3 })], [], io), { code: 'store.revision_conflict' });
      const now = await stored(a.get(counters, 'c', io));
      deepEqual(now, { doc: { counter_id: 'c', at: at(), n: 2 }, seq: undefined, revision: receipt.revision });
      equal(await a.get(notes, 'n1', io), undefined);
      await a.commit([remove(counters, 'c')], [], io);
      await a.commit([insert(counters, { counter_id: 'c', at: at(), n: 1 })], [], io);
      ok((await stored(a.get(counters, 'c', io))).revision > now.revision);
      await rejects(a.commit([replace(counters, now, { n: 9 })], [], io), { code: 'store.revision_conflict' });
      await rejects(a.commit([insert(counters, { counter_id: 'c', at: at(), n: 1 })], [], io), { code: 'store.conflict' });
    },
  ],
  [
    'a guard that no longer holds refuses the commit',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit([insert(counters, { counter_id: 'c', at: at(), n: 1 })], [], io);
      const { revision } = await stored(a.get(counters, 'c', io));
      const write = (id: string) => [insert(notes, note(id))];
      await a.commit(write('n1'), [{ of: counters, id: 'c', revision }], io);
      await a.commit(write('n2'), [{ of: counters, id: 'd', revision: 'absent' }], io);
      await a.commit([replace(counters, await stored(a.get(counters, 'c', io)), { n: 2 })], [], io);
      await rejects(a.commit(write('n3'), [{ of: counters, id: 'c', revision }], io), { code: 'store.revision_conflict' });
      await rejects(a.commit(write('n3'), [{ of: counters, id: 'c', revision: 'absent' }], io), { code: 'store.revision_conflict' });
      await rejects(a.commit(write('n3'), [{ of: counters, id: 'd', revision }], io), { code: 'store.revision_conflict' });
      equal(await a.get(notes, 'n3', io), undefined);
    },
  ],
  [
    'a versioned state is in `changes` at every revision, with who and why',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      const value = { b: 1, 'ü"\\': ['\u{1f600}', null], a: 0.1 };
      await a.commit([insert(settings, { setting_id: 's', at: at(), value }, because)], [], io);
      const was = await stored(a.get(settings, 's', io));
      await a.commit([replace(settings, was, { value: 2 }, { ...because, policy: 'p@1' })], [], io);
      await a.commit([remove(settings, 's', because)], [], io);
      const { items } = await a.find(
        changes,
        { index: 'by_subject', equals: { collection: 'settings', subject_id: 's' }, oldest_first: true },
        io,
      );
      deepEqual(
        items.map(({ doc: { op, document, who, policy, revision } }) => ({ op, document, who, policy, revision })),
        [
          { op: 'insert', document: { setting_id: 's', at: at(), value }, who: 'tester', policy: undefined, revision: was.revision },
          { op: 'replace', document: { setting_id: 's', at: at(), value: 2 }, who: 'tester', policy: 'p@1', revision: was.revision + 1 },
          { op: 'remove', document: null, who: 'tester', policy: undefined, revision: was.revision + 2 },
        ],
      );
      equal(await a.get(settings, 's', io), undefined);
      await assertLedger(a);
      // What the store spliced together is canonical, as everything else is.
      const located = await a.ledger.locate(changes, items[0]?.doc.change_id ?? '', io);
      const { canonicalJson } = await import('@ancilla/evidence');
      equal(located?.document, canonicalJson(items[0]?.doc));
      await rejects(a.commit([{ op: 'insert', to: settings, doc: { setting_id: 't', at: at(), value: 1 } }], [], io), TypeError);
      await rejects(a.commit([insert(settings, { setting_id: 't', at: at(), value: 1 }, { ...because, trace_id: 'no' })], [], io), {
        code: 'store.invalid',
      });
    },
  ],
  [
    'a log document leaves with its entry in `changes`; its proof stays, its salt is gone, a late repetition is still one',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit([insert(notes, note('n1')), insert(notes, note('n2'))], [], io);
      const [before] = await a.ledger.entries(0, 1, io);
      await a.commit([remove(notes, 'n1', because)], [], io);
      equal(await a.get(notes, 'n1', io), undefined);
      equal(await a.ledger.locate(notes, 'n1', io), undefined);
      const [after] = await a.ledger.entries(0, 1, io);
      deepEqual(after, { ...before, salt: undefined });
      await assertLedger(a);
      deepEqual((await a.commit([insert(notes, note('n1'))], [], io)).writes, [{ seq: 0, duplicate: true }]);
      await rejects(a.commit([insert(notes, note('n1', { text: 'other' }))], [], io), { code: 'store.conflict' });
      deepEqual((await a.commit([remove(notes, 'n1', because)], [], io)).writes, [{ duplicate: true }]);
      const fed = [];
      for await (const { seq, doc } of a.feed([notes], -1, io)) fed.push([seq, doc === undefined]);
      deepEqual(fed, [
        [0, true],
        [1, false],
      ]);
      await rejects(a.commit([{ op: 'remove', to: notes, id: 'n2' }], [], io), TypeError);
      // Removal and repetition in one group.
      const [, late] = await Promise.all([a.commit([remove(notes, 'n2', because)], [], io), a.commit([insert(notes, note('n2'))], [], io)]);
      deepEqual(late.writes, [{ seq: 1, duplicate: true }]);
    },
  ],
  [
    'a document that does not fit is refused, naming the field and never the value',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      const wrong = { ...note('n1'), text: 7, marker: 'SECRET' };
      // Sent as if it were typed.
      await rejects(
        a.commit([insert(events, { event_id: 'e', at: at(), n: 1 }), { op: 'insert', to: notes, doc: wrong }], [], io),
        (error: unknown) => {
          ok(error instanceof Error && 'code' in error && error.code === 'store.invalid' && 'errors' in error);
          const told = JSON.stringify(error.errors) + error.message;
          ok(told.includes('/text'));
          ok(!told.includes('SECRET'));
          return true;
        },
      );
      equal(await a.get(events, 'e', io), undefined);
      await rejects(a.commit([insert(settings, { setting_id: 's', at: at(), value: new Map() }, because)], [], io), {
        code: 'store.invalid',
      });
      await rejects(a.commit([insert(settings, { setting_id: 's', at: at(), value: '\ud800' }, because)], [], io), {
        code: 'store.invalid',
      });
    },
  ],
  [
    'small bytes ride in a commit and leave with their artifact',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      const large = new Uint8Array(300_000).fill(7);
      const sealed = large.subarray(100, 100 + 256 * 1024);
      await a.commit([insert(notes, note('n1')), blob('ar_x', sealed)], [], io);
      deepEqual(Buffer.from((await a.blob('ar_x', io)) ?? []), Buffer.from(sealed));
      equal(await stores.tenant('b').blob('ar_x', io), undefined);
      await rejects(a.commit([blob('ar_x', sealed)], [], io), { code: 'store.conflict' });
      await rejects(a.commit([blob('ar_y', large)], [], io), RangeError);
    },
  ],
  [
    'find pages through one index, newest first or oldest first, within bounds of time',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      // Pairs of one time; every third of another topic.
      const all = Array.from({ length: 30 }, (_, i) =>
        note(`n${i}`, { at: at(Math.floor(i / 2)), topic: i % 3 === 0 ? 'oil' : 'tea', done: i % 2 === 0 }),
      );
      await a.commit(
        all.map((each) => insert(notes, each)),
        [],
        io,
      );
      const tea = all.flatMap(({ topic }, i) => (topic === 'tea' ? [i] : []));
      const walk = async (oldest_first: boolean) => {
        const seen: (number | undefined)[] = [];
        let cursor: string | null | undefined;
        do {
          const page = await a.find(
            notes,
            { index: 'by_topic', equals: { topic: 'tea' }, limit: 3, oldest_first, ...(cursor && { cursor }) },
            io,
          );
          seen.push(...seqs(page.items));
          cursor = page.next_cursor;
        } while (cursor);
        return seen;
      };
      deepEqual(await walk(true), tea);
      deepEqual(await walk(false), tea.toReversed());
      const bounded = await a.find(notes, { index: 'all', equals: {}, from: at(2), to: at(4) }, io);
      deepEqual(seqs(bounded.items), [7, 6, 5, 4]);
      const both = await a.find(notes, { index: 'by_topic_done', equals: { topic: 'oil', done: true } }, io);
      deepEqual(seqs(both.items), [24, 18, 12, 6, 0]);
      equal(both.next_cursor, null);
    },
  ],
  [
    'documents without an indexed field are left out of that index, and only of that',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit(
        [insert(notes, note('n1')), insert(notes, note('n2', { saga_id: 'sg' })), insert(notes, note('n3', { saga_id: null }))],
        [],
        io,
      );
      deepEqual(seqs((await a.find(notes, { index: 'by_saga', equals: { saga_id: 'sg' } }, io)).items), [1]);
      deepEqual(seqs((await a.find(notes, { index: 'all', equals: {} }, io)).items), [2, 1, 0]);
      await rejects(a.find(notes, { index: 'by_saga', equals: { saga_id: null } }, io), { code: 'request.index_missing' });
      // Named as a route would, from outside.
      await rejects(a.find(notes, { index: 'by_text', equals: {} } as never, io), { code: 'request.index_missing' });
    },
  ],
  [
    'a cursor stays where it is while documents come in',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      for (let i = 0; i < 6; i++) await a.commit([insert(notes, note(`n${i}`, { at: at(i) }))], [], io);
      const first = await a.find(notes, { index: 'all', equals: {}, limit: 2 }, io);
      await a.commit([insert(notes, note('newer', { at: at(99) })), insert(notes, note('older', { at: at(-99) }))], [], io);
      const second = await a.find(notes, { index: 'all', equals: {}, limit: 3, cursor: first.next_cursor ?? '' }, io);
      deepEqual(
        [...first.items, ...second.items].map(({ doc }) => doc.note_id),
        ['n5', 'n4', 'n3', 'n2', 'n1'],
      );
    },
  ],
  [
    'a cursor fits its own list only, and an altered one fits none',
    async (site) => {
      await using stores = await site.open();
      const [a, b] = [stores.tenant('a'), stores.tenant('b')];
      for (const store of [a, b])
        await store.commit(
          Array.from({ length: 4 }, (_, i) => insert(notes, note(`n${i}`))),
          [],
          io,
        );
      const query = { index: 'by_topic', equals: { topic: 'tea' }, limit: 1 } as const;
      const cursor = (await a.find(notes, query, io)).next_cursor ?? '';
      await a.find(notes, { ...query, cursor }, io);
      await a.find(notes, { ...query, limit: 2, cursor }, io);
      const invalid = { code: 'store.cursor_invalid' };
      await rejects(b.find(notes, { ...query, cursor }, io), invalid);
      await rejects(a.find(notes, { ...query, equals: { topic: 'oil' }, cursor }, io), invalid);
      await rejects(a.find(notes, { ...query, from: at(), cursor }, io), invalid);
      await rejects(a.find(notes, { ...query, oldest_first: true, cursor }, io), invalid);
      await rejects(a.find(notes, { index: 'all', equals: {}, cursor }, io), invalid);
      for (let i = 0; i < cursor.length; i++) {
        const altered = cursor.slice(0, i) + (cursor[i] === 'A' ? 'B' : 'A') + cursor.slice(i + 1);
        // Base64 has spare bits at the end: another spelling of the same bytes is the same cursor.
        if (Buffer.from(altered, 'base64url').equals(Buffer.from(cursor, 'base64url'))) continue;
        await rejects(a.find(notes, { ...query, cursor: altered }, io), invalid);
      }
      for (const junk of ['', 'x', '../..', 'A'.repeat(5000), '\u0000'])
        await rejects(a.find(notes, { ...query, cursor: junk }, io), invalid);
    },
  ],
  [
    'the feed gives every entry once, in order, over the logs asked for',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      for (let i = 0; i < 3; i++)
        await a.commit(
          Array.from({ length: 400 }, (_, j) =>
            j % 2 ? insert(notes, note(`n${i}-${j}`)) : insert(events, { event_id: `e${i}-${j}`, at: at(), n: j }),
          ),
          [],
          io,
        );
      const fed: number[] = [];
      for await (const entry of a.feed([notes, events], 99, io)) fed.push(entry.seq);
      deepEqual(
        fed,
        Array.from({ length: 1100 }, (_, i) => i + 100),
      );
      for await (const entry of a.feed([events], 1150, io)) {
        equal(entry.in, 'events');
        equal(entry.seq % 2, 0);
      }
    },
  ],
  [
    '64 writers at once: every commit whole, seq without gaps, each increment counted',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit([insert(counters, { counter_id: 'c', at: at(), n: 0 })], [], io);
      const increment = async (id: string): Promise<void> => {
        for (;;) {
          const was = await stored(a.get(counters, 'c', io));
          try {
            await a.commit([replace(counters, was, { n: was.doc.n + 1 }), insert(notes, note(id))], [], io);
            return;
          } catch (error) {
            equal(error instanceof Error && 'code' in error && error.code, 'store.revision_conflict');
          }
        }
      };
      await Promise.all(Array.from({ length: 64 }, (_, i) => increment(`n${i}`)));
      equal((await stored(a.get(counters, 'c', io))).doc.n, 64);
      equal((await a.ledger.head(io)).size, 64);
      await assertLedger(a);
    },
  ],
  [
    'commits that arrive together fail one by one',
    async (site) => {
      await using stores = await site.open();
      const a = stores.tenant('a');
      await a.commit([insert(notes, note('taken'))], [], io);
      const results = await Promise.allSettled(
        Array.from({ length: 60 }, (_, i) =>
          a.commit([insert(notes, i % 3 === 0 ? note('taken', { text: `${i}` }) : note(`n${i}`))], [], io),
        ),
      );
      deepEqual(
        results.map(({ status }) => status),
        Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 'rejected' : 'fulfilled')),
      );
      equal(await count(a), 41);
      const same = await Promise.all(
        Array.from({ length: 30 }, () => a.commit([insert(events, { event_id: 'one', at: at(), n: 1 })], [], io)),
      );
      equal(same.filter(({ writes }) => !writes[0]?.duplicate).length, 1);
      equal(new Set(same.map(({ writes }) => writes[0]?.seq)).size, 1);
      await assertLedger(a);
    },
  ],
  [
    'handles do not cross: what one tenant holds no other handle reads, writes or removes',
    async (site) => {
      await using stores = await site.open();
      const [a, b] = [stores.tenant('a'), stores.tenant('b')];
      await a.commit([insert(notes, note('n1')), insert(counters, { counter_id: 'c', at: at(), n: 1, name: 'x' })], [], io);
      equal(await b.get(notes, 'n1', io), undefined);
      deepEqual((await b.find(notes, { index: 'all', equals: {} }, io)).items, []);
      equal(await count(b), 0);
      await b.commit(
        [insert(notes, note('n1', { text: 'b’s own' })), insert(counters, { counter_id: 'c', at: at(), n: 5, name: 'x' })],
        [],
        io,
      );
      deepEqual((await b.commit([remove(notes, 'nothing of b', because)], [], io)).writes, [{ duplicate: true }]);
      equal((await stored(a.get(notes, 'n1', io))).doc.text, 'leaves');
      notEqual(await a.ledger.logId(io), await b.ledger.logId(io));
      // A collection that comes as data, as in a bug of ours.
      await rejects(a.commit([{ op: 'insert', to: platformOnly as never, doc: { id: 'x', at: at() } }], [], io), TypeError);
      await rejects(stores.platform.commit([{ op: 'insert', to: notes as never, doc: note('n') }], [], io), TypeError);
      await rejects(a.commit([{ op: 'insert', to: changes, doc: {} }], [], io), TypeError);
    },
  ],
  [
    'a name that is no tenant’s opens nothing, whatever it spells',
    async (site) => {
      await using stores = await site.open();
      for (const id of [
        'c',
        '',
        '.',
        '..',
        '../a',
        'a/../b',
        'a\0',
        'A',
        'platform',
        '__proto__',
        'constructor',
        'a.db',
        'tenant-a',
        'x'.repeat(10_000),
      ]) {
        await rejects(stores.tenant(id).get(notes, 'n', io), { code: 'tenant.not_found' }, id.slice(0, 20));
        await rejects(stores.tenant(id).commit([insert(notes, note('n'))], [], io), { code: 'tenant.not_found' });
        equal(await stores.sizeBytes(id, io), 0);
      }
      for (const id of ['../x', 'A', '', 'x'.repeat(64), '-a', 'a_b', 'ä'])
        await rejects(stores.createTenant(id, io), { code: 'store.invalid' });
      await rejects(stores.createTenant('a', io), { code: 'tenant.exists' });
      deepEqual(await stores.tenantIds(io), ['a', 'b']);
    },
  ],
  [
    'what was committed is there after closing and opening, and what was noticed is told',
    async (site) => {
      {
        await using stores = await site.open();
        const heard: (string | null)[] = [];
        const stop = stores.onCommit((tenant_id) => heard.push(tenant_id));
        await stores.tenant('a').commit([insert(notes, note('n1'))], [], io);
        await stores.platform.commit([insert(platformOnly, { id: 'x', at: at() })], [], io);
        stop();
        await stores.tenant('a').commit([insert(notes, note('n2'))], [], io);
        deepEqual(heard, ['a', null]);
      }
      await using stores = await site.open();
      equal(await count(stores.tenant('a')), 2);
      ok(await stores.platform.get(platformOnly, 'x', io));
      ok((await stores.sizeBytes('a', io)) > 0);
    },
  ],
  [
    'data of an earlier version is brought forward: what it wrote is found by the indexes that came since',
    async (site) => {
      const { by_topic, by_saga, ...earlier } = notes.indexes;
      const before: Collection = { ...notes, indexes: earlier, unique: [] };
      {
        await using stores = await site.open({ collections: [before, events] });
        const a = stores.tenant('a');
        // The same collection, declared as it was.
        for (let i = 0; i < 30; i++)
          await a.commit([insert(before as typeof notes, note(`n${i}`, { topic: i % 2 === 0 ? 'tea' : 'milk' }))], [], io);
      }
      ok(by_topic.length > 0 && by_saga.length > 0);
      await using stores = await site.open();
      const a = stores.tenant('a');
      const { items } = await a.find(notes, { index: 'by_topic', equals: { topic: 'tea' } }, io);
      equal(items.length, 15);
      await a.commit([insert(notes, note('after', { slot: 's' })), insert(counters, { counter_id: 'c', at: at(), n: 1 })], [], io);
      await rejects(a.commit([insert(notes, note('other', { slot: 's' }))], [], io), { code: 'store.conflict' });
      equal((await a.find(notes, { index: 'by_topic', equals: { topic: 'tea' } }, io)).items.length, 16);
      await assertLedger(a);
    },
  ],
  [
    'a caller who stops waiting is let go',
    async (site) => {
      await using stores = await site.open();
      const gone = new AbortController();
      gone.abort(new Error('gone'));
      await rejects(stores.tenant('a').get(notes, 'n', { signal: gone.signal }), /gone/);
      const later = new AbortController();
      const waiting = stores.tenant('a').commit([insert(notes, note('n1'))], [], { signal: later.signal });
      later.abort(new Error('left'));
      await rejects(waiting, /left/);
      await stores.tenant('a').commit([insert(notes, note('n1'))], [], io);
      equal(await count(stores.tenant('a')), 1);
    },
  ],
  [
    'a ledger that extends the checkpoint kept outside takes writes',
    async (site) => {
      const anchor = await writeNotes(site, 7);
      await writeNotes(site, 5, 'more');
      await using stores = await site.open({ anchors: anchor.anchors });
      await stores.tenant('a').commit([insert(notes, note('after'))], [], io);
    },
  ],
  [
    'a ledger with another root than the checkpoint kept outside is read and not written to',
    async (site) => {
      const { head, anchors } = await writeNotes(site, 7);
      await writeNotes(site, 5, 'more');
      for (const anchor of [
        { size: 7, root: new Uint8Array(32) },
        { size: 6, root: head.root },
        { size: 13, root: head.root },
      ]) {
        await using stores = await site.open({ anchors: { last: async (log_id) => ((await anchors.last(log_id)) ? anchor : undefined) } });
        await rejects(stores.tenant('a').commit([insert(notes, note('after'))], [], io), { code: 'store.read_only' });
        equal(await count(stores.tenant('a')), 12);
        await stores.tenant('b').commit([insert(notes, note(`b${anchor.size}`))], [], io);
      }
    },
  ],
];

/** Writes notes to tenant `a` and gives the checkpoint someone would have kept. */
export async function writeNotes(site: Site, n: number, prefix = 'n') {
  await using stores = await site.open();
  const a = stores.tenant('a');
  for (let i = 0; i < n; i++) await a.commit([insert(notes, note(`${prefix}${i}`))], [], io);
  const log = await a.ledger.logId(io);
  const head = await a.ledger.head(io);
  return { head, anchors: { last: async (log_id: string) => (log_id === log ? head : undefined) } satisfies Anchors };
}

const attacks: readonly (readonly [Attack, promise: string, check: (site: Site, attack: () => Promise<void>) => Promise<void>])[] = [
  ...(['update', 'delete', 'replace'] as const).map(
    (attack) =>
      [
        attack,
        `a key holder’s ${attack} of a log document is refused by the database`,
        async (site: Site, run: () => Promise<void>) => {
          await writeNotes(site, 3);
          await rejects(run(), /append-only|permission denied/);
          await using stores = await site.open();
          for (const id of ['n0', 'n1', 'n2']) equal((await stored(stores.tenant('a').get(notes, id, io))).doc.text, 'leaves');
        },
      ] as const,
  ),
  [
    'flip_data',
    'a flipped bit in the data is reported on read, never served',
    async (site, run) => {
      await writeNotes(site, 200);
      await run();
      await using stores = await site.open();
      const a = stores.tenant('a');
      await rejects(
        (async () => {
          for await (const { doc } of a.feed([notes], -1, io)) equal(doc?.text, 'leaves');
          await a.find(notes, { index: 'by_topic', equals: { topic: 'tea' }, limit: 500 }, io);
          await a.ledger.entries(0, 200, io);
        })(),
        { code: /^(store\.corrupt|key\.invalid)$/ } as never,
      );
      await stores.tenant('b').commit([insert(notes, note('b'))], [], io);
    },
  ],
  [
    'flip_tail',
    'a flipped bit in the write-ahead file makes the store read-only when a checkpoint kept outside lies beyond it',
    async (site, run) => {
      const { anchors } = await writeNotes(site, 3);
      // The attack writes 20 notes, loses its power, and flips a bit in what it left.
      await run();
      await using stores = await site.open({
        anchors: { last: async (log_id) => ((await anchors.last(log_id)) ? { size: 43, root: new Uint8Array(32) } : undefined) },
      });
      const a = stores.tenant('a');
      await rejects(a.commit([insert(notes, note('after'))], [], io), { code: 'store.read_only', message: /its last writes are gone/ });
      const kept = await count(a);
      ok(kept >= 3 && kept < 43, `${kept} notes`);
    },
  ],
  [
    'restore_old',
    'an old file put back makes the store read-only',
    async (site, run) => {
      await writeNotes(site, 3);
      // The attack keeps the file, has 5 notes written, and puts the old file back.
      await run();
      await using stores = await site.open({ anchors: { last: async () => ({ size: 8, root: new Uint8Array(32) }) } });
      await rejects(stores.tenant('a').commit([insert(notes, note('after'))], [], io), { code: 'store.read_only' });
      equal(await count(stores.tenant('a')), 3);
    },
  ],
  ...(['foreign_key', 'malformed_key'] as const).map(
    (attack) =>
      [
        attack,
        `a ${attack.replace('_', ' ')} opens nothing and says so`,
        async (site: Site, run: () => Promise<void>) => {
          await writeNotes(site, 3);
          await rejects(run(), { code: 'key.invalid' });
          await using stores = await site.open();
          equal(await count(stores.tenant('a')), 3);
        },
      ] as const,
  ),
];

/** Rounds of kill -9; each starts a process. */
const KILLS = 20;

/** Kept by every engine. @param open - a fresh site, empty, for each promise */
export function storeContract(engine: string, open: () => Promise<Site>): void {
  for (const [promise, check] of promises)
    test(`${engine}: ${promise}`, async () => {
      await using site = await open();
      await check(site);
    });
  for (const [attack, promise, check] of attacks)
    test(`${engine}: ${promise}`, async (t) => {
      await using site = await open();
      const run = site.attacks[attack];
      if (!run) return t.skip(`${engine} has no place for the attack "${attack}"`);
      await check(site, () => run('a'));
    });
  test(`${engine}: kill -9 in the middle of ${KILLS} rounds of writes loses no acknowledged write`, async () => {
    await using site = await open();
    const acknowledged: string[] = [];
    for (let round = 0; round < KILLS; round++) {
      // Each round is killed after another number of acknowledgements, so that the kill meets the writes at another point.
      acknowledged.push(...(await writeUntilKilled([...site.writer, `${round}`], 3 + ((round * 7) % 23))));
      await using stores = await site.open();
      const a = stores.tenant('a');
      const kept = new Set<string>();
      for await (const { id } of a.feed([notes], -1, io)) kept.add(id);
      deepEqual(
        acknowledged.filter((id) => !kept.has(id)),
        [],
      );
      // A commit is a note and its event: both or neither.
      for (const id of kept) ok(await a.get(events, id, io));
      await assertLedger(a);
    }
  });
}

async function writeUntilKilled([command = '', ...args]: readonly string[], after: number): Promise<readonly string[]> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ids: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    ids.push(line);
    if (ids.length === after) child.kill('SIGKILL');
  }
  return ids;
}
