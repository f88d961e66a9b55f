// Runs in browsers: what platform.node.ts does with node:crypto, here with noble. Same exports; package.json "imports" chooses.
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 as hasher } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 of all parts, one after the other; a string counts as its UTF-8 bytes. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const hash = hasher.create();
  for (const part of parts) hash.update(typeof part === 'string' ? utf8ToBytes(part) : part);
  return hash.digest();
}

/** The same as 64 lower-case hex digits. */
export const sha256Hex = (...parts: readonly (Uint8Array | string)[]): string => toHex(sha256(...parts));

/** Lower-case hex. */
export const toHex = (bytes: Uint8Array): string => bytesToHex(bytes);

/** RFC 4648 section 4: the standard alphabet, padded. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Reads base64 leniently: callers compare `toBase64` of the answer with what they were given. */
export function fromBase64Lenient(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array(); // not base64 at all; like Node, no bytes
  }
}

/** The Ed25519 public key of a 32-byte seed. */
export const ed25519PublicKey = (seed: Uint8Array): Uint8Array => ed25519.getPublicKey(seed);

/** Signs with an Ed25519 seed. */
export const ed25519Signer =
  (seed: Uint8Array) =>
  (message: Uint8Array): Uint8Array =>
    ed25519.sign(message, seed);

/** Whether this is the key's Ed25519 signature (RFC 8032, pure) of the message. */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  // Not ZIP 215, noble's default: that one takes encodings which RFC 8032, node:crypto and Go refuse.
  return ed25519.verify(signature, message, publicKey, { zip215: false });
}
