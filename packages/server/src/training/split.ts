import { sha256 } from '@ancilla/evidence';

/** The side an example is on: trained on, or kept to compare models on. */
export type Split = 'train' | 'held_out';

/** One table in four is kept out of training. */
const HELD_OUT = 0.25;

/** A number from 0 to 1 that a cluster always has, here and on every machine. */
const placeOf = (cluster: string): number => Buffer.from(sha256(`training split/${cluster}`)).readUInt32BE() / 2 ** 32;

/**
 * Splits by cluster (a table), never by row. A table's side does not depend on the others, so that what one model was trained on never judges the next; only where one
 * side would be empty does the table nearest to it change over.
 */
export function splitOf(clusters: readonly string[]): (cluster: string) => Split {
  const placed = [...new Set(clusters)].map((cluster) => ({ cluster, at: placeOf(cluster) })).toSorted((a, b) => a.at - b.at);
  const [first] = placed;
  const last = placed.at(-1);
  // One table alone is trained on: there is nothing to compare on, which a run says.
  if (first === undefined || last === undefined || placed.length === 1) return () => 'train';
  return (cluster) => {
    if (cluster === first.cluster) return 'held_out';
    if (cluster === last.cluster) return 'train';
    return placeOf(cluster) < HELD_OUT ? 'held_out' : 'train';
  };
}
