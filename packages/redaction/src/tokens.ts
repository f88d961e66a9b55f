// Runs in browsers too. Tokens stand in for values: the same value gives the same token under one tenant's key, and nobody without the key can make one.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { RedactionError } from './errors.ts';

/** A tenant's token key; it stays on servers and on server-side SDKs with the scope for it. */
export interface TokenKey {
  readonly version: number;
  readonly bytes: Uint8Array;
  /** Those before it, changed after a compromise: what they made still passes unchanged, and they make nothing more. */
  readonly earlier?: readonly { readonly version: number; readonly bytes: Uint8Array }[];
}

export interface Tokens {
  /** `<TYPE_…>`: 80 bits over type and canonical value, then 20 bits by which this tenant's tokens are told from imitations. */
  mint(type: string, canonical: string): string;
  /** Whether a text of the form of {@link TOKEN} was minted under this key, or one before it. */
  minted(type: string, body: string): boolean;
}

const BODY_CHARACTERS = 16;
const CHECK_CHARACTERS = 4;
/** The form of a token, real or not. */
export const TOKEN = /<([A-Z][A-Z0-9_]{0,39})_([a-z2-7]{20})>/g;

const SHORTEST_KEY_BYTES = 16;
/** Bounds the memory of a long-lived redactor. */
const MOST_CACHED = 50_000;

type Digest = (purpose: string, type: string, value: string) => Uint8Array;

/** @throws {RedactionError} `redaction.failed` for a key too short to keep values apart from guesses */
function digestUnder({ bytes }: { readonly bytes: Uint8Array }): Digest {
  if (bytes.length < SHORTEST_KEY_BYTES) throw new RedactionError('redaction.failed', 'the token key is too short');
  // A keyed state is cloned for each token: half the hashing of a fresh HMAC.
  const keyed = hmac.create(sha256, bytes);
  return (purpose, type, value) =>
    keyed
      .clone()
      .update(utf8ToBytes(`${purpose}\0${type}\0${value}`))
      .digest();
}
const checkOf = (digest: Digest, type: string, body: string) => toBase32(digest('check', type, body), CHECK_CHARACTERS);

/** @throws {RedactionError} `redaction.failed` for a key too short to keep values apart from guesses */
export function openTokens({ earlier = [], ...key }: TokenKey): Tokens {
  const digest = digestUnder(key);
  const known = [digest, ...earlier.map(digestUnder)];
  const cache = new Map<string, string>();
  const issued = new Set<string>();

  return {
    mint(type, canonical) {
      const name = `${type}\0${canonical}`;
      const had = cache.get(name);
      if (had !== undefined) return had;
      const body = toBase32(digest('value', type, canonical), BODY_CHARACTERS);
      const token = `<${type}_${body}${checkOf(digest, type, body)}>`;
      if (cache.size >= MOST_CACHED) {
        cache.clear();
        issued.clear();
      }
      cache.set(name, token);
      issued.add(token);
      return token;
    },
    minted(type, body) {
      if (issued.has(`<${type}_${body}>`)) return true;
      return known.some((each) => checkOf(each, type, body.slice(0, BODY_CHARACTERS)) === body.slice(BODY_CHARACTERS));
    },
  };
}

const WRITTEN_KEY = /^(?:([1-9]\d{0,8}):)?((?:[0-9a-f]{2}){16,64})$/i;

/**
 * A key as `ancilla key token` writes it, `VERSION:HEX`, with those before it after commas; bare hex digits are version 1.
 * @throws {RedactionError} `redaction.failed`, never showing what was given
 */
export function parseTokenKey(text: string): TokenKey {
  const [newest = '', ...earlier] = text.trim().split(',');
  return earlier.length === 0 ? parseOne(newest) : { ...parseOne(newest), earlier: earlier.map(parseOne) };
}

function parseOne(text: string): Pick<TokenKey, 'version' | 'bytes'> {
  const [, version = '1', hex] = WRITTEN_KEY.exec(text) ?? [];
  if (hex === undefined)
    throw new RedactionError('redaction.failed', 'expected a key of 16 to 64 bytes in hex, or what `ancilla key token` writes');
  return { version: Number(version), bytes: hexToBytes(hex) };
}

/** {@link parseTokenKey} reads what this writes. */
export const writeTokenKey = ({ earlier = [], ...newest }: TokenKey): string =>
  [newest, ...earlier].map(({ version, bytes }) => `${version}:${bytesToHex(bytes)}`).join(',');

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** The first characters of the RFC 4648 base 32 form, lower case. */
function toBase32(bytes: Uint8Array, characters: number): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
      if (text.length === characters) return text;
    }
    held &= (1 << bits) - 1;
  }
  return text;
}
