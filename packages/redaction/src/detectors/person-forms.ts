// Runs in browsers too. Names told by how they are written: glued together, as cited, the family name first.
import { classAt, UPPER } from '../characters.ts';
import { confidence, type Confidence } from '../detector.ts';
import { wordSet } from '../keywords.ts';
import { isEveryday, isListed, isListedGiven, marksOf, OTHERWISE } from '../names/lookup.ts';
import { toName } from '../names/name-filter.ts';
import type { Scan } from '../scan.ts';
import type { Announced } from './person-announced.ts';
import { type Word, isCapitals } from './name-run.ts';

export const greetings = wordSet(
  'dear,hi,hello,hey,hallo,liebe,lieber,bonjour,cher,chère,hola,querido,querida,estimado,estimada,hej,hei,hoi,oi,olá,szia,ciao,ahoj,cześć,salut,moin,namaste,mvh',
);

/** Whitlock^Dorothea^M in HL7, Torsten_Kleinschmidt in a file's name, ROTH/ANNA on a list of passengers. */
const TRAVELS = /\b(?:for|pax|passengers?|travell?ers?|guests?|names?|tickets?)[:.]? $/i;
const GLUED =
  /^(\p{Lu}\p{Ll}['’\p{L}-]{0,24}|[\p{Lu}-]{3,30}(?=\/))([_^/])(\p{Lu}\p{Ll}['’\p{L}-]{0,24}|(?<=\/)[\p{Lu}-]{3,30})(?:\^[\p{L}.]{0,24}){0,2}(?![\p{L}\d])/u;
export function glued(scan: Scan, start: number): boolean {
  const [whole = '', one = '', mark = '', other = ''] = GLUED.exec(scan.text.slice(start, start + 90)) ?? [];
  if (one === '') return false;
  const names = [toName(one), toName(other)];
  if (!names.some((name) => isListedGiven(name) && !isEveryday(name))) return false;
  // With an underscore it may as well be a constant's name, and AND/OR is none.
  if (mark === '/' && names.some(isEveryday)) return false;
  const travels = mark === '/' && !one.endsWith(one.toUpperCase());
  if (travels && (!isListedGiven(names[1] ?? '') || !TRAVELS.test(scan.text.slice(Math.max(0, start - 16), start)))) return false;
  const more = travels
    ? (/^ \p{Lu}\.?(?![\p{L}\d])/u.exec(scan.text.slice(start + whole.length, start + whole.length + 5))?.[0].length ?? 0)
    : 0;
  if (mark === '_' && !names.every((name) => isListed(name) && !isEveryday(name))) return false;
  return reportForm(scan, start, start + whole.length + more, 'person.glued', confidence.shape, names.join(' '));
}

/** A name told by its form alone. @returns true */
export function reportForm(scan: Scan, start: number, end: number, rule: string, sure: Confidence, canonical: string): true {
  scan.personsSeen = end;
  scan.report({ start, end, type: 'PERSON', rule, confidence: sure, canonical });
  return true;
}

