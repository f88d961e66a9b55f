// Runs in browsers too. Name lists as Bloom filters: some 570 kB for 240,000 names, and no list of people to read.

/** Bits looked at for one name. */
const PROBES = 6;

/** Lower case without accents: the form in which names are compared. */
const NOT_ASCII = /[^\0-\x7f]/;
export const toName = (text: string): string => (NOT_ASCII.test(text) ? withoutAccents(text) : text.toLowerCase());
const withoutAccents = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** Two hashes of a name, by which it is filed. */
interface NameHash {
  first: number;
  step: number;
}

/** Letters that are no letter with a mark on it, as those write them who do not have them: Søren is filed as Soren. */
const PLAIN = new Map(Array.from('øłđðı', (letter, at) => [letter.charCodeAt(0), 'olddi'.charCodeAt(at)]));

/** The hash of a stretch of a text that is in {@link toName}'s form but for the case of ASCII letters, into the given one: this runs for every capital. */
function hashInto(hash: NameHash, text: string, start: number, end: number): void {
  let first = 0x811c9dc5;
  let step = 0x9747b28c;
  for (let at = start; at < end; at++) {
    let code = text.charCodeAt(at);
    if (code >= 0x41 && code <= 0x5a) code |= 0x20;
    else if (code >= 0x80) code = PLAIN.get(code) ?? code;
    first = Math.imul(first ^ code, 0x01000193);
    step = Math.imul(step ^ code, 0x5bd1e995);
    step ^= step >>> 15;
  }
  hash.first = spread(first);
  hash.step = spread(step) | 1;
}

/** The finish of MurmurHash3: near names get far bits. */
function spread(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Which bit a probe looks at, of `size`: a product, since a division takes far longer. */
const filterBit = ({ first, step }: NameHash, probe: number, size: number): number =>
  Math.floor(((first + Math.imul(probe, step)) >>> 0) * (size / 0x1_0000_0000));

/** The bits of a name in a filter of that many. */
export function filterBits(name: string, size: number): readonly number[] {
  const hash: NameHash = { first: 0, step: 0 };
  hashInto(hash, name, 0, name.length);
  return Array.from({ length: PROBES }, (_, probe) => filterBit(hash, probe, size));
}

/** A filter from its base 64 form, unpacked when the first name is asked for. */
export function openNameFilter(base64: string): (text: string, start?: number, end?: number) => boolean {
  let unpacked: Uint8Array | undefined;
  const hash: NameHash = { first: 0, step: 0 };
  return (text, start = 0, end = text.length) => {
    const bits = (unpacked ??= toBytes(base64));
    const size = bits.length * 8;
    hashInto(hash, text, start, end);
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = filterBit(hash, probe, size);
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
