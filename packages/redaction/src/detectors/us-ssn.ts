// Runs in browsers too.
import { classAt, isDigit, isWord, LETTER } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import { Keywords } from '../keywords.ts';
import { digitsOf, separatorEnd, type Scan } from '../scan.ts';

const keywords = new Keywords('ssn,ssns,social security,social security number,itin,ssid,social,ss number');
const routingWords = new Keywords('routing,routing number,aba,aba number,rtn,transit,transit number');
/** Other countries have taxpayers too; none groups their numbers as a social security number is. */
const taxWords = new Keywords('tin,taxpayer identification number,taxpayer id,tax id');

/** Area, group and serial that were or can be issued; 9xx are ITINs with their own groups. */
function isIssued(digits: string): boolean {
  const area = digits.slice(0, 3);
  const group = digits.slice(3, 5);
  if (area === '000' || area === '666' || group === '00' || digits.endsWith('0000')) return false;
  if (
    /^(\d)\1+$/.test(digits) ||
    digits === '123456789' ||
    digits === '078051120' ||
    digits === '219099999' ||
    digits.startsWith('98765432')
  )
    return false;
  if (!isItin(digits)) return true;
  const itin = Number(group);
  return (itin >= 50 && itin <= 65) || (itin >= 70 && itin <= 88) || (itin >= 90 && itin <= 92) || itin >= 94;
}
/** Of who pays taxes and has no social security: a taxpayer's number by its form. */
const isItin = (digits: string): boolean => digits >= '900000000';

/** A social insurance number is Canada's. */
const isCanadian = (scan: Scan, start: number, context: string): boolean =>
  context === 'social' && scan.contextBefore(start).find(notSsn, 2) === 'insurance number';

function look(scan: Scan, from: number, runEnd: number): void {
  const { text } = scan;
  if (runEnd - from !== 9 && (runEnd - from !== 3 || separatorEnd(text, runEnd) < 0)) return;
  const { starts, ends } = scan.cluster(from);
  const start = from;
  const before = text[start - 1] ?? ' ';
  // A file's name may say what it holds: backup-ssn-515-32-8124.txt.
  const named = before === '-' && (classAt(text, start - 2) & LETTER) !== 0;
  // So may a folder's: kyc/286-23-1214/.
  const folder = before === '/' && isWord(text, start - 2) && text[from + 3] === '-' && text[from + 6] === '-';
  if ((before === '-' && !named) || before === '.' || (before === '/' && !folder) || before === '+' || isWord(text, start - 1)) return;
  const lengthOf = (group: number): number => (ends[group] ?? 0) - (starts[group] ?? 0);
  const grouped = lengthOf(0) === 3 && lengthOf(1) === 2 && lengthOf(2) === 4;
  if (!grouped && lengthOf(0) !== 9) return;
  const end = ends[grouped ? 2 : 0] ?? 0;
  // The end of a file's name may follow.
  if (
    isWord(text, end) ||
    (/[-/]/.test(text[end] ?? ' ') && isWord(text, end + 1) && !(folder && text[end] === '/')) ||
    (text[end] === '.' && isDigit(text, end + 1))
  )
    return;
  const digits = digitsOf(text, start, end);
  if (!isIssued(digits)) return;
  const words = scan.contextBefore(start);
  const context = words.find(keywords) ?? (grouped ? words.find(taxWords, 4) : undefined);
  // Nine digits in one run are what the nearest word calls them.
  if (!grouped && words.find(keywords, 2) === undefined && words.find(routingWords, 2) !== undefined) return;
  if (named && !keywords.has(words.nearest)) return;
  const dashes = grouped && text[ends[0] ?? 0] === '-' && text[ends[1] ?? 0] === '-';
  if (context === undefined ? !grouped || words.find(notSsn, 2) !== undefined : isCanadian(scan, start, context)) return;
  scan.report({
    start,
    end,
    type: 'US_SSN',
    rule: 'us_ssn',
    confidence:
      context !== undefined || (dashes && isItin(digits)) ? confidence.validated : dashes ? confidence.labelled : confidence.context,
    validator: 'area+group',
    context,
    canonical: digits,
  });
}
const notSsn = new Keywords('lot,grid,coordinates,order,invoice,part,ticket,version,phone,tel,fax,sku,isbn,insurance number');

export const usSsn: Detector = {
  rule: 'us_ssn',
  type: 'US_SSN',
  anchors: ['number'],
  lengths: { number: [3, 9] },
  keywords,
  validator: 'area+group',
  source: 'Social Security Administration, number ranges since 2011; IRS publication 1915 for ITINs',
  examples: [
    { text: 'SSN 536-90-4399.', finds: '536-90-4399' },
    { text: 'see backup-ssn-515-32-8124.txt and part-515-32-8124', finds: '515-32-8124' },
    { text: 's3://bucket/kyc/286-23-1214/front.png, parts/286/23/1214/a, 1/286-23-1214-7', finds: '286-23-1214' },
    { text: 'W-9 Part I TIN: 545 06 6621', finds: '545 06 6621' },
    { text: 'my ssn is 136705617 and', finds: '136705617' },
    { text: 'taxpayer identification number: 951-78-1557', finds: '951-78-1557' },
    { text: 'SSN 536-90-4399, refund to routing 179900235', finds: '536-90-4399' },
    { text: 'Social Insurance Number 126949981; TIN 136705617' },
    { text: '000-12-3456 or 666-12-3456 or 136705617' },
  ],
  look,
};
