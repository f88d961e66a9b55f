import type { Io, Receipt } from '@ancilla/contracts';
import { AncillaError } from '@ancilla/contracts/errors';
import { STORAGE_VERSION } from '@ancilla/contracts/storage';
import type { NodeId } from '@ancilla/evidence';

/** A value an index compares: booleans are 0 and 1. */
export type Value = string | number | null;

/** One write, checked and made canonical. `secrets` of the commit has a slot for each. */
export type PreparedWrite =
  | {
      readonly op: 'insert';
      readonly to: string;
      readonly key: string;
      readonly time: string;
      readonly body: string;
      readonly unique: readonly (readonly Value[])[];
      readonly change?: PreparedChange;
    }
  | {
      readonly op: 'replace';
      readonly to: string;
      readonly key: string;
      readonly time: string;
      readonly body: string;
      readonly unique: readonly (readonly Value[])[];
      readonly revision: number;
      readonly change?: PreparedChange;
    }
  | { readonly op: 'remove'; readonly to: string; readonly key: string; readonly revision?: number; readonly change?: PreparedChange }
  | { readonly op: 'blob'; readonly key: string; readonly sealed: Uint8Array };

/** The entry of `changes` a write brings along: canonical JSON around the one thing only the transaction knows, the revision. */
export interface PreparedChange {
  readonly key: string;
  readonly time: string;
  readonly before: string;
  readonly after: string;
}

/** A commit as an engine gets it: plain data. */
export interface PreparedCommit {
  readonly writes: readonly PreparedWrite[];
  readonly guards: readonly { readonly of: string; readonly key: string; readonly revision: number | 'absent' }[];
  /** For each write 32 bytes, in hexadecimal: the salt of its log document and the HMAC of what was received. A text crosses to a thread at half the cost of bytes. */
  readonly secrets: string;
}

/** Bytes of each half of a slot of `secrets`. */
export const SECRET_BYTES = 16;

/** A stored document. `position` orders documents of one time: the seq of a log document, a row number otherwise. */
export interface Row {
  readonly body: string;
  readonly time: string;
  readonly position: number;
  readonly revision: number;
}

/** One page of one index. `after` is the time and position of the last row already seen. */
export interface PageQuery {
  readonly of: string;
  readonly index: string;
  readonly equals: readonly Value[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: readonly [time: string, position: number] | undefined;
  readonly limit: number;
  readonly oldest_first: boolean;
}

/** An entry of the log: what is still known when its document is gone is the keyed hash of its key. */
interface LogRow {
  readonly of: string;
  readonly seq: number;
  readonly key: string;
  readonly body: string | undefined;
}

/** One leaf of the ledger. */
export interface LeafRow {
  readonly of: string;
  readonly seq: number;
  readonly digest: string;
  readonly salt: Uint8Array | undefined;
}

/** What every engine reads. Written as plain functions; a port calls them asynchronously. */
export interface Reads {
  head(): { readonly log_id: string; readonly size: number; readonly root: Uint8Array; readonly revision: number };
  get(of: string, key: string): Row | undefined;
  page(query: PageQuery): readonly Row[];
  blob(key: string): Uint8Array | undefined;
  /** Log rows with `after < seq < before`, in order. */
  feed(of: readonly string[], after: number, before: number, limit: number): readonly LogRow[];
  nodes(at: readonly NodeId[]): readonly Uint8Array[];
  leaves(fromSeq: number, toSeq: number): readonly LeafRow[];
}

/** One store's data as an engine holds it. */
export interface EngineStore {
  read<K extends keyof Reads>(what: K, args: Parameters<Reads[K]>, io: Io): Promise<ReturnType<Reads[K]>>;
  /** Durable when it resolves. @throws {AncillaError} as `Store.commit`, and `store.full`, `store.corrupt` with nothing written */
  commit(commit: PreparedCommit, io: Io): Promise<Receipt>;
}

/** Names a store's data and opens it. */
export interface Place {
  readonly name: string;
  /** 64 lower-case hex digits. */
  readonly db_key: string;
  /** Keyed hashes of the keys of removed documents are made with it. 64 lower-case hex digits. */
  readonly mac_key: string;
  /** Seals what an engine without encryption of its own stores. 64 lower-case hex digits. */
  readonly seal_key: string;
}

/** What a database has to do for us. */
export interface Engine extends AsyncDisposable {
  /** Makes an empty store, wholly or not at all. @throws {AncillaError} `tenant.exists` */
  create(place: Place, log_id: string, io: Io): Promise<void>;
  exists(name: string): Promise<boolean>;
  names(): Promise<readonly string[]>;
  /** Bytes on disk, logs included; where an engine shares its files, what the documents of logs and artifacts take. */
  sizeBytes(name: string): Promise<number>;
  store(place: Place): EngineStore;
  /** Does work that no other server does for this store at the same time; answers false, having done nothing, when one is at it. */
  alone?(name: string, work: () => Promise<void>): Promise<boolean>;
  /** Calls back with the name of a store in which another server has committed; an engine that one process has to itself has none. */
  onOthersCommit?(listener: (name: string) => void): void;
}

/** An older server does not touch what a newer one has written. */
export const newerData = (version: number): AncillaError =>
  new AncillaError(
    'store.unavailable',
    `the data is of version ${version}, this Ancilla knows ${STORAGE_VERSION}: run the newer Ancilla that wrote it`,
  );
