import {
  AncillaError,
  insert,
  isAncillaError,
  tenants,
  toTimestamp,
  type Clock,
  type Io,
  type PlatformStore,
  type TenantRecord,
} from '@ancilla/contracts';
import type { Stores } from '../store/index.ts';
import type { By } from './keys.ts';

export interface Tenants {
  /** Makes a tenant: its keys, its store, its record. @throws {AncillaError} `tenant.exists` */
  createTenant(tenant: { readonly tenant_id: string; readonly name: string }, by: By, io: Io): Promise<TenantRecord>;
  listTenants(
    page: { readonly limit?: number; readonly cursor?: string },
    io: Io,
  ): Promise<{ readonly items: readonly TenantRecord[]; readonly next_cursor: string | null }>;
  /** @throws {AncillaError} `tenant.not_found`, `tenant.disabled` */
  checkTenant(tenant_id: string, io: Io): Promise<void>;
}

/** How long a tenant found active is believed without asking the store. */
const BELIEVED_MS = 10_000;
const KEPT_AT_MOST = 10_000;

export function openTenants({
  platform,
  stores,
  clock,
}: {
  readonly platform: PlatformStore;
  readonly stores: Stores;
  readonly clock: Clock;
}): Tenants {
  const activeUntil = new Map<string, number>();
  return {
    async createTenant({ tenant_id, name }, by, io) {
      if ((await platform.get(tenants, tenant_id, io)) !== undefined)
        throw new AncillaError('tenant.exists', `tenant ${tenant_id} exists already`);
      try {
        await stores.createTenant(tenant_id, io);
      } catch (error) {
        // Its store without its record: a crash between the two, which this finishes.
        if (!isAncillaError(error, 'tenant.exists')) throw error;
      }
      const log_id = await stores.tenant(tenant_id).ledger.logId(io);
      const record: TenantRecord = { tenant_id, name, log_id, status: 'active', created_at: toTimestamp(clock.now()) };
      await platform.commit([insert(tenants, record, { who: by.id, reason: 'tenant made', trace_id: by.trace_id })], [], io);
      return record;
    },
    async listTenants(page, io) {
      const { items, next_cursor } = await platform.find(tenants, { index: 'all', equals: {}, ...page }, io);
      return { items: items.map(({ doc }) => doc), next_cursor };
    },
    async checkTenant(tenant_id, io) {
      if ((activeUntil.get(tenant_id) ?? 0) > clock.now()) return;
      const found = await platform.get(tenants, tenant_id, io);
      if (found === undefined) throw new AncillaError('tenant.not_found', 'no such tenant');
      if (found.doc.status !== 'active') throw new AncillaError('tenant.disabled', 'this tenant is disabled');
      if (activeUntil.size >= KEPT_AT_MOST) activeUntil.clear();
      activeUntil.set(tenant_id, clock.now() + BELIEVED_MS);
    },
  };
}
