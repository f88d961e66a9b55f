import { AncillaError } from '@ancilla/contracts';

/** How deep and how wide a JSON body may be. */
export interface JsonBounds {
  readonly depth: number;
  readonly keys: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET, COLON] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x3a];
const [ZERO, NINE] = [0x30, 0x39];

/**
 * Reads a JSON body whose depth and number of keys were bounded by one look over its bytes, before anything is built from it.
 * @throws {AncillaError} `request.too_deep`, `request.malformed`
 */
export function parseJsonBody(bytes: Uint8Array, bounds: JsonBounds): unknown {
  const hasLongNumber = scan(bytes, bounds);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new AncillaError('request.malformed', 'the body is not UTF-8');
  }
  try {
    // Looking at each member costs several times the parsing, so it is done only where something could be found.
    return (hasLongNumber || SUSPICIOUS.test(text) ? JSON.parse(text, refuseMember) : JSON.parse(text)) as unknown;
  } catch (error) {
    if (error instanceof AncillaError) throw error;
    throw new AncillaError('request.malformed', 'the body is not JSON');
  }
}

/** @returns whether some number has so many digits that it could be beyond all numbers even without a large exponent */
function scan(bytes: Uint8Array, { depth: mostDepth, keys: mostKeys }: JsonBounds): boolean {
  let depth = 0;
  let keys = 0;
  let digits = 0;
  let hasLongNumber = false;
  let quoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
      continue;
    }
    digits = byte !== undefined && byte >= ZERO && byte <= NINE ? digits + 1 : 0;
    if (digits > 200) hasLongNumber = true;
    if (byte === QUOTE) quoted = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > mostDepth) throw new AncillaError('request.too_deep', `the body is nested deeper than ${mostDepth}`);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    else if (byte === COLON && ++keys > mostKeys) throw new AncillaError('request.too_deep', `the body has more than ${mostKeys} keys`);
  }
  return hasLongNumber;
}

/**
 * What may hold a member that is refused: one of the two names below, also where it is written with escapes (any escape of a letter or an underscore),
 * half of a surrogate pair, or a number whose exponent has three digits.
 */
const SUSPICIOUS = /__proto__|"constructor"|\\u00[567]|\\u[dD][89a-fA-F]|\d[eE]\+?\d{3}/;

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
