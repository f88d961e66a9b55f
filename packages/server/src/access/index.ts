// Who may do what: API keys, tenants, the five roles, may(), the access log.
import {
  accessLog,
  AncillaError,
  apiKeys,
  insert,
  replace,
  route,
  tenants,
  TenantId,
  toTimestamp,
  type AccessEntry,
  type ApiKey,
  type Clock,
  type Io,
  type NewId,
  type PlatformStore,
  type Random,
  type Role,
  type Room,
  type TenantRecord,
  type TenantStore,
  type Who,
} from '@ancilla/contracts';
import { ApiKey as ApiKeySchema, Name, RoleName, TenantRecord as TenantSchema } from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import type { Stores } from '../store/index.ts';
import { openIdentity, type Identity } from './identity.ts';
import { hashSecret, newSecret } from './secret.ts';

export { may, type Verdict } from './may.ts';

const nothing = { params: Type.Object({}), query: Type.Object({}), body: Type.Null() };
const paging = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })), cursor: Type.Optional(Type.String({ maxLength: 1024 })) },
  { additionalProperties: false },
);
const { secret_hash: _hash, ...shown } = ApiKeySchema.properties;
/** A key as it is shown: without its hash. */
const KeyView = Type.Object(shown);
const Title = Type.String({ minLength: 1, maxLength: 120 });

export interface NewKey {
  readonly tenant_id: string | null;
  readonly role: Role;
  readonly subject: string;
  readonly name: string;
}

export interface Access extends Identity {
  /** Makes a key; the secret is in the answer and nowhere else. */
  createKey(
    key: NewKey,
    by: { readonly id: string; readonly trace_id: string },
    io: Io,
  ): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  /** @throws {AncillaError} `tenant.exists` */
  createTenant(
    tenant: { readonly tenant_id: string; readonly name: string },
    by: { readonly id: string; readonly trace_id: string },
    io: Io,
  ): Promise<TenantRecord>;
  /** Records a denial or a read of raw content; durable when it resolves. */
  log(in_: TenantStore | PlatformStore, entry: Omit<Static<typeof AccessEntry>, 'access_id' | 'at'>, io: Io): Promise<void>;
}

