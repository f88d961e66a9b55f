// Runs in browsers too.
import { sameBytes } from './encoding.ts';
import { EvidenceError } from './errors.ts';
import { HASH_BYTES, emptyRoot, nodeHash } from './merkle.ts';
import { foldEdge, type NodeId } from './right-edge.ts';

/** Reads full nodes of a log, in the order asked for; one call a proof, so that a store answers it with one query. */
export type ReadNodes = (at: readonly NodeId[]) => Promise<readonly Uint8Array[]>;

/** A claim that a leaf stands at an index of the log with this size and root. Hashes go from the leaf to the root. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly hashes: readonly Uint8Array[];
}

/** A claim that the log with the old size and root is the beginning of the one with the new. */
export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly hashes: readonly Uint8Array[];
}

/**
 * Proof that leaf `index` is in the log of that size, from O(log n) stored nodes.
 * @throws {RangeError} when there is no such leaf
 * @see RFC 9162 section 2.1.3.1
 */
export async function inclusionProof(index: number, size: number, read: ReadNodes): Promise<readonly Uint8Array[]> {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError(`no leaf ${index} in a log of ${size}`);
  const plan: NodeId[][] = [];
  let low = 0;
  let high = size;
  while (high - low > 1) {
    const middle = low + largestPowerBelow(high - low);
    if (index < middle) {
      plan.push(fullSubtrees(middle, high));
      high = middle;
    } else {
      plan.push(fullSubtrees(low, middle));
      low = middle;
    }
  }
  return readProof(plan.toReversed(), read);
}

/**
 * Proof that the log of the old size is the beginning of the one of the new size. Empty when either is trivial: the same size, or nothing before.
 * @throws {RangeError} when the old log is longer than the new
 * @see RFC 9162 section 2.1.4.1
 */
export async function consistencyProof(oldSize: number, size: number, read: ReadNodes): Promise<readonly Uint8Array[]> {
  if (!isCount(oldSize) || !isCount(size) || oldSize > size) throw new RangeError(`a log of ${size} does not extend one of ${oldSize}`);
  if (oldSize === 0) return [];
  const plan: NodeId[][] = [];
  let low = 0;
  let high = size;
  while (high !== oldSize) {
    const middle = low + largestPowerBelow(high - low);
    if (oldSize <= middle) {
      plan.push(fullSubtrees(middle, high));
      high = middle;
    } else {
      plan.push(fullSubtrees(low, middle));
      low = middle;
    }
  }
  // Only when the old log is one full subtree (low is still 0) does the verifier know its hash already: it is the old root.
  if (low > 0) plan.push(fullSubtrees(low, high));
  return readProof(plan.toReversed(), read);
}

/**
 * Accepts a true claim of inclusion.
 * @throws {EvidenceError} `proof.malformed` when the proof cannot be one for this index and size, `proof.mismatch` when it leads to another root
 * @see RFC 9162 section 2.1.3.2
 */
export function verifyInclusion({ index, size, leaf, root, hashes }: InclusionClaim): void {
  if (!isCount(index) || !isCount(size) || index >= size) throw malformed(`there is no leaf ${index} in a log of ${size}`);
  assertHashes([leaf, root, ...hashes]);
  const path = new Path(index, size - 1);
  let hash = leaf;
  for (const sibling of hashes) {
    if (path.atRoot) throw malformed(`the proof is longer than leaf ${index} of ${size} needs`);
    hash = path.isRightChild ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    path.climb();
  }
  if (!path.atRoot) throw malformed(`the proof is shorter than leaf ${index} of ${size} needs`);
  if (!sameBytes(hash, root)) throw mismatch(`the proof of leaf ${index} does not lead to the root of the log of ${size}`);
}

/**
 * Accepts a true claim of consistency.
 * @throws {EvidenceError} `proof.malformed` when the proof cannot be one for these sizes, `proof.mismatch` when it leads to another old or new root
 * @see RFC 9162 section 2.1.4.2
 */
