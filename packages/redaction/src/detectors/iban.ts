// Runs in browsers too.
import { classAt, DIGIT, isDigit, isWord, LETTER } from '../characters.ts';
import { mod97 } from '../check-digits.ts';
import { confidence, type Detector } from '../detector.ts';
import type { Scan } from '../scan.ts';

/** Length by country: SWIFT IBAN registry, and the countries outside it that use the form. */
const LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 ' +
    'GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 ' +
    'PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 ' +
    'AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 DZ26 GA27 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28 SN28 TD27 TG28'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);

/** Where the account is of digits alone (registry, BBAN structure): a word of two letters and prose around a number make none. */
const DIGITS_ONLY = new Set(
  'AE,AT,BA,BE,BI,CR,CZ,DE,DJ,DK,EE,EG,ES,FI,FO,GL,HR,HU,IL,IS,LT,LY,ME,MN,MR,NO,PL,PT,RS,SD,SE,SI,SK,SO,ST,TL,TN,VA,XK'.split(','),
);

/** With what may stand between. */
const LONGEST = 120;

/** Malta's has the fewest: two to check, five of the bank. */
const LEAST_DIGITS = 7;

function look(scan: Scan, start: number, runEnd: number): void {
  const { text } = scan;
  // Two letters, then digits; whole words of letters are most of a text.
  const spelt = runEnd - start === 1;
  if (
    spelt
      ? !isSpelt(text, start)
      : runEnd - start === 2
        ? !isDigit(text, runEnd + 1) && !isDigit(text, runEnd + 2)
        : !isDigit(text, start + 2)
  )
    return;
  const second = spelt ? start + 2 : start + 1;
  if ((classAt(text, start) & LETTER) === 0 || (classAt(text, second) & LETTER) === 0) return;
  const country = `${text[start]}${text[second]}`.toUpperCase();
  const length = LENGTHS.get(country);
  if (length === undefined) return;
  const digitsOnly = DIGITS_ONLY.has(country);
  let compact = '';
  let at = start;
  let separators = 0;
  let digits = 0;
  // Groups as a list has them: only where the first is one.
  const listed = runEnd - start === 4 ? text.charCodeAt(runEnd) : 0;
  const lists = listed === 0x3b || listed === 0x2c || listed === 0x7c || listed === 0x5f;
  while (compact.length < length) {
    const kind = classAt(text, at);
    const code = text.charCodeAt(at);
    if ((kind & (DIGIT | LETTER)) !== 0 && code < 0x80) {
      // A letter that is drawn as a zero, where there are no letters.
      const isZero = digitsOnly && code === 0x4f && compact.length > 1;
      compact += isZero ? '0' : text[at];
      if ((kind & DIGIT) !== 0 || isZero) digits++;
      separators = 0;
      // The two check digits come before anything else is worth reading.
      if (compact.length > 2 && (kind & DIGIT) === 0 && !isZero && (digitsOnly || compact.length < 5)) return;
    } else {
      const separates =
        code === 0x20 ||
        code === 0x2b ||
        code === 0x2d ||
        code === 0x2e ||
        code === 0x0a ||
        code === 0x0d ||
        code === 0x09 ||
        (spelt && code === 0x5f) ||
        (lists && code === listed);
      if (!separates || ++separators > 2) return;
      // A line that goes on indented.
      if (code === 0x0a) while (at < start + LONGEST && text.charCodeAt(at + 1) === 0x20) at++;
    }
    at++;
  }
  if (isWord(text, at) && !(/^[a-z]/.test(text[at] ?? '') && compact === compact.toUpperCase())) return;
  const canonical = compact.toUpperCase();
  // One phrase in ninety-seven has the check digits of an account: gb 77 Massachusetts Ave.
  if (digits < LEAST_DIGITS && !isPrinted(text.slice(start, at), canonical)) return;
  const account = [canonical, canonical.replaceAll('O', '0')].find((each) => mod97(each.slice(4) + each.slice(0, 4)) === 1);
  if (account === undefined) return;
  scan.report({
    start,
    end: at,
    type: 'IBAN',
    rule: 'iban',
    confidence: confidence.certain,
    validator: 'mod97+length',
    canonical: account,
  });
}

/** Sign by sign: D E 8 9 …, D.E.8.9. … */
const isSpelt = (text: string, start: number): boolean =>
  isDigit(text, start + 4) && isDigit(text, start + 6) && text[start + 1] === text[start + 3] && text[start + 3] === text[start + 5];

/** In capitals, whole or in groups of four: nothing but an account is written so. */
const isPrinted = (written: string, canonical: string): boolean =>
  written === canonical || written === canonical.replaceAll(/.{4}(?=.)/g, '$& ');

export const iban: Detector = {
  rule: 'iban',
  type: 'IBAN',
  anchors: ['mixed', 'word', 'capital'],
  lengths: { word: [1, 2], capital: [1, 1], mixed: [3, 34] },
  heads: [...LENGTHS.keys()].flatMap((country) => [
    country,
    ...[' ', '.', '-', '_'].map((between) => country.slice(0, 1) + between + country.slice(1)),
  ]),
  validator: 'mod97+length',
  source: 'ISO 13616, SWIFT IBAN registry',
  examples: [
    { text: 'lives at 77 Massachusetts Ave, Cambridge' },
    { text: 'IBAN DE89 3704 0044 0532 0130 00 bitte', finds: 'DE89 3704 0044 0532 0130 00' },
    { text: 'iban=DE89+3704+0044+0532+0130+00&x=1', finds: 'DE89+3704+0044+0532+0130+00' },
    { text: 'de89370400440532013000', finds: 'de89370400440532013000' },
    {
      text: 'N.O.4.3.0.2.7.6.5.1.0.4.7.4.0 and R O 9 7 L O Y D 8 6 9 1 0 9 5 6 8 9 9 9 1 7 0 6.',
      finds: 'N.O.4.3.0.2.7.6.5.1.0.4.7.4.0 + R O 9 7 L O Y D 8 6 9 1 0 9 5 6 8 9 9 9 1 7 0 6',
    },
    { text: 'RO79BFHFW9WTD0DRMWERLV9K', finds: 'RO79BFHFW9WTD0DRMWERLV9K' },
    {
      text: 'DE89 3704\n      0044 0532 0130 00, DE89; 3704; 0044; 0532; 0130; 00',
      finds: 'DE89 3704\n      0044 0532 0130 00 + DE89; 3704; 0044; 0532; 0130; 00',
    },
    { text: 'DE8937O4OO44O532O13OOO', finds: 'DE8937O4OO44O532O13OOO' },
    { text: 'reach the office at 2-22-53-92-96 during the day; invoice no. 89744891-3 paid' },
    { text: 'DE88 3704 0044 0532 0130 00' },
  ],
  look,
};
