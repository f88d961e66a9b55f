// Runs in browsers too. Characters that are written by others: in URLs, literals, HTML, mail.
import { fold, isAsciiWord } from './fold.ts';

/** What an escape stands for and how long it is written. */
export interface Escape {
  readonly read: string;
  readonly length: number;
}

/** &ouml; is a letter and the name of its mark. */
const ACCENTS = { uml: '\u0308', acute: '\u0301', grave: '\u0300', circ: '\u0302', tilde: '\u0303', cedil: '\u0327', ring: '\u030a' };
const letters = Object.entries(ACCENTS).flatMap(([mark, accent]) =>
  'aceinouyACEINOUY'.split('').map((letter) => [`${letter}${mark}`, `${letter}${accent}`.normalize('NFC')] as const),
);
const ENTITIES = new Map([
  ...letters,
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    commat: '@',
    period: '.',
    lowbar: '_',
    num: '#',
    colon: ':',
    sol: '/',
    plus: '+',
    equals: '=',
    dash: '-',
    hyphen: '-',
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    hairsp: ' ',
    shy: '',
    zwnj: '',
    zwj: '',
    ZeroWidthSpace: '',
    szlig: 'ß',
  }),
]);

const hex = (text: string, start: number, length: number): number => {
  const digits = text.slice(start, start + length);
  return digits.length === length && /^[0-9A-Fa-f]+$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
};

/** What people write for the at sign and for a dot of a mailbox. */
export const AT_WORDS = 'at|4t|ät|arroba|arobase|chiocciola|klammeraffe';
export const DOT_WORDS = 'dot|d0t|punkt|punto|point|ponto';

/** How people hide a mailbox from harvesters: `ann [at] mail (dot) example`. */
const SPELT = new RegExp(`^\\s{0,2}[[({]\\s?(${DOT_WORDS}|${AT_WORDS}|@|\\.)\\s?[\\])}]\\s{0,2}`, 'i');
const SAYS_AT = new RegExp(`${AT_WORDS}|@`, 'i');
/** Behind the bracket stands a space, or what begins one of these. */
export const SPELT_BEGINS = new RegExp(
  `[\\s@.${`${DOT_WORDS}|${AT_WORDS}`
    .split('|')
    .map((word) => word.slice(0, 1))
    .join('')}]`,
  'i',
);
/** ann(a)mail.example: a letter alone in its brackets counts things, but not between a word and a domain. */
const SHORT_AT = /^\(a\)[\w-]{1,30}\.[a-z]{2}/i;
export function speltAt(text: string, at: number): Escape | undefined {
  if (!'[({ '.includes(text[at + 1] ?? '-') && !'[({'.includes(text[at] ?? '-')) return undefined;
  if (isAsciiWord(text.charCodeAt(at - 1)) && SHORT_AT.test(text.slice(at, at + 40))) return { read: '@', length: 3 };
  const match = SPELT.exec(text.slice(at, at + 20));
  return match === null ? undefined : { read: SAYS_AT.test(match[1] ?? '') ? '@' : '.', length: match[0].length };
}

/** A character of several bytes, each with its sign. */
function sequenceAt(text: string, at: number, first: number, sign: '%' | '='): Escape | undefined {
  const bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let point = first & (0xff >> (bytes + 1));
  for (let index = 1; index < bytes; index++) {
    const next = text[at + 3 * index] === sign ? hex(text, at + 3 * index + 1, 2) : 0;
    if ((next & 0xc0) !== 0x80) return undefined;
    point = (point << 6) | (next & 0x3f);
  }
  return point > 0x10ffff ? undefined : { read: fold(point), length: 3 * bytes };
}

/** A byte as mail quotes it: =40. One alone may be a value, so it is read where a mailbox has its sign or where others stand beside it. */
function quotedAt(text: string, at: number): Escape | undefined {
  const value = hex(text, at + 1, 2);
  if (value >= 0xc2) return sequenceAt(text, at, value, '=');
  const isOneOfSeveral = QUOTED_AFTER.test(text.slice(at + 3, at + 30)) || QUOTED_BEFORE.test(text.slice(Math.max(0, at - 27), at));
  const isSign = value === 0x40 && isAsciiWord(text.charCodeAt(at - 1)) && isAsciiWord(text.charCodeAt(at + 3));
  return value >= 0x20 && value < 0x7f && (isOneOfSeveral || isSign) ? { read: String.fromCharCode(value), length: 3 } : undefined;
}
const QUOTED_AFTER = /^[\w@.+-]{0,24}=[0-9A-F]{2}/;
const QUOTED_BEFORE = /=[0-9A-F]{2}[\w@.+-]{0,24}$/;

/** A word of a mail's header: =?utf-8?B?SmFuZQ==?=, =?utf-8?Q?Jane_Roe?= (RFC 2047). It is a word, whatever it stands beside. */
const ENCODED_WORD = /^=\?([\w-]{2,20})\?(?:b\?([A-Za-z0-9+/]{2,100}={0,2})|q\?([!->@-~]{1,100}))\?=/i;
function encodedWordAt(text: string, at: number): Escape | undefined {
  const [whole = '', charset, base64, quoted = ''] = ENCODED_WORD.exec(text.slice(at, at + 140)) ?? [];
  if (charset === undefined) return undefined;
  const plain = quoted
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  try {
    const bytes = Uint8Array.from(base64 === undefined ? plain : atob(base64), (byte) => byte.charCodeAt(0));
    return { read: ` ${new TextDecoder(charset).decode(bytes)} `, length: whole.length };
  } catch {
    return undefined; // No base 64, or in a charset that nobody knows.
  }
}

