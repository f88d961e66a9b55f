// Runs in browsers too. Secrets without a prefix whose parts have fixed lengths.
import { isWord } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import type { Scan } from '../scan.ts';

/** Of those with a first run of this length, and one of the characters behind it. */
const SHAPES: readonly (readonly [rule: string, least: number, most: number, next: string, pattern: RegExp])[] = [
  ['azure', 4, 8, '~', /^[A-Za-z0-9]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~-])/],
  ['telegram', 8, 13, ':', /^(?:bot)?\d{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/],
  ['discord', 8, 28, '._-', /^[A-Za-z0-9][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])/],
  ['mailchimp', 32, 32, '-', /^[0-9a-f]{32}-us\d{1,2}(?!\d)/],
  ['mailgun', 32, 32, '-', /^[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![\w-])/],
  ['terraform', 14, 14, '.', /^[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}(?![\w-])/],
  ['airtable', 17, 17, '.', /^pat[A-Za-z0-9]{14}\.[0-9a-f]{64}(?!\w)/],
  ['discord_webhook', 17, 20, '/', /^\d{17,20}\/[A-Za-z0-9_-]{60,72}(?![\w-])/],
  ['slack_webhook', 9, 12, '/', /^T[A-Z0-9]{8,11}\/B[A-Z0-9]{8,11}\/[A-Za-z0-9]{20,26}/],
];
const LONGEST = 100;

function look(scan: Scan, start: number, end: number): void {
  if (isWord(scan.text, start - 2) && '.-_'.includes(scan.text[start - 1] ?? ' ')) return;
  const behind = scan.text[end] ?? ' ';
  if (behind === '$') return lookCrypt(scan, start, end);
  const length = end - start;
  for (const [rule, least, most, next, pattern] of SHAPES) {
    if (length < least || length > most || !next.includes(behind)) continue;
    const match = pattern.exec(scan.text.slice(start, start + LONGEST));
    if (match === null || !/\d/.test(match[0]) || !/[A-Za-z]/.test(match[0])) continue;
    scan.report({
      start,
      end: start + match[0].length,
      type: 'SECRET',
      rule: `secret.${rule}`,
      confidence: confidence.vendor,
      validator: 'lengths of its parts',
    });
    return;
  }
}

/** How a password is kept on Unix, seen from its salt: $6$salt$hash. */
const SCHEME = /\$(?:apr1|[156y]|argon2(?:id|i|d))\$(?:[\w=,]{1,24}\$){0,2}$/;
const HASH = /^\$[A-Za-z0-9./+]{16,120}/;
function lookCrypt(scan: Scan, start: number, end: number): void {
  if (scan.text[start - 1] !== '$') return;
  const scheme = SCHEME.exec(scan.text.slice(Math.max(0, start - 48), start));
  const hash = HASH.exec(scan.text.slice(end, end + 122));
  if (scheme === null || hash === null) return;
  scan.report({
    start: start - scheme[0].length,
    end: end + hash[0].length,
    type: 'SECRET',
    rule: 'secret.crypt',
    confidence: confidence.vendor,
    validator: 'lengths of its parts',
  });
}

export const secretShapes: Detector = {
  rule: 'secret.shape',
  type: 'SECRET',
  anchors: ['number', 'word', 'mixed'],
  lengths: { number: [8, 20], word: [8, 32], mixed: [5, 32] },
  next: ':.-_/$~',
  validator: 'lengths of its parts',
  source: 'detect-secrets (Apache-2.0); the issuers’ documentation',
  examples: [
    { text: `bot 123456789:${'aB3_-'.repeat(7)} up`, finds: `123456789:${'aB3_-'.repeat(7)}` },
    { text: `pasted c9r8Q~${'cX-vk2~'.repeat(4)}aB3.x9 in`, finds: `c9r8Q~${'cX-vk2~'.repeat(4)}aB3.x9` },
    { text: `.org/bot123456789:${'aB3_-'.repeat(7)}/getMe`, finds: `bot123456789:${'aB3_-'.repeat(7)}` },
    { text: `${'0123456789abcdef'.repeat(2)}-us12`, finds: `${'0123456789abcdef'.repeat(2)}-us12` },
    { text: `key ${'aB3xY9q'.repeat(2)}.atlasv1.${'aB3_-'.repeat(13)} up`, finds: `${'aB3xY9q'.repeat(2)}.atlasv1.${'aB3_-'.repeat(13)}` },
    { text: 'admin:$apr1$rYehjlMK$hA3TSbMnWWxukvnNfbJf4h', finds: '$apr1$rYehjlMK$hA3TSbMnWWxukvnNfbJf4h' },
    { text: 'at 12345678:90 and cost $1$ or $6$ and lib.example.module.function_name' },
  ],
  look,
};
