// Runs in browsers too. Text inside text: base 64 and hex.
import { classAt, WORD } from './characters.ts';

const isBase64 = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return (code < 0x80 && (classAt(text, at) & WORD) !== 0) || code === 0x2b || code === 0x2f || code === 0x2d || code === 0x5f;
};
/** Judged by its beginning, so that an image costs nothing. */
const TASTE = 64;
const SHORTEST = 16;

/** The encoded run that begins here, and the text it holds if it holds any. */
export function decodeRun(source: string, start: number, longest: number): { readonly end: number; readonly text: string | undefined } {
  const limit = Math.min(source.length, start + longest);
  let end = start;
  while (end < limit && isBase64(source, end)) end++;
  const run = source.slice(start, end);
  while (end < limit && source[end] === '=' && end - start - run.length < 2) end++;
  if (run.length < SHORTEST) return { end, text: undefined };
  return { end, text: fromHex(run) ?? fromBase64(run) };
}

/** The six bits of a base 64 character, both alphabets. */
const sextets = new Uint8Array(128);
for (const [alphabet, first] of [
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 0],
  ['-_', 62],
] as const)
  for (let at = 0; at < alphabet.length; at++) sextets[alphabet.charCodeAt(at)] = first + at;

/** Whether the beginning may be text: nearly every identifier and hash is sorted out here, without a decoder that throws. */
function beginsAsText(run: string): boolean {
  const length = Math.min(TASTE, run.length - (run.length % 4));
  for (let at = 0; at < length; at += 4) {
    const bits =
      ((sextets[run.charCodeAt(at)] ?? 0) << 18) |
      ((sextets[run.charCodeAt(at + 1)] ?? 0) << 12) |
      ((sextets[run.charCodeAt(at + 2)] ?? 0) << 6) |
      (sextets[run.charCodeAt(at + 3)] ?? 0);
    if (isControl(bits >>> 16) || isControl((bits >>> 8) & 255) || isControl(bits & 255)) return false;
  }
  return true;
}

/** Control characters other than white space are in no text. */
const isControl = (byte: number): boolean => byte < 9 || (byte > 13 && byte < 32) || byte === 127;

function fromBase64(run: string): string | undefined {
  if (!beginsAsText(run)) return undefined;
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

function fromHex(run: string): string | undefined {
  if (run.length % 2 === 1 || !/^[0-9a-fA-F]+$/.test(run)) return undefined;
  return toText(Uint8Array.from(run.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

/** Printable UTF-8, or nothing. A character cut at the end is allowed. */
function toText(bytes: Uint8Array): string | undefined {
  if (bytes.some(isControl)) return undefined;
  const text = new TextDecoder('utf-8').decode(bytes);
  const broken = text.indexOf('\ufffd');
  return broken < 0 || broken === text.length - 1 ? text : undefined;
}
