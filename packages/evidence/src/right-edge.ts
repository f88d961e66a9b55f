// Runs in browsers too.
import { toBase64 } from '#platform';
import { fromBase64 } from './encoding.ts';
import { HASH_BYTES, assertHash, emptyRoot, nodeHash } from './merkle.ts';

/**
 * All that appending needs to know of a log: the roots of the full subtrees its size is the sum of, largest first, one for each 1 in the size written in
 * binary. Plain JSON, so that it is stored in the commit that stores the leaves. At most 53 hashes.
 */
export interface RightEdge {
  readonly size: number;
  /** base64, 32 bytes each */
  readonly hashes: readonly string[];
}

/** Node (level, index) is the root of the full subtree over the leaves `index · 2^level ≤ i < (index + 1) · 2^level`. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

/** A subtree that is full, so that its hash never changes again. */
export interface FullNode extends NodeId {
  readonly hash: Uint8Array;
}

/** What a log has become, and the nodes to store for later proofs: every subtree that got full, leaves first. */
export interface Growth {
  readonly edge: RightEdge;
  readonly nodes: readonly FullNode[];
}

/** The edge of a log without entries. */
export const emptyEdge: RightEdge = { size: 0, hashes: [] };

/**
 * Appends leaves: two hashes a leaf on average, whatever the size of the log.
 * @param leaves - leaf hashes, 32 bytes each, oldest first
 * @throws {RangeError} when the edge does not fit its size or a hash is not 32 bytes long
 */
export function append(edge: RightEdge, leaves: readonly Uint8Array[]): Growth {
  assertEdge(edge);
  // Stored text is decoded only when it is merged: most of an edge is far to the left and stays as it is.
  const stack: (Uint8Array | string)[] = [...edge.hashes];
  const nodes: FullNode[] = [];
  let { size } = edge;
  for (const leaf of leaves) {
    let hash = assertHash(leaf);
    nodes.push({ level: 0, index: size, hash });
    // Like a carry in binary counting: each trailing 1 of the index is a full left sibling waiting for this one.
    for (let level = 1, index = size; index % 2 === 1; level++) {
      hash = nodeHash(openHash(stack.pop()), hash);
      index = (index - 1) / 2;
      nodes.push({ level, index, hash });
    }
    stack.push(hash);
    size += 1;
  }
  return { edge: { size, hashes: stack.map((hash) => (typeof hash === 'string' ? hash : toBase64(hash))) }, nodes };
}

/** The root of the log this is the edge of: the small subtrees on the right are folded into the large ones on the left. */
export function edgeRoot(edge: RightEdge): Uint8Array {
  assertEdge(edge);
  return foldEdge(edge.hashes.map(openHash)) ?? emptyRoot();
}

/** The hash over neighbouring full subtrees, largest (leftmost) first; `undefined` of none. */
export function foldEdge(hashes: readonly Uint8Array[]): Uint8Array | undefined {
  return hashes.reduceRight<Uint8Array | undefined>((right, left) => (right === undefined ? left : nodeHash(left, right)), undefined);
}

function assertEdge({ size, hashes }: RightEdge): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`an edge of size ${size}`);
  let needed = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) needed += rest % 2;
  if (hashes.length !== needed) throw new RangeError(`an edge of size ${size} has ${needed} hashes, not ${hashes.length}`);
}

function openHash(hash: Uint8Array | string | undefined): Uint8Array {
  const bytes = typeof hash === 'string' ? fromBase64(hash) : hash;
  if (bytes?.length !== HASH_BYTES) throw new RangeError('an edge hash is not base64 of 32 bytes');
  return bytes;
}
