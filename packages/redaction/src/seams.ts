// Runs in browsers too. What stands inside a value and is none of it.
import { isDigit } from './characters.ts';
import { escapeAt } from './escapes.ts';
import { isAsciiWord } from './fold.ts';

/** Where what parts a value begins, how long it is, and what is read for it: nothing where nothing is said. */
export interface Seam {
  readonly from: number;
  readonly length: number;
  readonly read?: string;
}

/** What joins two literals of a program, from the first one's quote to the other's. */
const JOINED = /^["'`] {0,2}(?:[+&]|\|\||\.{1,2}) {0,2}["'`]/;
const QUOTES = '"\'`';
/** Marks of style, which end no value, and remarks: with nothing in them that anybody is told by. */
const INLINE =
  /^(?:<(?:!--[a-z ]{0,12}--|\/?(?:b|i|u|s|em|strong|span|wbr|mark|font|small|sub|sup|del|ins|a|code|tt)(?: class="[a-z -]{0,60}")? ?\/?)>){1,4}/i;
/** A value of a form, its words and numbers joined by plus signs. */
const FORM =
  /^=(?:%2b|%28)?(?:\p{L}[\p{L}'.-]{0,20}|[\d.-]{1,12}|\d{1,6}[a-z])(?:%29|%2c)?(?:\+(?:%28)?(?:\p{L}[\p{L}'.-]{0,20}|[\d.-]{1,12}|\d{1,6}[a-z])(?:%29|%2c)?){1,12}(?=&[\w.%-]{1,40}=|["'#\n]|$| HTTP\/)/iu;
/** What the names of such marks begin with. */
const BEGIN_TAG = '!abcdefimstuwABCDEFIMSTUW';
const QUOTE = /^\n(?:> ?){1,6}(?=[A-Z]?\d)/;
const LONGEST_VALUE = 160;

const isSmall = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isNumberOrSign = (code: number): boolean => (code >= 0x2b && code <= 0x2e) || (code >= 0x30 && code <= 0x39) || code === 0x40;
/** In the middle of a word, a number, a mailbox. */
const isInside = (code: number): boolean => isAsciiWord(code) || isNumberOrSign(code) || code === 0x5f;

/** A byte of mail, a word of its header, the end of a line that goes on. */
const OF_MAIL = /=(?=\r?\n|[2-7][0-9A-F]|[C-F][0-9A-F]=|\?\w)/y;
function mailAt(text: string, at: number): Seam | undefined {
  OF_MAIL.lastIndex = at;
  return OF_MAIL.test(text) ? (escaped(text, at) ?? softBreakAt(text, at)) : undefined;
}

function escaped(text: string, at: number): Seam | undefined {
  const escape = escapeAt(text, at);
  return escape && { from: at, ...escape };
}

function softBreakAt(text: string, at: number): Seam | undefined {
  const length = text[at + 1] === '\r' ? 3 : 2;
  const before = text.charCodeAt(at - 1);
  const breaks = text[at + length - 1] === '\n' && (isInside(before) || before === 0x20) && isInside(text.charCodeAt(at + length));
  return breaks ? { from: at, length } : undefined;
}

function tagAt(text: string, at: number): Seam | undefined {
  if (!BEGIN_TAG.includes(text[at + (text[at + 1] === '/' ? 2 : 1)] ?? ' ')) return undefined;
  const line = /^<br ?\/?>/i.exec(text.slice(at, at + 6))?.[0].length;
  if (line !== undefined) return { from: at, length: line, read: '\n' };
  const length = INLINE.exec(text.slice(at, at + 160))?.[0].length;
  if (length === undefined) return undefined;
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at + length);
  const joins = isNumberOrSign(before) || isNumberOrSign(after) || (isSmall(before) && isSmall(after));
  const inside = joins && (isAsciiWord(before) || isAsciiWord(after)) && before > 0x20 && after > 0x20;
  // Beside a space nothing is joined that was apart.
  return inside || before === 0x20 || after === 0x20 ? { from: at, length } : undefined;
}

/** A number over lines of a mail that is quoted. */
function quoteAt(text: string, at: number): Seam | undefined {
  const from = text[at - 1] === '\r' ? at - 1 : at;
  if (!isDigit(text, from - 1)) return undefined;
  const length = QUOTE.exec(text.slice(at, at + 16))?.[0].length;
  return length === undefined ? undefined : { from, length: at - from + length, read: '\n' };
}

function joinAt(text: string, at: number): Seam | undefined {
  let from = at - 1;
  while (from > at - 4 && text.charCodeAt(from) === 0x20) from--;
  if (!QUOTES.includes(text[from] ?? ' ')) return undefined;
  const length = JOINED.exec(text.slice(from, at + 6))?.[0].length;
  return length === undefined ? undefined : { from, length };
}

/** Literals that a program joins: "@".join(["ann", "mail.example"]), ["536", "90", "4399"].join("-"), implode("@", ["ann", "mail.example"]). */
const ITEMS = String.raw`(\s?(?:(?:"[\w@.+-]{1,40}"|'[\w@.+-]{1,40}')\s?,?\s?){2,8})`;
const LITERALS = String.raw`[[(]${ITEMS}[\])]`;
const JOINT = String.raw`(["'])([@.\-_ /]?)\1`;
/** By whether the list comes first. */
const JOINS = [
  { before: new RegExp(`${JOINT}$`), behind: new RegExp(String.raw`^\.join\(${LITERALS}\)`) },
  { before: new RegExp(`${LITERALS}$`), behind: new RegExp(String.raw`^\.join\(${JOINT}\)`) },
];
const JOINER = /(?:String\.join|(?<![\w.])join|implode|concat(?:_ws)?)$/i;
const JOINER_BEHIND = new RegExp(String.raw`^\(\s?(?:${JOINT}\s?,\s?)?(?:\[|array\()?${ITEMS}[\])]?\)`);
const LONGEST_LIST = 200;
function joinedAt(text: string, at: number): Seam | undefined {
  if (!text.startsWith('.join(', at)) return undefined;
  const listFirst = text[at - 1] === ']';
  const { before, behind } = JOINS[listFirst ? 1 : 0] ?? {};
  const first = before?.exec(text.slice(Math.max(0, at - LONGEST_LIST), at));
  const last = behind?.exec(text.slice(at, at + LONGEST_LIST));
  if (!first || !last) return undefined;
  const [list, joint] = listFirst ? [first[1], last[2]] : [last[1], first[2]];
  return joined(list, joint, at - first[0].length, first[0].length + last[0].length);
}
function calledAt(text: string, at: number): Seam | undefined {
  if (!isAsciiWord(text.charCodeAt(at - 1))) return undefined;
  const name = JOINER.exec(text.slice(Math.max(0, at - 12), at))?.[0].length ?? 0;
  const match = name === 0 ? null : JOINER_BEHIND.exec(text.slice(at, at + LONGEST_LIST));
  return match === null ? undefined : joined(match[3], match[2], at - name, name + match[0].length);
}
/** Words that are joined are no name any more. */
function joined(list: string | undefined, joint: string | undefined, from: number, length: number): Seam | undefined {
  const read = Array.from(list?.matchAll(/[\w@.+-]+/g) ?? [], ([part]) => part).join(joint ?? '');
  return /[@\d]/.test(read) ? { from, length, read } : undefined;
}

/** What Markdown and TeX leave between two digits, or letters: 4111`1111, ann{}roe. */
const isInsideAt = (text: string, at: number, length: number): boolean =>
  isAsciiWord(text.charCodeAt(at - 1)) && isAsciiWord(text.charCodeAt(at + length));
function emptyAt(text: string, at: number): Seam | undefined {
  return text[at + 1] === '}' && isInsideAt(text, at, 2) ? { from: at, length: 2 } : undefined;
}
function tickAt(text: string, at: number): Seam | undefined {
  const length = text[at + 1] === '`' ? 2 : 1;
  return isDigit(text, at - 1) && isDigit(text, at + length) ? { from: at, length } : undefined;
}

/** Marks of bold inside a word or a number: 4111 **1111. A space on one side begins or ends what is bold. */
function boldAt(text: string, at: number): Seam | undefined {
  const joins = text[at + 1] === '*' && isInside(text.charCodeAt(at - 1)) && isInside(text.charCodeAt(at + 2));
  return joins && !OF_X12.test(text.slice(Math.max(0, at - 120), at)) ? { from: at, length: 2 } : undefined;
}
/** Two signs with an element between them that is empty. */
const OF_X12 = /(?:^|[~\n])[A-Z][A-Z\d]{1,2}\*[^~\n]*$/;

/** A sign, or what stands behind it, in a template's braces: ann${'@'}mail.example. */
const TEMPLATE = /^\$\{(["'`])([@.]|[\w@.+-]{2,60}|)\1\}/;
function templateAt(text: string, at: number): Seam | undefined {
  const [whole = '', , read = ''] = TEMPLATE.exec(text.slice(at, at + 66)) ?? [];
  return whole === '' ? undefined : { from: at, length: whole.length, read };
}

/** A mailbox's sign in UTF-7 (RFC 2152). */
function utf7At(text: string, at: number): Seam | undefined {
  return text.startsWith('+AEA-', at) && isInsideAt(text, at, 5) ? { from: at, length: 5, read: '@' } : undefined;
}

function formSpaceAt(text: string, at: number): Seam | undefined {
  const first = Math.max(0, at - LONGEST_VALUE);
  let begins = at - 1;
  // A value has no space, or one that is written as a plus.
  while (begins > first && text[begins] !== '=' && text[begins] !== ' ') begins--;
  if (text[begins] !== '=' || !isAsciiWord(text.charCodeAt(begins - 1))) return undefined;
  const value = FORM.exec(text.slice(begins, begins + LONGEST_VALUE))?.[0].length ?? 0;
  return begins + value > at ? { from: at, length: 1, read: ' ' } : undefined;
}

/** By the character at which one may stand: "4111" + "1111", 4111<b>1111, a soft line break of a mail, a space of a form. */
export const seams: ReadonlyMap<number, (text: string, at: number) => Seam | undefined> = new Map(
  Object.entries({
    '=': mailAt,
    '+': (text: string, at: number) => utf7At(text, at) ?? formSpaceAt(text, at) ?? joinAt(text, at),
    '|': joinAt,
    '&': (text: string, at: number) => joinAt(text, at) ?? escaped(text, at),
    '.': (text: string, at: number) => joinAt(text, at) ?? joinedAt(text, at),
    '*': boldAt,
    '(': calledAt,
    '{': emptyAt,
    '`': tickAt,
    $: templateAt,
    '<': tagAt,
    '\n': quoteAt,
  }).map(([sign, seamAt]) => [sign.charCodeAt(0), seamAt]),
);
