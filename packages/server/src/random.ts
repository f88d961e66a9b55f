import type { Random } from '@ancilla/contracts';

const POOL_BYTES = 8192;
/** More is not given at once. @see https://www.w3.org/TR/webcrypto/#Crypto-method-getRandomValues */
const DRAW_BYTES = 65_536;

/**
 * Randomness in small pieces out of larger draws: asking the system for 16 bytes costs ten times what the bytes do, and every document wants some.
 * No byte is given out twice.
 * @param draw - fills bytes from the system, at most 65,536 at once
 */
export function pooledRandom(draw: (bytes: Uint8Array<ArrayBuffer>) => void): Random {
  const drawAll = (bytes: Uint8Array<ArrayBuffer>): Uint8Array => {
    for (let at = 0; at < bytes.length; at += DRAW_BYTES) draw(bytes.subarray(at, at + DRAW_BYTES));
    return bytes;
  };
  let pool = new Uint8Array();
  let used = 0;
  return {
    bytes(length) {
      if (length > POOL_BYTES / 8) return drawAll(new Uint8Array(length));
      if (used + length > pool.length) {
        pool = new Uint8Array(POOL_BYTES);
        draw(pool);
        used = 0;
      }
      used += length;
      return pool.slice(used - length, used);
    },
  };
}
