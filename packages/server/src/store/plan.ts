import { AncillaError } from '@ancilla/contracts/errors';
import { CHANGES } from '@ancilla/contracts/storage';
import { documentDigest } from '@ancilla/evidence';
import { SECRET_BYTES, type PreparedChange, type PreparedCommit, type Value } from './engines/engine.ts';

/** A log document found under a key, also when it was removed since. */
export interface FoundEntry {
  readonly seq: number;
  readonly revision: number;
  readonly received: Uint8Array;
  readonly removed: boolean;
}

/** What a plan needs to know of the store, read in the commit's own transaction. */
export interface Found {
  isLog(of: string): boolean;
  /** Revision of a state; `undefined` when there is none. */
  revision(of: string, key: string): number | undefined;
  entry(of: string, key: string): FoundEntry | undefined;
  /** The key of the document that has these values in the collection's nth unique set. */
  holder(of: string, set: number, values: readonly Value[]): string | undefined;
  hasBlob(key: string): boolean;
}

/** What an engine writes, in this order. */
export type RowChange =
  | {
      readonly op: 'log';
      readonly to: string;
      readonly seq: number;
      readonly key: string;
      readonly time: string;
      readonly body: string;
      readonly revision: number;
      readonly salt: Uint8Array;
      readonly received: Uint8Array;
      readonly digest: string;
    }
  | {
      readonly op: 'insert' | 'update';
      readonly to: string;
      readonly key: string;
      readonly time: string;
      readonly body: string;
      readonly revision: number;
    }
  | { readonly op: 'delete'; readonly to: string; readonly key: string }
  | { readonly op: 'retire'; readonly to: string; readonly key: string }
  | { readonly op: 'blob'; readonly key: string; readonly sealed: Uint8Array };

/** What one commit comes to. Without rows it was a repetition. */
export interface Plan {
  readonly revision: number;
  readonly rows: readonly RowChange[];
  readonly writes: readonly { readonly seq?: number; readonly duplicate: boolean }[];
}

/**
 * Decides a commit: which writes are repetitions, which conflict, which seq each log document gets. Pure over what was found.
 * @param next - the seq and the revision the commit may use first
 * @throws {AncillaError} `store.conflict`, `store.revision_conflict`; then nothing may be written
 */
