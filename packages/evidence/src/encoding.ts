// Runs in browsers too.
import { fromBase64Lenient, toBase64 } from '#platform';

/** The bytes of canonical, padded, standard base64 (RFC 4648 section 4), or `undefined`: a proof must have one spelling only. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = fromBase64Lenient(text);
  return toBase64(bytes) === text ? bytes : undefined;
}

/** UTF-8 bytes of a text. */
export const toUtf8 = (text: string): Uint8Array => encoder.encode(text);

/** The text of well-formed UTF-8, a byte order mark kept as the character it is; `undefined` for anything else. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether two byte strings are the same. Not constant-time: everything compared here is public. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** All parts, one after the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A count or index as the log formats write it: ASCII decimal, no sign, no leading zero, exactly representable; else `undefined`. */
export function fromDecimal(text: string): number | undefined {
  const value = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
