import { AncillaError, type Io, type PlatformStore, type Route, type TenantStore, type TraceContext, type Who } from '@ancilla/contracts';
import { may, type Access } from '../access/index.ts';

/** Who calls and whose data the request may touch. */
export interface Caller {
  readonly who: Who;
  readonly tenant: TenantStore;
  readonly tenant_id: string;
}

interface Parts {
  readonly access: Access;
  readonly platform: PlatformStore;
  readonly tenantStore: (tenant_id: string) => TenantStore;
}

const nobody: Who = { id: 'anyone', role: 'agent', key_id: 'none' };

/**
 * Who calls, for which tenant, and whether the permission table lets them. Denials of known callers stand in an access log before they are answered.
 * @throws {AncillaError} `auth.missing`, `auth.invalid`, `access.denied`, `tenant.mismatch`, `tenant.missing`, `tenant.not_found`, `tenant.disabled`
 */
export async function admit(
  { access, platform, tenantStore }: Parts,
  { action, scope, method, path }: Route,
  headers: Readonly<Record<string, string | undefined>>,
  at: TraceContext,
  io: Io,
): Promise<Caller> {
  // A handle on no tenant: whatever is asked of it fails.
  const none = () => ({ tenant: tenantStore('-'), tenant_id: '' });
  if (action === 'open') return { ...none(), who: nobody };
  const who = await access.authenticate(headers['authorization'], io);
  const deny = async (error: AncillaError): Promise<never> => {
    const { id: subject, role, key_id } = who;
    const resource = `${method}:${path.replaceAll(/[{}]/g, '')}`;
    const log = who.tenant_id === undefined ? platform : tenantStore(who.tenant_id);
    await access.logAccess(log, { what: 'denied', action, subject, role, key_id, resource, trace_id: at.trace_id }, io);
    throw error;
  };

  const named = headers['x-ancilla-tenant'];
  if (named !== undefined && who.tenant_id !== undefined && named !== who.tenant_id)
    return deny(new AncillaError('tenant.mismatch', 'x-ancilla-tenant names another tenant than the credential’s'));
  const tenant_id = who.tenant_id ?? named;
  const verdict = may(who, action, tenant_id === undefined ? {} : { tenant_id });
  if (!verdict.allowed) return deny(new AncillaError(verdict.code, verdict.reason));
  if (who.tenant_id !== undefined) await access.checkTenant(who.tenant_id, io);
  if (scope === 'platform') return { ...none(), who, tenant_id: who.tenant_id ?? '' };
  if (tenant_id === undefined) throw new AncillaError('tenant.missing', 'a platform admin names the tenant in x-ancilla-tenant');
  if (who.tenant_id === undefined) await access.checkTenant(tenant_id, io);
  return { who, tenant: tenantStore(tenant_id), tenant_id };
}
