import { permissions, type Action, type Who } from '@ancilla/contracts';

/** Whether someone may do something, and in words why not. */
export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/**
 * The one decision about people and services, from the one table; what the table does not list is denied.
 * @param tenant_id - the tenant acted in; undefined for what belongs to the platform
 */
export function may(who: Who, action: Action, tenant_id: string | undefined): Verdict {
  const { roles, what } = permissions[action] as { readonly roles: readonly string[]; readonly what: string };
  if (!roles.includes(who.role))
    return { allowed: false, reason: `${action} (${what}) is for ${roles.join(', ')}; this credential is ${who.role}` };
  // A platform admin has no tenant of its own; the table says where it may act inside one.
  if (who.tenant_id !== undefined && tenant_id !== undefined && who.tenant_id !== tenant_id)
    return { allowed: false, reason: 'the credential is for another tenant' };
  return { allowed: true };
}