export function plan(found: Found, commit: PreparedCommit, next: { readonly seq: number; readonly revision: number }): Plan {
  const entries = commit.writes.map((write) =>
    write.op === 'insert' && found.isLog(write.to) ? found.entry(write.to, write.key) : undefined,
  );
  const repeated = wholeRepetition(found, commit, entries);
  if (repeated) return repeated;

  for (const { of, key, revision } of commit.guards) {
    const now = found.revision(of, key);
    if (revision === 'absent' ? now !== undefined : now !== revision)
      throw new AncillaError('store.revision_conflict', `${of}: a guarded document is not at revision ${revision}`);
  }

  const { revision } = next;
  let { seq } = next;
  const rows: RowChange[] = [];
  const inserted = new Map<string, { readonly seq: number; readonly received: Uint8Array }>();
  const touched = new Set<string>();
  const held = new Map<string, string>();

  const log = (to: string, row: { key: string; time: string; body: string }, { salt, received }: Secrets) => {
    rows.push({ op: 'log', to, seq, ...row, revision, salt, received, digest: documentDigest(salt, row.body) });
    return seq++;
  };
  const record = (change: PreparedChange | undefined, secrets: Secrets) => {
    if (change)
      log(
        CHANGES,
        { key: change.key, time: change.time, body: `${change.before}${revision}${change.after}` },
        { ...secrets, received: NOTHING },
      );
  };
  const claim = (to: string, key: string, sets: readonly (readonly Value[])[]) => {
    for (const [set, values] of sets.entries()) {
      // As in SQL, a document that lacks one of the fields takes no part.
      if (values.includes(null)) continue;
      const name = JSON.stringify([to, set, values]);
      const holder = held.get(name) ?? found.holder(to, set, values);
      if (holder !== undefined && holder !== key)
        throw new AncillaError('store.conflict', `${to}: another document has the same unique fields`);
      held.set(name, key);
    }
  };
  const touch = (to: string, key: string) => {
    const name = JSON.stringify([to, key]);
    if (touched.has(name)) throw new AncillaError('store.conflict', `${to}: one commit writes the same document twice`);
    touched.add(name);
  };

  const writes = commit.writes.map((write, i): { seq?: number; duplicate: boolean } => {
    const secrets = secretsOf(commit, i);
    switch (write.op) {
      case 'insert': {
        const { to, key, time, body, unique } = write;
        if (!found.isLog(to)) {
          touch(to, key);
          if (found.revision(to, key) !== undefined) throw new AncillaError('store.conflict', `${to}: a document has this key already`);
          claim(to, key, unique);
          rows.push({ op: 'insert', to, key, time, body, revision });
          record(write.change, secrets);
          return { duplicate: false };
        }
        const name = JSON.stringify([to, key]);
        const before = entries[i] ?? inserted.get(name);
        if (before) {
          assertSame(to, i, before.received, secrets.received);
          return { seq: before.seq, duplicate: true };
        }
        claim(to, key, unique);
        const at = log(to, { key, time, body }, secrets);
        inserted.set(name, { seq: at, received: secrets.received });
        return { seq: at, duplicate: false };
      }
      case 'replace': {
        const { to, key, time, body } = write;
        touch(to, key);
        if (found.revision(to, key) !== write.revision)
          throw new AncillaError('store.revision_conflict', `${to}: the document is not at revision ${write.revision}`);
        claim(to, key, write.unique);
        rows.push({ op: 'update', to, key, time, body, revision });
        record(write.change, secrets);
        return { duplicate: false };
      }
      case 'remove': {
        const { to, key } = write;
        touch(to, key);
        if (found.isLog(to)) {
          const entry = found.entry(to, key);
          if (!entry || entry.removed) return { duplicate: true };
          // First the entry that says why, then the removal: the database refuses it the other way round.
          record(write.change, secrets);
          rows.push({ op: 'retire', to, key });
          return { duplicate: false };
        }
        const now = found.revision(to, key);
        if (write.revision !== undefined && now !== write.revision)
          throw new AncillaError('store.revision_conflict', `${to}: the document is not at revision ${write.revision}`);
        if (now === undefined) return { duplicate: true };
        record(write.change, secrets);
        rows.push({ op: 'delete', to, key });
        return { duplicate: false };
      }
      case 'blob': {
        touch('blob', write.key);
        if (found.hasBlob(write.key)) throw new AncillaError('store.conflict', 'this artifact has bytes already');
        rows.push({ op: 'blob', key: write.key, sealed: write.sealed });
        return { duplicate: false };
      }
    }
  });
  // A commit that came to nothing is no commit: its number goes to the next one.
  return { revision: rows.length > 0 ? revision : revision - 1, rows, writes };
}

/** A commit all of whose log inserts were made before answers as it did then, whatever else it holds: its first run did that. */
function wholeRepetition(found: Found, commit: PreparedCommit, entries: readonly (FoundEntry | undefined)[]): Plan | undefined {
  let revision: number | undefined;
  for (const [i, write] of commit.writes.entries()) {
    if (write.op !== 'insert' || !found.isLog(write.to)) continue;
    const entry = entries[i];
    if (!entry) return undefined;
    assertSame(write.to, i, entry.received, secretsOf(commit, i).received);
    revision = Math.max(revision ?? 0, entry.revision);
  }
  if (revision === undefined) return undefined;
  return { revision, rows: [], writes: entries.map((entry) => (entry ? { seq: entry.seq, duplicate: true } : { duplicate: true })) };
}

/** @param write - its place in the commit: whoever asked for many can leave this one out */
function assertSame(to: string, write: number, before: Uint8Array, now: Uint8Array): void {
  if (before.every((byte, i) => byte === now[i])) return;
  const message = 'a document with this key and other content exists';
  throw new AncillaError('store.conflict', `${to}: ${message}`, { errors: [{ path: `/${write}`, message }] });
}

interface Secrets {
  readonly salt: Uint8Array;
  readonly received: Uint8Array;
}
const NOTHING = new Uint8Array(SECRET_BYTES);
const secretsOf = ({ secrets }: PreparedCommit, i: number): Secrets => {
  const part = (n: number) => Buffer.from(secrets.slice(n * 2 * SECRET_BYTES, (n + 1) * 2 * SECRET_BYTES), 'hex');
  return { salt: part(2 * i), received: part(2 * i + 1) };
};
