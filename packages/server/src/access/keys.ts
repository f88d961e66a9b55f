import {
  AncillaError,
  apiKeys,
  everyOf,
  insert,
  replace,
  tenants,
  toTimestamp,
  type Action,
  type ApiKey,
  type Clock,
  type Guard,
  type Io,
  type NewId,
  type PlatformStore,
  type Random,
  type Role,
} from '@ancilla/contracts';
import { isSession, type Identity } from './identity.ts';
import { may } from './may.ts';
import { hashSecret, newSecret } from './secret.ts';

/** Who makes or changes something, for the record. */
export interface By {
  readonly id: string;
  readonly trace_id: string;
}
export interface NewKey {
  readonly tenant_id: string | null;
  readonly role: Role;
  readonly subject: string;
  readonly name: string;
}

export interface Keys {
  /**
   * Makes a key; the secret is in the answer and nowhere else.
   * @param secret - one that was made and kept beforehand, so that a crash cannot lose it
   * @throws {AncillaError} `schema.invalid` when role and tenant do not go together, `tenant.not_found`
   */
  createKey(key: NewKey, by: By, io: Io, secret?: string): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  /**
   * Disables a key, of this tenant where one is named; the next request with it is refused.
   * @throws {AncillaError} `not_found`, `key.last_admin` for the only one that could make another
   */
  disableKey(key_id: string, tenant_id: string | undefined, by: By, io: Io): Promise<ApiKey>;
  /** @param tenant_id - whose the key must be. @throws {AncillaError} `not_found` */
  keyOf(key_id: string, tenant_id: string | undefined, io: Io): Promise<ApiKey>;
  /**
   * Whether a tenant's key was made since a time by this person, or by someone whose key comes from them, however many lie between: who makes a key has seen its secret.
   * @param since - RFC 3339
   */
  isMadeBy(key_id: string, of: { readonly subject: string; readonly since: string }, io: Io): Promise<boolean>;
  /**
   * Whether what was asked for with a key still counts: the key is there, not disabled, and of a role that may ask for it.
   * A session of the console counts, too: it ends by itself, so its end takes nothing away from anybody.
   */
  mayStill(key_id: string, action: Action, io: Io): Promise<boolean>;
  /** Keys of one tenant, or all, newest first. */
  listKeys(
    tenant_id: string | undefined,
    page: { readonly limit?: number; readonly cursor?: string },
    io: Io,
  ): Promise<{ readonly items: readonly ApiKey[]; readonly next_cursor: string | null }>;
}

export const openKeys = ({
  platform,
  clock,
  newId,
  random,
  forget,
}: {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  readonly forget: Identity['forget'];
}): Keys => {
  async function stored(key_id: string, tenant_id: string | undefined, io: Io) {
    const found = await platform.get(apiKeys, key_id, io);
    if (found === undefined || (tenant_id !== undefined && found.doc.tenant_id !== tenant_id))
      throw new AncillaError('not_found', 'no such API key');
    return found;
  }
  /** That another platform admin's key is there, and still is when this one goes. */
  async function otherAdmin(key_id: string, io: Io): Promise<Guard> {
    for await (const { doc, revision } of everyOf((page) => platform.find(apiKeys, { index: 'all', equals: {}, ...page }, io)))
      if (doc.role === 'platform_admin' && !doc.disabled && doc.key_id !== key_id) return { of: apiKeys, id: doc.key_id, revision };
    throw new AncillaError('key.last_admin', 'nobody could make keys and tenants any more without it');
  }
  return {
    async createKey(of, by, io, secret = newSecret(random)) {
      if ((of.role === 'platform_admin') !== (of.tenant_id === null))
        throw new AncillaError('schema.invalid', 'a platform admin belongs to no tenant, every other role to one', {
          errors: [{ path: '/role', message: 'must fit tenant_id' }],
        });
      if (of.tenant_id !== null && (await platform.get(tenants, of.tenant_id, io)) === undefined)
        throw new AncillaError('tenant.not_found', 'no such tenant');
      const created_at = toTimestamp(clock.now());
      const key: ApiKey = { key_id: newId('ak'), ...of, secret_hash: hashSecret(secret), disabled: false, created_by: by.id, created_at };
      await platform.commit([insert(apiKeys, key, { who: by.id, reason: `key for ${of.role}`, trace_id: by.trace_id })], [], io);
      return { key, secret };
    },
    async disableKey(key_id, tenant_id, by, io) {
      const was = await stored(key_id, tenant_id, io);
      if (!was.doc.disabled) {
        const because = { who: by.id, reason: 'disabled', trace_id: by.trace_id };
        const guards = was.doc.role === 'platform_admin' ? [await otherAdmin(key_id, io)] : [];
        await platform.commit([replace(apiKeys, was, { disabled: true }, because)], guards, io);
      }
      forget();
      return { ...was.doc, disabled: true };
    },
    keyOf: async (key_id, tenant_id, io) => (await stored(key_id, tenant_id, io)).doc,
    async isMadeBy(key_id, { subject, since }, io) {
      // A session of the console is of no key.
      const key = (await platform.get(apiKeys, key_id, io))?.doc;
      if (key === undefined || key.tenant_id === null || key.created_at < since) return false;
      const makers = new Set([subject]);
      const { tenant_id } = key;
      const made: ApiKey[] = [];
      for await (const { doc } of everyOf((page) => platform.find(apiKeys, { index: 'by_tenant', equals: { tenant_id }, ...page }, io)))
        made.push(doc);
      // As often as it finds someone more: whose key came from them may have made keys too.
      for (let known = 0; known < makers.size;) {
        known = makers.size;
        for (const each of made) if (makers.has(each.created_by)) makers.add(each.subject);
      }
      return makers.has(key.created_by);
    },
    async mayStill(key_id, action, io) {
      if (isSession(key_id)) return true;
      const key = (await platform.get(apiKeys, key_id, io))?.doc;
      return key !== undefined && !key.disabled && may({ id: key.subject, role: key.role, key_id }, action, {}).allowed;
    },
    async listKeys(tenant_id, page, io) {
      const { items, next_cursor } =
        tenant_id === undefined
          ? await platform.find(apiKeys, { index: 'all', equals: {}, ...page }, io)
          : await platform.find(apiKeys, { index: 'by_tenant', equals: { tenant_id }, ...page }, io);
      return { items: items.map(({ doc }) => doc), next_cursor };
    },
  };
};
