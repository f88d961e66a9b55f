// Runs in browsers too.
import { classAt, isLocal, isWord, runStart, WORD } from '../characters.ts';
import { AT_WORDS, DOT_WORDS } from '../escapes.ts';
import { confidence, type Detector } from '../detector.ts';
import type { Scan } from '../scan.ts';

const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;

/** Top levels that prove a domain where its dots or its at sign are not as they should be. */
const EVERYDAY_TOP = new RegExp(
  `^(?:${(
    'com,org,net,edu,gov,mil,int,info,biz,name,pro,app,dev,ai,cloud,online,store,tech,site,xyz,shop,example,test,' +
    // Of countries (ISO 3166), as far as they have registrants.
    'ae,al,am,ar,at,au,az,ba,bd,be,bg,bh,bo,br,by,ca,ch,ci,cl,cm,cn,co,cr,cu,cy,cz,de,dk,do,dz,ec,ee,eg,es,eu,fi,fr,ge,gh,gr,gt,hk,hn,hr,hu,id,ie,il,in,io,iq,ir,is,it,jo,jp,ke,kr,kw,kz,lb,li,lk,lt,lu,lv,ma,mc,md,me,mk,mt,mu,mx,my,ng,ni,nl,no,np,nz,om,pa,pe,ph,pk,pl,pr,pt,py,qa,ro,rs,ru,sa,se,sg,si,sk,sn,sv,th,tn,tr,tv,tw,tz,ua,ug,uk,us,uy,uz,ve,vn,za,zm,zw'
  ).replaceAll(',', '|')})$`,
  'i',
);
/** Of them those that are small words of English: "look at the dot in the picture". */
const SMALL_TOP = /^(?:am|at|be|by|do|id|in|is|it|me|my|no|us)$/i;

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
  const wrap = WRAPPED.exec(text.slice(at + 1, at + 5))?.[0].length ?? 0;
  if (!isWord(text, at + 1) && after !== '[' && after !== ' ' && wrap === 0) return;
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
      // Of the fields of messages: HL7, X12.
      before.lastIndexOf('^'),
      before.lastIndexOf('*'),
    );
    if (cut >= 0) start += cut + 1;
    while (start < at && '.-'.includes(text[start] ?? ' ')) start++;
  }
  const gap = start < at ? 0 : (LITERAL_BEFORE.exec(text.slice(limit, at))?.[0].length ?? 0);
  start -= gap;
  if (start === at) return text[at - 1] === ' ' && text[at + 1] === ' ' && isWord(text, at - 2) ? spaced(scan, at) : undefined;
  if (isUserInfo(text, start, at)) return;
  const plain = text[at + 1] === '[' ? bracketed(text, at + 1) : domainEnd(text, at + 1 + wrap);
  const end = plain < 0 && wrap === 0 ? dottedEnd(text, at + 1) : plain;
  if (end < 0 || (wrap + gap > 0 && !EVERYDAY_TOP.test(text.slice(text.lastIndexOf('.', end) + 1, end)))) return;
  scan.report({
    start,
    end,
    type: 'EMAIL',
    rule: 'email',
    confidence: confidence.validated,
    canonical: `${text.slice(start, at + 1)}${text.slice(at + 1 + wrap, end)}`.replaceAll(/["'] ?["']/g, '').toLowerCase(),
  });
}

/** ann@mail dot com: only the dots are spelt; -1 where they are not. */
const DOTTED = new RegExp(`^[a-z0-9-]{1,63}(?: (?:${DOT_WORDS}) [a-z0-9-]{1,63}){1,4}(?![\\w-])`, 'i');
function dottedEnd(text: string, at: number): number {
  const domain = DOTTED.exec(text.slice(at, at + LONGEST_DOMAIN))?.[0] ?? '';
  const top = domain.slice(domain.lastIndexOf(' ') + 1);
  return domain !== '' && EVERYDAY_TOP.test(top) && !SMALL_TOP.test(top) ? at + domain.length : -1;
}

/** A line that ends with the at sign, in quoted-printable too; two literals that stand side by side. */
const WRAPPED = /^(?:=?\r?\n|["'] ?["'])(?=\w)/;
const LITERAL_BEFORE = /[\w.+-]{1,64}["'] ?["']$/;
const SPACED_DOMAIN = /^ [a-z0-9-]{1,63}(?:(?: \. |\.)[a-z0-9-]{1,63}){1,4}(?![\w-])/i;
/** `a n n @ m a i l . e x a m p l e` */
const LETTERS_BEFORE = /(?<![a-z0-9])(?:[a-z0-9._+-] ){3,40}$/i;
const LETTERS_AFTER = /^(?: [a-z0-9.-]){5,60}(?![a-z0-9])/i;
/** "ann @ mail.example": somebody's spacing, when a mailbox is on the one side and a domain on the other. */
function spaced(scan: Scan, at: number): void {
  const { text } = scan;
  const before = text.slice(Math.max(scan.floor, at - 2 * LONGEST_LOCAL), at);
  const after = text.slice(at + 1, at + LONGEST_DOMAIN);
  const letters = LETTERS_BEFORE.exec(before)?.[0];
  let start = letters === undefined ? runStart(text, at - 1, WORD, LONGEST_LOCAL) : at - letters.length;
  while (letters === undefined && start > scan.floor && isLocal(text, start - 1) && at - start < LONGEST_LOCAL) start--;
  const plain = domainEnd(text, at + 2);
  const end =
    letters === undefined
      ? Math.max(plain, at + 1 + (SPACED_DOMAIN.exec(after)?.[0].length ?? 0))
      : at + 1 + (LETTERS_AFTER.exec(after)?.[0].length ?? 0);
  const domain = text
    .slice(at + 1, end)
    .replaceAll(' ', '')
    .toLowerCase();
  // Words of a sentence have no sign or digit among them, and no space before its end.
  const isMailbox =
    text.startsWith(' . ', end - 3 - (domain.length - domain.lastIndexOf('.') - 1)) && /\w[\d._+-]/.test(text.slice(start, at));
  const top = domain.slice(domain.lastIndexOf('.') + 1);
  if (start < scan.floor || !domain.includes('.') || !(isMailbox ? /^[a-z]{3,}$/ : EVERYDAY_TOP).test(top)) return;
  scan.report({
    start,
    end,
    type: 'EMAIL',
    rule: 'email.spaced',
    confidence: confidence.shape,
    canonical: `${text.slice(start, at).replaceAll(' ', '').toLowerCase()}@${domain}`,
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
    { text: 'ann.roe @ mail . example . com or b o b @ w o r k . i o', finds: 'ann.roe @ mail . example . com + b o b @ w o r k . i o' },
    {
      text: 'ann_roe2 @ mail . health and "ann+shop@" "mail.example", "bob" "@mail.example"',
      finds: 'ann_roe2 @ mail . health + ann+shop@" "mail.example + bob" "@mail.example',
    },
    { text: 'meet @ nine . Then go, seat_2 @ nine. then' },
    { text: 'write ann@\nmail.example.com', finds: 'ann@\nmail.example.com' },
    { text: 'ann@mail dot com, @team dot it, joe@mail dot', finds: 'ann@mail dot com' },
    { text: 'left-pad@1.2.3' },
    { text: '@decorator.call' },
  ],
  look: (scan, at) => look(scan, at),
};

/** `first.last at corp dot com`, as people write it where harvesters read. */
const SPELT = new RegExp(`^ ([a-z0-9-]{1,63}(?: (?:${DOT_WORDS}) [a-z0-9-]{1,63}){1,4})(?![\\w-])`, 'i');
const AT = new RegExp(`^(?:${AT_WORDS})$`, 'i');
/** What may stand around the at and the dots besides spaces, and what closes it again. */
const CLOSES = new Map([
  ['_', '_'],
  ['<', '>'],
  ['(', ')'],
  ['*', '*'],
  ['-', '-'],
]);
const MARKED = new RegExp(
  `^[_>)*] ?([a-z0-9-]{1,63}(?:(?: ?[_<(*]| )(?:${DOT_WORDS})(?:[_>)*] ?| )[a-z0-9-]{1,63}|\\.[a-z0-9-]{1,63}){1,4})(?![\\w-])`,
  'i',
);
/** ann-at-mail-dot-com: no part has a dash of its own. */
const DASHED = new RegExp(`^-([a-z0-9]{1,63}(?:-(?:${DOT_WORDS})-[a-z0-9]{1,63}){1,4})(?![\\w-])`, 'i');
const DOTS = new RegExp(` ?[_<(* -](?:${DOT_WORDS})[_>)* -] ?`, 'gi');
/** `first dot last`, before the at. */
const DOTTED_LOCAL = new RegExp(`(?:[\\w+-]{1,30}(?:[_<(*]| )(?:${DOT_WORDS}|underscore|dash|hyphen|minus|plus)(?:[_>)*]| )){1,3}$`, 'i');
export const emailSpelt: Detector = {
  rule: 'email.spelt',
  type: 'EMAIL',
  anchors: ['word', 'capital', 'mixed'],
  lengths: { word: [2, 11], capital: [2, 11], mixed: [2, 2] },
  heads: ['at', '4t', 'ät', 'arr', 'aro', 'chi', 'kla'],
  tails: [' at', ' 4t', '_4t', ' ät', '(ät', '_at', '<at', '(at', '*at', '-at', 'oba', 'ase', 'ola', 'ffe'],
  next: ' _>)*-',
  source: 'how people hide mailboxes from harvesters',
  examples: [
    { text: 'write to first.last AT corp DOT com today', finds: 'first.last AT corp DOT com' },
    { text: 'ann at mail dot example dot org', finds: 'ann at mail dot example dot org' },
    { text: 'ann dot roe at mail dot com', finds: 'ann dot roe at mail dot com' },
    { text: 'ann dot roe at mail dot at', finds: 'ann dot roe at mail dot at' },
    { text: 'ann<at>mail<dot>com', finds: 'ann<at>mail<dot>com' },
    { text: 'ann77 4t mail d0t com, ann_4t_mail_d0t_dev', finds: 'ann77 4t mail d0t com + ann_4t_mail_d0t_dev' },
    { text: 'to ann_roe_at_mail_dot_com', finds: 'ann_roe_at_mail_dot_com' },
    { text: 'ann.roe77-at-mail-dot-co-dot-uk; what-at-last.com', finds: 'ann.roe77-at-mail-dot-co-dot-uk' },
    { text: 'an ann.roe ät mail punkt de bitte', finds: 'ann.roe ät mail punkt de' },
    { text: 'look at the dot on the map, look at the dot in it, and at point 7; look_at_me.de' },
  ],
  look(scan, at, end) {
    const { text } = scan;
    if (!AT.test(text.slice(at, end))) return;
    const open = text[at - 1] ?? '';
    if (open !== ' ' && CLOSES.get(open) !== text[end]) return;
    const match = (open === ' ' ? SPELT : open === '-' ? DASHED : MARKED).exec(text.slice(end, end + LONGEST_DOMAIN));
    const [whole = '', domain = ''] = match ?? [];
    const spelt = domain.replaceAll(DOTS, '.');
    // An underscore is at home in names: there the dots must be spelt too.
    const top = spelt.slice(spelt.lastIndexOf('.') + 1);
    if (!EVERYDAY_TOP.test(top) || (open === '_' && spelt === domain)) return;
    const stop = at - (open !== ' ' && text[at - 2] === ' ' ? 2 : 1);
    let start = stop;
    while (start > scan.floor && at - start < LONGEST_LOCAL && isLocal(text, start - 1)) start--;
    if (start === stop) return;
    const plain = /^[a-z]+$/i.test(text.slice(start, stop));
    const dotted = DOTTED_LOCAL.exec(text.slice(Math.max(scan.floor, start - LONGEST_LOCAL), start))?.[0].length ?? 0;
    if (open === ' ' && plain && dotted === 0 && SMALL_TOP.test(top)) return;
    start -= dotted;
    scan.report({
      start,
      end: end + whole.length,
      type: 'EMAIL',
      rule: 'email.spelt',
      confidence: confidence.shape,
      canonical: `${text.slice(start, stop).replaceAll(/ \w+ /g, '.')}@${spelt}`.toLowerCase(),
    });
  },
};
