import {
  AncillaError,
  ApiKey,
  Closed,
  Name,
  nothing,
  pageOf,
  paging,
  RoleName,
  route,
  TenantId,
  TenantRecord,
  type Io,
  type Route,
  type Who,
} from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import type { Identity } from './identity.ts';
import type { Keys } from './keys.ts';
import type { Tenants } from './tenants.ts';

const bare = { ...nothing, query: Closed({}) };
const { name: Title } = TenantRecord.properties;

const { secret_hash: _hash, ...shown } = ApiKey.properties;
/** A key as it is shown: without its hash. */
const KeyView = Type.Object(shown, { additionalProperties: false });
const view = ({ secret_hash: _, ...key }: ApiKey): Static<typeof KeyView> => key;

/** Whose key is to be made: the caller's own tenant's, or for a platform admin the one named. */
const tenantOfKey = (who: Who, named: string | null | undefined): string | null => {
  if (who.tenant_id === undefined) return named ?? null;
  if (named !== undefined && named !== who.tenant_id)
    throw new AncillaError('tenant.mismatch', 'a tenant admin makes keys of its own tenant only');
  return who.tenant_id;
};

/** What an API key opens in the console. It is its own token: so it counts on every server of a deployment, and no longer than the key does. */
async function openedBy({ authenticate }: Pick<Identity, 'authenticate'>, key: string, io: Io) {
  const { tenant_id, role } = await authenticate(`Bearer ${key}`, io);
  if (tenant_id === undefined)
    throw new AncillaError(
      'auth.invalid',
      'the console shows a tenant, and a platform admin’s key is of none: sign in with a key of the tenant',
    );
  return { tenant_id, role, token: key };
}

/** Keys, tenants and the console's sign-in. They touch the platform's store only. */
export const accessRoutes = ({
  authenticate,
  createKey,
  disableKey,
  keyOf,
  listKeys,
  createTenant,
  listTenants,
  redeemTicket,
}: Keys & Tenants & Identity): readonly Route[] => [
  route({
    method: 'POST',
    path: '/governance/keys',
    action: 'key.manage',
    scope: 'platform',
    summary: 'Make an API key; the secret is shown in this answer and never again',
    ...bare,
    body: Type.Object(
      { role: RoleName, subject: Name, name: Type.Optional(Title), tenant_id: Type.Optional(Type.Union([TenantId, Type.Null()])) },
      { additionalProperties: false },
    ),
    answers: { 201: Type.Object({ ...shown, secret: Type.String() }, { additionalProperties: false }) },
    async handle({ who, body: { role, subject, name = role, ...of }, trace: { trace_id }, signal }) {
      const tenant_id = tenantOfKey(who, of.tenant_id);
      if (who.tenant_id !== undefined && role === 'platform_admin')
        throw new AncillaError('access.denied', 'only a platform admin makes platform admins');
      const { key, secret } = await createKey({ tenant_id, role, subject, name }, { id: who.id, trace_id }, { signal });
      return [201, { ...view(key), secret }] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/governance/keys',
    action: 'key.manage',
    scope: 'platform',
    summary: 'API keys of the caller’s tenant, for a platform admin all; newest first, without their secrets',
    ...bare,
    query: Closed(paging),
    answers: { 200: pageOf(KeyView) },
    async handle({ who, query, signal }) {
      const { items, next_cursor } = await listKeys(who.tenant_id, query, { signal });
      return [200, { items: items.map(view), next_cursor }] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/governance/keys/{key_id}',
    action: 'key.manage',
    scope: 'platform',
    summary: 'One API key, without its secret',
    ...nothing,
    params: Type.Object({ key_id: ApiKey.properties.key_id }),
    answers: { 200: KeyView },
    async handle({ who, params: { key_id }, signal }) {
      return [200, view(await keyOf(key_id, who.tenant_id, { signal }))] as const;
    },
  }),
  route({
    method: 'DELETE',
    path: '/governance/keys/{key_id}',
    action: 'key.manage',
    scope: 'platform',
    summary: 'Disable an API key, at once',
    ...bare,
    params: Type.Object({ key_id: ApiKey.properties.key_id }),
    answers: { 200: KeyView },
    async handle({ who, params: { key_id }, trace: { trace_id }, signal }) {
      return [200, view(await disableKey(key_id, who.tenant_id, { id: who.id, trace_id }, { signal }))] as const;
    },
  }),
  route({
    method: 'POST',
    path: '/governance/tenants',
    action: 'tenant.manage',
    scope: 'platform',
    summary: 'Make a tenant: its keys, its store, its ledger',
    ...bare,
    body: Type.Object({ tenant_id: TenantId, name: Type.Optional(Title) }, { additionalProperties: false }),
    answers: { 201: TenantRecord },
    async handle({ who, body: { tenant_id, name = tenant_id }, trace: { trace_id }, signal }) {
      return [201, await createTenant({ tenant_id, name }, { id: who.id, trace_id }, { signal })] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/governance/tenants',
    action: 'tenant.manage',
    scope: 'platform',
    summary: 'The tenants of this deployment, newest first',
    ...bare,
    query: Closed(paging),
    answers: { 200: pageOf(TenantRecord) },
    async handle({ query, signal }) {
      const page = await listTenants(query, { signal });
      const items = [...page.items];
      return [200, { ...page, items }] as const;
    },
  }),
  route({
    method: 'POST',
    path: '/console/sessions',
    action: 'open',
    scope: 'platform',
    summary: 'Open the console: with the ticket of a single-use link for short-lived sessions, or with an API key',
    ...bare,
    body: Type.Union([
      Type.Object({ ticket: Type.String({ maxLength: 256 }) }, { additionalProperties: false }),
      Type.Object({ key: Type.String({ maxLength: 256 }) }, { additionalProperties: false }),
    ]),
    answers: { 200: Type.Object({ items: Type.Array(Type.Object({ tenant_id: TenantId, role: RoleName, token: Type.String() })) }) },
    async handle({ body, signal }) {
      const items = 'ticket' in body ? [...redeemTicket(body.ticket)] : [await openedBy({ authenticate }, body.key, { signal })];
      return [200, { items }] as const;
    },
  }),
];
