import { createCipheriv, createDecipheriv, hkdfSync, timingSafeEqual } from 'node:crypto';
import { AncillaError, type Random } from '@ancilla/contracts';
import { KEY_BYTES } from './envelope.ts';

const VERSION = 1;
const SALT_BYTES = 32;
const COMMITMENT_BYTES = 32;
const TAG_BYTES = 16;
const WRAPPED_BYTES = 1 + SALT_BYTES + COMMITMENT_BYTES + KEY_BYTES + TAG_BYTES;
/** Each wrap has a wrapping key of its own (32 random bytes of salt), so the nonce needs no randomness. */
const NONCE = new Uint8Array(12);

/** Whose bytes these are: authenticated by the wrap and by every segment. Neither id can hold a line feed. */
export const contextOf = (tenant_id: string, artifact_id: string): Uint8Array =>
  new TextEncoder().encode(`ancilla artifact v1\n${tenant_id}\n${artifact_id}`);

/** Wrapping key and key commitment, from one derivation: GCM alone would let one wrap open under two keys, a hash does not. */
const derive = (artifactKey: Uint8Array, salt: Uint8Array, context: Uint8Array) => {
  const derived = Buffer.from(hkdfSync('sha256', artifactKey, salt, context, KEY_BYTES + COMMITMENT_BYTES));
  return { wrappingKey: derived.subarray(0, KEY_BYTES), commitment: derived.subarray(KEY_BYTES) };
};

/**
 * Wraps an artifact's data key under its tenant's artifact key.
 * @returns base64 of version ‖ salt ‖ commitment ‖ ciphertext ‖ tag, 113 bytes
 */
export const wrapDataKey = (artifactKey: Uint8Array, context: Uint8Array, dataKey: Uint8Array, random: Random): string => {
  const salt = random.bytes(SALT_BYTES);
  const { wrappingKey, commitment } = derive(artifactKey, salt, context);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, NONCE);
  return Buffer.concat([Uint8Array.of(VERSION), salt, commitment, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]).toString(
    'base64',
  );
};

/** @throws {AncillaError} `artifact.corrupt` when it was altered, or wrapped for another artifact, another tenant or under another key */
export const unwrapDataKey = (artifactKey: Uint8Array, context: Uint8Array, wrapped: string): Uint8Array => {
  const bytes = Buffer.from(wrapped, 'base64');
  if (bytes.length !== WRAPPED_BYTES || bytes[0] !== VERSION) throw new AncillaError('artifact.corrupt', 'the wrapped key is malformed');
  const at = { salt: 1, commitment: 1 + SALT_BYTES, key: 1 + SALT_BYTES + COMMITMENT_BYTES, tag: WRAPPED_BYTES - TAG_BYTES };
  const { wrappingKey, commitment } = derive(artifactKey, bytes.subarray(at.salt, at.commitment), context);
  if (!timingSafeEqual(commitment, bytes.subarray(at.commitment, at.key)))
    throw new AncillaError('artifact.corrupt', 'the key was wrapped under another key or for another artifact');
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey, NONCE, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(at.tag));
  const dataKey = decipher.update(bytes.subarray(at.key, at.tag));
  try {
    decipher.final();
  } catch (cause) {
    throw new AncillaError('artifact.corrupt', 'the wrapped key does not authenticate', { cause });
  }
  return dataKey;
};

/** Eight bytes that no two wraps share: part of an object's name, so that two uploads of one artifact never write the same object. */
export const wrapTag = (wrapped: string): string => Buffer.from(wrapped, 'base64').subarray(1, 9).toString('hex');
