import type { Random } from '@ancilla/contracts';

const POOL_BYTES = 8192;

/**
 * Randomness in small pieces out of larger draws: asking the system for 16 bytes costs ten times what the bytes do, and every document wants some.
 * No byte is given out twice.
 * @param draw - fills bytes from the system
 */
export function pooledRandom(draw: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): Random {
  let pool = new Uint8Array();
  let used = 0;
  return {
    bytes(length) {
      if (length > POOL_BYTES / 8) return draw(new Uint8Array(length));
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
