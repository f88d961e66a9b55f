// Runs in browsers too.
import { classAt, isDigit, isWord, LETTER } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import { Keywords, WordSet } from '../keywords.ts';
import type { Scan } from '../scan.ts';

const keywords = new Keywords(
  'родившийся,родившаяся,роден,родена,рођен,рођена,рођења,народився,народилася,जन्मतिथि,วันเกิด,ur,born,birth,birthday,birthdate,dob,d o b,date of birth,birth date,bday,geboren,geburtsdatum,geburtstag,geb,né,née,naissance,nacido,nacida,nacimiento,nació,nato,nata,nascita,nascido,nascida,nascimento,geboortedatum,födelsedatum,født,syntymäaika,urodzony,urodzona,urodził,urodziła,рождения,родился,родилась,生年月日,出生,生日,' +
    '生年月日,出生日期,생년월일,nací,naci,geboortedag,födelsedag,född,fødselsdato,fødselsdag,født,syntynyt,urodzenia,narození,narozen,narozena,narodil,narodila,narodený,narodená,narodenia,születési,született,nașterii,nasterii,născut,născută,rođenja,rojstva,gimimo,dzimšanas,sünniaeg,γέννησης,γεννήθηκε,народження,раждане,doğum,doğumlu,الميلاد,לידה,출생,생년월일,출생일,出生日期,nac,fnac,nasc,ddn,f n,d n,gebdat,geburtsdat,gbdatum,gebdatum,дата рождения,д р,рожд,народився,народилась,syntymäpäivä,synt,szül,nar,rođen,rođena,rojen,rojena,fødd,lahir,sinh,जन्म,เกิด',
);
/** Names of months in en, de, fr, es, it, pt and nl (CLDR), whole and as they are cut short. */
const MONTHS =
  'january,januar,janvier,januari,janeiro,jänner,enero,ene,gennaio,gen,february,februar,février,fév,févr,febrero,febbraio,februari,fevereiro,fev,march,mars,marzo,märz,mär,maart,março,april,avril,avr,abril,abr,aprile,' +
  'may,mai,mayo,mei,maio,maggio,mag,june,jun,juni,juin,junio,junho,giugno,giu,july,jul,juli,juillet,juil,julio,julho,luglio,lug,august,août,agosto,ago,augustus,' +
  'september,sept,septembre,septiembre,settembre,set,setembro,october,octobre,octubre,oktober,okt,ottobre,ott,outubro,out,november,novembre,noviembre,novembro,december,dezember,dez,décembre,déc,diciembre,dic,dicembre,dezembro,' +
  'jan,feb,mar,apr,aug,sep,oct,nov,dec';
/** As they stand behind a day in pl, sv, da, nb, cs, sk, fi, ro, hr, id, ru, uk, tr and el. */
const MONTHS_BEHIND =
  'stycznia,lutego,marca,kwietnia,maja,czerwca,lipca,sierpnia,września,października,listopada,grudnia,maj,marts,augusti,desember,des,' +
  'ledna,února,března,dubna,května,června,července,srpna,září,října,listopadu,prosince,januára,februára,apríla,mája,júna,júla,augusta,septembra,októbra,novembra,decembra,' +
  'tammikuuta,helmikuuta,maaliskuuta,huhtikuuta,toukokuuta,kesäkuuta,heinäkuuta,elokuuta,syyskuuta,lokakuuta,marraskuuta,joulukuuta,' +
  'ianuarie,februarie,martie,aprilie,iunie,iulie,septembrie,octombrie,noiembrie,decembrie,siječnja,veljače,ožujka,travnja,svibnja,lipnja,srpnja,kolovoza,rujna,studenoga,prosinca,maret,agustus,' +
  'января,февраля,марта,апреля,мая,июня,июля,августа,сентября,октября,ноября,декабря,січня,лютого,березня,квітня,травня,червня,липня,серпня,вересня,жовтня,листопада,грудня,' +
  'ocak,şubat,mart,nisan,mayıs,haziran,temmuz,ağustos,eylül,ekim,kasım,aralık,' +
  'ιανουαρίου,φεβρουαρίου,μαρτίου,απριλίου,μαΐου,μαίου,ιουνίου,ιουλίου,αυγούστου,σεπτεμβρίου,οκτωβρίου,νοεμβρίου,δεκεμβρίου';
const anyOf = (months: string): string =>
  `(?:${months
    .split(',')
    .toSorted((a, b) => b.length - a.length)
    .join('|')})`;
