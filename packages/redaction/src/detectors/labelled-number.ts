// Runs in browsers too. Identity and account numbers: dozens of shapes that only a word nearby tells from an order number.
import { classAt, DIGIT, isUpper, isWord, LOWER, UPPER, WORD } from '../characters.ts';
import { confidence, type Confidence, type Detector } from '../detector.ts';
import type { Context } from '../context.ts';
import type { EntityType } from '../entity-types.ts';
import { wordSet } from '../keywords.ts';
import type { Scan } from '../scan.ts';
import { findAlone, findCalled, LONGEST_COMPACT, mayStandAlone, type Shape } from './national-ids.ts';
import { accountWords, nationalWords, otherWords, weakWords } from './number-words.ts';

/** Short words that stand for something else where these are written behind: South Carolina has postal codes, Sweden calls a phone tfn. */
const elsewhere = new Map([
  ['s c', /^(?!\d{2}-\d{2}-\d{2}$)/],
  ['tfn', /^0/],
]);

const SHORTEST = 6;
/** A Polish account in groups has 32 characters. */
const LONGEST = 34;
/** Whether a run of letters and digits needs nothing more. */
function isWhole(text: string, start: number, end: number): boolean {
  if (text[end] !== ' ' || !isUpper(text, start) || !mayStandAlone(end - start)) return false;
  const run = text.slice(start, end);
  return findAlone(run, run) !== undefined;
}

/** How many signs a passport's number has (ICAO 9303). */
const PASSPORT = 9;
/** How many digits an id has at least: those of passports and cards few, where letters stand among them two. */
const leastDigits = (keyword: string, written: string): number =>
  !/pass|pasap|paspo|ausweis|identit|dow[oó]d/.test(keyword) ? 5 : /^(?=[A-Z]*\d+[A-Z])[A-Z0-9]{9}$/.test(written) ? 2 : 3;

/** The value from here: groups of letters and digits with single separators, as ids are written. */
function valueEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST);
  let end = start;
  let open = false;
  while (end < limit && (classAt(text, end) & WORD) !== 0) end++;
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (code === 0x5d /* ] */ && open) end++;
    const gap = gapAt(text, end);
    if (gap === 0) break;
    open ||= code === 0x5b;
    const spaced = code === 0x20;
    const from = end + gap;
    const first = classAt(text, from);
    // After a space a word of letters is prose, unless it is short and in capitals as ids have it.
    if (spaced && (first & (DIGIT | UPPER)) === 0) break;
    let to = from;
    while (to < limit && (classAt(text, to) & WORD) !== 0) to++;
    if ((first & DIGIT) === 0) {
      const group = text.slice(from, to);
      if (spaced && !/^[A-Z0-9]{1,3}\d|^[A-Z]{1,2}$/.test(group)) break;
      if (!(spaced && gap === 1) && !/\d/.test(group) && !/^[A-Za-z]{1,2}$/.test(group)) break;
    }
    end = to;
  }
  return end;
}

/** How long the separator is that stands here before a letter or digit; 0 where there is none. */
function gapAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  const dash = text.charCodeAt(at + 1) === 0x2d;
  const gap =
    code === 0x20
      ? dash && text.charCodeAt(at + 2) === 0x20
        ? 3
        : 1
      : code === 0x2d
        ? dash
          ? 2
          : 1
        : code === 0x2e || code === 0x2f || code === 0x2b || code === 0x5b
          ? 1
          : 0;
  return gap > 0 && (classAt(text, at + gap) & WORD) !== 0 && text.charCodeAt(at + gap) < 0x80 ? gap : 0;
}

/** Whether what stands behind a group may belong to it: in a sentence a word in small letters follows most numbers. */
function goesOn(text: string, at: number): boolean {
  const gap = gapAt(text, at);
  return gap > 0 && (text.charCodeAt(at) !== 0x20 || (classAt(text, at + gap) & (DIGIT | UPPER)) !== 0);
}

/** Whether a keyword is a word, or a phrase that ends with it: the reference of "taxpayer reference" makes it nothing else. */
const endsWith = (keyword: string, word: string): boolean => keyword === word || keyword.endsWith(` ${word}`);

