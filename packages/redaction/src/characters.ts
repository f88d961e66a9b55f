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

const table = new Uint8Array(0x10000);
for (let code = 0; code < table.length; code++) {
  const character = String.fromCharCode(code);
  if (code < 0x80) {
    if (/[0-9]/.test(character)) table[code] = DIGIT;
    else if (/[A-Z]/.test(character)) table[code] = UPPER;
    else if (/[a-z]/.test(character)) table[code] = LOWER;
    else if ('@:=-'.includes(character)) table[code] = ANCHOR;
    else if (/\s/.test(character)) table[code] = SPACE;
  } else if (/\p{Lu}/u.test(character)) table[code] = OTHER_LETTER | UPPER;
  else if (/\p{L}|\p{M}/u.test(character)) table[code] = OTHER_LETTER;
  else if (/\s/.test(character)) table[code] = SPACE;
}

/** The class of the character at an offset; 0 outside the text. */
export const classAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  // NaN, past either end, is not below anything.
  return code >= 0 ? (table[code] ?? 0) : 0;
};
export const isDigit = (text: string, at: number): boolean => (classAt(text, at) & DIGIT) !== 0;
export const isWord = (text: string, at: number): boolean => (classAt(text, at) & WORD) !== 0;
export const isUpper = (text: string, at: number): boolean => (classAt(text, at) & UPPER) !== 0;

/** Where a stretch of characters of the given classes begins that ends before `at`, at most `most` back. */
export function runStart(text: string, at: number, classes: number, most = 1024): number {
  const limit = Math.max(0, at - most);
  let start = at;
  while (start > limit && (classAt(text, start - 1) & classes) !== 0) start--;
  return start;
}
