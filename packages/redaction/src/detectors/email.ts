// Runs in browsers too.
import { classAt, isLocal, isWord, runStart, WORD } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import type { Scan } from '../scan.ts';

const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;

/** Top levels that prove a domain where its dots or its at sign are not as they should be. */
const EVERYDAY_TOP = /^(?:com|org|net|edu|gov|io|de|fr|es|uk|it|nl|pl|pt|se|ch|example|info|eu|us|dev|app)$/i;

/** A domain with a top level of letters after `at`; its end, or -1. */
export function domainEnd(text: string, at: number): number {
  const limit = Math.min(text.length, at + LONGEST_DOMAIN);
  let end = at;
  let lastDot = -1;
  let labelStart = at;
  let best = -1;
  for (; end <= limit; end++) {
    const inside = end < limit && ((classAt(text, end) & WORD) !== 0 || (text[end] === '-' && end > labelStart));
    if (inside) continue;
    // A label ended: letters only, two or more, after a dot, makes a top level.
    if (lastDot >= 0 && end - labelStart >= 2 && isTop(text, labelStart, end)) best = end;
    if (text[end] !== '.' || end === labelStart) break;
    lastDot = end;
    labelStart = end + 1;
  }
  return best;
}

function isTop(text: string, start: number, end: number): boolean {
  if (text.startsWith('xn--', start)) return true;
  for (let at = start; at < end; at++) if ((classAt(text, at) & WORD) === 0 || (classAt(text, at) & 1) !== 0) return false;
  return true;
}

function look(scan: Scan, at: number): void {
  const { text } = scan;
  // Nothing a mailbox could end with, nothing a domain could begin with.
  const after = text[at + 1] ?? ' ';
  if (!isWord(text, at + 1) && after !== '[' && after !== ' ') return;
  let start = at;
  const limit = Math.max(scan.floor, at - LONGEST_LOCAL);
  if (text[at - 1] === '"') {
    const open = text.lastIndexOf('"', at - 2);
    if (open >= limit && !/[\s\\]/.test(text.slice(open, at))) start = open;
  }
  if (start === at) {
    while (start > limit && isLocal(text, start - 1)) start--;
    // A key in front of the value is not part of it: ?mail=a@b.c, 'a@b.c', {a@b.c}, to:a@b.c
    const before = text.slice(start, at);
    const cut = Math.max(
      before.lastIndexOf('='),
      before.lastIndexOf('&'),
      before.lastIndexOf('?'),
      before.lastIndexOf('/'),
      before.lastIndexOf("'"),
      before.lastIndexOf('`'),
      before.lastIndexOf('{'),
      before.lastIndexOf('|'),
    );
    if (cut >= 0) start += cut + 1;
    while (start < at && '.-'.includes(text[start] ?? ' ')) start++;
  }
  // "ann @ mail.example": somebody's spacing, when a mailbox is on the one side and a domain on the other.
  if (start === at && text[at - 1] === ' ' && text[at + 1] === ' ' && /[a-z0-9]$/i.test(text[at - 2] ?? '')) {
    const from = runStart(text, at - 1, WORD, LONGEST_LOCAL);
    const spaced = domainEnd(text, at + 2);
    if (
      spaced > 0 &&
      from >= scan.floor &&
      EVERYDAY_TOP.test(
        text
          .slice(at + 2, spaced)
          .split('.')
          .at(-1) ?? '',
      )
    )
      scan.report({
        start: from,
        end: spaced,
        type: 'EMAIL',
        rule: 'email.spaced',
        confidence: confidence.shape,
        canonical: `${text.slice(from, at - 1)}@${text.slice(at + 2, spaced)}`.toLowerCase(),
      });
    return;
  }
  if (start === at) return;
  if (isUserInfo(text, start, at)) return;
  const end = text[at + 1] === '[' ? bracketed(text, at + 1) : domainEnd(text, at + 1);
  if (end < 0) return;
  scan.report({
    start,
    end,
    type: 'EMAIL',
    rule: 'email',
    confidence: confidence.validated,
    canonical: text.slice(start, end).toLowerCase(),
  });
}

/** `scheme://user:password@host` is a password, not a mailbox. */
function isUserInfo(text: string, start: number, at: number): boolean {
  const before = text.slice(Math.max(0, start - 100), at);
  return before.includes('://') && /:\/\/[^\s/"'<>@:]{0,64}:[^\s/"'<>]{0,128}$/.test(before);
}

/** An address literal: user@[192.0.2.1]. */
function bracketed(text: string, at: number): number {
  const end = text.indexOf(']', at);
  return end > at + 4 && end - at < 45 && /^[0-9a-f:.]+$/i.test(text.slice(at + 1, end).replace(/^IPv6:/, '')) ? end + 1 : -1;
}

export const email: Detector = {
  rule: 'email',
  type: 'EMAIL',
  anchors: ['@'],
  source: 'RFC 5321 section 4.1.2, RFC 6531',
  examples: [
    { text: 'mail a.b+c@mail.example.co.uk, now', finds: 'a.b+c@mail.example.co.uk' },
    { text: 'GET /u?email=a@b.example&x=1', finds: 'a@b.example' },
    { text: 'left-pad@1.2.3' },
    { text: '@decorator.call' },
  ],
  look: (scan, at) => look(scan, at),
};

/** `first.last at corp dot com`, as people write it where harvesters read. */
const SPELT = /^ ([a-z0-9-]{1,63}(?: (?:dot|punkt|punto|point) [a-z0-9-]{1,63}){1,4})(?![\w-])/i;
export const emailSpelt: Detector = {
  rule: 'email.spelt',
  type: 'EMAIL',
  anchors: ['word', 'capital'],
  lengths: { word: [2, 6], capital: [2, 6] },
  heads: ['at', 'ar'],
  tails: [' at', 'oba'],
  next: ' ',
  source: 'how people hide mailboxes from harvesters',
  examples: [
    { text: 'write to first.last AT corp DOT com today', finds: 'first.last AT corp DOT com' },
    { text: 'ann at mail dot example dot org', finds: 'ann at mail dot example dot org' },
    { text: 'look at the dot on the map, and at point 7' },
  ],
  look(scan, at, end) {
    const { text } = scan;
    if (text[at - 1] !== ' ' || !/^(?:at|arroba)$/i.test(text.slice(at, end))) return;
    const match = SPELT.exec(text.slice(end, end + LONGEST_DOMAIN));
    let start = at - 1;
    while (start > scan.floor && at - start < LONGEST_LOCAL && isLocal(text, start - 1)) start--;
    const [whole = '', domain = ''] = match ?? [];
    const top = domain.slice(domain.lastIndexOf(' ') + 1);
    if (start === at - 1 || !EVERYDAY_TOP.test(top)) return;
    scan.report({
      start,
      end: end + whole.length,
      type: 'EMAIL',
      rule: 'email.spelt',
      confidence: confidence.shape,
      canonical: `${text.slice(start, at - 1)}@${domain.replaceAll(/ (?:dot|punkt|punto|point) /gi, '.')}`.toLowerCase(),
    });
  },
};