/** A word names the number that follows it: what comes after that with another word before it is something else. "NIF 236474600, invoice 2025/1182". */
function isSpent(scan: Scan, keyword: string, start: number, context: Context): boolean {
  const from = scan.numberBefore(start);
  if (from === 0 || start - from > 64 || context.column.length > 0) return false;
  const lines = scan.text.slice(from, start).toLowerCase();
  // On a line of its own another label may stand: the number is that one's.
  const between = lines.slice(lines.lastIndexOf('\n') + 1);
  if (between !== lines && !LABEL.test(between)) return false;
  const words = between.match(/[\p{L}\p{M}]+/gu) ?? [];
  const named = keyword.slice(keyword.lastIndexOf(' ') + 1);
  return (
    !words.some((word) => word === named || (named.length > 2 && word.startsWith(named))) &&
    words.some((word) => word.length > 1 && !joining.has(word))
  );
}
const LABEL = /^[^\n:]{2,30}: ?[\d ./+-]*$/;
const joining = wordSet('and,or,und,oder,et,ou,og,och,en,of,eller,ali,ja');

const MONEY = /^ ?(?:[€$£]|(?:EUR|USD|GBP|CHF|kr|zł)(?!\p{L}))/u;

/** Words whose own number stands between them and a value: "row 17: 560504-1093". */
const places = wordSet('row,rows,line,page,item,items,figure');
const NUMBERED = /[\p{L}] ?#?\d{1,6}[:.,;]\s{1,2}$/u;

/** Is 22838575550 a valid PESEL? 556-9034-12 is my tax number. */
const AFTER = /^ (?:is )?(?:a|an|my|the|his|her) (?:valid )?(?=\p{L})/u;
function saidAfter(text: string, end: number): string | undefined {
  const match = text[end] === ' ' && 'iamth'.includes(text[end + 1] ?? ' ') ? AFTER.exec(text.slice(end, end + 20)) : null;
  if (match === null) return undefined;
  const from = end + match[0].length;
  let phrase = '';
  for (const [word] of text.slice(from, from + 40).matchAll(/[\p{L}\p{M}]+/gu)) {
    phrase += phrase === '' ? word.toLowerCase() : ` ${word.toLowerCase()}`;
    if (nationalWords.has(phrase) && !weakWords.has(phrase)) return phrase;
  }
  return undefined;
}

/** A column's word for ids, one that needs no check digit before one that does: ssn_or_id. */
function strongest(context: Context): string | undefined {
  const last = context.findInColumn(nationalWords);
  if (last === undefined || !weakWords.has(last)) return last;
  return context.column.find((word) => nationalWords.has(word) && !weakWords.has(word)) ?? last;
}

const sureness = (shape: Shape | undefined): Confidence => (shape?.sure ? confidence.validated : confidence.labelled);

/** A number that may be somebody's, as it stands in a text. */
interface Written {
  readonly start: number;
  readonly end: number;
  /** Where it begins without its lead, and what leads it: a letter or a country's code. "P 1630837", "CL 12531909-2", "A-1234567", "GHA-712345678-9". */
  readonly from: number;
  readonly lead: string;
  readonly digits: number;
  /** Letters and digits. */
  readonly signs: number;
}
const LEAD = /(?:^|[^\p{L}\d])((?!NO |NR |PO )[A-Z]{1,2}[ -]|[A-Z]{3}-|[a-z]-)$/u;

function numberAt(text: string, from: number, runEnd: number): Written | undefined {
  // No id is as short, and nothing goes on behind it.
  if (runEnd - from < SHORTEST && !goesOn(text, runEnd)) return undefined;
  const close = text.charCodeAt(from - 1);
  if (close === 0x5f || close === 0x24 || close === 0x40 || close === 0x20ac) return undefined;
  const mayLead = (close === 0x20 && isUpper(text, from - 2)) || (close === 0x2d && (classAt(text, from - 2) & (UPPER | LOWER)) !== 0);
  const led = mayLead ? (LEAD.exec(text.slice(Math.max(0, from - 5), from))?.[1] ?? '') : '';
  // What is a word for such numbers is none of the number: DL U12025017.
  const lead = nationalWords.has(led.slice(0, -1).toLowerCase()) ? '' : led;
  const start = from - lead.length;
  if (isPartOfMore(text, start) || runEnd - from > 40) return undefined;
  // What is an id by itself goes on behind no space: CF RSSMRA85T10A562S - RX torace.
  const end = isWhole(text, from, runEnd) ? runEnd : valueEnd(text, from);
  // A row of numbers without an end is a table or a series.
  if (end - from >= LONGEST && ((classAt(text, end) & WORD) !== 0 || gapAt(text, end) > 0)) return undefined;
  let digits = 0;
  let signs = 0;
  for (let at = from; at < end; at++) {
    const kind = classAt(text, at);
    if ((kind & DIGIT) !== 0) digits++;
    if ((kind & WORD) !== 0) signs++;
  }
  if (digits < (end - from === PASSPORT ? 2 : 3) || digits > 26 || (digits < 5 && digits === end - from)) return undefined;
  const after = text[end] ?? ' ';
  if ((after === ' ' || after === '€' || after === '$') && MONEY.test(text.slice(end, end + 5))) return undefined;
  if (after === '_' || after === '@' || ((after === ':' || after === '=') && isWord(text, end + 1))) return undefined;
  return { start, end, from, lead, digits, signs };
}

