import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeNewId, storageMap, unstoppable, type Clock, type Io, type Random } from '@ancilla/contracts';
import { copiedFolders } from './copied-folder.fixture.ts';
import { openKeyring } from './keys/index.ts';
import { inFolder, openStores } from './store/index.ts';

export const random: Random = { bytes: (length) => randomBytes(length) };

/** Before what any test decides or captures. */
const MADE = Date.UTC(2026, 9, 30);

const openIn = async (folder: string, clock: Clock) => {
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
  const of = (tenant_id: string) => ({ tenant: stores.tenant(tenant_id), tenant_id });
  return {
    folder,
    clock,
    newId,
    keyring,
    stores,
    north: of('north'),
    south: of('south'),
    async [Symbol.asyncDispose]() {
      await stores[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
export type TestStores = Awaited<ReturnType<typeof openIn>>;

/**
 * Opens real stores of two tenants, each in a folder of its own that goes away. They are made once a process and copied: making them takes longer.
 * @param first - what stands in each of them from the start
 */
export const testStores = (first?: (made: TestStores, io: Io) => Promise<void>) => {
  const copied = copiedFolders('stores', async (folder) => {
    let ms = MADE;
    const made = await openIn(folder, { now: () => ms++ });
    try {
      for (const id of ['north', 'south']) await made.stores.createTenant(id, unstoppable);
      await first?.(made, unstoppable);
    } finally {
      // Open stores would keep the test's process alive.
      await made.stores[Symbol.asyncDispose]();
    }
  });
  return async (clock: Clock): Promise<TestStores> => openIn((await copied()).folder, clock);
};
