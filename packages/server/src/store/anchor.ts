import { isAncillaError, type Io, type Ledger } from '@ancilla/contracts';
import { EvidenceError, consistencyProof, verifyConsistency } from '@ancilla/evidence';

/** The last checkpoint of a log that was kept outside of its database. */
export interface Anchors {
  last(log_id: string): Promise<{ readonly size: number; readonly root: Uint8Array } | undefined>;
}

/**
 * Whether what is stored extends what was promised outside. A smaller log was rolled back, or lost the end of its write-ahead file, which the database drops
 * without a word; another root is another history.
 * @returns why the store must not be written to, or nothing
 */
export async function checkAnchor(ledger: Pick<Ledger, 'logId' | 'head' | 'nodes'>, anchors: Anchors, io: Io): Promise<string | undefined> {
  // Before the head: another server may write and sign between the two, and what it signed is in a head that is read later.
  const anchor = await anchors.last(await ledger.logId(io));
  if (!anchor) return undefined;
  const { size, root } = await ledger.head(io);
  if (anchor.size > size)
    return `the ledger has ${size} entries, a checkpoint kept outside has ${anchor.size}: an older file, or its last writes are gone`;
  try {
    const hashes = await consistencyProof(anchor.size, size, (at) => ledger.nodes(at, io));
    verifyConsistency({ oldSize: anchor.size, oldRoot: anchor.root, size, root, hashes });
    return undefined;
  } catch (error) {
    if (isAncillaError(error, 'store.corrupt') || error instanceof EvidenceError)
      return `the ledger does not extend the checkpoint of size ${anchor.size} kept outside`;
    throw error;
  }
}
