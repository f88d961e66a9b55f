import { forbids, permissions, type Action, type ErrorCode, type Who } from '@ancilla/contracts';

/** Whether someone may do something, and in words why not. */
export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly code: ErrorCode; readonly reason: string };

/** What an action is about. */
export interface Resource {
  /** The tenant acted in; absent for what belongs to the platform. */
  readonly tenant_id?: string;
  /** Who asked for what is now to be approved. */
  readonly requester?: string;
}

/** The one decision about people and services, from the one table; what the table does not list is denied. */
export function may(who: Who, action: Action, of: Resource): Verdict {
  const { roles, what }: { readonly roles: readonly string[]; readonly what: string } = permissions[action];
  const denied = (reason: string, code: ErrorCode = 'access.denied'): Verdict => ({ allowed: false, code, reason });
  if (!roles.includes(who.role)) return denied(`${action} (${what}) is for ${roles.join(', ')}; this credential is ${who.role}`);
  // A platform admin has no tenant of its own; the table says where it may act inside one.
  if (who.tenant_id !== undefined && of.tenant_id !== undefined && who.tenant_id !== of.tenant_id)
    return denied('the credential is for another tenant', 'tenant.mismatch');
  const forbidden = forbids.find((row) => row.action === action && of[row.same_person_as] === who.id);
  return forbidden === undefined ? { allowed: true } : denied(forbidden.why, 'access.forbidden_combination');
}
