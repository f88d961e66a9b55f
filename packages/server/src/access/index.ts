// Who may do what: API keys, tenants, the five roles, may(), the access log.
import {
  accessLog,
  insert,
  toTimestamp,
  type AccessEntry,
  type Clock,
  type Io,
  type NewId,
  type PlatformStore,
  type Random,
  type Room,
  type TenantStore,
} from '@ancilla/contracts';
import type { Stores } from '../store/index.ts';
import { openIdentity, type Identity } from './identity.ts';
import { openKeys, type Keys } from './keys.ts';
import { accessRoutes } from './routes.ts';
import { openTenants, type Tenants } from './tenants.ts';

export { makeFirstAdmin } from './first-admin.ts';
export type { By, NewKey } from './keys.ts';
export { may, type Resource, type Verdict } from './may.ts';

export interface Access extends Identity, Keys, Tenants {
  /** Records a denial or a read of raw content; durable when it resolves. */
  logAccess(log: TenantStore | PlatformStore, entry: Omit<AccessEntry, 'access_id' | 'at'>, io: Io): Promise<void>;
}

export function openAccess(parts: {
  readonly platform: PlatformStore;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
}): Room & Access {
  const { clock, newId } = parts;
  const identity = openIdentity(parts);
  // Another server may have disabled a key.
  parts.stores.onCommit((tenant_id, by) => void (tenant_id === null && by === 'others' && identity.forget()));
  const all = { ...identity, ...openKeys({ ...parts, forget: identity.forget }), ...openTenants(parts) };
  return {
    ...all,
    async logAccess(log, entry, io) {
      const doc = { ...entry, access_id: newId('al'), at: toTimestamp(clock.now()) };
      // Both kinds of store have an access log; the two handles differ in their type only.
      await (log as TenantStore).commit([insert(accessLog, doc)], [], io);
    },
    routes: accessRoutes(all),
  };
}
