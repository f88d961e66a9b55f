import { join } from 'node:path';
import type { Io } from '@ancilla/contracts';
import { random, testStores } from '../test-stores.fixture.ts';
import { openArtifacts } from './index.ts';
import { openFileAdapter } from './file-adapter.ts';

const openTestStores = testStores();

/** Two tenants on real stores in a folder that goes away, and the artifacts room over them. */
export const openTenants = async (io: Io, maxBytes?: number) => {
  const at = await openTestStores({ now: () => Date.now() }, io);
  const { folder, keyring, clock, newId } = at;
  const objects = join(folder, 'objects');
  const adapter = await openFileAdapter(objects);
  const room = openArtifacts({
    adapter,
    keys: (id) => keyring.tenant(id),
    clock,
    newId,
    random,
    ...(maxBytes !== undefined && { maxBytes }),
  });
  return { ...at, objects, adapter, room };
};
