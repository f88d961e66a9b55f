import type { Random } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';

const PREFIX = 'anc_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BODY = 43;
const CHECK = 6;
const FORM = new RegExp(`^${PREFIX}[0-9A-Za-z]{${BODY + CHECK}}$`);

const toBase62 = (bytes: Uint8Array, length: number): string => {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let i = 0; i < length; i++, value /= 62n) text = (DIGITS[Number(value % 62n)] ?? '') + text;
  return text;
};
const checkOf = (body: string): string => toBase62(Buffer.from(sha256Hex(PREFIX + body).slice(0, 8), 'hex'), CHECK);

/** A new API key: 256 random bits under a prefix that secret scanners can look for, ending in a check that catches typing errors. */
export function newSecret(random: Random): string {
  const body = toBase62(random.bytes(32), BODY);
  return PREFIX + body + checkOf(body);
}

/** Whether a text can be a key at all: form and check, so that a mistyped key costs no look-up. */
export const isSecret = (text: string): boolean =>
  FORM.test(text) && text.endsWith(checkOf(text.slice(PREFIX.length, PREFIX.length + BODY)));

/** What is stored of a key. It has 256 random bits: there is nothing to guess, so no slow hash is needed. */
export const hashSecret = (secret: string): string => sha256Hex(secret);
