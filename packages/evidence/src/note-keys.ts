// Runs in browsers too.
import { ed25519PublicKey, ed25519Signer, ed25519Verify, sha256, toBase64, toHex } from '#platform';
import { concatBytes, fromBase64 } from './encoding.ts';
import { EvidenceError } from './errors.ts';

/** The one signature type every verifier knows. */
const ED25519 = Uint8Array.of(0x01);
const KEY_BYTES = 32;
const PRIVATE = 'PRIVATE+KEY+';

/** A key that notes are verified with. */
export interface VerifierKey {
  /** Who signs; for a log, its origin. */
  readonly name: string;
  /** 4 bytes that tell keys of one name apart. */
  readonly keyId: Uint8Array;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Signs notes under one name. */
export interface NoteSigner extends VerifierKey {
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** A signer for this name. @param seed - Ed25519 private key, 32 bytes @throws {RangeError} for a name or seed that cannot be one */
export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  if (seed.length !== KEY_BYTES) throw new RangeError(`a seed of ${seed.length} bytes, expected ${KEY_BYTES}`);
  return { ...verifierKey(name, ed25519PublicKey(seed)), sign: ed25519Signer(seed) };
}

/** A verifier for this name. @param publicKey - Ed25519, 32 bytes @throws {RangeError} for a name or key that cannot be one */
export function verifierKey(name: string, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new RangeError('a key name has no spaces and no plus sign');
  if (publicKey.length !== KEY_BYTES) throw new RangeError(`a public key of ${publicKey.length} bytes, expected ${KEY_BYTES}`);
  return { name, publicKey, keyId: sha256(name, '\n', ED25519, publicKey).slice(0, 4) };
}

/** The key as a vkey, the text that is handed to auditors. */
export const formatVerifierKey = ({ name, keyId, publicKey }: VerifierKey): string =>
  `${name}+${toHex(keyId)}+${toBase64(concatBytes([ED25519, publicKey]))}`;

/** Reads a vkey. @throws {EvidenceError} `key.malformed` */
export function parseVerifierKey(vkey: string): VerifierKey {
  const { name, keyId, key } = splitKey(vkey, 'verifier key');
  const parsed = verifierKey(name, key);
  if (toHex(parsed.keyId) !== keyId) throw new EvidenceError('key.malformed', 'the verifier key’s id does not fit its name and key');
  return parsed;
}

/** The seed in Go's private form. A secret. */
export const formatSignerKey = (name: string, seed: Uint8Array): string =>
  `${PRIVATE}${name}+${toHex(noteSigner(name, seed).keyId)}+${toBase64(concatBytes([ED25519, seed]))}`;

/** Reads Go's private form. @throws {EvidenceError} `key.malformed` */
export function parseSignerKey(skey: string): NoteSigner {
  if (!skey.startsWith(PRIVATE)) throw new EvidenceError('key.malformed', `a signer key starts with ${PRIVATE}`);
  const { name, keyId, key } = splitKey(skey.slice(PRIVATE.length), 'signer key');
  const signer = noteSigner(name, key);
  if (toHex(signer.keyId) !== keyId) throw new EvidenceError('key.malformed', 'the signer key’s id does not fit its name and key');
  return signer;
}

/** Whether the key signed the message. */
export const verifySignature = ({ publicKey }: VerifierKey, message: Uint8Array, signature: Uint8Array): boolean =>
  signature.length === 64 && ed25519Verify(publicKey, message, signature);

/** Whether this can name a key, and so a log: no spaces, no plus sign, no control characters, not empty. */
export const isKeyName = (name: string): boolean => name.isWellFormed() && /^[^\s\p{Cc}\p{Z}+]+$/u.test(name);

function splitKey(text: string, what: string): { name: string; keyId: string; key: Uint8Array } {
  // By the first two plus signs only: base64 may have more.
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text) ?? [];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  if (name === undefined || keyId === undefined || bytes === undefined || !isKeyName(name))
    throw new EvidenceError('key.malformed', `a ${what} is name+id+base64`);
  if (bytes[0] !== ED25519[0] || bytes.length !== 1 + KEY_BYTES)
    throw new EvidenceError('key.malformed', `the ${what} is not an Ed25519 key`);
  return { name, keyId, key: bytes.slice(1) };
}
