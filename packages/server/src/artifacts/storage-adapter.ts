import { AncillaError, type Io } from '@ancilla/contracts';

/** One stored object, as `head` and `list` know it. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
}

/**
 * Where sealed objects live. It sees ciphertext and random names, nothing of a tenant. Engines keep `storageContract`.
 * A key is one to eight names joined by `/`; see `checkKey`.
 */
export interface StorageAdapter {
  /**
   * Stores an object under a key that is free, streamed. When it resolves the object is durable; when it rejects nothing is left of it.
   * @throws {AncillaError} `store.conflict` when the key is taken, `store.full`, `store.unavailable`; what the stream throws passes through
   */
  put(key: string, bytes: AsyncIterable<Uint8Array>, io: Io): Promise<StoredObject>;
  /**
   * Streams an object, or bytes `start ≤ i < end` of it; what lies past its end is left out. Nothing is opened before the first read.
   * @throws {AncillaError} `not_found` at the first read when there is no such object
   */
  get(key: string, range: { readonly start?: number; readonly end?: number }, io: Io): AsyncIterable<Uint8Array>;
  head(key: string, io: Io): Promise<StoredObject | undefined>;
  /** Removes an object, durably; one that is not there is fine. */
  delete(key: string, io: Io): Promise<void>;
  /** Objects whose key begins with `<prefix>/`, in no order; all of them for the empty prefix. */
  list(prefix: string, io: Io): AsyncIterable<StoredObject>;
}

/** No name begins with a dot, so none is `..`, and none holds a separator, so a key cannot leave its place on any system. */
const KEY = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(?:\/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}){0,7}$/;

/** @throws {AncillaError} `store.invalid`, without the key: it may hold anything */
export const checkKey = (key: string): string => {
  if (!KEY.test(key)) throw new AncillaError('store.invalid', 'an object key is one to eight names of [A-Za-z0-9._-], joined by /');
  return key;
};
