import { AncillaError } from '@ancilla/contracts';

/** How deep and how wide a JSON body may be. */
export interface JsonBounds {
  readonly depth: number;
  readonly keys: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const [QUOTE, BACKSLASH, ZERO, NINE, PLUS, UNDERSCORE, C, D, U] = [0x22, 0x5c, 0x30, 0x39, 0x2b, 0x5f, 0x63, 0x64, 0x75];
/** The bit that tells a lower-case letter from its capital. */
const LOWER = 0x20;
/** What a byte outside of strings is; most are none of these. */
const [DIGIT, EXPONENT, STRING, MEMBER, OPEN, CLOSE] = [1, 2, 3, 4, 5, 6];
const kinds = [
  [DIGIT, '0123456789'],
  [EXPONENT, 'eE'],
  [STRING, '"'],
  [MEMBER, ':'],
  [OPEN, '{['],
  [CLOSE, '}]'],
] as const;
/** A table, as each byte of each body is looked up: one comparison after the other takes four times as long. */
const kindOf = new Uint8Array(256);
for (const [kind, characters] of kinds) for (const character of characters) kindOf[character.charCodeAt(0)] = kind;

/**
 * Reads a JSON body whose depth and number of keys were bounded by one look over its bytes, before anything is built from it.
 * @throws {AncillaError} `request.too_deep`, `request.malformed`
 */
export function parseJsonBody(bytes: Uint8Array, bounds: JsonBounds): unknown {
  const isSuspicious = scan(bytes, bounds);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new AncillaError('request.malformed', 'the body is not UTF-8');
  }
  try {
    // Looking at each member costs several times the parsing, so it is done only where something could be found.
    return (isSuspicious ? JSON.parse(text, refuseMember) : JSON.parse(text)) as unknown;
  } catch (error) {
    if (error instanceof AncillaError) throw error;
    throw new AncillaError('request.malformed', 'the body is not JSON');
  }
}

/**
 * @returns whether there may be a member that is refused: a key as long as one of the two names below, an escape that could spell a letter of them, an underscore or
 * half of a surrogate pair, or a number with so many digits, or so large an exponent, that it could be beyond all numbers
 */
function scan(bytes: Uint8Array, { depth: mostDepth, keys: mostKeys }: JsonBounds): boolean {
  let depth = 0;
  let keys = 0;
  let digits = 0;
  let isSuspicious = false;
  let first = 0;
  let last = 0;
  const { length } = bytes;
  for (let at = 0; at < length; at++) {
    const kind = kindOf[bytes[at] ?? 0];
    if (kind === DIGIT) {
      if (++digits > 200) isSuspicious = true;
      continue;
    }
    if (kind === EXPONENT && digits > 0 && hasLargeExponent(bytes, at + 1)) isSuspicious = true;
    digits = 0;
    if (kind === STRING) {
      first = at + 1;
      for (at = first; at < length && bytes[at] !== QUOTE; at++)
        if (bytes[at] === BACKSLASH && bytes[++at] === U && isSuspiciousEscape(bytes, at + 1)) isSuspicious = true;
      last = at;
    } else if (kind === MEMBER) {
      if (++keys > mostKeys) throw new AncillaError('request.too_deep', `the body has more than ${mostKeys} keys`);
      if (isSuspiciousKey(bytes, first, last)) isSuspicious = true;
    } else if (kind === OPEN) {
      if (++depth > mostDepth) throw new AncillaError('request.too_deep', `the body is nested deeper than ${mostDepth}`);
    } else if (kind === CLOSE) depth--;
  }
  return isSuspicious;
}

const isSuspiciousKey = (bytes: Uint8Array, first: number, end: number): boolean =>
  end - first === '__proto__'.length ? bytes[first] === UNDERSCORE : end - first === 'constructor'.length && bytes[first] === C;

const isSuspiciousEscape = (bytes: Uint8Array, at: number): boolean => {
  const [high = 0, low = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  return high === ZERO ? low === ZERO && third >= ZERO + 5 && third <= ZERO + 7 : (high | LOWER) === D && low >= ZERO + 8;
};

const hasLargeExponent = (bytes: Uint8Array, at: number): boolean => {
  const from = bytes[at] === PLUS ? at + 1 : at;
  for (let i = from; i < from + 3; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < ZERO || byte > NINE) return false;
  }
  return true;
};

function refuseMember(key: string, value: unknown): unknown {
  // As keys they would set a prototype wherever an object is copied field by field.
  if (key === '__proto__' || (key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')))
    throw new AncillaError('request.malformed', 'a key of the body is not allowed');
  // Neither has a canonical form, so it could not be hashed.
  if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed()))
    throw new AncillaError('request.malformed', 'a string of the body is not Unicode text: it has half of a surrogate pair');
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new AncillaError('request.malformed', 'a number of the body is too large to be one');
  return value;
}