const MONTH = anyOf(MONTHS);
const MONTH_STARTS = [...new Set(MONTHS.split(',').map((month) => month.slice(0, 3)))];
const DIGITS = '0123456789'.split('');
const NUMERIC = /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}\. \d{1,2}\. \d{4}|\d{1,2}([-./])\d{1,2}\1(?:\d{4}|\d{2}))(?![\d/]|[.-]\d)/;
const DAY_FIRST = new RegExp(
  `^\\d{1,2}(?:st|nd|rd|th|\\.|er)?[ -](?:de |of )?${anyOf(`${MONTHS},${MONTHS_BEHIND}`)}\\.?,?[ -](?:de |del )?(?:'?\\d{2}|\\d{4})(?!\\d)`,
  'i',
);
const MONTH_FIRST = new RegExp(`^${MONTH}\\.?[ -]\\d{1,2}(?:st|nd|rd|th)?,?[ -]\\d{4}(?!\\d)`, 'i');
/** 1996年7月27日 */
const EASTERN = /^(?:19|20)\d{2}[年년] ?\d{1,2}[月월] ?\d{1,2}[日일]/;
/** Behind a year's four digits, its sign. */
const isEastern = (text: string, start: number): boolean => text.charCodeAt(start + 4) > 0x80 && '年년'.includes(text[start + 4] ?? ' ');
/** "Anna Roth, * 3. Mai 1971", "Ann Roe (b. 3 May 1971)": the star of registers, and the one letter of born and født. */
const STAR = /[,;(] ?(\*|[bf]\.) ?$/;
const starBefore = (text: string, start: number): string | undefined => {
  const sign = text[start - (text[start - 1] === ' ' ? 2 : 1)];
  return sign === '*' || sign === '.' ? STAR.exec(text.slice(Math.max(0, start - 6), start))?.[1] : undefined;
};
const COMPACT = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)/;
/** Between two strokes, and a sex behind it: the fields of a patient in HL7 version 2 (PID-7, PID-8). */
const isPatientField = (text: string, start: number, end: number): boolean =>
  text[start - 1] === '|' && /^\|[FMOUAN]\|/.test(text.slice(end, end + 3));

/** Digits that begin a date are its year, its day or month, or all of it. */
function mayBegin(text: string, start: number, end: number): boolean {
  const length = end - start;
  const next = text.charCodeAt(end);
  const separated = next === 0x2d || next === 0x2e || next === 0x2f;
  if (length === 8 || isEastern(text, start)) return true;
  if (length === 4) return separated && isDigit(text, end + 1) ? true : isWord(text, end - 1) && !isDigit(text, end - 1);
  // A month's name follows a space, a dash or a full stop.
  return length < 3 ? separated || next === 0x20 : !isDigit(text, end - 1);
}

/** Behind the first digits' separator, or a full stop with a space: one or two more, and another separator. */
function mayBeNumeric(text: string, end: number): boolean {
  const next = text[end] === '.' && text[end + 1] === ' ' ? end + 2 : end + 1;
  if (!isDigit(text, next)) return false;
  const second = text.charCodeAt(isDigit(text, next + 1) ? next + 2 : next + 1);
  return second === 0x2d || second === 0x2e || second === 0x2f;
}

/** What months begin with, and what may stand before one: de, of. */
const BEGIN_MONTH = new WordSet(['de', 'of', ...`${MONTHS},${MONTHS_BEHIND}`.split(',').map((month) => month.slice(0, 2))]);
/** Behind a day: such letters after its space or dash, with a full stop before that or without. */
function mayNameMonth(text: string, end: number): boolean {
  const at = text[end] === '.' ? end + 2 : end + 1;
  return (classAt(text, at) & LETTER) !== 0 && BEGIN_MONTH.numberInAnyCase(text, at, at + 2) > 0;
}

/** How a date is written that would begin here, by what stands next. */
function patternAt(text: string, start: number, end: number): RegExp | undefined {
  if (!isDigit(text, start)) return MONTH_FIRST;
  if (isEastern(text, start)) return EASTERN;
  if (end - start === 8) return COMPACT;
  if (mayBeNumeric(text, end)) return NUMERIC;
  return mayNameMonth(text, end) ? DAY_FIRST : undefined;
}

/** 1971年12月13日生まれ */
const LONGEST_RUN = 14;

