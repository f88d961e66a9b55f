// A process for tests to kill: opens a site, commits pairs of documents to tenant `a` as fast as it can, and prints each id once it is acknowledged.
import { join } from 'node:path';
import { writeSync } from 'node:fs';
import { insert } from '@ancilla/contracts';
import { openKeyring } from '../../src/keys/index.ts';
import { at, events, io, note, notes, testCollections, testParts } from '../../src/store/conformance-collections.ts';
import { inPostgres } from '../../src/store/engines/postgres/engine.ts';
import { openStores } from '../../src/store/stores.ts';

const [url = '', folder = '', how = '', round = ''] = process.argv.slice(2);
const parts = testParts(100 + round.length);
const keyring = await openKeyring({ folder: join(folder, 'keys'), random: parts.random });
const stores = await openStores({
  openEngine: inPostgres({ url, isPlain: how === 'plain', onError: () => {} }),
  keyring,
  collections: testCollections,
  ...parts,
  anchors: { last: async () => undefined },
});
const a = stores.tenant('a');
const write = async (lane: number) => {
  for (let i = 0; ; i++) {
    const id = `${round}-${lane}-${i}`;
    await a.commit([insert(notes, note(id)), insert(events, { event_id: id, at: at(), n: i })], [], io);
    // Straight to the descriptor: a buffered line could be lost with the process.
    writeSync(1, `${id}\n`);
  }
};
await Promise.all([0, 1, 2, 3].map(write));
