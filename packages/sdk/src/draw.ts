// Runs in browsers too. Which arm of a rollout something falls on: the same for everyone who asks, and for no one to choose.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/**
 * @param key - the rollout's own, 64 hex digits
 * @param name - of what falls on one arm as a whole: a trace id, a data set
 * @returns `unit`, 16 hex digits that stand for the name; `at` in [0, 1): below the rollout's share it is the candidate's
 */
export function draw(key: string, name: string): { readonly unit: string; readonly at: number } {
  const digest = hmac(sha256, hexToBytes(key), new TextEncoder().encode(name));
  return { unit: bytesToHex(digest.subarray(0, 8)), at: new DataView(digest.buffer, digest.byteOffset).getUint32(8) / 2 ** 32 };
}
