import {
  AncillaError,
  TenantId,
  isAncillaError,
  unstoppable,
  type Clock,
  type Collection,
  type Io,
  type NewId,
  type Platform,
  type PlatformStore,
  type Random,
  type Tenant,
  type TenantStore,
} from '@ancilla/contracts';
import { toHex } from '@ancilla/evidence';
import { Check } from 'typebox/value';
import type { Keyring, TenantKeys } from '../keys/index.ts';
import { checkAnchor, type Anchors } from './anchor.ts';
import { prepareCommits } from './commit.ts';
import type { Engine, EngineStore, Place } from './engines/engine.ts';
import { storeHandle } from './handle.ts';
import { toTable, withChanges, type Table } from './table.ts';
import { openTails } from './tail.ts';

export type { Anchors } from './anchor.ts';

/** All stores of a deployment: the platform's and each tenant's. */
export interface Stores extends AsyncDisposable {
  readonly platform: PlatformStore;
  /** The handle of one tenant; the file is opened at first use. @throws {AncillaError} `tenant.not_found` by every call of a handle whose tenant is unknown */
  tenant(id: string): TenantStore;
  /** Keys and an empty store; may be repeated after a crash. @throws {AncillaError} `tenant.exists`, `store.invalid` */
  createTenant(id: string, io: Io): Promise<void>;
  tenantIds(io: Io): Promise<readonly string[]>;
  /** Bytes on disk; 0 for a tenant that is not there. */
  sizeBytes(id: string, io: Io): Promise<number>;
  /** Whether other servers may write here too. */
  readonly isShared: boolean;
  /** Does background work of a tenant that no other server does at the same time; answers false, having done nothing, when one is at it. */
  alone(tenant_id: string, work: () => Promise<void>): Promise<boolean>;
  /** Calls back after each commit. */
  onCommit(listener: CommitListener): () => void;
}
/** Told whose store was written to, `null` for the platform's, and whether another server wrote. */
type CommitListener = (tenant_id: string | null, by: 'us' | 'others') => void;

const PLATFORM = 'platform';
const TENANT = 'tenant-';
const isTenantId = (id: string) => Check(TenantId, id);

/**
 * Opens the data folder. Only one process at a time has it.
 * @param anchors - the last checkpoint of each log kept outside
 * @throws {AncillaError} `store.locked`
 */
export async function openStores({
  openEngine,
  keyring,
  collections,
  clock,
  random,
  newId,
  anchors,
}: {
  /** Opens where the data lies, for the collections' tables. */
  readonly openEngine: (tables: readonly Table[]) => Promise<Engine>;
  readonly keyring: Keyring;
  readonly collections: readonly Collection[];
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: NewId;
  readonly anchors: Anchors;
}): Promise<Stores> {
  const all = withChanges(collections);
  const engine = await openEngine(all.map(toTable));
  const prepare = prepareCommits({ collections: all, clock, random, newId });
  const openTail = openTails();
  const listeners = new Set<CommitListener>();
  // Another server's commits are told like our own: projections and checkpoints follow them too.
  engine.onOthersCommit?.((name) => {
    for (const listener of listeners) listener(name === PLATFORM ? null : name.slice(TENANT.length), 'others');
  });
  const newLogId = () => toHex(random.bytes(16));

  /** Opens a store once; a failed opening is tried again by the next call. */
  const opening = (find: () => Promise<Place>) => {
    let opened: Promise<EngineStore & { readonly readOnly: string | undefined }> | undefined;
    // Opened for all who wait, so that none of them who stops waiting stops it for the others.
    return () => {
      opened ??= find()
        .then((place) => open(place, unstoppable))
        .catch((error: unknown) => {
          opened = undefined;
          throw error;
        });
      return opened;
    };
  };
  const open = async (place: Place, io: Io) => {
    const store = engine.store(place);
    const ledger: Parameters<typeof checkAnchor>[0] = {
      logId: async (at) => (await store.read('head', [], at)).log_id,
      head: (at) => store.read('head', [], at),
      nodes: (of, at) => store.read('nodes', [of], at),
    };
    return { ...store, readOnly: await checkAnchor(ledger, anchors, io) };
  };
  const handle = <P>(tenant_id: string | null, keys: () => TenantKeys, name: string, look: () => Promise<void>) =>
    storeHandle<P>({
      scope: tenant_id === null ? 'platform' : 'tenant',
      hmac: (purpose, data) => keys().hmac(purpose, data),
      prepare,
      tail: openTail(),
      ready: opening(async () => {
        await look();
        return placeOf(name, keys());
      }),
      committed() {
        for (const listener of listeners) listener(tenant_id, 'us');
      },
    });

  const platformPlace = placeOf(PLATFORM, keyring.platform);
  try {
    if (!(await engine.exists(PLATFORM)))
      await engine.create(platformPlace, newLogId(), unstoppable).catch((error: unknown) => {
        // Another server that starts now was quicker.
        if (!isAncillaError(error, 'tenant.exists')) throw error;
      });
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }

  const tenants = new Map<string, TenantStore>();
  return {
    platform: handle<Platform>(
      null,
      () => keyring.platform,
      PLATFORM,
      async () => {},
    ),
    tenant(id) {
      const known = tenants.get(id);
      if (known) return known;
      const made = handle<Tenant>(
        id,
        () => keyring.tenant(id),
        TENANT + id,
        () => keyring.look(id),
      );
      // Only names that exist are remembered, so that asking for others costs no memory.
      if (keyring.has(id)) tenants.set(id, made);
      return made;
    },
    async createTenant(id, io) {
      if (!isTenantId(id)) throw new AncillaError('store.invalid', 'not a tenant id: lower-case letters, digits and hyphens');
      if (await engine.exists(TENANT + id)) throw new AncillaError('tenant.exists', `the tenant ${id} exists`);
      await keyring.look(id);
      // Keys without a file are left by a crash between the two; there is nothing yet that they have opened.
      const keys = keyring.has(id) ? keyring.tenant(id) : await keyring.create(id);
      await engine.create(placeOf(TENANT + id, keys), newLogId(), io);
    },
    async tenantIds() {
      return (await engine.names())
        .filter((name) => name.startsWith(TENANT))
        .map((name) => name.slice(TENANT.length))
        .toSorted();
    },
    sizeBytes: (id) => (isTenantId(id) ? engine.sizeBytes(TENANT + id) : Promise.resolve(0)),
    isShared: engine.onOthersCommit !== undefined,
    async alone(tenant_id, work) {
      if (engine.alone) return engine.alone(TENANT + tenant_id, work);
      await work();
      return true;
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

const placeOf = (name: string, { db_key, seal_key, hmac }: TenantKeys): Place => ({
  name,
  db_key,
  mac_key: toHex(hmac('store.key', '')),
  seal_key: toHex(seal_key),
});
