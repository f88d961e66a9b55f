import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** The independent random keys of one tenant, or of the platform. */
export interface TenantKeys {
  /** Encrypts the database file: 64 lower-case hex digits. */
  readonly db_key: string;
  /** Wraps the data keys of artifacts. */
  readonly artifact_key: Uint8Array;
  /** Seals bodies on engines without encryption of their own, and quarantine. */
  readonly seal_key: Uint8Array;
  /** Makes redaction tokens; a new version only after a compromise. */
  readonly token_key: { readonly version: number; readonly bytes: Uint8Array };
  /** HMAC-SHA-256 under a key of its own for each purpose, so that no two uses can be played against each other. 32 bytes. */
  hmac(purpose: string, data: Uint8Array | string): Uint8Array;
}

/** The wrapped keys of one owner, by purpose. */
export const keyPurposes = ['db', 'artifact', 'seal', 'token', 'mac'] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

/** @param keys - 32 bytes for each purpose */
export function tenantKeys(keys: Readonly<Record<KeyPurpose, Uint8Array>>): TenantKeys {
  // As key objects: a key handed over as bytes is made ready anew for every call.
  const mac = createSecretKey(keys.mac);
  const purposes = new Map<string, KeyObject>();
  const keyFor = (purpose: string) => {
    const known = purposes.get(purpose);
    if (known) return known;
    const made = createSecretKey(hmacSha256(mac, `ancilla purpose ${purpose}`));
    purposes.set(purpose, made);
    return made;
  };
  return {
    db_key: Buffer.from(keys.db).toString('hex'),
    artifact_key: keys.artifact,
    seal_key: keys.seal,
    token_key: { version: 1, bytes: keys.token },
    hmac: (purpose, data) => hmacSha256(keyFor(purpose), data),
  };
}

// As text first: the Buffer a digest comes in costs more than the copy.
const hmacSha256 = (key: KeyObject, data: Uint8Array | string) =>
  new Uint8Array(Buffer.from(createHmac('sha256', key).update(data).digest('binary'), 'latin1'));
