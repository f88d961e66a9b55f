import { join } from 'node:path';
import { random, testStores } from '../test-stores.fixture.ts';
import { openArtifacts } from './index.ts';
import { openFileAdapter } from './file-adapter.ts';

const openTestStores = testStores();

/** Two tenants on real stores in a folder that goes away, and the artifacts room over them. */
export const openTenants = async (maxBytes?: number) => {
  const at = await openTestStores({ now: () => Date.now() });
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