/** Who wrote it, in a list of what was written: Oyelaran, O. A., and Chukwu, B. (2019). No bracket closes it: a name that was redacted reads as one. */
const INITIALS = /^, (?:\p{Lu}\.[ -]?){1,3}(?=[,;&(]|and |und |et |y |$)/u;
export function cited(scan: Scan, first: Word): boolean {
  const { text } = scan;
  if (text.charCodeAt(first.end) !== 0x2c || first.everyday) return false;
  const initials = INITIALS.exec(text.slice(first.end, first.end + 18))?.[0].trimEnd();
  if (initials === undefined) return false;
  const end = first.end + initials.length;
  return reportForm(scan, first.start, end, 'person.cited', confidence.guess, toName(text.slice(first.start, end)));
}

/** VENABLES, Bronwyn */
const FAMILY_FIRST =
  /^\p{Lu}[\p{Lu}'’-]{2,24}(?: [\p{Lu}'’-]{3,24})?, (\p{Lu}\p{Ll}[\p{L}'’-]{1,24}|\p{Lu}{3,24}(?=[,;.)\n]|$))(?![\p{L}\d])/u;
export function familyFirst(scan: Scan, first: Word): boolean {
  const { text } = scan;
  if (!isCapitals(text, first.start, first.end) || first.everyday) return false;
  const [whole = '', given = ''] = FAMILY_FIRST.exec(text.slice(first.start, first.start + 80)) ?? [];
  if (!isListedGiven(toName(given)) || isEveryday(toName(given))) return false;
  return reportForm(scan, first.start, first.start + whole.length, 'person.family_first', confidence.shape, toName(whole));
}

/** Hansen, Lucie; van der Berg, Anna M.; Cano Pacheco, Anita: the family name first, as registers, tables and mail programs have it. */
const INVERTED =
  /^(\p{Lu}[\p{L}'’-]{1,24}(?: (?:(?:de|da|do|dos|del|della|di|la|van|von|der|den|zu|al|el|y) ){0,2}\p{Lu}[\p{L}'’-]{1,24}){0,2}), (\p{Lu}[\p{L}'’-]{1,24})(?: \p{Lu}[\p{L}'’-]{1,24}(?=[,"(|\n;]| [(|]|$))?(?: \p{Lu}(?:\.|(?![\p{L}\d.]))){0,2}(?![\p{L}\d])/u;
/** What ends a cell or a line, and what stands behind a name: when somebody was born, or the rest of a sentence. */
const ENDS_CELL = /^(?:$|[\n\t;"<]|\s{1,2}[|(/]| [—–-]|\s{2})/;
const ENDS_NAME = /^(?:[.)]|,? (?!and|und)\p{Ll}|, ?\d)/u;
const BORN = /^,? \(?(?:geb|born|née?[ :]|nat[oa][ :]|nacid|nascid|född|født|nar\.|ur\.|d\.?o\.?b|data di|fecha|doğum|\d)/iu;
/** Whether a family name and a comma stand here, and where a line or a cell begins. */
export function mayBeInverted(text: string, lead: number, end: number): boolean {
  return hasGivenBehind(text, end) && beginsCell(text, lead);
}
export const hasGivenBehind = (text: string, end: number): boolean =>
  text.charCodeAt(end) === 0x2c && text.charCodeAt(end + 1) === 0x20 && (classAt(text, end + 2) & UPPER) !== 0;
export function beginsCell(text: string, start: number): boolean {
  const before = text[start - 1] ?? '\n';
  return before === '\n' || before === '\t' || before === '"' || (before === ' ' && ';|:/—'.includes(text[start - 2] ?? ' '));
}
/** What stands behind whole names. */
const degrees = wordSet('phd,md,esq,jr,sr,cpa,rn,mba,msc,bsc,llm,dds,cfa,qc,kc,obe,mbe,frs,ceo,cto,cfo,iii');
/** Where such a name ends, by its place: a cell, or behind what announces somebody. */
export function invertedEnd(text: string, lead: number, first: Word, announced: Announced | undefined): number | undefined {
  const role = announced !== undefined && !announced.several && announced.by !== 'and' && !greetings.has(announced.by);
  if ((!role && !beginsCell(text, lead)) || first.otherwise) return undefined;
  const [whole = '', family = '', given = ''] = INVERTED.exec(text.slice(first.start, first.start + 110)) ?? [];
  const name = toName(given);
  if (whole === '' || marksOf(name) >= OTHERWISE) return undefined;
  const end = first.start + whole.length;
  const after = text.slice(end, end + 10);
  const born = BORN.test(after);
  // A state's code, an abbreviation behind a name in small letters, or a degree.
  if (given === given.toUpperCase() && (given.length < 3 || family !== family.toUpperCase())) return undefined;
  if (degrees.has(name)) return undefined;
  const isGiven = isListedGiven(name);
  const parts = family.split(' ').map(toName);
  const isFamily = parts.every((part) => !isEveryday(part));
  const isCell = ENDS_CELL.test(after);
  // One of the two must be told by a list, or both by what stands before and behind.
  const isRare = !isEveryday(name) && whole.endsWith(given) && (parts.length < 2 || !first.given);
  if (role && (born ? isGiven || isRare : isGiven ? isCell || ENDS_NAME.test(after) : isCell && isRare && isFamily && !first.given))
    return end;
  if (born && isGiven && isFamily && !isEveryday(name)) return end;
  const mark = text[lead - 1] === ' ' ? (text[lead - 2] ?? ' ') : ' ';
  if (isGiven && isFamily && !first.given && !isEveryday(name) && ';:/'.includes(mark) && ENDS_NAME.test(after)) return end;
  // Behind a colon stand lists of whole names, too.
  if (first.given && parts.length > 1 && (mark === ':' || mark === '/')) return undefined;
  if (!isCell || !beginsCell(text, lead)) return undefined;
  if (isGiven) return isFamily || (!isEveryday(name) && !first.given) ? end : undefined;
  return isRare && parts.every(isListed) ? end : undefined;
}
