// Runs in browsers too. One reading of a text: escapes decoded, look-alikes folded, invisible characters left out, with the way back to the original offsets.
import { isDigit } from './characters.ts';
import { escapeAt, SPELT_BEGINS, speltAt } from './escapes.ts';
import { CONFUSABLE, fold, isAsciiWord, isTag, isMailPicture, isPicture, MIDDLE_DOT, readTag } from './fold.ts';
import { seams } from './seams.ts';

/** Scripts that part no words: Thai, kana, Han, Hangul. Long numbers stand in them without a space, and are read with one. */
const isUnspaced = (code: number): boolean => (code >= 0x3040 && code <= 0xd7af) || (code >= 0xe00 && code <= 0xe7f);
const NUMBER_BEFORE = /\d{6}[\dX]$/;
const NUMBER_FOLLOWS = /[A-Z]{0,2}\d{7}/y;
function numberFollows(text: string, at: number): boolean {
  NUMBER_FOLLOWS.lastIndex = at;
  return NUMBER_FOLLOWS.test(text);
}

/** A text as detectors read it, with the stretches that read differently from how they are written, in order. */
export interface View {
  readonly text: string;
  /** Each stretch: where what was read stands in the view, how long it is there, and where it was written. */
  readonly changes: readonly { readonly at: number; readonly length: number; readonly from: number; readonly to: number }[];
}

/** Where something might read differently, by the sign and the one behind it: all else is copied unread. */
const TELLING: readonly (readonly [signs: string, next: RegExp])[] = [
  ['%', /[0-9A-Fa-f]/],
  ['&', /[^;]/],
  ['\\+', /./s],
  ['[', SPELT_BEGINS],
  ['(', new RegExp(`${SPELT_BEGINS.source}|["']`, 'i')],
  ['{', new RegExp(`${SPELT_BEGINS.source}|\\}`, 'i')],
  ['`', /[\d`]/],
  ['<', /[!/a-zA-Z]/],
  ['|', /\|/],
  ['*', /\*/],
  ['$', /\{/],
  ['.', /[ ."'`j]/],
  ['\n', />/],
  ['=', /[\r\n2-7C-F?]/],
];
/** For each sign of ASCII its row, and in a row for each sign behind whether the two tell; none for what never does. */
const rows = new Uint8Array(128);
const telling = new Uint8Array(rows.length ** 2);
for (const [signs, next] of TELLING)
  for (const sign of signs) {
    const row = Math.max(...rows) + 1;
    rows[sign.charCodeAt(0)] = row;
    for (let code = 0; code < rows.length; code++) telling[(row << 7) | code] = next.test(String.fromCharCode(code)) ? 1 : 0;
  }
/** Where the next that may tell stands; the text's end where none does. */
function nextTelling(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) break;
    const row = rows[code] ?? 0;
    if (row === 0) continue;
    const next = text.charCodeAt(at + 1);
    if (next >= 0x80 || telling[(row << 7) | next] === 1) break;
  }
  return at;
}

/** Says that the sign before it is drawn, not written. */
const AS_PICTURE = '\ufe0f';

/** Whether a Latin letter or a digit follows, behind other look-alikes if need be: as many as begin an account's number. */
function isLatinBehind(text: string, at: number): boolean {
  let next = at;
  while (next < at + 3 && CONFUSABLE.has(text[next] ?? '')) next++;
  return isAsciiWord(text.charCodeAt(next));
}

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
  for (let at = nextTelling(text, 0); at < text.length; at = nextTelling(text, at)) {
    const code = text.charCodeAt(at);
    const seamAt = seams.get(code);
    if (seamAt !== undefined) {
      const seam = seamAt(text, at);
      const fits = seam !== undefined && seam.from >= kept;
      if (fits) put(seam.read ?? '', seam.from, seam.from + seam.length);
      // A bracket that parts nothing may be one of a sign that is spelt.
      const isBracket = code === 0x28 || code === 0x7b;
      if (fits || !isBracket) {
        at = fits ? seam.from + seam.length : at + 1;
        continue;
      }
    }
    if (code < 0x80) {
      const bracket = code !== 0x25 && code !== 0x5c && code !== 0x26;
      // A space before the bracket is part of what was spelt.
      const from = bracket && at > kept && text.charCodeAt(at - 1) === 0x20 ? at - 1 : at;
      const escape = bracket ? speltAt(text, from) : escapeAt(text, at);
      if (escape !== undefined) put(escape.read, from, from + escape.length);
      at = escape === undefined ? at + 1 : from + escape.length;
      continue;
    }
    const point = text.codePointAt(at) ?? code;
    const width = point > 0xffff ? 2 : 1;
    let as = isTag(point) ? readTag(text, at) : fold(point);
    const behind = at + width + (text[at + width] === AS_PICTURE ? 1 : 0);
    if (isDigit(text, at - 1) && isDigit(text, behind)) as = MIDDLE_DOT.test(as) ? '.' : isPicture(as) ? '-' : as;
    else if (isPicture(as) && text[at - 1] === ' ' && text[behind] === ' ' && isDigit(text, at - 2) && isDigit(text, behind + 1)) as = '-';
    if (isMailPicture(as) && isAsciiWord(text.charCodeAt(at - 1)) && isAsciiWord(text.charCodeAt(behind))) as = '@';
    // A look-alike counts only inside a word that is otherwise Latin: real Cyrillic stays Cyrillic.
    const latin = CONFUSABLE.get(as);
    if (
      latin !== undefined &&
      (isAsciiWord(last !== '' && kept === at ? last.charCodeAt(last.length - 1) : text.charCodeAt(at - 1)) ||
        isLatinBehind(text, at + width))
    )
      as = latin;
    if (isUnspaced(code))
      as = `${NUMBER_BEFORE.test(text.slice(Math.max(0, at - 7), at)) ? ' ' : ''}${as}${numberFollows(text, at + width) ? ' ' : ''}`;
    if (as !== text.slice(at, at + width)) put(as, at, at + width);
    at += width;
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
/** Past the marks of a last character that is struck through, underlined or put in a key's frame: nothing is read for them. */
export function marksEnd(text: string, end: number): number {
  MARKS.lastIndex = end;
  return end + (MARKS.exec(text)?.[0].length ?? 0);
}
const MARKS = /\p{M}*/uy;

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
