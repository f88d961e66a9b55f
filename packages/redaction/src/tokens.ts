// Runs in browsers too. Tokens stand in for values: the same value gives the same token under one tenant's key, and nobody without the key can make one.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { RedactionError } from './errors.ts';

/** A tenant's token key; it stays on servers and on server-side SDKs with the scope for it. */
export interface TokenKey {
  readonly version: number;
  readonly bytes: Uint8Array;
}

export interface Tokens {
  /** `<TYPE_…>`: 80 bits over type and canonical value, then 20 bits by which this tenant's tokens are told from imitations. */
  mint(type: string, canonical: string): string;
  /** Whether a text of the form of {@link TOKEN} was minted under this key. */
  minted(type: string, body: string): boolean;
}

const BODY_CHARACTERS = 16;
const CHECK_CHARACTERS = 4;
/** The form of a token, real or not. */
export const TOKEN = /<([A-Z][A-Z0-9_]{0,39})_([a-z2-7]{20})>/g;

const SHORTEST_KEY_BYTES = 16;
/** Bounds the memory of a long-lived redactor. */
const MOST_CACHED = 50_000;

/** @throws {RedactionError} `redaction.failed` for a key too short to keep values apart from guesses */
export function openTokens(key: TokenKey): Tokens {
  if (key.bytes.length < SHORTEST_KEY_BYTES) throw new RedactionError('redaction.failed', 'the token key is too short');
  // A keyed state is cloned for each token: half the hashing of a fresh HMAC.
  const keyed = hmac.create(sha256, key.bytes);
  const digest = (purpose: string, type: string, value: string): Uint8Array =>
    keyed
      .clone()
      .update(utf8ToBytes(`${purpose}\0${type}\0${value}`))
      .digest();
  const checkOf = (type: string, body: string) => toBase32(digest('check', type, body), CHECK_CHARACTERS);
  const cache = new Map<string, string>();
  const issued = new Set<string>();

  return {
    mint(type, canonical) {
      const name = `${type}\0${canonical}`;
      const had = cache.get(name);
      if (had !== undefined) return had;
      const body = toBase32(digest('value', type, canonical), BODY_CHARACTERS);
      const token = `<${type}_${body}${checkOf(type, body)}>`;
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
      return checkOf(type, body.slice(0, BODY_CHARACTERS)) === body.slice(BODY_CHARACTERS);
    },
  };
}

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
