// Runs in browsers too. Name lists as Bloom filters: some 70 kB for 45,000 names, and no list of people to read.

/** Bits looked at for one name. */
export const PROBES = 6;

/** Lower case without accents: the form in which names are compared. */
const NOT_ASCII = /[^\0-\x7f]/;
export const toName = (text: string): string => (NOT_ASCII.test(text) ? withoutAccents(text) : text.toLowerCase());
const withoutAccents = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Two hashes of a stretch of a text that is already in {@link toName}'s form. */
export function hashName(text: string, start: number, end: number): readonly [first: number, step: number] {
  let first = 0x811c9dc5;
  let step = 0x9747b28c;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    first = Math.imul(first ^ code, 0x01000193);
    step = Math.imul(step ^ code, 0x5bd1e995);
    step ^= step >>> 15;
  }
  return [first >>> 0, (step | 1) >>> 0];
}

/** Which bit a probe looks at, of `size`. */
export const filterBits = (first: number, step: number, probe: number, size: number): number => (first + probe * step) % size;

/** A filter from its base 64 form, unpacked when the first name is asked for. */
export function openNameFilter(base64: string): (name: string) => boolean {
  let unpacked: Uint8Array | undefined;
  return (name) => {
    const bits = (unpacked ??= toBytes(base64));
    const size = bits.length * 8;
    const [first, step] = hashName(name, 0, name.length);
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = filterBits(first, step, probe, size);
      if (((bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  };
}

function toBytes(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
