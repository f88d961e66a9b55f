// Runs in browsers too.
import { sha256 } from '#platform';

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/** Bytes of every hash in the tree. */
export const HASH_BYTES = 32;

/** Hash of one entry as a leaf. @see RFC 9162 section 2.1.1 */
export const leafHash = (entry: Uint8Array | string): Uint8Array => sha256(LEAF, entry);

/** Hash of two subtrees. The prefixes differ, so that no inner node can be passed off as an entry. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(NODE, left, right);

/** The root of an empty log: SHA-256 of no bytes. */
export const emptyRoot = (): Uint8Array => sha256();

/**
 * Merkle tree hash over an append-only list, as the RFC defines it: the yardstick for the incremental edge. O(n).
 * @param leaves - leaf hashes, 32 bytes each, oldest first
 * @throws {RangeError} when a leaf is not 32 bytes long
 * @see RFC 9162 section 2.1.1
 */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return emptyRoot();
  if (leaves.length === 1) return assertHash(only);
  // The left half is the largest full subtree: appending never changes it, which is what makes a consistency proof possible.
  const left = 2 ** (31 - Math.clz32(leaves.length - 1));
  return nodeHash(merkleRoot(leaves.slice(0, left)), merkleRoot(leaves.slice(left)));
}

/** The hash itself, when it has the length of one. @throws {RangeError} otherwise */
export function assertHash(hash: Uint8Array): Uint8Array {
  if (hash.length !== HASH_BYTES) throw new RangeError(`a hash of ${hash.length} bytes, expected ${HASH_BYTES}`);
  return hash;
}
