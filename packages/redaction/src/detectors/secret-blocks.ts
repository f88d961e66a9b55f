// Runs in browsers too. Secrets with a structure of their own: private keys, JSON Web Tokens, credentials in a URL.
import { classAt, isBare, WORD } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import type { Scan } from '../scan.ts';
import { looksRandom, opaqueEnd } from './secret-prefixes.ts';

const LONGEST_KEY = 16 * 1024;
const SHORTEST_KEY = 4;
const BEGIN = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

export const privateKey: Detector = {
  rule: 'secret.private_key',
  type: 'SECRET',
  anchors: ['-'],
  source: 'RFC 7468, RFC 4716',
  examples: [
    {
      text: 'k: -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- x',
      finds: '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----',
    },
    { text: '-----BEGIN RSA PRIVATE KEY-----\nMIIEcut', finds: '-----BEGIN RSA PRIVATE KEY-----\nMIIEcut' },
    { text: '-----BEGIN CERTIFICATE-----\nMIIE' },
  ],
  look: (scan, start) => lookPrivateKey(scan, start),
};

function lookPrivateKey(scan: Scan, start: number): void {
  const { text } = scan;
  if (text.charCodeAt(start + 1) !== 0x2d || !text.startsWith('-----BEGIN ', start)) return;
  const begin = BEGIN.exec(text.slice(start, start + 80));
  if (begin === null) return;
  const body = start + begin[0].length;
  const limit = Math.min(text.length, body + LONGEST_KEY);
  let end = body;
  // Base 64, headers and white space; cut short, it is a key as far as it goes.
  while (end < limit && ((classAt(text, end) & WORD) !== 0 || ' \t\r\n+/=:,.\\'.includes(text[end] ?? '-'))) end++;
  // A line that begins a key and no key: documentation, or a text that repeats it.
  if (end - body < SHORTEST_KEY) return;
  const close = /^-----END [A-Z0-9 ]{0,50}-----/.exec(text.slice(end, end + 80));
  if (close !== null) end += close[0].length;
  else while (end > body && /\s/.test(text[end - 1] ?? ' ')) end--;
  scan.report({ start, end, type: 'SECRET', rule: 'secret.private_key', confidence: confidence.certain });
}

function lookJwt(scan: Scan, start: number): void {
  const { text } = scan;
  if (!text.startsWith('ey', start) || text[start - 1] === '.') return;
  const end = opaqueEnd(scan, start);
  const [header = '', payload = '', ...rest] = text.slice(start, Math.min(end, start + LONGEST_KEY)).split('.', 8);
  if (header.length < 12 || payload.length < 4 || rest.length > 3 || !isJsonHeader(header)) return;
  scan.report({ start, end, type: 'SECRET', rule: 'secret.jwt', confidence: confidence.certain, validator: 'JOSE header' });
}

function isJsonHeader(header: string): boolean {
  try {
    return /^\s*\{\s*"/.test(
      atob(
        header
          .slice(0, 4 * Math.floor(Math.min(header.length, 400) / 4))
          .replaceAll('-', '+')
          .replaceAll('_', '/'),
      ),
    );
  } catch {
    return false; // Not base64 after all.
  }
}

/** `https://token@host`: no user is called so. */
const TOKEN_AS_USER = /^[A-Za-z0-9_-]{20,200}(?=@[\w-])/;
function lookUrlCredentials(scan: Scan, at: number): void {
  const { text } = scan;
  if (text[at + 1] !== '/' || text[at + 2] !== '/' || (classAt(text, at - 1) & WORD) === 0) return;
  const from = at + 3;
  const limit = Math.min(text.length, from + 300);
  let end = from;
  if (!scan.hasAt(from, limit)) return;
  while (end < limit && isBare(text, end)) end++;
  const authority = text.slice(from, end);
  const token = TOKEN_AS_USER.exec(authority)?.[0];
  if (token !== undefined && looksRandom(token))
    return scan.report({ start: from, end: from + token.length, type: 'SECRET', rule: 'secret.url', confidence: confidence.certain });
  const colon = authority.indexOf(':');
  const slash = authority.search(/[/?]/);
  if (colon < 0 || (slash >= 0 && slash < colon)) return;
  const firstAt = authority.indexOf('@', colon);
  if (firstAt < 0) return;
  const hostEnd = authority.indexOf('/', firstAt);
  const lastAt = authority.lastIndexOf('@', hostEnd < 0 ? authority.length : hostEnd);
  const password = authority.slice(colon + 1, lastAt);
  if (password.length === 0 || /^\d{1,5}\//.test(password) || password.includes('://') || /^(?:\$\{?\w+\}?|<[^>]*>|\*+)$/.test(password))
    return;
  const userHidden = colon > 0;
  scan.report({
    start: from + (userHidden ? colon + 1 : 1),
    end: from + lastAt,
    type: 'SECRET',
    rule: 'secret.url',
    confidence: confidence.certain,
  });
}

export const jwt: Detector = {
  rule: 'secret.jwt',
  type: 'SECRET',
  anchors: ['word', 'mixed'],
  lengths: { word: [12, Infinity], mixed: [12, Infinity] },
  heads: ['ey'],
  validator: 'JOSE header',
  source: 'RFC 7519',
  examples: [
    { text: 'x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl y', finds: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl' },
    { text: 'eyeball.eyelid.eyebrow' },
  ],
  look: (scan, start) => lookJwt(scan, start),
};

export const urlCredentials: Detector = {
  rule: 'secret.url',
  type: 'SECRET',
  anchors: [':'],
  source: 'RFC 3986 section 3.2.1',
  examples: [
    { text: 'postgres://admin:pa@ss#1@db.internal:5432/app', finds: 'pa@ss#1' },
    { text: `dsn https://${'1f99b35c'.repeat(4)}@o45.ingest.example/450`, finds: '1f99b35c'.repeat(4) },
    { text: 'https://someone@host.example, http://localhost:5000/x@y and https://a.example/b:c@d' },
  ],
  look: (scan, start) => lookUrlCredentials(scan, start),
};
