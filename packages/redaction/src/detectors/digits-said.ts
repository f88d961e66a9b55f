// Runs in browsers too. Numbers given digit by digit, in words or with a gap after each: "four one five …", "4 1 1 1 …"; or with letters for some.
import { classAt, DIGIT, isDigit, isWord, LETTER } from '../characters.ts';
import { luhn } from '../check-digits.ts';
import type { Context } from '../context.ts';
import { confidence, type Detector } from '../detector.ts';
import type { EntityType } from '../entity-types.ts';
import type { Scan } from '../scan.ts';
import { card, isIssued } from './card.ts';
import { nationalId } from './labelled-number.ts';
import { phone } from './phone.ts';
import { usSsn } from './us-ssn.ts';

/** Zero to nine in en, de, fr, es, it and pt, and what else is said for zero and two. */
const SPOKEN = [
  'zero one two three four five six seven eight nine',
  'null eins zwei drei vier fünf sechs sieben acht neun',
  'zéro un deux trois quatre cinq six sept huit neuf',
  'cero uno dos tres cuatro cinco seis siete ocho nueve',
  'zero uno due tre quattro cinque sei sette otto nove',
  'zero um dois três quatro cinco seis sete oito nove',
  'oh eine zwo',
];
const DIGIT_OF = new Map(SPOKEN.flatMap((row) => row.split(' ').map((word, digit) => [word, String(digit)] as const)));

/** One after another, with no more than this between. */
const STEP =
  /(?:, | - | {1,2}|[-._])(?:(?:dash|hyphen|minus|strich|tiret|guion|guión|trattino|traço)(?:, | ))?(\d|\p{L}{2,7})(?![\p{L}\d])/uy;
const MOST = 24;

/** Whether another may follow: a word, or a digit alone. */
function mayGoOn(text: string, end: number): boolean {
  let at = end;
  while (at < end + 3 && ' ,-._'.includes(text[at] ?? '?')) at++;
  return at > end && ((classAt(text, at) & LETTER) !== 0 || (isDigit(text, at) && !isDigit(text, at + 1)));
}

interface Said {
  readonly end: number;
  readonly digits: string;
  readonly inWords: boolean;
}

/** The digits from here; more than any number has are a table's row. */
function saidFrom(text: string, start: number, firstEnd: number): Said | undefined {
  const first = text.slice(start, firstEnd).toLowerCase();
  let digits = isDigit(text, start) ? first : (DIGIT_OF.get(first) ?? '');
  let inWords = !isDigit(text, start);
  let end = firstEnd;
  for (; digits !== '' && digits.length < MOST;) {
    STEP.lastIndex = end;
    const next = STEP.exec(text)?.[1] ?? '';
    const digit = isDigit(next, 0) ? next : DIGIT_OF.get(next.toLowerCase());
    if (next === '' || digit === undefined) break;
    inWords ||= !isDigit(next, 0);
    digits += digit;
    end = STEP.lastIndex;
  }
  return digits.length < 2 ? undefined : { end, digits, inWords };
}

const CARDS = card.keywords;
/** By the nearest word before: what it is, how many digits that has, and how near its word must stand. Whoever says "my number" is to be called. */
const KINDS = [
  { type: 'US_SSN', keywords: usSsn.keywords, least: 9, most: 9, within: 6 },
  { type: 'PHONE', keywords: phone.keywords, least: 7, most: 15, within: 4 },
  { type: 'NATIONAL_ID', keywords: nationalId.keywords, least: 7, most: 15, within: 4 },
] as const satisfies readonly { readonly type: EntityType; readonly [more: string]: unknown }[];

function kindBy(context: Context, length: number): (typeof KINDS)[number] | undefined {
  const kinds = KINDS.filter(({ least, most }) => length >= least && length <= most);
  for (let near = 1; near <= FARTHEST; near++) {
    const kind = kinds.find(
      ({ keywords, within }) => near <= within && keywords !== undefined && context.find(keywords, near) !== undefined,
    );
    if (kind !== undefined) return kind;
  }
  return undefined;
}
const FARTHEST = Math.max(...KINDS.map(({ within }) => within));

