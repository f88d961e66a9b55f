// Runs in browsers too.
import type { Collection, Doc, Kind, Platform, Revision, Stored, Tenant } from './collection.ts';
import type { TObject } from 'typebox';

/** What every call that leaves the process carries: the caller's right to stop waiting. */
export interface Io {
  readonly signal: AbortSignal;
}

/** For what goes on when nobody may stop it: work for several callers, cleaning up, the last write of a process. */
export const unstoppable: Io = { signal: new AbortController().signal };

/** Why a versioned state changed or a document left: recorded in `changes`. */
export interface Because {
  readonly who: string;
  readonly reason: string;
  readonly trace_id: string;
  /** The governing policy, `id@version`. */
  readonly policy?: string;
  /** Digest of the retention or erasure plan a removal follows. */
  readonly plan_digest?: string;
}

type Fields = { readonly [index: string]: readonly string[] };
type Of<P> = Collection<Kind, TObject, Fields, P>;

/** One write of a commit. Made by `insert`, `replace`, `remove` and `blob`, which hold the types together. */
export type Write<P = unknown> =
  | {
      readonly op: 'insert';
      readonly to: Of<P>;
      readonly doc: object;
      readonly received?: object;
      /** Whoever made the document has just held it against the collection's schema: the store does not do so again. */
      readonly checked?: boolean;
      readonly because?: Because;
    }
  | { readonly op: 'replace'; readonly to: Of<P>; readonly doc: object; readonly revision: Revision; readonly because?: Because }
  | { readonly op: 'remove'; readonly to: Of<P>; readonly id: string; readonly revision?: Revision; readonly because?: Because }
  | { readonly op: 'blob'; readonly artifact_id: string; readonly sealed: Uint8Array };

type Reason<C extends Collection> = C['kind'] extends 'versioned' ? [because: Because] : [];
type RemovalReason<C extends Collection> = C['kind'] extends 'state' ? [] : [because: Because];

/** Adds a document. A log's key may be inserted again: the same content answers as before, other content is `store.conflict`. */
export const insert = <C extends Collection>(to: C, doc: Doc<C>, ...[because]: Reason<C>): Write<C['scope']> => ({
  op: 'insert',
  to,
  doc,
  ...(because && { because }),
});

/**
 * As `insert` into a log, but a repetition is recognised by what the client sent (`received`), before the server added or cleaned anything.
 * @param checked - only where the document was just held against the collection's schema, and nothing but a field of the server's was set since
 */
export const insertReceived = <C extends Collection<'log'>>(to: C, doc: Doc<C>, received: object, checked = false): Write<C['scope']> => ({
  op: 'insert',
  to,
  doc,
  received,
  checked,
});

/** Replaces a state that is still at the revision it was read at. */
export const replace = <C extends Collection<'state' | 'versioned'>>(
  to: C,
  was: Stored<C>,
  change: Partial<Doc<C>>,
  ...[because]: Reason<C>
): Write<C['scope']> => ({
  op: 'replace',
  to,
  doc: { ...(was.doc as object), ...(change as object) },
  // A stored state always has one; the conditional type of Stored cannot show it here.
  revision: was.revision as Revision,
  ...(because && { because }),
});

/**
 * Inserts a state, or replaces the one that was read: whoever wrote in between makes the commit fail either way. What the new document leaves out stays as it was.
 * @param was - undefined where there was none
 */
export const put = <C extends Collection<'state' | 'versioned'>>(
  to: C,
  was: Stored<C> | undefined,
  doc: Doc<C>,
  ...because: Reason<C>
): Write<C['scope']> => (was === undefined ? insert(to, doc, ...because) : replace(to, was, doc, ...because));

/** Removes a document. One that is in the ledger leaves with its entry in `changes`, in the same commit. */
export const remove = <C extends Collection>(to: C, id: string, ...[because]: RemovalReason<C>): Write<C['scope']> => ({
  op: 'remove',
  to,
  id,
  ...(because && { because }),
});

/** The sealed bytes of a small artifact, riding in the commit. At most 256 KB. */
export const blob = (artifact_id: string, sealed: Uint8Array): Write<never> => ({ op: 'blob', artifact_id, sealed });