export function openAccess({
  platform,
  stores,
  clock,
  newId,
  random,
}: {
  readonly platform: PlatformStore;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
}): Room & Access {
  const identity = openIdentity({ platform, clock, random });
  const now = (): string => toTimestamp(clock.now());

  const createKey: Access['createKey'] = async (of, by, io) => {
    if ((of.role === 'platform_admin') !== (of.tenant_id === null))
      throw new AncillaError('schema.invalid', 'a platform admin belongs to no tenant, every other role to one', {
        errors: [{ path: '/role', message: 'does not fit tenant_id' }],
      });
    if (of.tenant_id !== null && (await platform.get(tenants, of.tenant_id, io)) === undefined)
      throw new AncillaError('tenant.not_found', 'no such tenant');
    const secret = newSecret(random);
    const key: ApiKey = {
      key_id: newId('ak'),
      ...of,
      secret_hash: hashSecret(secret),
      disabled: false,
      created_by: by.id,
      created_at: now(),
    };
    await platform.commit([insert(apiKeys, key, { who: by.id, reason: `key for ${of.role}`, trace_id: by.trace_id })], [], io);
    return { key, secret };
  };

  const createTenant: Access['createTenant'] = async ({ tenant_id, name }, by, io) => {
    if ((await platform.get(tenants, tenant_id, io)) !== undefined)
      throw new AncillaError('tenant.exists', `tenant ${tenant_id} exists already`);
    try {
      await stores.createTenant(tenant_id, io);
    } catch (error) {
      // Its file without its record: a crash between the two, which this finishes.
      if (!(error instanceof AncillaError && error.code === 'tenant.exists')) throw error;
    }
    const record: TenantRecord = {
      tenant_id,
      name,
      log_id: await stores.tenant(tenant_id).ledger.logId(io),
      status: 'active',
      created_at: now(),
    };
    await platform.commit([insert(tenants, record, { who: by.id, reason: 'tenant made', trace_id: by.trace_id })], [], io);
    return record;
  };

  const log: Access['log'] = async (in_, entry, io) => {
    const doc = { ...entry, access_id: newId('al'), at: now() };
    // The access log belongs to both kinds of store; the two handles differ in their type only.
    await (in_ as TenantStore).commit([insert(accessLog, doc)], [], io);
  };

  /** Which tenant's keys a caller may manage: its own, or for a platform admin the one named. */
  const tenantOfKeys = (who: Who, named: string | null | undefined): string | null => {
    if (who.tenant_id === undefined) return named ?? null;
    if (named !== undefined && named !== who.tenant_id) throw new AncillaError('tenant.mismatch', 'keys of another tenant');
    return who.tenant_id;
  };

  return {
    ...identity,
    createKey,
    createTenant,
    log,
    routes: [
      route({
        method: 'POST',
        path: '/governance/keys',
        action: 'key.manage',
        scope: 'platform',
        summary: 'Make an API key; the secret is shown in this answer and never again',
        ...nothing,
        body: Type.Object(
          { role: RoleName, subject: Name, name: Type.Optional(Title), tenant_id: Type.Optional(Type.Union([TenantId, Type.Null()])) },
          { additionalProperties: false },
        ),
        answers: { 201: Type.Object({ ...shown, secret: Type.String() }) },
        async handle({ who, body, trace, signal }) {
          const tenant_id = tenantOfKeys(who, body.tenant_id);
          if (who.tenant_id !== undefined && body.role === 'platform_admin')
            throw new AncillaError('access.denied', 'a tenant makes no platform admins');
          const { key, secret } = await createKey(
            { tenant_id, role: body.role, subject: body.subject, name: body.name ?? body.role },
            { id: who.id, trace_id: trace.trace_id },
            { signal },
          );
          return [201, { ...view(key), secret }] as const;
        },
      }),
      route({
        method: 'GET',
        path: '/governance/keys',
        action: 'key.manage',
        scope: 'platform',
        summary: 'API keys, newest first, without their secrets',
        ...nothing,
        query: paging,
        answers: { 200: Type.Object({ items: Type.Array(KeyView), next_cursor: Type.Union([Type.String(), Type.Null()]) }) },
        async handle({ who, query, signal }) {
          const { tenant_id } = who;
          const page =
            tenant_id === undefined
              ? await platform.find(apiKeys, { index: 'all', equals: {}, ...query }, { signal })
              : await platform.find(apiKeys, { index: 'by_tenant', equals: { tenant_id }, ...query }, { signal });
          const items = page.items.map(({ doc }) => view(doc));
          return [200, { items, next_cursor: page.next_cursor }] as const;
        },
      }),
      route({
        method: 'DELETE',
        path: '/governance/keys/{key_id}',
        action: 'key.manage',
        scope: 'platform',
        summary: 'Disable an API key, at once',
        ...nothing,
        params: Type.Object({ key_id: ApiKeySchema.properties.key_id }),
        answers: { 200: KeyView },
        async handle({ who, params, trace, signal }) {
          const was = await platform.get(apiKeys, params.key_id, { signal });
          if (was === undefined || (who.tenant_id !== undefined && was.doc.tenant_id !== who.tenant_id))
            throw new AncillaError('not_found', `no key ${params.key_id}`);
          if (!was.doc.disabled)
            await platform.commit(
              [replace(apiKeys, was, { disabled: true }, { who: who.id, reason: 'disabled', trace_id: trace.trace_id })],
              [],
              { signal },
            );
          identity.forget(was.doc.secret_hash);
          return [200, { ...view(was.doc), disabled: true }] as const;
        },
      }),
      route({
        method: 'POST',
        path: '/governance/tenants',
        action: 'tenant.manage',
        scope: 'platform',
        summary: 'Make a tenant: its keys, its store, its ledger',
        ...nothing,
        body: Type.Object({ tenant_id: TenantId, name: Type.Optional(Title) }, { additionalProperties: false }),
        answers: { 201: TenantSchema },
        async handle({ who, body, trace, signal }) {
          return [
            201,
            await createTenant(
              { tenant_id: body.tenant_id, name: body.name ?? body.tenant_id },
              { id: who.id, trace_id: trace.trace_id },
              { signal },
            ),
          ] as const;
        },
      }),
      route({
        method: 'GET',
        path: '/governance/tenants',
        action: 'tenant.manage',
        scope: 'platform',
        summary: 'The tenants of this deployment, newest first',
        ...nothing,
        query: paging,
        answers: { 200: Type.Object({ items: Type.Array(TenantSchema), next_cursor: Type.Union([Type.String(), Type.Null()]) }) },
        async handle({ query, signal }) {
          const page = await platform.find(tenants, { index: 'all', equals: {}, ...query }, { signal });
          const items = page.items.map(({ doc }) => doc);
          return [200, { items, next_cursor: page.next_cursor }] as const;
        },
      }),
      route({
        method: 'POST',
        path: '/console/sessions',
        action: 'open',
        scope: 'platform',
        summary: 'Trade the ticket of a single-use link for short-lived sessions of the console',
        ...nothing,
        body: Type.Object({ ticket: Type.String({ maxLength: 256 }) }, { additionalProperties: false }),
        answers: { 200: Type.Object({ items: Type.Array(Type.Object({ tenant_id: TenantId, role: RoleName, token: Type.String() })) }) },
        async handle({ body }) {
          const items = [...identity.redeemTicket(body.ticket)];
          return [200, { items }] as const;
        },
      }),
    ],
  };
}

const view = ({ secret_hash: _, ...key }: ApiKey): Static<typeof KeyView> => key;
