// Runs in browsers too.
import { sha256Hex } from '#platform';
import { fromUtf8 } from './encoding.ts';
import { EvidenceError } from './errors.ts';

/** Bytes of a document's salt; it lives and dies with the document. */
export const SALT_BYTES = 16;

/** One entry of a ledger: a commitment to a document of a log collection, which tells nothing about it. */
export interface LedgerEntryFields {
  /** Name of the log collection. */
  readonly collection: string;
  /** Position in the ledger, from 0: the leaf index. */
  readonly seq: number;
  /** `documentDigest` of the stored document, 64 lower-case hex digits. */
  readonly digest: string;
}

/**
 * What an entry says of its document. The salt keeps anyone from guessing the document back once it is gone.
 * @param salt - 16 random bytes, stored beside the document
 * @param canonicalDocument - the canonical JSON exactly as it is stored, without seq and salt
 * @returns sha256(salt ‖ document), lower-case hex
 * @throws {RangeError} for a salt of another length, which would let bytes wander between salt and document
 */
export function documentDigest(salt: Uint8Array, canonicalDocument: string): string {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt of ${salt.length} bytes, expected ${SALT_BYTES}`);
  return sha256Hex(salt, canonicalDocument);
}

/**
 * The entry as canonical JSON; the leaf is `leafHash` of this text.
 * @throws {EvidenceError} `entry.malformed` for a field out of form
 */
export function ledgerEntry({ collection, seq, digest }: LedgerEntryFields): string {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(collection)) throw new EvidenceError('entry.malformed', 'collection is not a collection name');
  if (!Number.isSafeInteger(seq) || seq < 0) throw new EvidenceError('entry.malformed', `seq is ${seq}, expected a count from 0`);
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new EvidenceError('entry.malformed', 'digest is not 64 lower-case hex digits');
  // Written by hand because it is on the path of every write: with these forms nothing needs escaping, and the keys stand in RFC 8785's order.
  return `{"collection":"${collection}","digest":"${digest}","seq":${seq},"v":1}`;
}

/**
 * Reads an entry back; only the exact canonical bytes are taken.
 * @throws {EvidenceError} `entry.malformed` saying what is wrong
 */
export function parseLedgerEntry(entry: Uint8Array | string): LedgerEntryFields {
  const text = typeof entry === 'string' ? entry : fromUtf8(entry);
  const [, collection, digest, seq] = /^\{"collection":"([^"]*)","digest":"([^"]*)","seq":([0-9]{1,16}),"v":1\}$/.exec(text ?? '') ?? [];
  if (collection === undefined || digest === undefined || seq === undefined)
    throw new EvidenceError('entry.malformed', 'not a canonical {collection, digest, seq, v: 1}');
  const fields = { collection, digest, seq: Number(seq) };
  if (ledgerEntry(fields) !== text) throw new EvidenceError('entry.malformed', 'seq is not written canonically');
  return fields;
}
