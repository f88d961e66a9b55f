// Runs in browsers too. One reading of a text: escapes decoded, look-alikes folded, invisible characters left out, with the way back to the original offsets.

/** A text as detectors read it, with the stretches that read differently from how they are written, in order. */
export interface View {
  readonly text: string;
  /** Each stretch: where what was read stands in the view, how long it is there, and where it was written. */
  readonly changes: readonly { readonly at: number; readonly length: number; readonly from: number; readonly to: number }[];
}

// Plain ASCII without an escape needs no second reading.
const NEEDS_READING =
  /[^\t\n\r -~]|%[0-9A-Fa-f]{2}|\\[nrtux"'\\/@_%&#$.,\n01-]|&[#a-zA-Z]|[[({]\s?(?:at|dot|punkt|arroba|AT|DOT|@|\.)\s?[\])}]|["'`] {0,2}(?:\+|\|\|) {0,2}["'`]|<[!/a-zA-Z]|=\r?\n/;

const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\u202a-\u202e]$/u;
const isCombining = (code: number): boolean =>
  (code >= 0x300 && code <= 0x36f) || (code >= 0x20d0 && code <= 0x20ff) || (code >= 0xfe20 && code <= 0xfe2f);
const SPACE = /^[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$/;
const DASH = /^[\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]$/;
const DIGIT = /^\p{Nd}$/u;
const COMPATIBLE =
  /^[\u00b2\u00b3\u00b9\u2070-\u209f\u2100-\u214f\u2460-\u24ff\u3248-\u32ff\ufb00-\ufb06\u2024\ufe50-\ufe6b\uff00-\uffef\u{1d400}-\u{1d7ff}\u{1f100}-\u{1f1ff}\u{1fbf0}-\u{1fbf9}]$/u;

// Letters of other scripts that are drawn like Latin ones (Unicode's confusables, the everyday part).
const CONFUSABLE = new Map(
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

const folded = new Map<number, string>();
/** What one character is read as; an empty text when it is invisible. */
function fold(code: number): string {
  const had = folded.get(code);
  if (had !== undefined) return had;
  const character = String.fromCodePoint(code);
  let read = character;
  // Tags, which no screen shows and every model reads.
  if (code >= 0xe0020 && code <= 0xe007e) read = String.fromCharCode(code - 0xe0000);
  else if (isCombining(code) || INVISIBLE.test(character)) read = '';
  else if (SPACE.test(character)) read = ' ';
  else if (DASH.test(character)) read = '-';
  else if (DIGIT.test(character)) read = String(digitOf(code));
  else if (COMPATIBLE.test(character)) read = character.normalize('NFKC');
  else if (character === '。' || character === '｡') read = '.';
  if (folded.size < 10_000) folded.set(code, read);
  return read;
}

/** Decimal digits come in runs of ten, zero first. */
function digitOf(code: number): number {
  const compatible = String.fromCodePoint(code).normalize('NFKC').codePointAt(0) ?? code;
  if (compatible < 0x80) return compatible - 0x30;
  let zero = code;
  while (code - zero < 9 && DIGIT.test(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}

const isAsciiWord = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
const hex = (text: string, start: number, length: number): number => {
  const digits = text.slice(start, start + length);
  return digits.length === length && /^[0-9A-Fa-f]+$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
};

/** How people hide a mailbox from harvesters: `ann [at] mail (dot) example`. */
const SPELT = /^\s{0,2}[[({]\s?(at|dot|punkt|arroba|@|\.)\s?[\])}]\s{0,2}/i;
function speltAt(text: string, at: number): { readonly read: string; readonly length: number } | undefined {
  if (!'[({ '.includes(text[at + 1] ?? '-') && !'[({'.includes(text[at] ?? '-')) return undefined;
  const match = SPELT.exec(text.slice(at, at + 16));
  return match === null ? undefined : { read: /at|arroba|@/i.test(match[1] ?? '') ? '@' : '.', length: match[0].length };
}

/** A character of several bytes, each with a percent sign. */
function sequenceAt(text: string, at: number, first: number): { readonly read: string; readonly length: number } | undefined {
  const bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let point = first & (0xff >> (bytes + 1));
  for (let index = 1; index < bytes; index++) {
    const next = text[at + 3 * index] === '%' ? hex(text, at + 3 * index + 1, 2) : 0;
    if ((next & 0xc0) !== 0x80) return undefined;
    point = (point << 6) | (next & 0x3f);
  }
  return point > 0x10ffff ? undefined : { read: fold(point), length: 3 * bytes };
}

/** One escape: what it stands for and how long it is written; undefined where there is none. */
function escapeAt(text: string, at: number): { readonly read: string; readonly length: number } | undefined {
  const code = text.charCodeAt(at);
  if (code === 0x25 /* % */) {
    // A percent sign that was itself escaped, any number of times: %2540.
    let from = at + 1;
    while (text.charCodeAt(from) === 0x32 && text.charCodeAt(from + 1) === 0x35 && from - at < 9 && !Number.isNaN(hex(text, from + 2, 2)))
      from += 2;
    const value = hex(text, from, 2);
    if (value >= 0xc2) return sequenceAt(text, at, value);
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
    const octal = /^[01][0-7]{2}/.exec(text.slice(from, from + 3));
    const value = octal === null ? 0 : Number.parseInt(octal[0], 8);
    return value >= 0x20 && value < 0x7f ? { read: String.fromCharCode(value), length: from + 3 - at } : undefined;
  }
  if (code === 0x26 /* & */) {
    const name = /^[^;]{1,14}(?=;)/.exec(text.slice(at + 1, at + 16))?.[0];
    if (name === undefined) return undefined;
    const end = at + 1 + name.length;
    const number = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
    const value = number === null ? Number.NaN : Number.parseInt(number[1] ?? number[2] ?? '', number[1] === undefined ? 10 : 16);
    const read = number === null ? ENTITIES.get(name) : value > 0 && value <= 0x10ffff ? fold(value) : undefined;
    return read === undefined ? undefined : { read, length: end + 1 - at };
  }
  return undefined;
}

/** What joins two literals of a program, from the first one's quote to the other's. */
const JOINED = /^["'`] {0,2}(?:\+|\|\|) {0,2}["'`]/;
/** Marks of style, which end no value, and remarks. */
const INLINE = /^<(?:!--[^<>]{0,40}--|\/?(?:b|i|u|s|em|strong|span|wbr|mark|font|small|sub|sup|del|ins|a|code|tt)(?:\s[^<>]{0,80})?\/?)>/i;
const isNumberOrSign = (code: number): boolean => (code >= 0x2b && code <= 0x2e) || (code >= 0x30 && code <= 0x39) || code === 0x40;

/** What stands inside a value and says nothing: "4111" + "1111", 4111<b>1111, a soft line break of a mail. */
function seamAt(text: string, at: number): { readonly from: number; readonly length: number; readonly read?: string } | undefined {
  const code = text.charCodeAt(at);
  const before = text.charCodeAt(at - 1);
  if (code === 0x3d /* = */) {
    const length = text.charCodeAt(at + 1) === 0x0d ? 3 : 2;
    return text[at + length - 1] === '\n' && isAsciiWord(before) && isAsciiWord(text.charCodeAt(at + length))
      ? { from: at, length }
      : undefined;
  }
  if (code === 0x3c /* < */) {
    const line = /^<br ?\/?>/i.exec(text.slice(at, at + 6))?.[0].length;
    if (line !== undefined) return { from: at, length: line, read: '\n' };
    const length = INLINE.exec(text.slice(at, at + 96))?.[0].length ?? 0;
    const after = text.charCodeAt(at + length);
    const inside = length > 0 && (isNumberOrSign(before) || isNumberOrSign(after));
    return inside && (isAsciiWord(before) || isAsciiWord(after)) && before > 0x20 && after > 0x20 ? { from: at, length } : undefined;
  }
  let from = at - 1;
  while (from > at - 4 && text.charCodeAt(from) === 0x20) from--;
  const length = JOINED.exec(text.slice(from, at + 6))?.[0].length;
  return length === undefined ? undefined : { from, length };
}

/** Where something might read differently: all else is copied unread. */
const TELLING = /[^\0-\x7f]|[%&\\[({<+|]|=(?=\r?\n)/g;

/** Reads a text in linear time, and again what was read, since an escape may leave another: whether it does may not depend on the rest of the text. */
export function toView(text: string): View {
  let view = readOnce(text);
  for (let depth = 0; depth < DEEPEST && view.changes.length > 0; depth++) {
    const next = readOnce(view.text);
    if (next.changes.length === 0) break;
    view = compose(view, next);
  }
  return view;
}
const DEEPEST = 3;

/** A reading of a reading, in the first text's offsets. */
function compose(outer: View, inner: View): View {
  const changes = inner.changes.map(({ at, length, from, to }) => {
    const [first, last] = toOriginal(outer, from, Math.max(to, from + 1));
    return { at, length, from: first, to: last };
  });
  let next = 0;
  for (const { at, length, from, to } of outer.changes) {
    while (next < inner.changes.length && (inner.changes[next]?.to ?? 0) <= at) next++;
    if ((inner.changes[next]?.from ?? Infinity) < at + Math.max(length, 1)) continue;
    changes.push({ at: toRead(inner, at), length, from, to });
  }
  return { text: inner.text, changes: changes.toSorted((a, b) => a.at - b.at || a.from - b.from) };
}

function readOnce(text: string): View {
  if (!NEEDS_READING.test(text)) return { text, changes: [] };
  const changes: { at: number; length: number; from: number; to: number }[] = [];
  const parts: string[] = [];
  let length = 0;
  let last = '';
  // Unchanged stretches are copied whole; `kept` is where the current one began.
  let kept = 0;
  const put = (as: string, from: number, to: number): void => {
    parts.push(text.slice(kept, from), as);
    length += from - kept;
    changes.push({ at: length, length: as.length, from, to });
    length += as.length;
    if (as !== '') last = as;
    else if (from > kept) last = text.slice(from - 1, from);
    kept = to;
  };
  TELLING.lastIndex = 0;
  for (let match = TELLING.exec(text); match !== null; match = TELLING.exec(text)) {
    const at = match.index;
    const code = text.charCodeAt(at);
    if (code === 0x3c || code === 0x2b || code === 0x7c || code === 0x3d) {
      const seam = seamAt(text, at);
      const fits = seam !== undefined && seam.from >= kept;
      if (fits) put(seam.read ?? '', seam.from, seam.from + seam.length);
      TELLING.lastIndex = fits ? seam.from + seam.length : at + 1;
      continue;
    }
    if (code < 0x80) {
      const bracket = code !== 0x25 && code !== 0x5c && code !== 0x26;
      // A space before the bracket is part of what was spelt.
      const from = bracket && at > kept && text.charCodeAt(at - 1) === 0x20 ? at - 1 : at;
      const escape = bracket ? speltAt(text, from) : escapeAt(text, at);
      if (escape !== undefined) put(escape.read, from, from + escape.length);
      TELLING.lastIndex = escape === undefined ? at + 1 : from + escape.length;
      continue;
    }
    const point = text.codePointAt(at) ?? code;
    const width = point > 0xffff ? 2 : 1;
    let as = fold(point);
    // A look-alike counts only inside a word that is otherwise Latin: real Cyrillic stays Cyrillic.
    const latin = CONFUSABLE.get(as);
    if (
      latin !== undefined &&
      (isAsciiWord(last !== '' && kept === at ? last.charCodeAt(last.length - 1) : text.charCodeAt(at - 1)) ||
        isAsciiWord(text.charCodeAt(at + width)))
    )
      as = latin;
    if (as !== text.slice(at, at + width)) put(as, at, at + width);
    TELLING.lastIndex = at + width;
  }
  if (changes.length === 0) return { text, changes };
  parts.push(text.slice(kept));
  return { text: parts.join(''), changes };
}

/** A stretch of a view in the original's offsets: what was read from an escape covers all of the escape. */
export function toOriginal({ changes }: View, start: number, end: number): readonly [start: number, end: number] {
  if (changes.length === 0) return [start, end];
  return [written(changes, start).from, written(changes, end - 1).to];
}

/** Where the original's offset is read in a view. */
export function toRead({ changes }: View, offset: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle]?.from ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const change = changes[low - 1];
  return change === undefined ? offset : change.at + (offset < change.to ? 0 : change.length + offset - change.to);
}

/** Where the character at a view's offset was written. */
function written(changes: View['changes'], offset: number): { readonly from: number; readonly to: number } {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle]?.at ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  // Of those that begin at or before the offset, the last that left something to read.
  const change = changes[low - 1];
  if (change === undefined) return { from: offset, to: offset + 1 };
  if (offset < change.at + change.length) return change;
  const from = change.to + offset - change.at - change.length;
  return { from, to: from + 1 };
}
