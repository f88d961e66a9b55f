import {
  AncillaError,
  isAncillaError,
  permissions,
  type AccessEntry,
  type Io,
  type Of,
  type PlatformStore,
  type Route,
  type TenantStore,
  type TraceContext,
  type Who,
} from '@ancilla/contracts';
import { may, type Access } from '../access/index.ts';
import type { Writing } from '../ingest/index.ts';

/** Who calls and whose data the request may touch. */
export interface Caller extends Of {
  readonly who: Who;
}

/** What admitting a request takes. */
export interface AdmitParts {
  readonly access: Access;
  readonly platform: PlatformStore;
  readonly tenantStore: (tenant_id: string) => TenantStore;
  /** How what a caller writes is redacted. */
  readonly writing: (of: Of, io: Io) => Promise<Writing>;
}

/** A request as an access log knows it. */
export interface Asked {
  readonly route: Pick<Route, 'action' | 'method' | 'path'>;
  /** What stands in the address, unchecked. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly at: TraceContext;
}

const nobody: Who = { id: 'anyone', role: 'agent', key_id: 'none' };
/** A handle on no tenant: whatever is asked of it fails. */
const none = ({ tenantStore }: AdmitParts) => ({ tenant: tenantStore('-'), tenant_id: '' });

/** The method and the address, as far as it is one of ours: what a caller wrote into it is redacted as a reference is, and left out where that fails. */
async function resourceOf(parts: AdmitParts, { route: { method, path }, params }: Asked, { tenant_id }: Who, io: Io): Promise<string> {
  const of = tenant_id === undefined ? none(parts) : { tenant: parts.tenantStore(tenant_id), tenant_id };
  const bare = path.replaceAll(/[{}]/g, '');
  const named = async (): Promise<string> => {
    const { word } = await parts.writing(of, io);
    return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => word(String(params[name])) || name);
  };
  const address = bare === path ? path : await named().catch(() => bare);
  return `${method}:${address.replaceAll(/[^A-Za-z0-9._:/#=@+-]/g, '-')}`.slice(0, 256);
}

async function note(parts: AdmitParts, what: AccessEntry['what'], asked: Asked, who: Who, tenant_id: string | undefined, io: Io) {
  const { id: subject, role, key_id } = who;
  const log = tenant_id === undefined ? parts.platform : parts.tenantStore(tenant_id);
  const resource = await resourceOf(parts, asked, who, io);
  const { action } = asked.route;
  await parts.access.logAccess(log, { what, action, subject, role, key_id, resource, trace_id: asked.at.trace_id }, io);
}

/** A denial of a known caller stands in the log of whoever the credential belongs to before it is answered, also where the handler found out. */
export async function noteDenial(parts: AdmitParts, error: unknown, asked: Asked, who: Who, io: Io): Promise<void> {
  // A read of raw content notes its own, by the artifact.
  if (isAncillaError(error, 'access.denied', 'access.forbidden_combination', 'tenant.mismatch', 'saga.lease'))
    await note(parts, 'denied', asked, who, who.tenant_id, io);
}

/**
 * Who calls, for which tenant, and whether the permission table lets them. Denials of known callers stand in an access log before they are answered, and so does what a platform
 * admin looks at in a tenant.
 * @throws {AncillaError} `auth.missing`, `auth.invalid`, `access.denied`, `tenant.mismatch`, `tenant.missing`, `tenant.not_found`, `tenant.disabled`
 */
export async function admit(
  parts: AdmitParts,
  { scope, action }: Route,
  headers: Readonly<Record<string, string | undefined>>,
  asked: Asked,
  io: Io,
): Promise<Caller> {
  const { access, tenantStore } = parts;
  if (action === 'open') return { ...none(parts), who: nobody };
  const who = await access.authenticate(headers['authorization'], io);
  const deny = async (error: AncillaError): Promise<never> => {
    await noteDenial(parts, error, asked, who, io);
    throw error;
  };

  const named = headers['x-ancilla-tenant'];
  if (named !== undefined && who.tenant_id !== undefined && named !== who.tenant_id)
    return deny(new AncillaError('tenant.mismatch', 'x-ancilla-tenant names another tenant than the credential’s'));
  const tenant_id = who.tenant_id ?? named;
  const verdict = may(who, action, tenant_id === undefined ? {} : { tenant_id });
  if (!verdict.allowed) return deny(new AncillaError(verdict.code, verdict.reason));
  if (who.tenant_id !== undefined) await access.checkTenant(who.tenant_id, io);
  if (scope === 'platform') return { ...none(parts), who, tenant_id: who.tenant_id ?? '' };
  if (tenant_id === undefined) throw new AncillaError('tenant.missing', 'a platform admin names the tenant in x-ancilla-tenant');
  if (who.tenant_id === undefined) {
    await access.checkTenant(tenant_id, io);
    if ('of_tenant' in permissions[action]) await note(parts, 'platform_read', asked, who, tenant_id, io);
  }
  return { who, tenant: tenantStore(tenant_id), tenant_id };
}
