import { sha256 } from '@ancilla/evidence';

/** The side an example is on: trained on, or kept to compare models on. */
export type Split = 'train' | 'held_out';

/** One table in four is kept out of training for good, and of all the newest tenth, until newer ones come. */
const HELD_OUT = 0.25;
const NEWEST = 0.1;
/** The rule, as a run's record names it. Another rule is another name: models that were trained under this one may have seen what the other holds out. */
export const SPLIT_RULE = 'table-hash-quarter.newest-tenth';

/** A number from 0 to 1 that a cluster always has, here and on every machine. */
const placeOf = (cluster: string): number => Buffer.from(sha256(`training split/${cluster}`)).readUInt32BE() / 2 ** 32;

/**
 * Splits by cluster (a table), never by row: held out are those whose hash says so and those that were first decided on last. What was trained on once is never held out later, so it
 * never judges the next model: the hash stays, and newer tables only move where the newest begin further on. Where one side would be empty the table nearest to it changes over.
 * @param clusters - in the order in which they were decided on, however often each
 */
export function splitOf(clusters: readonly string[]): (cluster: string) => Split {
  const inOrder = [...new Set(clusters)];
  const newest = new Set(inOrder.slice(inOrder.length - Math.floor(NEWEST * inOrder.length)));
  const placed = inOrder.map((cluster) => ({ cluster, at: placeOf(cluster) })).toSorted((a, b) => a.at - b.at);
  const [first] = placed;
  const last = placed.at(-1);
  // One table alone is trained on: there is nothing to compare on, which a run says.
  if (first === undefined || last === undefined || placed.length === 1) return () => 'train';
  return (cluster) => {
    if (cluster === first.cluster) return 'held_out';
    if (cluster === last.cluster) return 'train';
    return newest.has(cluster) || placeOf(cluster) < HELD_OUT ? 'held_out' : 'train';
  };
}