/** Whether what stands before makes it the end of a longer number, a name in code, a price or a mailbox. */
function isPartOfMore(text: string, start: number): boolean {
  const before = text[start - 1] ?? ' ';
  return (
    isWord(text, start - 1) ||
    before === '_' ||
    before === '$' ||
    before === '€' ||
    before === '@' ||
    ((before === '-' || before === '.' || before === '/') && isWord(text, start - 2))
  );
}

/** A date, a time of day, a span of years or a constant in code is no id, whatever stands before it. */
const NO_ID =
  /^\d{4}-\d{2}-\d{2}(?:T|$)|^\d{2}:\d{2}|^(?:19|20)\d{2}-(?:19|20)\d{2}$|^\d{1,2}([./])\d{1,2}\1(?:19|20)\d{2}$|^\d{1,4}\.\d{2}$|^0X/;
const DATE_OR_UUID = /^\d{4}-\d{2}-\d{2}|^[0-9A-F]{8}-[0-9A-F]{4}-/;

/** What a number is called by the words around it. */
interface Called {
  readonly type: EntityType;
  /** The word that says so; none where it belongs to a number before. */
  readonly keyword: string | undefined;
  /** Whether a column's name says so: that is nearer than the words before, which may be those of other columns. */
  readonly byColumn: boolean;
}
function called(scan: Scan, { start, end }: Written, context: Context): Called {
  const column = context.findInColumn(accountWords) ?? strongest(context);
  const byColumn = column !== undefined;
  const account = byColumn ? context.findInColumn(accountWords) : context.find(accountWords, 4);
  const said = account ?? (byColumn ? column : context.find(nationalWords, 5));
  return {
    type: account === undefined ? 'NATIONAL_ID' : 'BANK_ACCOUNT',
    keyword: said !== undefined && isSpent(scan, said, start, context) ? undefined : (said ?? saidAfter(scan.text, end)),
    byColumn,
  };
}

/** The word that makes a number something else. */
function calledElse(text: string, start: number, context: Context, byColumn: boolean): string | undefined {
  const found = context.findInColumn(otherWords) ?? (byColumn ? undefined : context.find(otherWords, 2));
  return found !== undefined && places.has(found) && NUMBERED.test(text.slice(Math.max(0, start - 12), start)) ? undefined : found;
}

function look(scan: Scan, from: number, runEnd: number): void {
  const { text } = scan;
  if (from < scan.numbersSeen) return;
  const number = numberAt(text, from, runEnd);
  if (number === undefined) return;
  const { start, end, lead, digits, signs } = number;
  const context = scan.contextBefore(start);
  const { type, keyword, byColumn } = called(scan, number, context);
  if (keyword === undefined && !mayStandAlone(signs + lead.length) && !mayStandAlone(signs)) return;
  const isDigits = digits === end - from;
  const value = isDigits ? text.slice(from, end) : text.slice(from, end).toUpperCase();
  if (!isDigits && (signs < end - from || value.startsWith('0X')) && NO_ID.test(value)) return;
  const compact = !isDigits && /[^0-9A-Z]/.test(value) ? value.replaceAll(/[^0-9A-Z]/g, '') : value;
  const alone = findAlone(value, compact) ?? (lead === '' ? undefined : findAlone('', lead.slice(0, -1).toUpperCase() + compact));
  if (keyword === undefined && alone === undefined) return;
  const other = calledElse(text, start, context, byColumn);
  const isOther = other !== undefined && (keyword === undefined || !endsWith(keyword, context.nearest) || weakWords.has(keyword));
  if (keyword === undefined || isOther) {
    if (alone === undefined || other !== undefined) return;
    report(scan, number, alone.type, alone, compact);
    return;
  }
  const checked = alone ?? findCalled(type, keyword, value, compact);
  if (elsewhere.get(keyword)?.test(value) || (checked === undefined && !mayGoUnchecked(text, number, keyword, value, compact, context)))
    return;
  scan.numbersSeen = end;
  report(scan, number, type, checked, compact, keyword);
}

