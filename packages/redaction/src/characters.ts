// Runs in browsers too. Classes of characters, one table look-up each.

/** Bits of a character's class. */
export const DIGIT = 1;
export const UPPER = 2;
export const LOWER = 4;
/** A letter outside ASCII. */
export const OTHER_LETTER = 8;
export const LETTER = UPPER | LOWER | OTHER_LETTER;
export const WORD = LETTER | DIGIT;
/** Punctuation at which some detector starts. */
export const ANCHOR = 16;
export const SPACE = 32;
/** A letter of a script without capitals. */
export const EASTERN = 64;

/** The class of each UTF-16 code unit. */
export const classes: Uint8Array = new Uint8Array(0x10000);
let every = '';
for (let code = 0; code < classes.length; code++) every += String.fromCharCode(code);
// By runs of one class, the later row over the earlier: a test of each character alone took a fifth of the time to start.
for (const [pattern, kind] of [
  [/\s+/gu, SPACE],
  [/[\p{L}\p{M}]+/gu, OTHER_LETTER],
  [
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Devanagari}]+/gu,
    OTHER_LETTER | EASTERN,
  ],
  [/\p{Lu}+/gu, OTHER_LETTER | UPPER],
  [/[0-9]+/g, DIGIT],
  [/[A-Z]+/g, UPPER],
  [/[a-z]+/g, LOWER],
  [/[@:=-]/g, ANCHOR],
] as const)
  for (const { 0: run, index } of every.matchAll(pattern)) classes.fill(kind, index, index + run.length);

/** What a mailbox's local part, and what opaque values, paths and dotted parts have besides letters and digits. */
const LOCAL = 1;
const OPAQUE = 2;
/** What ends an unquoted value: quotes and brackets of markup; white space besides. */
const CLOSING = 4;
/** What makes the word behind it part of a path, a mailbox or a name in code. */
const GLUE = 8;
/** What stands before the cells of a table or a list. */
const BEFORE_CELL = 16;
/** What stands behind a name in code, a path or a mailbox. */
const BEHIND_CALLED = 32;
const marks = new Uint8Array(128);
for (const [characters, mark] of [
  ["!#$%&'*+/=?^_`{|}~.-", LOCAL],
  ['-_=./+~:%|', OPAQUE],
  ['"\'`<>', CLOSING],
  ['_.$\\@#', GLUE],
  [",;|\t'(", BEFORE_CELL],
  ['_(=/@', BEHIND_CALLED],
] as const)
  for (let at = 0; at < characters.length; at++) marks[characters.charCodeAt(at)] = (marks[characters.charCodeAt(at)] ?? 0) | mark;
const isMarked = (text: string, at: number, mark: number): boolean => ((marks[text.charCodeAt(at)] ?? 0) & mark) !== 0;

export const isLocal = (text: string, at: number): boolean => (classAt(text, at) & WORD) !== 0 || isMarked(text, at, LOCAL);
export const isOpaque = (text: string, at: number): boolean => (classAt(text, at) & WORD) !== 0 || isMarked(text, at, OPAQUE);
export const isGlue = (text: string, at: number): boolean => isMarked(text, at, GLUE);
export const isCalled = (text: string, at: number): boolean => isMarked(text, at, BEHIND_CALLED);
export const isBeforeCell = (text: string, at: number): boolean => isMarked(text, at, BEFORE_CELL);
/** Up to white space, a quote or a bracket of markup. */
export const isBare = (text: string, at: number): boolean => (classAt(text, at) & SPACE) === 0 && !isMarked(text, at, CLOSING);

/** The class of the character at an offset; 0 outside the text. */
export const classAt = (text: string, at: number): number => (at >= 0 && at < text.length ? (classes[text.charCodeAt(at)] ?? 0) : 0);
export const isDigit = (text: string, at: number): boolean => (classAt(text, at) & DIGIT) !== 0;
export const isWord = (text: string, at: number): boolean => (classAt(text, at) & WORD) !== 0;
export const isUpper = (text: string, at: number): boolean => (classAt(text, at) & UPPER) !== 0;

/** Where a stretch of characters of the given classes begins that ends before `at`, at most `most` back. */
export function runStart(text: string, at: number, kinds: number, most = 1024): number {
  const limit = Math.max(0, at - most);
  let start = at;
  while (start > limit && (classAt(text, start - 1) & kinds) !== 0) start--;
  return start;
}