function look(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  if (end - start > LONGEST_RUN) return;
  const first = text.charCodeAt(start) | 0x20;
  // A date begins with digits or a month.
  if (first >= 0x61 && !isDigit(text, end + 1) && !isDigit(text, end + 2)) return;
  if (first < 0x61 && !mayBegin(text, start, end)) return;
  if (isWord(text, start - 1) || (isDigit(text, start - 2) && '.-/'.includes(text[start - 1] ?? ' '))) return;
  const pattern = patternAt(text, start, end);
  const match = pattern?.exec(text.slice(start, start + 32)) ?? null;
  if (match === null) return;
  const before = scan.contextBefore(start);
  const context =
    before.find(keywords) ?? starBefore(text, start) ?? (pattern === COMPACT && isPatientField(text, start, end) ? 'PID' : undefined);
  if (context === undefined) {
    const behind = BORN_BEHIND.exec(text.slice(start + match[0].length, start + match[0].length + 20))?.[1];
    if (behind !== undefined) report(scan, start, match[0].length, behind);
    return;
  }
  // Between the word and its date stand few others; "born in Kiel, admitted on …" is another date. In a table the column's name decides.
  if (before.column.length === 0 && before.find(other, 4) !== undefined) return;
  report(scan, start, match[0].length, context);
}
const report = (scan: Scan, start: number, length: number, context: string): void =>
  scan.report({ start, end: start + length, type: 'DATE_OF_BIRTH', rule: 'date_of_birth', confidence: confidence.labelled, context });
/** "wurde am 3. Mai 1971 geboren", 1971年5月3日生まれ: where the verb comes last. */
const BORN_BEHIND =
  /^(?: r\.| г\.)?\)? ?(?:in \p{Lu}\p{L}{2,20} )?(D\.?O\.?B(?![\p{L}\d])|geboren|生|출생|생|doğumlu|doğdu|született|syntynyt|года рождения|г\.р|р\.н)/u;
const other = new Keywords(
  'address,adresse,anschrift,dirección,indirizzo,admitted,discharged,due,expires,issued,created,shipped,hired,died,moved,updated,aufgenommen,admis,ingresó,until,deadline',
);

export const dateOfBirth: Detector = {
  rule: 'date_of_birth',
  type: 'DATE_OF_BIRTH',
  anchors: ['number', 'word', 'mixed'],
  lengths: { number: [1, 8], word: [3, 10], mixed: [3, LONGEST_RUN] },
  heads: [...MONTH_STARTS, ...DIGITS.flatMap((first) => [...DIGITS, 's', 'n', 't', 'r', 'd', 'e'].map((second) => first + second))],
  keywords,
  source: 'written forms of dates in CLDR',
  examples: [
    { text: 'born 6 Dec 2002, SSN', finds: '6 Dec 2002' },
    { text: '"date_of_birth": "1980-02-29"', finds: '1980-02-29' },
    { text: 'DOB: March 5th, 1971.', finds: 'March 5th, 1971' },
    { text: 'data di nascita: 3 maggio 1980, data urodzenia: 20/08/1942', finds: '3 maggio 1980 + 20/08/1942' },
    { text: 'doğum tarihi 12.08.1976, geboortedatum 5 maart 1971', finds: '12.08.1976 + 5 maart 1971' },
    { text: 'Ann Roe (08/10/1965) DOB, 03/22/1958 D.O.B.', finds: '08/10/1965 + 03/22/1958' },
    { text: 'Anna Roth, * 3. Mai 1971, wohnhaft', finds: '3. Mai 1971' },
    { text: 'Ann Roe, b. May 3, 1971, and Ole Berg (f. 3.5.1971)', finds: 'May 3, 1971 + 3.5.1971' },
    { text: 'F. nac.: 13 de enero de 1963; DDN 13/01/1963', finds: '13 de enero de 1963 + 13/01/1963' },
    { text: 'PID|1||411^^^MRN||Roe^Ann^^^||19620210|F|||9 Elm Rd', finds: '19620210' },
    { text: 'plan b. 2024-01-02; |19620210|X|; |19620210|12|' },
    { text: '生年月日:1996年7月27日', finds: '1996年7月27日' },
    { text: 'ur. 14 stycznia 1993 r., narozen 3. května 1971, nar. 3. 5. 1971', finds: '14 stycznia 1993 + 3. května 1971 + 3. 5. 1971' },
    { text: 'wurde am 3. Mai 1971 in Kiel geboren; 1971年5月3日生まれ', finds: '3. Mai 1971 + 1971年5月3日' },
    { text: 'am 3. Mai 1971 in Kiel verloren; 3. 5. 1971, 12 marca 2024' },
    { text: 'né le 3.5.1971, tél. 06.84.11.97.49; DOB: 1951/03/12 / Address: 6-1-10 Jingumae', finds: '3.5.1971 + 1951/03/12' },
    { text: '* 3. Mai 1971: Release' },
    { text: 'born in Kiel, admitted on 2024-01-02; shipped 2023-01-01' },
  ],
  look,
};
