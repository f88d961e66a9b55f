import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeNewId, storageMap, type Clock, type Io, type Random } from '@ancilla/contracts';
import { openKeyring } from '../keys/index.ts';
import { inFolder, openStores } from '../store/index.ts';
import { openArtifacts } from './index.ts';
import { openFileAdapter } from './file-adapter.ts';

const random: Random = { bytes: (length) => randomBytes(length) };

/** Two tenants on real stores in a folder that goes away, and the artifacts room over them. */
export const openTenants = async (io: Io, maxBytes?: number) => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-artifacts-'));
  const clock: Clock = { now: () => Date.now() };
  const newId = makeNewId(clock, random);
  const keyring = await openKeyring({ folder: join(folder, 'keys'), random });
  const stores = await openStores({
    openEngine: inFolder(join(folder, 'stores')),
    keyring,
    collections: storageMap,
    clock,
    random,
    newId,
    anchors: { last: async () => undefined },
  });
  for (const id of ['north', 'south']) await stores.createTenant(id, io);
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
  const of = (tenant_id: string) => ({ tenant: stores.tenant(tenant_id), tenant_id });
  return {
    folder,
    objects,
    adapter,
    room,
    newId,
    stores,
    north: of('north'),
    south: of('south'),
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
