// Runs in browsers too. Text inside text: base 64, hex, bytes one by one.
import { isAsciiWord } from './fold.ts';

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
/** A shorter run is a word. */
export const SHORTEST_ENCODED = 12;
/** Base 64 that is broken into lines has lines of one length, at least this. */
const SHORTEST_LINE = 40;

/** An encoded run: where it ends, and the text it holds, if it does. */
export interface Decoded {
  readonly end: number;
  readonly text: string | undefined;
}

/** The encoded run that begins here, and the text it holds if it holds any. */
export function decodeRun(source: string, start: number, longest: number): Decoded {
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
  if (length < SHORTEST_ENCODED) return { end, text: undefined };
  const inHex = hex && length % 2 === 0 && beginsAsText(source, start, length, hexByte, 2) ? fromHex(source.slice(start, end)) : undefined;
  if (inHex !== undefined) return { end, text: inHex };
  if (!beginsAsText(source, start, length, base64Byte, 4 / 3)) return { end, text: undefined };
  const lines = linesOf(source, start, end, limit);
  // What looks like a last, shorter line may be a word behind the block.
  for (const count of [lines.length, lines.length - 1]) {
    const last = lines[count - 1];
    if (last === undefined) break;
    const text = fromBase64(
      lines
        .slice(0, count)
        .map(([from, to]) => source.slice(from, to))
        .join(''),
    );
    if (text !== undefined) return { end: paddingEnd(source, last[1]), text };
  }
  return { end, text: undefined };
}

/** A run of base 64, and where it goes on in lines of one length, those; the last may be shorter. */
function linesOf(source: string, start: number, end: number, limit: number): readonly (readonly [from: number, to: number])[] {
  const length = end - start;
  const lines: [from: number, to: number][] = [[start, end]];
  for (let to = end; length >= SHORTEST_LINE && to - (lines.at(-1)?.[0] ?? 0) === length;) {
    const from = to + (source[to] === '\r' ? 2 : 1);
    if (source[from - 1] !== '\n') break;
    for (to = from; to < limit && to - from <= length && sextets[source.charCodeAt(to)] !== 255;) to++;
    if (to === from || to - from > length) break;
    lines.push([from, to]);
  }
  return lines;
}

function paddingEnd(source: string, end: number): number {
  let to = end;
  while (source[to] === '=' && to - end < 2) to++;
  return to;
}

/** Fewer bytes one by one are numbers like others. */
const FEWEST_BYTES = 8;
/** Bytes each by itself: in hex, as dumps, fingerprints and programs have them, or as numbers of a list. Where what parts two ends, -1 where they are not parted so. */
const APART: readonly {
  readonly sign: 0 | 2;
  readonly radix: 10 | 16;
  readonly gapEnd: (source: string, at: number) => number;
}[] = [
  { sign: 0, radix: 16, gapEnd: (source, at) => (' :-'.includes(source[at] ?? '?') ? at + 1 : -1) },
  { sign: 2, radix: 16, gapEnd: (source, at) => spaceEnd(source, source[at] === ',' ? at + 1 : at) },
  { sign: 0, radix: 10, gapEnd: (source, at) => (source[at] === ',' ? spaceEnd(source, at + 1) : -1) },
];
const spaceEnd = (source: string, at: number): number => (source[at] === ' ' ? at + 1 : at);

/** Bytes that begin here, one by one, and the text they hold if they hold any: up to the first that is in no text. */
export function decodeBytes(source: string, start: number, longest: number): Decoded {
  let furthest = start;
  for (const { sign, radix, gapEnd } of APART) {
    const bytes: number[] = [];
    let end = start;
    for (let at = start; at >= 0 && at < start + longest; at = gapEnd(source, end)) {
      // 0x before each.
      if (sign > 0 && (source[at] !== '0' || (source.charCodeAt(at + 1) | 0x20) !== 0x78)) break;
      let to = at + sign;
      let value = 0;
      for (let digit = nibbleAt(source, to); digit < radix && to - at - sign < 3; digit = nibbleAt(source, to)) {
        value = value * radix + digit;
        to++;
      }
      const digits = to - at - sign;
      if (radix === 16 ? digits !== 2 : digits === 0 || source[to] === '.') break;
      if (value > 255 || isControl(value) || isAsciiWord(source.charCodeAt(to))) break;
      bytes.push(value);
      end = to;
    }
    const text = bytes.length < FEWEST_BYTES ? undefined : toText(Uint8Array.from(bytes));
    if (text !== undefined) return { end, text };
    furthest = Math.max(furthest, end);
  }
  return { end: furthest, text: undefined };
}
const nibbleAt = (source: string, at: number): number => nibbles[source.charCodeAt(at)] ?? 255;

/** Whether another byte may stand behind the separator here: in prose a word does. */
export const mayGoOn = (source: string, at: number): boolean => nibbleAt(source, spaceEnd(source, at + 1)) < 16;

/** Whether a list has, one behind the other, as many bytes of a text as make one. */
export function holdsText(list: readonly unknown[]): boolean {
  let count = 0;
  return list.some((each) => {
    count = typeof each === 'number' && Number.isInteger(each) && each > 0 && each < 256 && !isControl(each) ? count + 1 : 0;
    return count === FEWEST_BYTES;
  });
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
      // Each second byte of UTF-16 is zero.
      if (isControl(byte) && (byte > 0 || index % 2 === 0)) return false;
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
    const binary = atob(base64);
    const bytes = new Uint8Array(binary.length);
    // Counted, not called for each: images and keys are long.
    for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
    return toText(bytes);
  } catch {
    return undefined; // Not base 64.
  }
}

const fromHex = (run: string): string | undefined =>
  toText(Uint8Array.from({ length: run.length / 2 }, (_, index) => hexByte(run, 0, index)));

const decoder = new TextDecoder('utf-8');
/** Printable UTF-8, or Latin letters in UTF-16, or nothing. A character cut at the end is allowed. */
function toText(bytes: Uint8Array): string | undefined {
  const isWide = bytes.length >= FEWEST_BYTES && bytes.every((byte, index) => index % 2 === 0 || byte === 0);
  const narrow = isWide ? bytes.filter((_, index) => index % 2 === 0) : bytes;
  if (narrow.some(isControl)) return undefined;
  const text = decoder.decode(narrow);
  const broken = text.indexOf('\ufffd');
  return broken < 0 || broken === text.length - 1 ? text : undefined;
}
