// Runs in browsers too. Text inside text: base 64 and hex.

/** The six bits of a base 64 character, both alphabets; 255 for any other. */
const sextets = new Uint8Array(0x10000).fill(255);
/** The four bits of a hex digit; 255 for any other. */
const nibbles = new Uint8Array(128).fill(255);
for (const [alphabet, first, into] of [
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 0, sextets],
  ['-_', 62, sextets],
  ['0123456789abcdef', 0, nibbles],
  ['ABCDEF', 10, nibbles],
] as const)
  for (let at = 0; at < alphabet.length; at++) into[alphabet.charCodeAt(at)] = first + at;

/** Judged by its beginning, so that an image costs nothing. */
const TASTE = 64;
const SHORTEST = 16;

/** The encoded run that begins here, and the text it holds if it holds any. */
export function decodeRun(source: string, start: number, longest: number): { readonly end: number; readonly text: string | undefined } {
  // 0x before it says hex.
  if (source[start] === '0' && (source[start + 1] === 'x' || source[start + 1] === 'X')) start += 2;
  const limit = Math.min(source.length, start + longest);
  let end = start;
  let hex = true;
  for (; end < limit; end++) {
    const code = source.charCodeAt(end);
    if ((sextets[code] ?? 255) === 255) break;
    hex &&= nibbles[code] !== 255;
  }
  const length = end - start;
  const runEnd = end;
  while (end < limit && source[end] === '=' && end - runEnd < 2) end++;
  if (length < SHORTEST) return { end, text: undefined };
  const inHex =
    hex && length % 2 === 0 && beginsAsText(source, start, length, hexByte, 2) ? fromHex(source.slice(start, runEnd)) : undefined;
  return {
    end,
    text: inHex ?? (beginsAsText(source, start, length, base64Byte, 4 / 3) ? fromBase64(source.slice(start, runEnd)) : undefined),
  };
}

type ByteAt = (source: string, start: number, index: number) => number;
const hexByte: ByteAt = (source, start, index) =>
  ((nibbles[source.charCodeAt(start + 2 * index)] ?? 0) << 4) | (nibbles[source.charCodeAt(start + 2 * index + 1)] ?? 0);
const base64Byte: ByteAt = (source, start, index) => {
  const at = start + Math.floor((index * 8) / 6);
  const both = ((sextets[source.charCodeAt(at)] ?? 0) << 6) | (sextets[source.charCodeAt(at + 1)] ?? 0);
  return (both >>> (4 - ((index * 8) % 6))) & 255;
};

/** Whether the beginning may be text: nearly every identifier and hash is sorted out here, without a decoder that throws. */
function beginsAsText(source: string, start: number, length: number, byteAt: ByteAt, characters: number): boolean {
  const bytes = Math.floor(Math.min(TASTE, length - (length % 4)) / characters);
  // How many bytes of a character are still to come.
  let open = 0;
  for (let index = 0; index < bytes; index++) {
    const byte = byteAt(source, start, index);
    if (open > 0) {
      if ((byte & 0xc0) !== 0x80) return false;
      open--;
    } else if (byte < 0x80) {
      if (isControl(byte)) return false;
    } else if (byte < 0xc2 || byte > 0xf4) return false;
    else open = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
  }
  return true;
}

/** Control characters other than white space are in no text. */
const isControl = (byte: number): boolean => byte < 9 || (byte > 13 && byte < 32) || byte === 127;

function fromBase64(run: string): string | undefined {
  const standard = run.replaceAll('-', '+').replaceAll('_', '/');
  if (decode(standard.slice(0, Math.min(TASTE, 4 * Math.floor(standard.length / 4)))) === undefined) return undefined;
  const rest = standard.length % 4;
  return decode(rest === 1 ? standard.slice(0, -1) : standard);
}

function decode(base64: string): string | undefined {
  try {
    return toText(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    return undefined; // Not base 64.
  }
}

const fromHex = (run: string): string | undefined =>
  toText(Uint8Array.from({ length: run.length / 2 }, (_, index) => hexByte(run, 0, index)));

const decoder = new TextDecoder('utf-8');
/** Printable UTF-8, or nothing. A character cut at the end is allowed. */
function toText(bytes: Uint8Array): string | undefined {
  if (bytes.some(isControl)) return undefined;
  const text = decoder.decode(bytes);
  const broken = text.indexOf('\ufffd');
  return broken < 0 || broken === text.length - 1 ? text : undefined;
}