/** A number that no semicolon ends, as browsers read it too (HTML, 13.2.5.80). */
const UNCLOSED = /^#(?:\d{2,3}[^\d]|x[0-9a-f]{2}[^0-9a-f])/i;
function unclosedAt(text: string, at: number): Escape | undefined {
  const written = /^&#(?:(\d{2,3})(?!\d)|x([0-9a-f]{2})(?![0-9a-f]))/i.exec(text.slice(at, at + 7));
  const value = written === null ? 0 : Number.parseInt(written[1] ?? written[2] ?? '', written[1] === undefined ? 16 : 10);
  return written !== null && value >= 0x20 && value < 0x7f ? { read: String.fromCharCode(value), length: written[0].length } : undefined;
}

/** Python's \N{COMMERCIAL AT}: the signs of mailboxes, by Unicode's names. */
const NAMED = new Map([
  ['COMMERCIAL AT', '@'],
  ['FULL STOP', '.'],
  ['HYPHEN-MINUS', '-'],
  ['LOW LINE', '_'],
]);
/** In a style sheet six hex digits, or a mailbox's sign in two and a space that ends them; in octal three digits, or four of a shell. */
const NUMBERED = /^(?:(0000[0-9a-f]{2}|(?:40|2e)(?= \w)) ?|0?([01][0-7]{2}))/i;

/** One escape: what it stands for and how long it is written; undefined where there is none. */
export function escapeAt(text: string, at: number): Escape | undefined {
  const code = text.charCodeAt(at);
  if (code === 0x3d /* = */) return encodedWordAt(text, at) ?? quotedAt(text, at);
  if (code === 0x25 /* % */) {
    // A percent sign that was itself escaped, any number of times: %2540.
    let from = at + 1;
    while (text.charCodeAt(from) === 0x32 && text.charCodeAt(from + 1) === 0x35 && from - at < 9 && !Number.isNaN(hex(text, from + 2, 2)))
      from += 2;
    const value = hex(text, from, 2);
    if (value >= 0xc2) return sequenceAt(text, at, value, '%');
    return value >= 0x20 && value < 0x7f ? { read: String.fromCharCode(value), length: from + 2 - at } : undefined;
  }
  if (code === 0x5c /* \ */) {
    let from = at + 1;
    while (text.charCodeAt(from) === 0x5c && from - at < 8) from++;
    const letter = text[from];
    const braced = letter === 'u' ? /^\{([0-9A-Fa-f]{1,6})\}/.exec(text.slice(from + 1, from + 9)) : null;
    if (braced !== null) {
      const point = Number.parseInt(braced[1] ?? '', 16);
      return point > 0x10ffff ? undefined : { read: fold(point), length: from + 1 + braced[0].length - at };
    }
    if (letter === 'N') {
      const [whole = '', name = ''] = /^N\{([A-Z -]{3,20})\}/.exec(text.slice(from, from + 24)) ?? [];
      const read = NAMED.get(name);
      return read === undefined ? undefined : { read, length: from + whole.length - at };
    }
    if (letter === 'u' || letter === 'x') {
      const value = hex(text, from + 1, letter === 'u' ? 4 : 2);
      if (Number.isNaN(value)) return undefined;
      return { read: value < 0x80 ? String.fromCharCode(value) : fold(value), length: from + (letter === 'u' ? 5 : 3) - at };
    }
    if (letter === 'n' || letter === 'r') return { read: '\n', length: from + 1 - at };
    if (letter === 't') return { read: '\t', length: from + 1 - at };
    if (letter === '"' || letter === "'" || letter === '/') return { read: letter, length: from + 1 - at };
    // A line that goes on, in a shell or a string; a sign that would mean something in TeX or a pattern; a byte in octal.
    if (letter === '\n' && isAsciiWord(text.charCodeAt(from + 1))) return { read: '', length: from + 1 - at };
    if (letter !== undefined && '@_%&#$.-,'.includes(letter)) return { read: letter === ',' ? ' ' : letter, length: from + 1 - at };
    const [written = '', style, octal] = NUMBERED.exec(text.slice(from, from + 7)) ?? [];
    const value = Number.parseInt(style ?? octal ?? '', style === undefined ? 8 : 16);
    return value >= 0x20 && value < 0x7f ? { read: String.fromCharCode(value), length: from + written.length - at } : undefined;
  }
  if (code === 0x26 /* & */) {
    const name = /^[^;]{1,14}(?=;)/.exec(text.slice(at + 1, at + 16))?.[0];
    if (name === undefined || UNCLOSED.test(name)) return unclosedAt(text, at);
    const end = at + 1 + name.length;
    const number = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
    const value = number === null ? Number.NaN : Number.parseInt(number[1] ?? number[2] ?? '', number[1] === undefined ? 10 : 16);
    const read = number === null ? ENTITIES.get(name) : value > 0 && value <= 0x10ffff ? fold(value) : undefined;
    return read === undefined ? undefined : { read, length: end + 1 - at };
  }
  return undefined;
}
