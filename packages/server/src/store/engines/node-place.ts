import type { NodeId } from '@ancilla/evidence';

/** Full subtrees of 16 leaves and more are stored; a smaller one is computed from its leaves, so that most writes need no row of the tree. */
export const STORED_LEVEL = 4;

/**
 * Number of a full node in the order in which nodes get full, leaves included: nodes of one append lie side by side.
 * @see golang.org/x/mod/sumdb/tlog StoredHashIndex
 */
export function nodePlace({ level, index }: NodeId): number {
  let n = index;
  for (let i = 0; i < level; i++) n = 2 * n + 1;
  let place = level;
  for (; n > 0; n = Math.floor(n / 2)) place += n;
  return place;
}
