import { sha256 } from '@ancilla/evidence';
import type { TokenKey } from '@ancilla/redaction';

/** The independent random keys of one tenant, or of the platform. */
export interface TenantKeys {
  /** Encrypts the database file: 64 lower-case hex digits. */
  readonly db_key: string;
  /** Wraps the data keys of artifacts. */
  readonly artifact_key: Uint8Array;
  /** Seals bodies on engines without encryption of their own, and quarantine. */
  readonly seal_key: Uint8Array;
  /** Makes redaction tokens; a new version only after a compromise. */
  readonly token_key: Required<TokenKey>;
  /** HMAC-SHA-256 under a key of its own for each purpose, so that no two uses can be played against each other. 32 bytes. */
  hmac(purpose: string, data: Uint8Array | string): Uint8Array;
}

/** The wrapped keys of one owner, by purpose. */
export const keyPurposes = ['db', 'artifact', 'seal', 'token', 'mac'] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

/**
 * @param keys - 32 bytes for each purpose
 * @param earlierTokens - the token keys before, newest first
 */
export function tenantKeys(keys: Readonly<Record<KeyPurpose, Uint8Array>>, earlierTokens: readonly Uint8Array[] = []): TenantKeys {
  const mac = hmacSha256(keys.mac);
  const purposes = new Map<string, ReturnType<typeof hmacSha256>>();
  const macFor = (purpose: string) => {
    const known = purposes.get(purpose);
    if (known) return known;
    const made = hmacSha256(mac(`ancilla purpose ${purpose}`));
    purposes.set(purpose, made);
    return made;
  };
  return {
    db_key: Buffer.from(keys.db).toString('hex'),
    artifact_key: keys.artifact,
    seal_key: keys.seal,
    token_key: {
      version: earlierTokens.length + 1,
      bytes: keys.token,
      earlier: earlierTokens.map((bytes, i) => ({ version: earlierTokens.length - i, bytes })),
    },
    hmac: (purpose, data) => macFor(purpose)(data),
  };
}

/**
 * HMAC-SHA-256 under one key of at most 64 bytes, as two hashes of a call each: Node's own makes an object for every call, which costs more than the hashing.
 * @see RFC 2104 section 2
 */
function hmacSha256(key: Uint8Array): (data: Uint8Array | string) => Uint8Array {
  const padded = (byte: number) => Uint8Array.from({ length: 64 }, (_, i) => (key[i] ?? 0) ^ byte);
  const [inner, outer] = [padded(0x36), padded(0x5c)];
  return (data) => sha256(outer, sha256(inner, data));
}
