// Runs in browsers too.
import { DIGIT, isDigit, runStart } from '../characters.ts';
import { luhn } from '../check-digits.ts';
import { confidence, type Confidence, type Detector } from '../detector.ts';
import { Keywords } from '../keywords.ts';
import { digitsOf, separatorEnd, type Scan } from '../scan.ts';
import { nationalWords, weakWords } from './number-words.ts';

const MAESTRO = /^(?:50|5[6-9]|6[0-9])/;
/** Issuer ranges and the lengths they use (ISO/IEC 7812, the networks' published tables). */
const ISSUERS: readonly (readonly [pattern: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65|622)/, [16, 17, 18, 19]],
  [/^(?:30[0-59]|3[689])/, [14, 16, 19]],
  [/^(?:352[89]|35[3-8])/, [16, 17, 18, 19]],
  [/^(?:62|81)/, [16, 17, 18, 19]],
  [MAESTRO, [16, 17, 18, 19]],
  [/^220[0-5]/, [16, 17, 18, 19]],
  [/^(?:1800|2131)/, [15]],
];
/** Written group by group: these, or one run. */
const GROUPINGS = new Set(['4-4-4-4', '4-6-5', '4-6-4', '4-4-4-4-3', '4-4-4-1', '4-4-5', '6-13', '8-8', '4-4-4-3', '4-4-4-2']);

const cardKeywords = new Keywords(
  'card,credit,debit,visa,mastercard,amex,american express,discover,diners,jcb,maestro,unionpay,cc,pan,cvv,kreditkarte,karte,kartennummer,kreditkartennummer,carte,carte bancaire,tarjeta,cartão,carta,kaart,kort,karta,kartu',
);

const SHORTEST = 12;
const CALLED = /^(?:mobile|mobil|phone|tel|cell|handy|móvil|celular|whatsapp)$/i;

function look(scan: Scan, from: number, runEnd: number): void {
  if (runEnd - from < SHORTEST && separatorEnd(scan.text, runEnd) < 0) {
    if (!thousands(scan, from, runEnd) && !apart(scan, from, runEnd)) marked(scan, from, runEnd);
    return;
  }
  const { starts, ends, digits: total } = scan.cluster(from);
  if (total < SHORTEST) return;
  let count = 0;
  for (let last = 0; last < starts.length && last < 7; last++) {
    const start = starts[0] ?? 0;
    const end = ends[last] ?? 0;
    const length = end - (starts[last] ?? 0);
    count += length;
    if (count > 19) return;
    if (count < SHORTEST) continue;
    const digits = digitsOf(scan.text, start, end);
    // Four groups of four that are called a card are one, mistyped or made up.
    const checked = luhn(digits);
    if (!checked && (last !== 3 || count !== 16)) continue;
    const grouping = ends
      .slice(0, last + 1)
      .map((each, group) => each - (starts[group] ?? 0))
      .join('-');
    if ((!checked && grouping !== '4-4-4-4') || /^(\d)\1+$/.test(digits)) continue;
    const context = scan.contextBefore(start).find(cardKeywords);
    // What a word says is somebody's id is that: NIK: 5171192205060020.
    const national = context === undefined && last === 0 ? scan.contextBefore(start).find(nationalWords, 2) : undefined;
    if (national !== undefined && !weakWords.has(national)) return;
    // Maestro has shorter ones, of twelve digits and more, as has everything else that is numbered.
    const issued = isIssued(digits) || (context !== undefined && MAESTRO.test(digits));
    // A number that is called a card is one, whatever its issuer.
    if (!(issued && checked) && (context === undefined || digits.length < 13)) continue;
    // Twelve digits with a check digit are too common a shape to stand alone; so are odd groupings.
    // A mobile's number may be a card's by its digits.
    const usual =
      last === 0
        ? digits.length > 13 || (digits.length === 13 && !CALLED.test(scan.contextBefore(start).nearest))
        : GROUPINGS.has(grouping);
    if (!usual && context === undefined) continue;
    if (
      last + 1 < starts.length &&
      grouping !== '4-4-4-4' &&
      GROUPINGS.has(`${grouping}-${(ends[last + 1] ?? 0) - (starts[last + 1] ?? 0)}`)
    )
      continue;
    report(scan, start, end, digits, checked ? confidence.validated : confidence.context, context);
    return;
  }
}

/** @param digits - of the number; with a check digit that is wrong only a word makes it a card's */
const report = (scan: Scan, start: number, end: number, digits: string, sure: Confidence, context?: string): void =>
  scan.report({
    start,
    end,
    type: 'CREDIT_CARD',
    rule: 'card',
    confidence: sure,
    validator: luhn(digits) ? 'luhn+iin' : undefined,
    context,
    canonical: digits,
  });

/** As a number is written in thousands, or in code: 6,011,806,976,185,482, 6_011_806_976_185_482. Nobody counts as far. */
const THOUSANDS = /^\d{1,3}([,_])\d{3}(?:\1\d{3}){3,4}(?!\d|[,_]\d)/;
/** Told at its second group, since most numbers of one or two digits are none. */
function thousands(scan: Scan, second: number, runEnd: number): boolean {
  const { text } = scan;
  const mark = text[second - 1];
  if (runEnd - second !== 3 || (mark !== ',' && mark !== '_') || text[runEnd] !== mark) return false;
  const start = runStart(text, second - 1, DIGIT, 4);
  if (text[start - 1] === mark) return false;
  const [written = ''] = THOUSANDS.exec(text.slice(start, start + 32)) ?? [];
  const digits = written.replaceAll(/\D/g, '');
  if (digits.length < 14 || !luhn(digits) || !isIssued(digits)) return false;
  report(scan, start, start + written.length, digits, confidence.validated);
  return true;
}

