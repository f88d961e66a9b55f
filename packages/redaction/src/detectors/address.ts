// Runs in browsers too. Street addresses: a street with its number, and what follows on the same or the next line.
import { classAt, DIGIT, isDigit, isWord, LETTER, SPACE, UPPER, WORD } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import { Keywords, WordSet, wordSet } from '../keywords.ts';
import type { Scan } from '../scan.ts';
import {
  NUMBER_FIRST,
  ROMANCE,
  mayBeginStreet,
  STREET_FIRST,
  GERMANIC,
  GERMANIC_ENDINGS,
  BEHIND_NAME,
  behindName,
  NAMED_BEFORE,
  englishRing,
  GERMANIC_ENDS,
  STREET_WORDS,
  VIETNAMESE,
  PO_BOX,
  PLACE,
  HL7,
  CODE,
  TAIL,
  BETWEEN_NUMBERS,
  CODED,
  STREET_BEFORE,
  ENDS_IN_CODE,
  NUMBERED_PARTS,
  ENDS_IN_FLAT,
  isCounted,
} from './address-parts.ts';

const LONGEST = 200;
const MOST_PARTS = 5;

const DIGITS = '0123456789'.split('');
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('');
const announcers = new WordSet([
  'address',
  'adresse',
  'anschrift',
  'dirección',
  'direccion',
  'domicilio',
  'indirizzo',
  'morada',
  'adres',
  'residence',
  'street',
  'strasse',
  'straße',
  'wohnort',
  'wohnhaft',
  'endereço',
  'endereco',
  'adresa',
  'osoite',
  'адрес',
  'адреса',
  '住所',
  'ご住所',
  '地址',
  '주소',
  'पता',
  'διεύθυνση',
  'العنوان',
  'عنوان',
  'כתובת',
  'ที่อยู่',
  'location',
  'chỉ',
  'alamat',
  'cím',
  'lakcím',
  'adresi',
  'adresą',
]);
const BOX_WORDS = new WordSet(['P', 'PO', 'Postfach', 'Apartado', 'PSC', 'Unit', 'CMR', 'p', 'po', 'BP', 'CS', 'TSA']);
/** What a ward, a town and a county are called in Japan: the last part of Shibuya-ku. */
const WARDS = new WordSet(['ku', 'shi', 'gun']);
/** 1-28-1 Jingumae, Shibuya-ku, Tokyo 150-0001: numbers and quarter before the ward, town and code behind. */
const QUARTER_BEFORE =
  /(?:^|[\s"'(>:])(\d{1,3}(?:-\d{1,3}){1,2},? \p{Lu}[\p{L}-]{2,24}(?: \d{1,2}-ch[oō]me)?(?:, |,?\s?\n\s{0,4})\p{Lu}\p{L}{2,16}-)$/u;
const TOWN_BEHIND = /^(?:(?:,? |,?\s?\n\s{0,4})\p{Lu}\p{L}{2,16}(?:-(?:shi|ken|to|fu))?){0,2}(?:,? (?:〒 ?)?\d{3}-\d{4}(?!\d))?/u;
const UNIT_WORDS = new WordSet(['Apt', 'Suite', 'Apartment']);
/** Indian addresses begin with a flat, a plot or a house, and end with a town and its code: Plot 88, Anna Salai, Bengaluru 560000. */
const PLOT_WORDS = new WordSet(['Plot', 'Flat', 'House', 'Door', 'Shop', 'No']);
const PLOT =
  /^(?:(?:Plot|Flat|House|Door|Shop)(?: No\.?)?|No\.?) ?[A-Z]?-?\d{1,5}[A-Z]?(?:[/-]\d{1,4}[A-Z]?){0,2},(?:\s{1,2}[\p{L}\d][^\n,;:!?"<>|{}]{1,40},){0,4}\s{1,3}\p{Lu}\p{L}{2,20}(?: \p{Lu}\p{L}{2,20})?(?: ?[-–,])? [1-9]\d{2} ?\d{3}(?!\d)/u;
const heads = new Keywords(
  [...announcers, ...STREET_WORDS, ...BOX_WORDS, ...PLOT_WORDS, ...UNIT_WORDS, ...WARDS].map((word) => word.toLowerCase()).join(','),
);
/** Scripts without capitals from here on, where a word of two signs is a whole one. */
const EASTERN = '\u0900';
/** Behind a word of two letters stands a space, a full stop, or a stroke. */
const headsOf = (word: string): readonly string[] =>
  word.length < 3 && word < EASTERN ? [' ', '.', '/'].map((next) => `${word.toLowerCase()}${next}`) : [word.toLowerCase().slice(0, 3)];
const LIVES = wordSet(
  'live,lives,lived,living,reside,resides,residing,located,staying,home,moved,deliver,delivered,ship,shipped,sent,wohne,wohnt,habite,vivo,vive',
);
/** After such a word, where the address begins. */
const LIVES_AT = /^\s(?:at|to|in|in der|en|au|à) (?=[\p{Lu}\d])/u;

/** A number right before a street is the house's or the plot's: 643 ul. Długa 118. */
const LEAD = /(?:^|[\s"'(>:])(\d{2,6} )$/;
/** Flat 3, 86 St Aldhelm Crescent; Plot 88, MG Road; No. 17/3, MG Road: what is before the number that begins the street. */
const UNIT_LEAD =
  /(?:^|[\s"'(>:,])((?:(?:Flat|Apt\.?|Apartment|Unit|Suite|Ste\.?|Room|Plot|Shop|House|Door|Block|Blk|Level|Floor) (?:No\.? ?)?#?\d{1,5}[A-Za-z]?(?:[/-]\d{1,4})?,\s|(?:\p{Lu}[\p{L}'’]{2,16} ){1,2}(?:Cottage|House|Lodge|Farm|Farmhouse|Villa|Barn|Mill|Manor|Court|Hall),\s)?(?:(?:Plot|House|Door|Shop|Flat|Unit|Apt\.?|Suite) (?:No\.? ?)?|No\.? ?)?(?:\d{1,5}\/)?)$/u;
function leadStart({ text, floor, addressesSeen }: Scan, start: number): number {
  const before = text.slice(Math.max(0, start - 40), start);
  const lead =
    (text[start - 1] === ' ' && isDigit(text, start - 2) ? LEAD.exec(before)?.[1] : undefined) ??
    (isDigit(text, start) ? UNIT_LEAD.exec(before)?.[1] : undefined);
  const from = start - (lead?.length ?? 0);
  return from < floor || from < addressesSeen ? start : from;
}

/** The lines of a block: town, region, country, until one with a code. */
const LINE = `\\s?,?\\s?\\n\\s{0,4}(?:, ?)?(?!(?:TEL|FAX|MOB)\\b)(?:${PLACE}|[A-Z]{2,3})(?:, ${PLACE})?(?: \\(\\p{Lu}[\\p{L} ]{1,20}\\))?`;
const BLOCK = new RegExp(`^(?:${LINE}(?:, [A-Z]{2,3})?){0,3}(?:(?<=\\n[^\\n]{1,60}),? |\\s?,?\\s?\\n\\s{0,4})${CODE}(?![\\p{L}\\d])`, 'u');

/** A street that nothing names but the unit after it: 2505 Heatherleigh, Suite 620; Dunajska 56 Apt. 3. */
const BEFORE_UNIT =
  /(?:^|[\s"'(>:])((?:\d{1,6} \p{Lu}[\p{L}'’.-]{1,24}(?: [\p{L}'’.-]{1,24}){0,3}|\p{Lu}[\p{L}'’.-]{2,24}(?: \p{Lu}[\p{L}'’.-]{0,24}){0,3} \d{1,5}[A-Za-z]?)(?:,? |,?\s?\n\s{0,4}))$/u;

/** What belongs to the street that ended here. */
function tailEnd(text: string, start: number, from: number): number {
  let end = from;
  let told = from;
  if (text[from] === '^') return from + (HL7.exec(text.slice(from, from + 120))?.[0].length ?? 0);
  for (let parts = 0; parts < MOST_PARTS && end - start < LONGEST; parts++) {
    if (text[end] !== ',' && (classAt(text, end) & SPACE) === 0) break;
    const tail = TAIL.exec(text.slice(end, end + 90));
    if (tail === null) break;
    // A new line must bring something that only an address has.
    if (tail[0].includes('\n') && !/\d/.test(tail[0])) break;
    end += tail[0].length;
    if (/\d|, [A-Z]{2}$/.test(tail[0])) told = end;
  }
  // A town alone at the end says no more than the sentence does.
  end = told;
  if (text.slice(end, end + 4).includes('\n')) {
    const block = BLOCK.exec(text.slice(end, end + 140));
    if (block !== null) end += block[0].length;
  }
  return end;
}

function report(
  scan: Scan,
  start: number,
  length: number,
  rule: string,
  sure: (typeof confidence)['labelled' | 'context' | 'shape'],
): void {
  const end = tailEnd(scan.text, start, start + length);
  const from = leadStart(scan, start);
  scan.addressesSeen = end;
  scan.report({
    start: from,
    end,
    type: 'ADDRESS',
    rule,
    confidence: sure,
    canonical: scan.text
      .slice(from, end)
      .toLowerCase()
      .replaceAll(/[\s,]+/g, ' '),
  });
}

/** The last part of a date, or of another number of parts. */
const ENDS_NUMBER = /\d[-/.]\d{1,4}[-/.]$/;
function lookNumber(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  if (
    start < scan.addressesSeen ||
    end - start > 6 ||
    isWord(text, start - 1) ||
    (text[end] === ',' && text[start - 1] === ' ' && isDigit(text, start - 2)) ||
    ('-./'.includes(text[start - 1] ?? ' ') && ENDS_NUMBER.test(text.slice(Math.max(0, start - 6), start)))
  )
    return;
  const next = text[end] ?? ' ';
  if (next !== ' ' && next !== ',' && next !== '\n' && (classAt(text, end) & LETTER) === 0) return;
  const behindComma = next === ',' && (classAt(text, text[end + 1] === ' ' ? end + 2 : end + 1) & (DIGIT | UPPER)) !== 0;
  if ((behindComma || next === '\n' || text[end + 1] === '\n') && CODED.test(text.slice(start, start + 40))) {
    const street = STREET_BEFORE.exec(text.slice(Math.max(scan.floor, scan.addressesSeen, start - 80), start))?.[1];
    if (street !== undefined) return report(scan, start - street.length, street.length + end - start, 'address.coded', confidence.labelled);
  }
  // A letter follows, or an ordinal: not one number of a table after another.
  const after = next === ',' && text[end + 1] === ' ' ? end + 2 : next === ' ' ? end + 1 : end;
  if (isDigit(text, after) && !/^\d{1,3}[a-z]/.test(text.slice(after, after + 4))) return;
  if ((classAt(text, after) & WORD) === 0) return;
  const isCapital = (classAt(text, after) & UPPER) !== 0;
  if (!isCapital && !mayBeginStreet(text, after) && text[after] !== 'đ') return;
  const slice = text.slice(start, start + 100);
  const ward = slice.includes(', P') || slice.includes(', Q') ? VIETNAMESE.exec(slice)?.[0].length : undefined;
  if (ward !== undefined) return report(scan, start, ward, 'address.ward', confidence.labelled);
  const flat = slice.includes(' #') ? ENDS_IN_FLAT.exec(slice)?.[0].length : undefined;
  if (flat !== undefined) {
    const block = text.startsWith('Blk ', start - 4) && start - 4 >= scan.floor ? 4 : 0;
    return report(scan, start - block, block + flat, 'address.coded', confidence.labelled);
  }
  const match = NUMBER_FIRST.exec(slice) ?? ROMANCE.exec(slice) ?? (isCapital ? BETWEEN_NUMBERS.exec(slice) : null);
  if (match === null || /^\d+,? (?:The|In|On|A|Of)\b/.test(match[0])) {
    const length = isCapital && slice.includes(',') && !NUMBERED_PARTS.test(slice) ? ENDS_IN_CODE.exec(slice)?.[0].length : undefined;
    if (length !== undefined) report(scan, start, length, 'address.coded', confidence.labelled);
    return;
  }
  if (isCounted(text, start, next, start + match[0].length)) return;
  report(scan, start, match[0].length, 'address.street', confidence.labelled);
}

/** A word announces before a colon, an equals sign or the number of a line. */
const SAYS_MORE = /^\s?["':=l\d]/;
function lookWord(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  if ((scan.words.lastLists & heads.bit) === 0) return;
  const word = text.slice(start, end);
  // Small words only announce; they do it before a colon or an equals sign.
  if ((end - start >= 3 || word >= EASTERN) && SAYS_MORE.test(text.slice(end, end + 2)) && announcers.has(word.toLowerCase()))
    lookAnnounced(scan, end);
  else if (STREET_WORDS.has(word)) {
    const match = STREET_FIRST.exec(text.slice(start, start + 110));
    if (match !== null) report(scan, start, match[0].length, 'address.street', confidence.labelled);
  } else if (BOX_WORDS.has(word)) {
    const match = PO_BOX.exec(text.slice(start, start + 50));
    if (match !== null) report(scan, start, match[0].length, 'address.box', confidence.labelled);
  } else if (text[start - 1] === '-' && WARDS.has(word)) {
    const quarter = QUARTER_BEFORE.exec(text.slice(Math.max(scan.floor, scan.addressesSeen, start - 70), start))?.[1];
    const town = TOWN_BEHIND.exec(text.slice(end, end + 60))?.[0] ?? '';
    if (quarter !== undefined)
      report(scan, start - quarter.length, quarter.length + end - start + town.length, 'address.ward', confidence.labelled);
  } else if (PLOT_WORDS.has(word)) {
    const match = PLOT.exec(text.slice(start, start + 200));
    if (match !== null) report(scan, start, match[0].length, 'address.coded', confidence.labelled);
  } else if (UNIT_WORDS.has(word)) {
    const match = /^(?:Apt|Suite|Apartment)\.? \d{1,4}[A-Z]?\b/.exec(text.slice(start, start + 20));
    if (match === null) return;
    const from = start - (BEFORE_UNIT.exec(text.slice(Math.max(scan.floor, scan.addressesSeen, start - 70), start))?.[1]?.length ?? 0);
    report(scan, from, start - from + match[0].length, 'address.unit', from < start ? confidence.labelled : confidence.shape);
  }
}

const NUMBERED = /^\.? No/;
/** A word before the street's own: any where something begins, an adjective anywhere. */
const SPACED =
  /(?:^|[\n:,>"']\s{0,4}|\d )(\p{Lu}\p{L}{2,20} )$|(?:^|[\s(])((?:Alte|Neue|Obere|Untere|Große|Kleine|Lange|Kurze|Hohe|Breite|Innere|Äußere|Vordere|Hintere|Mittlere)[rsn]? )$/u;
/** The street's own word may be the last of several: Else-Lasker-Schüler-Str. 33b. */
function lookGermanic(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  if (start < scan.addressesSeen || (!isDigit(text, end + 1) && !isDigit(text, end + 2) && !NUMBERED.test(text.slice(end, end + 4))))
    return;
  const word = text.slice(start, end);
  if (behindName.has(word.toLowerCase())) {
    const name = NAMED_BEFORE.exec(text.slice(Math.max(scan.floor, scan.addressesSeen, start - 80), start))?.[1];
    const number = /^\.? (?:No[.:] ?)?\d{1,4}(?:[/-]\d{1,4}|[A-Za-z](?!\p{L}))?(?!\d)(?:,? (?:D|K|Kat|Daire)[.:] ?\d{1,3})?/u.exec(
      text.slice(end, end + 30),
    )?.[0];
    if (name !== undefined && number !== undefined && (word !== 'u' || number.startsWith('.')))
      report(scan, start - name.length, name.length + end - start + number.length, 'address.street', confidence.labelled);
    return;
  }
  if (word !== 'Str' && !GERMANIC_ENDS.test(word)) return;
  let from = start;
  while (
    from > start - 40 &&
    ((classAt(text, from - 1) & LETTER) !== 0 || (text[from - 1] === '-' && (classAt(text, from - 2) & LETTER) !== 0))
  )
    from--;
  if ((classAt(text, from) & UPPER) === 0) return;
  // "Alte Gasse 5": a name of two words.
  const spaced = SPACED.exec(text.slice(Math.max(0, from - 30), from))
    ?.slice(1)
    .find(Boolean);
  if (spaced !== undefined) from -= spaced.length;
  if (from < scan.addressesSeen) return;
  const match = GERMANIC.exec(text.slice(from, end + 20));
  // In English much ends like a street, and a year follows: During 1971.
  if (match !== null && !/ing (?:19|20)\d{2}$/.test(match[0]) && !englishRing.has(word.toLowerCase()))
    report(scan, from, match[0].trimEnd().length, 'address.street', confidence.labelled);
}

/** Between what announces and the line: a colon, or the key of the first line of an object. */
const ANNOUNCED =
  /^(?:\s?(?:line)?\s?\d?)?["']?\s{0,2}[:=]\s{0,8}(?:\{\s{0,8}["'](?:line|street|strasse|straße|rue|calle|via)_?1?["']\s?:\s?)?["']?/i;
/** Where people meet, which is no address. */
const MEETING = /^(?:Room|Raum|Zimmer|Salle|Sala|Aula|Conference|Meeting|Hall|Stage|Booth|Gate|Zoom|Teams|Online)\b/;
/** Of a line that is announced. */
const SHORTEST = 8;
const SHORTEST_EASTERN = 5;
/** `Address: …` to the end of the line, as far as it looks like one. */
function lookAnnounced(scan: Scan, end: number): void {
  const { text } = scan;
  scan.announced.push(scan.at);
  const gap = ANNOUNCED.exec(text.slice(end, end + 40));
  if (gap === null) return;
  const start = end + gap[0].length;
  const value = text[start - 1] === "'" ? /^[^\n"<>|;{}']{5,140}(?=')/ : /^[^\n"<>|;{}]{5,140}/;
  const line = value.exec(text.slice(start, start + 140))?.[0] ?? '';
  if (
    MEETING.test(line) ||
    !/(?:^|[\s,.]|\p{Lo})\d{1,6}[a-z]?(?=[\s,./-]|\p{Lo}|$)/u.test(line) ||
    !/^[\p{Lu}\p{Lo}\d]/u.test(line) ||
    !/[\p{L}\p{M}]{3}/u.test(line) ||
    /@|:\/\/|^\d{1,3}\.\d|^0x/.test(line)
  )
    return;
  const stop = / \/ (?=\p{Lu}\p{L}{2,20} ?:)|\.\s+(?:\p{Lu}\p{L}*\s\p{Ll}|\p{Lo}{2})|\s{3,}|\.$/u.exec(line);
  const length = (stop === null ? line : line.slice(0, stop.index)).trimEnd().length;
  const least = line >= EASTERN ? SHORTEST_EASTERN : SHORTEST;
  if (length >= least && /,| \d|\d |\p{Lo}\d/u.test(line.slice(0, length)))
    report(scan, start, length, 'address.labelled', confidence.context);
}

/** `I live at …`: to the number that ends it, unless a street was recognised there. */
function finishLives(scan: Scan): void {
  for (const start of scan.livesAt) {
    if (scan.found.some((found) => found.type === 'ADDRESS' && found.start <= start && start < found.end)) continue;
    const match = /^[\p{Lu}\d][^\n.;:!?"<>|{}]{4,60}?\d{1,5}[a-z]?(?=[,.\n]|$)/u.exec(scan.text.slice(start, start + 90));
    if (match !== null) report(scan, start, match[0].length, 'address.lives', confidence.context);
  }
}

/** Mail to soldiers and ships: what the unit is called, then APO, FPO or DPO with its area. */
const MILITARY = /^[ADF]PO,? A[AEP],? \d{5}(?:-\d{4})?(?!\d)/i;
export const addressMilitary: Detector = {
  rule: 'address.military',
  type: 'ADDRESS',
  anchors: ['word', 'capital'],
  lengths: { word: [3, 3], capital: [3, 3] },
  heads: ['ap', 'fp', 'dp'],
  tails: ['po'],
  source: 'USPS Publication 28 section 238',
  examples: [{ text: 'to USNS Hope\nFPO AP 93757, soon', finds: 'USNS Hope\nFPO AP 93757' }, { text: 'the APO met AP reporters in 2020' }],
  look(scan, start) {
    const { text } = scan;
    const match = MILITARY.exec(text.slice(start, start + 24));
    if (match === null) return;
    // The ship or the unit and its box stand before, on the same line or on the line above.
    const before = text.slice(Math.max(scan.floor, scan.addressesSeen, start - 44), start);
    const unit =
      /([^\n:>"(]{3,40}[,\n]\s{0,4}|[^\n:>"(]{3,40} )$/.exec(before)?.[1]?.replace(/^.*\b(?:to|at|is|with|from|and) |^[\s,]+/, '') ?? '';
    const from = start - unit.length;
    report(scan, from, start - from + match[0].length, 'address.military', confidence.labelled);
  },
};

/** Where two streets meet. */
const CORNER =
  /^ of ((?:\p{Lu}|\d{1,5}(?:st|nd|rd|th)? )[^\n,;:!?"]{2,50}? (?:and|&) (?:\d{1,5}(?:st|nd|rd|th)? )?\p{Lu}[\p{L}'’-]{0,24}(?:\.(?= (?:\p{Lu}\p{L}* ?){1,2}(?:St|Ave|Rd|Blvd|Dr|Ln)\b))?(?: (?:\p{Lu}[\p{L}'’-]{0,24}|\d{1,5}))*)/u;
export const addressCorner: Detector = {
  rule: 'address.corner',
  type: 'ADDRESS',
  anchors: ['word'],
  lengths: { word: [6, 6] },
  heads: ['co'],
  tails: ['ner'],
  next: ' ',
  source: 'our own',
  examples: [
    { text: 'at the corner of Long Lane and Mill Road now', finds: 'Long Lane and Mill Road' },
    { text: 'the corner of my eye and the Queen' },
  ],
  look(scan, start, end) {
    if (!scan.text.startsWith('corner of ', start)) return;
    const street = CORNER.exec(scan.text.slice(end, end + 120))?.[1];
    if (street !== undefined) report(scan, end + 4, street.length, 'address.corner', confidence.labelled);
  },
};

/** After a word that says somebody lives somewhere. */
export const addressLived: Detector = {
  rule: 'address.lives',
  type: 'ADDRESS',
  anchors: ['word', 'capital'],
  lengths: { word: [4, 9] },
  heads: [...LIVES].flatMap(headsOf),
  tails: [...LIVES].map((word) => word.slice(-3)),
  next: ' \t\n\r',
  source: 'own list of verbs',
  examples: [
    { text: 'She moved to Kerkhofblommen 12, last year', finds: 'Kerkhofblommen 12' },
    { text: 'We moved to Plan B; they live in peace since 2024.' },
  ],
  look({ text, livesAt }, start, end) {
    if (!LIVES.has(text.slice(start, end).toLowerCase())) return;
    const match = LIVES_AT.exec(text.slice(end, end + 12));
    if (match !== null) livesAt.push(end + match[0].length);
  },
  finish: finishLives,
};

/** Hauptstraße 5: the word's end tells. */
export const addressGermanic: Detector = {
  rule: 'address.street',
  type: 'ADDRESS',
  anchors: ['word', 'capital'],
  lengths: { word: [1, 60], capital: [3, 60] },
  tails: [...GERMANIC_ENDINGS, ...BEHIND_NAME].map((ending) => ` ${ending}`.slice(-3)),
  next: ' .',
  source: 'street words of de, nl, the Nordic languages, et, hu',
  examples: [
    { text: 'in der Unteren Dorfstraße 166a.', finds: 'Unteren Dorfstraße 166a' },
    { text: 'itt: 8330 Szeged, Kossuth Lajos utca 71, kész', finds: '8330 Szeged, Kossuth Lajos utca 71' },
    { text: 'osoite Mannerheimintie 41 A 12, 04748 Oulu.', finds: 'Mannerheimintie 41 A 12, 04748 Oulu' },
    { text: 'Hauptstraße 5a, 10115 Berlin ist', finds: 'Hauptstraße 5a, 10115 Berlin' },
    { text: 'till Hagagränd 60 lgh 1102, 753 51 Uppsala', finds: 'Hagagränd 60 lgh 1102, 753 51 Uppsala' },
    { text: 'Ostring 77, 3. OG links, 17621 Erfurt, heute', finds: 'Ostring 77, 3. OG links, 17621 Erfurt' },
    { text: 'Vesterbrogade 12, st. th., 1620 København', finds: 'Vesterbrogade 12, st. th., 1620 København' },
    {
      text: 'Mannerheimintie 12 A 5, 00100 Helsinki; Keizersgracht 225 hs, 1016 EA Amsterdam',
      finds: 'Mannerheimintie 12 A 5, 00100 Helsinki + Keizersgracht 225 hs, 1016 EA Amsterdam',
    },
    { text: 'til Åboulevarden 10, st. th, 6429 Odense C. Ring', finds: 'Åboulevarden 10, st. th, 6429 Odense C' },
    {
      text: 'wohnt Alte Poststraße 64a, ja; Atatürk Cad. No: 31 D: 5, 94086 Çankaya/Ankara',
      finds: 'Alte Poststraße 64a + Atatürk Cad. No: 31 D: 5, 94086 Çankaya/Ankara',
    },
    { text: 'Åsgatan 12, 3 tr, 118 20 Stockholm', finds: 'Åsgatan 12, 3 tr, 118 20 Stockholm' },
    { text: 'at Árpád fejedelem útja 36, near Bağdat Caddesi 12/4', finds: 'Árpád fejedelem útja 36 + Bağdat Caddesi 12/4' },
    { text: 'at Nalbant Sokak No: 49 D: 5, 30733 Adana.', finds: 'Nalbant Sokak No: 49 D: 5, 30733 Adana' },
    { text: 'I see u. 12 people came. Then u. Der Weg war 2020 lang; das Ding 5; Bearing 6204-2, Spring 5' },
  ],
  look: lookGermanic,
};

export const address: Detector = {
  rule: 'address',
  type: 'ADDRESS',
  anchors: ['number', 'mixed', 'word'],
  lengths: { number: [1, 6], word: [1, 14], mixed: [2, 6] },
  next: ' ,."\':=/\t\n\r',
  heads: [
    ...[...announcers, ...STREET_WORDS, ...BOX_WORDS, ...PLOT_WORDS, ...UNIT_WORDS].flatMap(headsOf),
    ...WARDS,
    ...DIGITS.flatMap((first) => [...DIGITS, ...LETTERS].map((second) => first + second)),
  ],
  source: 'USPS Publication 28 appendix C1; street words of de, fr, es, it, pt and the Nordic languages',
  examples: [
    { text: 'đến 93 Lê Lợi, P. 7, Quận 1, TP. Hồ Chí Minh. Liên', finds: '93 Lê Lợi, P. 7, Quận 1, TP. Hồ Chí Minh' },
    { text: 'ke Jl. Melati No. 22, RT 03/RW 05, Surabaya 31358.', finds: 'Jl. Melati No. 22, RT 03/RW 05, Surabaya 31358' },
    { text: 'on 04/23/2009, The Old Forge Road' },
    { text: 'I live at 2316 Oak Hill Gateway, Roxaneside, 90784. Can', finds: '2316 Oak Hill Gateway, Roxaneside, 90784' },
    { text: 'wir, 3664 Place de Vaugirard, 91129 Quimper.', finds: '3664 Place de Vaugirard, 91129 Quimper' },
    { text: 'vive en Calle Mayor 5, 28013 Madrid', finds: 'Calle Mayor 5, 28013 Madrid' },
    { text: 'near Vodičkova 30, 110 00 Praha at six', finds: 'Vodičkova 30, 110 00 Praha' },
    { text: 'from Via dei Serragli 44, 50124 Firenze.', finds: 'Via dei Serragli 44, 50124 Firenze' },
    { text: 'at Rua das Flores 88, 4050-262 Porto', finds: 'Rua das Flores 88, 4050-262 Porto' },
    { text: 'to 3 The Old Maltings, Bury St Edmunds, IP33 1AB!', finds: '3 The Old Maltings, Bury St Edmunds, IP33 1AB' },
    { text: 'at 6459 County Road 12^^Albany^NY^12203||', finds: '6459 County Road 12^^Albany^NY^12203' },
    { text: 'to 86 Toa Payoh Lorong 4 #08-41, Singapore 238823.', finds: '86 Toa Payoh Lorong 4 #08-41, Singapore 238823' },
    { text: 'Blk 123 Ang Mo Kio Ave 3 #12-345 Singapore 560123, please', finds: 'Blk 123 Ang Mo Kio Ave 3 #12-345 Singapore 560123' },
    { text: 'ul. Marszałkowska 12 m. 5, 00-590 Warszawa', finds: 'ul. Marszałkowska 12 m. 5, 00-590 Warszawa' },
    { text: 'in 1-28-1 Jingumae\nShibuya-ku, Tokyo 150-0001\nTEL', finds: '1-28-1 Jingumae\nShibuya-ku, Tokyo 150-0001' },
    { text: 'Viale dei Mille 34/A\n50226 Firenze FI\nFattura', finds: 'Viale dei Mille 34/A\n50226 Firenze FI' },
    { text: 'in Vicolo del Forno, 17 int. 5, 80595 Napoli NA, C.F.', finds: 'Vicolo del Forno, 17 int. 5, 80595 Napoli NA' },
    { text: 'en Paseo de Gracia, 3, bajo, 08978 Barcelona y', finds: 'Paseo de Gracia, 3, bajo, 08978 Barcelona' },
    { text: 'Travessa do Carmo, 106, r/c Dto.\n8000-147 Faro\nGuia', finds: 'Travessa do Carmo, 106, r/c Dto.\n8000-147 Faro' },
    { text: 'wonende Oude Delft 225bis, 1016 HK Amsterdam, zei', finds: 'Oude Delft 225bis, 1016 HK Amsterdam' },
    { text: '92 Jan Smuts Avenue\nRosebank, Johannesburg 2196\nTEL', finds: '92 Jan Smuts Avenue\nRosebank, Johannesburg 2196' },
    { text: 'Dorfanger 3/1\n4600 Wels', finds: 'Dorfanger 3/1\n4600 Wels' },
    { text: 'Rua das Flores, 88, Recife - PE, 50030-230.', finds: 'Rua das Flores, 88, Recife - PE, 50030-230' },
    { text: 'vive en C/ Pez, 48, 5-2, 41004 Sevilla', finds: 'C/ Pez, 48, 5-2, 41004 Sevilla' },
    { text: 'Адрес: ул. Ленина, д. 71, кв. 72, Москва, 123001', finds: 'ул. Ленина, д. 71, кв. 72, Москва, 123001' },
    {
      text: 'Aleea Complexului nr. 117, bl. 8, ap. 85, 562100 Curtea de Argeș.',
      finds: 'Aleea Complexului nr. 117, bl. 8, ap. 85, 562100 Curtea de Argeș',
    },
    {
      text: 'Địa chỉ: 85 phố Hàng Bông, Hoàn Kiếm, Hà Nội\nCím: 6914 Pécs, Rákóczi út 78',
      finds: '85 phố Hàng Bông, Hoàn Kiếm, Hà Nội + 6914 Pécs, Rákóczi út 78',
    },
    { text: 'Address: 6-1-10 Jingumae, Nagoya 622-8981 / Approver: Bo', finds: '6-1-10 Jingumae, Nagoya 622-8981' },
    {
      text: 'at Rose Cottage, 177 Harbourside Mews, York YO2 8BD, or ul. Długa 37 m. 4',
      finds: 'Rose Cottage, 177 Harbourside Mews, York YO2 8BD + ul. Długa 37 m. 4',
    },
    { text: '住所:大阪府大阪市北区梅田2-4-9', finds: '大阪府大阪市北区梅田2-4-9' },
    {
      text: 'in No. 17/3, Anna Salai, Chennai 600083; Flat 402, Sai Residency, Hills Road No. 5, Mumbai 400098.',
      finds: 'No. 17/3, Anna Salai, Chennai 600083 + Flat 402, Sai Residency, Hills Road No. 5, Mumbai 400098',
    },
    {
      text: '{"address":{"line1":"Plot 88, Anna Salai"}} at Flat 3, 86 Aldhelm Crescent',
      finds: 'Plot 88, Anna Salai + Flat 3, 86 Aldhelm Crescent',
    },
    { text: "SET street = 'Flat 3, 14 Gillygate', surname = 'Roe 4'", finds: 'Flat 3, 14 Gillygate' },
    {
      text: 'la Str. Mihai Eminescu nr. 65, et. 2, 342128 București; Hinterm Deich 49a',
      finds: 'Str. Mihai Eminescu nr. 65, et. 2, 342128 București + Hinterm Deich 49a',
    },
    { text: 'Rua Augusta, 258 - apto 52, 67979-199 Curitiba - PR', finds: 'Rua Augusta, 258 - apto 52, 67979-199 Curitiba - PR' },
    { text: 'LOCATION:Room 4.12; VLAN 120, MTU 9000, AS 64512; No. 5, see page 7; Plot 3, Figure 12 and 600083' },
    { text: 'see Figure 3, 2019 Report; Table 12, row 4; BP 120 and Lot 7, 1200 items' },
    { text: 'In 1989 Main events moved; 5 Wall Clocks; the Street was long in 2020' },
    { text: 'Boardwalk 400, Park Place 350, Marvin Gardens 280; 09:40 I. St. Clair; 1-2 Otaku-ku; row 4 Red Cars #08-4' },
  ],
  look(scan, start, end) {
    if (start < scan.addressesSeen) return;
    if ((classAt(scan.text, start) & LETTER) === 0) lookNumber(scan, start, end);
    else lookWord(scan, start, end);
  },
};