/** Whether a word is enough for a number without a check digit. */
function mayGoUnchecked(
  text: string,
  { from, end, digits }: Written,
  keyword: string,
  value: string,
  compact: string,
  { nearest }: Context,
): boolean {
  if (weakWords.has(keyword) && !(keyword !== 'id' && digits >= 7 && nearest === keyword)) return false;
  if (digits < leastDigits(keyword, text.slice(from, end)) || compact.length < SHORTEST || compact.length > LONGEST_COMPACT) return false;
  return !DATE_OR_UUID.test(value);
}

function report(
  scan: Scan,
  { start, end }: Written,
  type: EntityType,
  checked: Shape | undefined,
  canonical: string,
  context?: string,
): void {
  const rule = checked?.rule ?? (type === 'BANK_ACCOUNT' ? 'bank_account' : 'national_id');
  scan.report({ start, end, type, rule, confidence: sureness(checked), validator: checked?.rule, context, canonical });
}

export const nationalId: Detector = {
  rule: 'labelled_number',
  type: 'NATIONAL_ID',
  anchors: ['number', 'mixed'],
  lengths: { number: [1, 30], mixed: [2, 40] },
  keywords: nationalWords,
  validator: 'check digit by country, where there is one',
  source: 'issuing offices’ rules; stdnum (MIT) as a check',
  examples: [
    { text: 'Steuer-ID: 36 574 261 809, Kiel', finds: '36 574 261 809' },
    { text: 'passport no. C01X00T47, expires', finds: 'C01X00T47' },
    { text: '54362315K', finds: '54362315K' },
    { text: 'Emirates ID 784-1980-1234567-8', finds: '784-1980-1234567-8' },
    { text: '居民身份证号码：110107197711167438', finds: '110107197711167438' },
    { text: 'la davčna številka je 81967250', finds: '81967250' },
    { text: '{"ghana_card": "GHA-721234567-4"}', finds: 'GHA-721234567-4' },
    { text: 'My Number 123456789018, my number is 201.504.7650', finds: '123456789018' },
    { text: 'N.I.F. 45678912K; Reisepassnummer C4FGJ1K2L; Medicaid ID AB12345C', finds: '45678912K + C4FGJ1K2L + AB12345C' },
    { text: 'CCCD: 048075751900\nMã đơn: 883777\nKV-Nr.: Z133389465', finds: '048075751900 + Z133389465' },
    { text: 'SSN on file. Next review 08/06/2024; tax no. 2802.45 €' },
    { text: 'Kenyan ID: 28456712', finds: '28456712' },
    { text: 'Unique Taxpayer Reference 2789303469', finds: '2789303469' },
    { text: 'NIF 236474600, fatura FT 2025/1182', finds: '236474600' },
    { text: 'Is 84050501087 a valid PESEL?', finds: '84050501087' },
    { text: 'DNI 12345678 y 87654321', finds: '12345678 + 87654321' },
    { text: 'his kt., 091256-8009, and c.i. 1710034065', finds: '091256-8009 + 1710034065' },
    { text: 'kt or not, 091256-8219, see epic 12, nid 44123' },
    {
      text: 'namn;personnummer;mobil;avgift\nIda af Berg;199312151161;+46 8 622 911 43;350\nBo Ek;660421-1661;0738263555;350',
      finds: '199312151161 + 660421-1661',
    },
    { text: 'Reisepass-Nr.: FRN82XZZW, CF RSSMRA85T10A562S - RX', finds: 'FRN82XZZW + RSSMRA85T10A562S' },
    { text: 'row 17: 560504-1093; it is 62.02.25-501.65 or 850715-2958303', finds: '560504-1093 + 62.02.25-501.65 + 850715-2958303' },
    { text: 'Pass-Nr. C4FGJ1K2L, Steuernr. 12/345/67890, TFN 123 456 782', finds: 'C4FGJ1K2L + 12/345/67890 + 123 456 782' },
    { text: 'tfn 08-123 45 67; Columbia, S.C. 29201-1234' },
    { text: '身份证号 310115196501109013, nebo 700905/8760', finds: '310115196501109013 + 700905/8760' },
    { text: 'con N.I.E. Z0763043T, según protocolo 613/2026', finds: 'Z0763043T' },
    { text: 'row 560504-1093; 62.02.25-501.66, 850715-2958304, 700905/8761; passport RENEWAL24 and FRN82xzzw' },
    { text: 'name,ssn_or_id,mail\nDelia,708 796 111,x@y.example', finds: '708 796 111' },
    { text: 'Roe, DL U12025017; NIK: 5171192205060020', finds: 'U12025017 + 5171192205060020' },
    { text: '{"ssn":null,"loan":59031857}' },
    { text: 'order id 36574261809 and ticket ref 12345673' },
    { text: 'passport 2016-2024; ID: 0x80000003' },
  ],
  look,
};
