// Runs in browsers too.
import { sha256 } from '@noble/hashes/sha2.js';
import { confidence, type Detector } from '../detector.ts';
import { Keywords } from '../keywords.ts';
import type { Scan } from '../scan.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** Four bytes of a double SHA-256 close the 21 of the address. */
export function isBase58Check(address: string): boolean {
  const bytes = new Uint8Array(25);
  for (const character of address) {
    let carry = BASE58.indexOf(character);
    if (carry < 0) return false;
    for (let at = bytes.length - 1; at >= 0; at--) {
      carry += (bytes[at] ?? 0) * 58;
      bytes[at] = carry & 0xff;
      carry >>= 8;
    }
    if (carry > 0) return false;
  }
  const digest = sha256(sha256(bytes.subarray(0, 21)));
  return bytes.subarray(21).every((byte, i) => byte === digest[i]);
}

/** BIP 173 and BIP 350. */
export function isBech32(address: string): boolean {
  const lower = address.toLowerCase();
  if (lower !== address && address.toUpperCase() !== address) return false;
  const cut = lower.lastIndexOf('1');
  const hrp = lower.slice(0, cut);
  let check = 1;
  const step = (value: number): void => {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [i, generator] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries())
      if (((top >>> i) & 1) === 1) check ^= generator;
  };
  for (const character of hrp) step(character.charCodeAt(0) >>> 5);
  step(0);
  for (const character of hrp) step(character.charCodeAt(0) & 31);
  for (const character of lower.slice(cut + 1)) {
    const value = BECH32.indexOf(character);
    if (value < 0) return false;
    step(value);
  }
  return check === 1 || check === 0x2bc830a3;
}

const keywords = new Keywords(
  'wallet,bitcoin,btc,ethereum,eth,solana,sol,monero,xmr,ripple,xrp,crypto,address,usdt,tron,litecoin,dogecoin,cardano',
);

function look(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  const length = end - start;
  if (length < 25 || length > 110) return;
  const word = text.slice(start, end);
  const rule = crypto(word, () => scan.contextBefore(start).find(keywords) !== undefined);
  if (rule !== undefined) scan.report({ start, end, type: 'CRYPTO_ADDRESS', rule, confidence: confidence.certain, validator: rule });
}

function crypto(word: string, named: () => boolean): string | undefined {
  if (/^0x[0-9a-fA-F]{40}$/.test(word)) return 'ethereum';
  if (/^(?:bc|tb|ltc|bcrt|addr)1/i.test(word) && isBech32(word)) return 'bech32';
  // Most hashes have a sign that the others have not.
  if (/[0OIl]/.test(word.slice(2))) return undefined;
  if (/^[123mnLMDXTtA9][1-9A-HJ-NP-Za-km-z]{24,35}$/.test(word) && isBase58Check(word)) return 'base58check';
  if (/^4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}$/.test(word)) return 'monero';
  if (/^r[1-9A-HJ-NP-Za-km-z]{24,34}$/.test(word) && named()) return 'ripple';
  return /^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(word) && /[A-Z]/.test(word) && /[a-z]/.test(word) && named() ? 'base58' : undefined;
}

export const cryptoAddress: Detector = {
  rule: 'crypto_address',
  type: 'CRYPTO_ADDRESS',
  anchors: ['mixed'],
  lengths: { mixed: [25, 110] },
  keywords,
  validator: 'base58check, bech32',
  source: 'BIP 173, BIP 350, Bitcoin wiki on Base58Check, EIP-55',
  examples: [
    { text: 'pay 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 now', finds: '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2' },
    { text: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', finds: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq' },
    { text: '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3 or 22e6c587ff1631af877a9e8c4eb51912f93cd95b' },
  ],
  look,
};
