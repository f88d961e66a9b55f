// Runs in browsers too. What one character is read as: compatible forms, look-alikes of Latin letters, invisible characters.

export const isAsciiWord = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\u202a-\u202e]$/u;
const isCombining = (code: number): boolean =>
  (code >= 0x300 && code <= 0x36f) || (code >= 0x20d0 && code <= 0x20ff) || (code >= 0xfe20 && code <= 0xfe2f);
const SPACE = /^[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$/;
const DASH = /^[\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]$/;
const DIGIT = /^\p{Nd}$/u;
const COMPATIBLE =
  /^[\u00b2\u00b3\u00b9\u2070-\u209f\u2100-\u214f\u2460-\u24ff\u3248-\u32ff\ufb00-\ufb06\u2024\ufe50-\ufe6b\uff00-\uffef\u{1d400}-\u{1d7ff}\u{1f100}-\u{1f1ff}\u{1fbf0}-\u{1fbf9}]$/u;

// Letters of other scripts that are drawn like Latin ones (Unicode's confusables, the everyday part).
export const CONFUSABLE = new Map(
  Object.entries({
    а: 'a',
    е: 'e',
    о: 'o',
    р: 'p',
    с: 'c',
    у: 'y',
    х: 'x',
    і: 'i',
    ј: 'j',
    ѕ: 's',
    ԁ: 'd',
    ԛ: 'q',
    ԝ: 'w',
    һ: 'h',
    ӏ: 'l',
    ո: 'n',
    ս: 'u',
    А: 'A',
    В: 'B',
    Е: 'E',
    К: 'K',
    М: 'M',
    Н: 'H',
    О: 'O',
    Р: 'P',
    С: 'C',
    Т: 'T',
    У: 'Y',
    Х: 'X',
    І: 'I',
    Ј: 'J',
    Ѕ: 'S',
    α: 'a',
    ε: 'e',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    τ: 't',
    υ: 'u',
    χ: 'x',
    ω: 'w',
    γ: 'y',
    Α: 'A',
    Β: 'B',
    Ε: 'E',
    Ζ: 'Z',
    Η: 'H',
    Ι: 'I',
    Κ: 'K',
    Μ: 'M',
    Ν: 'N',
    Ο: 'O',
    Ρ: 'P',
    Τ: 'T',
    Υ: 'Y',
    Χ: 'X',
    ı: 'i',
    ɡ: 'g',
    ⅼ: 'l',
  }),
);

const folded = new Map<number, string>();
/** What one character is read as; an empty text when it is invisible. */
export function fold(code: number): string {
  const had = folded.get(code);
  if (had !== undefined) return had;
  const character = String.fromCodePoint(code);
  let read = character;
  if (isCombining(code) || INVISIBLE.test(character)) read = '';
  else if (SPACE.test(character)) read = ' ';
  else if (DASH.test(character)) read = '-';
  else if (DIGIT.test(character)) read = String(digitOf(code));
  // A letter or a number in brackets of its own is read without them: ⒜, ⑴.
  else if (COMPATIBLE.test(character)) read = character.normalize('NFKC').replace(/^\((\w+)\)$/, '$1');
  else if (character === '。' || character === '｡') read = '.';
  if (folded.size < 10_000) folded.set(code, read);
  return read;
}

// Tags, which no screen shows and every model reads.
export const isTag = (code: number): boolean => code >= 0xe0020 && code <= 0xe007e;
/** So many tags side by side are text; fewer are only there to part what stands around them. */
const LEAST_TAGS = 4;
/** What a tag is read as; an empty text where tags are no text. */
export function readTag(text: string, at: number): string {
  const codeAt = (place: number): number => text.codePointAt(place) ?? 0;
  let count = 1;
  for (let before = at - 2; count < LEAST_TAGS && isTag(codeAt(before)); before -= 2) count++;
  for (let after = at + 2; count < LEAST_TAGS && isTag(codeAt(after)); after += 2) count++;
  if (count < LEAST_TAGS) return '';
  // They are no part of the word that they are hidden behind.
  return `${isTag(codeAt(at - 2)) ? '' : ' '}${String.fromCharCode(codeAt(at) - 0xe0000)}${isTag(codeAt(at + 2)) ? '' : ' '}`;
}

/** Dots in the middle of a line, as people set them between the groups of a number. */
export const MIDDLE_DOT = /^[\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65]$/;

/** Emoji and their like, which part the groups of a number too. */
const PICTURE = /^\p{Extended_Pictographic}$/u;
export const isPicture = (character: string): boolean => character > '\u2190' && PICTURE.test(character);

/** Letters as pictures, which people put where the at sign should be. */
const MAIL_PICTURE = /^[📧📨📩✉]$/u;
export const isMailPicture = (character: string): boolean => character > '\u2190' && MAIL_PICTURE.test(character);

/** Decimal digits come in runs of ten, zero first. */
function digitOf(code: number): number {
  const compatible = String.fromCodePoint(code).normalize('NFKC').codePointAt(0) ?? code;
  if (compatible < 0x80) return compatible - 0x30;
  let zero = code;
  while (code - zero < 9 && DIGIT.test(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}