function look(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  if (start < scan.numbersSeen || (isWord(text, start - 2) && /[-_.]/.test(text[start - 1] ?? ' '))) return;
  if (end - start > 1 && (classAt(text, end - 1) | classAt(text, start)) & DIGIT) return lookDrawn(scan, start);
  const said = mayGoOn(text, end) ? saidFrom(text, start, end) : undefined;
  if (said === undefined) return;
  const { digits, inWords } = said;
  // Whatever it is, it is seen once.
  if (digits.length > 6) scan.numbersSeen = said.end;
  if (digits.length < 7 || digits.length >= MOST || /^[01]+$/.test(digits)) return;
  const context = scan.contextBefore(start);
  const cardWord = CARDS === undefined ? undefined : context.find(CARDS, 6);
  const isCard =
    digits.length > 12 && luhn(digits) && isIssued(digits) && (inWords || cardWord !== undefined || isSpelt(text, start, said.end));
  const kind = isCard ? undefined : kindBy(context, digits.length);
  if (!isCard && kind === undefined) return;
  scan.report({
    start,
    end: said.end,
    type: kind?.type ?? 'CREDIT_CARD',
    rule: 'digits.said',
    confidence: isCard ? confidence.validated : confidence.labelled,
    validator: isCard ? 'luhn+iin' : undefined,
    context: cardWord,
    canonical: digits,
  });
}

/** Sign by sign with marks between, or in a sentence: a row of a table begins its line. */
const isSpelt = (text: string, start: number, end: number): boolean =>
  text.charCodeAt(start + 1) !== 0x20
    ? !text.slice(start, end).includes(' ')
    : /\p{L}:? $/u.test(text.slice(Math.max(0, start - 4), start));

/** Letters that are drawn like a zero and a one. */
const DRAWN = /^[\dOoIl]{2,19}(?:[- .][\dOoIl]{2,6}){0,5}(?![\p{L}\d])/u;
const GROUPS_BEFORE = /(?<![\p{L}\d])(?:\d{3,6}[- .]){1,3}$/u;
/** 3OO-52-8457: a card by its check digit, or what a word before calls one of these. */
function lookDrawn(scan: Scan, first: number): void {
  const { text } = scan;
  const [written] = DRAWN.exec(text.slice(first, first + 48)) ?? [];
  if (written === undefined) return;
  const start = first - (GROUPS_BEFORE.exec(text.slice(Math.max(0, first - 24), first))?.[0].length ?? 0);
  const end = first + written.length;
  const signs = text.slice(start, end).replaceAll(/[- .]/g, '');
  if (signs.length < 9 || signs.length > 19 || 2 * signs.replaceAll(/\D/g, '').length < signs.length) return;
  const digits = signs.replaceAll(/o/gi, '0').replaceAll(/\D/g, '1');
  const context = scan.contextBefore(start);
  const isCard = digits.length > 12 && luhn(digits) && isIssued(digits);
  const kind = isCard ? undefined : kindBy(context, digits.length);
  if (!isCard && (kind === undefined || kind.type === 'NATIONAL_ID')) return;
  scan.report({
    start,
    end,
    type: kind?.type ?? 'CREDIT_CARD',
    rule: 'digits.drawn',
    confidence: isCard ? confidence.validated : confidence.labelled,
    validator: isCard ? 'luhn+iin' : undefined,
    canonical: digits,
  });
}

const words = [...DIGIT_OF.keys()];
/** Two of a number's signs, one of them a digit at least. */
const drawn = '0123456789'.split('').flatMap((digit) => '0123456789oil'.split('').flatMap((other) => [digit + other, other + digit]));
export const digitsSaid: Detector = {
  rule: 'digits.said',
  type: 'CREDIT_CARD',
  anchors: ['number', 'word', 'capital', 'mixed'],
  lengths: { number: [1, 1], word: [2, 7], capital: [2, 7], mixed: [3, 19] },
  heads: [...words.map((word) => `${word} `.slice(0, 3)), ...drawn],
  tails: [...words.map((word) => ` ${word}`.slice(-3)), ...drawn, ...'oo,ol,oi,lo,ll,li,io,il,ii'.split(',')],
  next: ' -,._)\n',
  validator: 'luhn+iin',
  source: 'the numerals of en, de, fr, es, it, pt',
  examples: [
    {
      text: 'card four one one one one one one one one one one one one one one one, thanks',
      finds: 'four one one one one one one one one one one one one one one one',
    },
    { text: 'card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', finds: '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1' },
    {
      text: 'Karte vier-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins',
      finds: 'vier-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins-eins',
    },
    { text: 'card 6Oll-2lO6-93O6-7588, read 5l5364827793O368 out', finds: '6Oll-2lO6-93O6-7588 + 5l5364827793O368' },
    {
      text: 'or 2.5.4.0.1.5.5.2.0.1.3.6.0.9.1.9 and 5 2 3 3 6 6 8 4 6 5 5 7 2 1 1 5',
      finds: '2.5.4.0.1.5.5.2.0.1.3.6.0.9.1.9 + 5 2 3 3 6 6 8 4 6 5 5 7 2 1 1 5',
    },
    { text: 'in 10l, 20l and 4Ol, commit 5l5364827793O369, key 3OO-52-8457' },
    { text: 'one two three, 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 and cell 0 1 0 1 1 0 1 0' },
  ],
  look,
};