/** A revision that must still hold when the commit is made; `absent`: no such document may exist. */
export interface Guard {
  readonly of: Collection<'state' | 'versioned'>;
  readonly id: string;
  readonly revision: Revision | 'absent';
}

/** What a commit answers. `size` and `root` (base64) are the ledger's after the commit's group. */
export interface Receipt {
  readonly log_id: string;
  readonly size: number;
  readonly root: string;
  readonly revision: Revision;
  /** In the order of the writes; `seq` for those into logs. */
  readonly writes: readonly { readonly seq?: number; readonly duplicate: boolean }[];
}

/** One page of one declared index: equality on all its fields, a half-open range of the time field, newest first unless `oldest_first`. */
export type Query<C extends Collection> = {
  [N in keyof C['indexes'] & string]: {
    readonly index: N;
    readonly equals: { readonly [F in C['indexes'][N][number] & keyof Doc<C>]: Doc<C>[F] };
    readonly from?: string;
    readonly to?: string;
    /** 50 unless told, at most 500. */
    readonly limit?: number;
    readonly cursor?: string;
    readonly oldest_first?: boolean;
  };
}[keyof C['indexes'] & string];

/** One entry of the feed; `doc` is undefined when the document was removed since. */
export type Entry<C extends Collection = Collection> = C extends Collection
  ? { readonly in: C['name']; readonly seq: number; readonly id: string; readonly doc: Doc<C> | undefined }
  : never;

export interface Page<C extends Collection> {
  readonly items: readonly Stored<C>[];
  readonly next_cursor: string | null;
}

export interface Reader<P> {
  get<C extends Collection<Kind, TObject, Fields, P>>(from: C, id: string, io: Io): Promise<Stored<C> | undefined>;
  /** @throws {AncillaError} `store.cursor_invalid` for a cursor of another tenant, collection or filter, or an altered one */
  find<C extends Collection<Kind, TObject, Fields, P>>(from: C, query: Query<C>, io: Io): Promise<Page<C>>;
  /** The sealed bytes of a small artifact, as the `blob` write put them. */
  blob(artifact_id: string, io: Io): Promise<Uint8Array | undefined>;
  /** Log entries in seq order, strictly after `afterSeq` (-1: from the first), up to the head at the time of the call. */
  feed<C extends Collection<'log', TObject, Fields, P>>(from: readonly C[], afterSeq: number, io: Io): AsyncIterable<Entry<C>>;
}

/** A ledger entry as stored: `entry` is its canonical JSON, whose RFC 6962 leaf hash stands at index `seq`; `salt` is gone when the document is. */
export interface LedgerEntry {
  readonly seq: number;
  readonly entry: string;
  readonly salt: Uint8Array | undefined;
}

/** Reads the Merkle log over all logs of one store. Hashes are 32 bytes; node (level, index) is the root of the full subtree of 2^level leaves. */
export interface Ledger {
  /** Random name of the log; tells nothing of the tenant. */
  logId(io: Io): Promise<string>;
  head(io: Io): Promise<{ readonly size: number; readonly root: Uint8Array }>;
  nodes(at: readonly { readonly level: number; readonly index: number }[], io: Io): Promise<readonly Uint8Array[]>;
  /** Entries of `fromSeq ≤ seq < toSeq`, in order, at most 1,000. */
  entries(fromSeq: number, toSeq: number, io: Io): Promise<readonly LedgerEntry[]>;
  /** The entry and the stored canonical document of one log document. */
  locate(of: Collection<'log'>, id: string, io: Io): Promise<(LedgerEntry & { readonly document: string }) | undefined>;
}

/**
 * One tenant's documents, or the platform's. No call takes a tenant next to data, so none can mix tenants. Engines keep `storeContract`.
 */
export interface Store<P> extends Reader<P> {
  readonly ledger: Ledger;
  /**
   * All writes or none; durable when it resolves. A commit all of whose log inserts are duplicates answers as before, ignoring guards.
   * @throws {AncillaError} `store.revision_conflict` when a guard or a replaced revision no longer holds, `store.conflict` when a key or unique set holds
   * other content, `store.invalid` when a document does not fit its schema, `store.read_only` when the ledger failed its check at open
   */
  commit(writes: readonly Write<P>[], guards: readonly Guard[], io: Io): Promise<Receipt>;
}
export type TenantStore = Store<Tenant>;
export type PlatformStore = Store<Platform>;