export function verifyConsistency({ oldSize, oldRoot, size, root, hashes }: ConsistencyClaim): void {
  if (!isCount(oldSize) || !isCount(size)) throw malformed(`sizes ${oldSize} and ${size} are not both counts`);
  if (oldSize > size) throw mismatch(`the log was rolled back: it has ${size} entries, an earlier checkpoint has ${oldSize}`);
  assertHashes([oldRoot, root, ...hashes]);
  if (oldSize === 0 || oldSize === size) {
    if (hashes.length > 0) throw malformed(`between ${oldSize} and ${size} the proof is empty`);
    const expected = oldSize === 0 ? emptyRoot() : root;
    if (!sameBytes(oldRoot, expected)) throw mismatch(`two roots for one log of ${oldSize} entries: history was rewritten`);
    if (size === 0 && !sameBytes(root, expected)) throw mismatch('the root of an empty log is wrong');
    return;
  }
  const path = new Path(oldSize - 1, size - 1);
  path.climbWhileRightChild();
  const [first, ...siblings] = path.atLeft ? [oldRoot, ...hashes] : hashes;
  if (first === undefined) throw malformed(`the proof from ${oldSize} to ${size} is empty`);
  let oldHash = first;
  let hash = first;
  for (const sibling of siblings) {
    if (path.atRoot) throw malformed(`the proof is longer than ${oldSize} to ${size} needs`);
    if (path.isRightChild) {
      oldHash = nodeHash(sibling, oldHash);
      hash = nodeHash(sibling, hash);
    } else {
      hash = nodeHash(hash, sibling);
    }
    path.climb();
  }
  if (!path.atRoot) throw malformed(`the proof is shorter than ${oldSize} to ${size} needs`);
  if (!sameBytes(oldHash, oldRoot)) throw mismatch(`the proof does not lead to the old root, of ${oldSize} entries`);
  if (!sameBytes(hash, root)) throw mismatch(`the proof does not lead to the new root, of ${size} entries`);
}

/** The way from a node to the root: the RFC's `fn` and `sn`. By division, not by bits, which JavaScript cuts off at 32. */
class Path {
  #node: number;
  #last: number;
  constructor(node: number, last: number) {
    this.#node = node;
    this.#last = last;
  }
  get atRoot(): boolean {
    return this.#last === 0;
  }
  get atLeft(): boolean {
    return this.#node === 0;
  }
  /** Whether the sibling is on the left; the last node of a level has it there however many levels higher it is. */
  get isRightChild(): boolean {
    return this.#node % 2 === 1 || this.#node === this.#last;
  }
  climb(): void {
    // The last node of a level may have no sibling there: it goes up unhashed until it has one.
    if (this.#node === this.#last) while (this.#node % 2 === 0 && this.#node > 0) this.#up();
    this.#up();
  }
  climbWhileRightChild(): void {
    while (this.#node % 2 === 1) this.#up();
  }
  #up(): void {
    this.#node = Math.floor(this.#node / 2);
    this.#last = Math.floor(this.#last / 2);
  }
}

async function readProof(plan: readonly (readonly NodeId[])[], read: ReadNodes): Promise<readonly Uint8Array[]> {
  const nodes = plan.flat();
  const hashes = await read(nodes);
  if (hashes.length !== nodes.length) throw new RangeError(`asked for ${nodes.length} nodes, got ${hashes.length}`);
  let at = 0;
  return plan.map((range) => {
    const hash = foldEdge(hashes.slice(at, (at += range.length)));
    if (hash === undefined) throw new RangeError('an empty range has no hash');
    return hash;
  });
}

/** The full subtrees that the leaves `low ≤ i < high` consist of, left to right. */
function fullSubtrees(low: number, high: number): NodeId[] {
  const nodes: NodeId[] = [];
  for (let start = low; start < high;) {
    let level = 0;
    let width = 1;
    while (start % (width * 2) === 0 && start + width * 2 <= high) {
      level += 1;
      width *= 2;
    }
    nodes.push({ level, index: start / width });
    start += width;
  }
  return nodes;
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function assertHashes(hashes: readonly Uint8Array[]): void {
  for (const { length } of hashes) if (length !== HASH_BYTES) throw malformed(`a hash of ${length} bytes, expected ${HASH_BYTES}`);
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
const malformed = (message: string) => new EvidenceError('proof.malformed', message);
const mismatch = (message: string) => new EvidenceError('proof.mismatch', message);
