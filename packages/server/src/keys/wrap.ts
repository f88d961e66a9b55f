import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { AncillaError, type Random } from '@ancilla/contracts';

/** Bytes of every key here. */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A key encrypted under the master, base64 of nonce ‖ ciphertext ‖ tag (AES-256-GCM). */
export type Wrapped = string;

/** What a wrapped key is for: authenticated, so that a wrap moved to another owner or purpose does not open. */
export interface Purpose {
  readonly owner: string;
  readonly purpose: string;
}

/** Wraps a key under the master. */
export function wrapKey(master: Uint8Array, key: Uint8Array, of: Purpose, random: Random): Wrapped {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', master, nonce).setAAD(authenticated(of));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** @throws {AncillaError} `key.invalid` when it was wrapped by another master, for another purpose, or was altered */
export function unwrapKey(master: Uint8Array, wrapped: Wrapped, of: Purpose): Uint8Array {
  const bytes = Buffer.from(wrapped, 'base64');
  const refuse = (cause?: unknown) =>
    new AncillaError('key.invalid', `the ${of.purpose} key of ${of.owner} does not open: another master key, or an altered keyring`, {
      cause,
    });
  if (bytes.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) throw refuse();
  const decipher = createDecipheriv('aes-256-gcm', master, bytes.subarray(0, NONCE_BYTES))
    .setAAD(authenticated(of))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const key = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return new Uint8Array(key);
  } catch (error) {
    throw refuse(error);
  }
}

/** Names a master without telling anything of it, so that a keyring can say that it needs another one. */
export const masterId = (master: Uint8Array): string =>
  createHmac('sha256', master).update('ancilla master id v1').digest('hex').slice(0, 16);

const authenticated = ({ owner, purpose }: Purpose) => Buffer.from(JSON.stringify(['ancilla keyring v1', owner, purpose]));
