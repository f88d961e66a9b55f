import { type Collection, type Io, type Store } from '@ancilla/contracts';
import { canonicalJson, documentDigest, leafHash, merkleRoot, parseLedgerEntry, toHex } from '@ancilla/evidence';

type Logs<P> = readonly Collection<'log', Collection['schema'], Collection['indexes'], P>[];

/** Entries looked at together: a whole subtree, whose hash the ledger keeps. */
const BLOCK_LEVEL = 8;
const BLOCK = 2 ** BLOCK_LEVEL;

/**
 * Holds every document of a store's logs against its ledger, oldest first. Nobody else reads all of them: what a database's owner changed or took away shows here.
 * @param logs - all that the store may hold
 * @returns what is wrong first, and where; nothing when each document is what was written
 * @throws {AncillaError} `store.corrupt` for a document that does not open
 */
export async function checkDocuments<P>(
  { ledger, feed }: Pick<Store<P>, 'ledger' | 'feed'>,
  logs: Logs<P>,
  io: Io,
): Promise<string | undefined> {
  const { size } = await ledger.head(io);
  const documents = feed(logs, -1, io)[Symbol.asyncIterator]();
  for (let first = 0; first < size; first += BLOCK) {
    const end = Math.min(first + BLOCK, size);
    const entries = await ledger.entries(first, end, io);
    for (let seq = first; seq < end; seq++) {
      const found = entries[seq - first];
      if (found?.seq !== seq) return `entry ${seq} is gone, and its document with it`;
      const { collection, digest } = parseLedgerEntry(found.entry);
      const { value: shown } = await documents.next();
      if (shown?.seq !== seq) return `entry ${seq}: there is no such document of ${collection}`;
      // Of a document that was removed, as an entry of `changes` says, only its digest is left.
      if (shown.doc === undefined) continue;
      if (found.salt === undefined || documentDigest(found.salt, canonicalJson(shown.doc)) !== digest)
        return `entry ${seq}: the document of ${collection} is not the one that was written`;
    }
    if (end - first < BLOCK) continue;
    const [kept] = await ledger.nodes([{ level: BLOCK_LEVEL, index: first / BLOCK }], io);
    if (kept === undefined || toHex(kept) !== toHex(merkleRoot(entries.map(({ entry }) => leafHash(entry)))))
      return `entries ${first} to ${end - 1}: one of them was changed together with its document`;
  }
  return undefined;
}
