import {
  AncillaError,
  accessLog,
  insert,
  toTimestamp,
  type Clock,
  type Io,
  type NewId,
  type TenantStore,
  type Who,
} from '@ancilla/contracts';
import { Type, type TString } from 'typebox';
import { Value } from 'typebox/value';

/** Stands in the access log for years: no address and nothing quoted fits. */
const Purpose = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9 ._:/#-]{0,199}$', description: 'A ticket, or a reason' });

/** What every reading of raw content says. */
export const PurposeHeader = Type.Object({ 'x-ancilla-purpose': Purpose });

/** A header's value, checked. @throws {AncillaError} `request.header` */
export const header = (name: string, schema: TString, value: string): string => {
  const [error] = Value.Errors(schema, value);
  if (error) throw new AncillaError('request.header', `${name} ${error.message}`);
  return value;
};

/** @throws {AncillaError} `access.purpose_missing`, `request.header` */
export function purposeOf(headers: Readonly<Record<string, string | undefined>>): string {
  const purpose = headers['x-ancilla-purpose'];
  if (purpose === undefined) throw new AncillaError('access.purpose_missing', 'the header x-ancilla-purpose is missing');
  return header('x-ancilla-purpose', Purpose, purpose);
}

/**
 * Lets raw content be read, by people or on their behalf: the entry in the access log comes first, also of who is refused.
 * @throws {AncillaError} `access.grant_missing`
 */
export async function admitReading(
  { clock, newId }: { readonly clock: Clock; readonly newId: NewId },
  tenant: TenantStore,
  of: { readonly artifact_id: string; readonly who: Who; readonly purpose: string; readonly trace_id: string },
  io: Io,
): Promise<void> {
  const { artifact_id, who, purpose, trace_id } = of;
  const admitted = who.role === 'tenant_admin';
  const entry = insert(accessLog, {
    access_id: newId('al'),
    what: admitted ? 'content_read' : 'denied',
    action: 'artifact.read_content',
    subject: who.id,
    role: who.role,
    key_id: who.key_id,
    resource: artifact_id,
    purpose,
    trace_id,
    at: toTimestamp(clock.now()),
  });
  await tenant.commit([entry], [], io);
  if (!admitted) throw new AncillaError('access.grant_missing', `only a tenant admin reads raw content, not a ${who.role}`);
}