/** Groups in quotes, or with commas or strokes between, where a word says that they are a card: "4111","1111", `4111` `1111`, 4111, 1111. */
const APART = /^\d{3,6}(?:["'`]?\s?[,|]?\s?["'`]?\d{2,6}){2,4}(?!\d)/;
const PARTS = '"\'`,|';
function apart(scan: Scan, start: number, runEnd: number): boolean {
  const { text } = scan;
  if (runEnd - start < 3 || runEnd - start > 6) return false;
  const next = text.charCodeAt(runEnd) === 0x20 ? text.charCodeAt(runEnd + 1) : text.charCodeAt(runEnd);
  if (next !== 0x2c && next !== 0x22 && next !== 0x27 && next !== 0x60 && next !== 0x7c) return false;
  let at = runEnd;
  while (at < runEnd + 5 && (PARTS.includes(text[at] ?? '.') || text[at] === ' ')) at++;
  if (at === runEnd || !isDigit(text, at) || !isDigit(text, at + 1)) return false;
  const [written = ''] = APART.exec(text.slice(start, start + 48)) ?? [];
  const digits = written.replaceAll(/\D/g, '');
  if (digits.length < 13 || !luhn(digits) || !isIssued(digits)) return false;
  const context = scan.contextBefore(start).find(cardKeywords, 3);
  if (context === undefined) return false;
  report(scan, start, start + written.length, digits, confidence.context, context);
  return true;
}

export const isIssued = (digits: string): boolean =>
  ISSUERS.some(([pattern, lengths]) => lengths.includes(digits.length) && pattern.test(digits));

/** Groups with a mark between that no other number has: 4111_1111_1111_1111; what a backslash parts; a row of four cells. */
const MARKS = '_·•∙|:~*+';
const CELL_BEFORE = /\d<\/t[dh]>\s{0,8}<t[dh]>$/;
const MARKED = new RegExp(
  `^(?:\\d{4}([${MARKS}])(?:\\d{4}\\1\\d{4}\\1\\d{3,4}|\\d{6}\\1\\d{5})|\\d{3,14}(?:\\\\\\d{2,14}){1,4}|\\d{4}(?:</t[dh]>\\s{0,8}<t[dh]>\\d{4}){3}(?!</t[dh]>\\s{0,8}<t[dh]>\\d))(?!\\d)`,
);
function marked(scan: Scan, start: number, runEnd: number): void {
  const { text } = scan;
  const mark = text[runEnd] ?? ' ';
  if (!(runEnd - start === 4 && (MARKS.includes(mark) || mark === '<')) && mark !== '\\') return;
  if (mark === '<' && CELL_BEFORE.test(text.slice(Math.max(0, start - 20), start))) return;
  const [written = ''] = MARKED.exec(text.slice(start, start + 80)) ?? [];
  const digits = written.replaceAll(/\D/g, '');
  if (digits === '' || !luhn(digits) || !isIssued(digits)) return;
  report(scan, start, start + written.length, digits, confidence.validated);
}

export const card: Detector = {
  rule: 'card',
  type: 'CREDIT_CARD',
  anchors: ['number'],
  lengths: { number: [3, 19] },
  keywords: cardKeywords,
  validator: 'luhn+iin',
  source: 'ISO/IEC 7812-1',
  examples: [
    { text: 'pay with 4111 1111 1111 1111 now', finds: '4111 1111 1111 1111' },
    { text: 'for 6,011,806,976,185,482 and n = 6_011_514_097_753_945', finds: '6,011,806,976,185,482 + 6_011_514_097_753_945' },
    { text: 'NIK: 5171192205060020, sum 6,011,806,976,185,481 and 1,200,300' },
    { text: 'amex 3782-822463-10005', finds: '3782-822463-10005' },
    { text: 'card 4111_1111_1111_1111, 3782.822463.10005', finds: '4111_1111_1111_1111 + 3782.822463.10005' },
    {
      text: 'card `4111` `1111` `1111` `1111`, "card_parts":["3772","6924","6238","188"]',
      finds: '4111` `1111` `1111` `1111 + 3772","6924","6238","188',
    },
    {
      text: '35304935\\66208633 <td>4111</td><td>1111</td><td>1111</td><td>1111</td>',
      finds: '35304935\\66208633 + 4111</td><td>1111</td><td>1111</td><td>1111',
    },
    { text: '{"mobile":4917155667281}, C:\\41111111\\11111112, <td>4111</td><td>1111</td><td>1111</td><td>1111</td><td>1</td>' },
    { text: 'card 4111, 1111, 1111, 1111', finds: '4111, 1111, 1111, 1111' },
    { text: 'rows 4111, 1111, 1111, 1111' },
    { text: 'my card: 4970 1012 3456 7890', finds: '4970 1012 3456 7890' },
    { text: 'limit of card 675984103431', finds: '675984103431' },
    { text: 'part 6718756304607, invoice 4111111111111112 and matrix 4970 1012 3456 7890' },
  ],
  look,
};
