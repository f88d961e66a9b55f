// Runs in browsers too. Values in the fields of standard messages: HL7, X12, EDIFACT, SWIFT, airlines', travel documents, vCard, GEDCOM.
import { isUpper, isWord } from '../characters.ts';
import { confidence, type Detector } from '../detector.ts';
import { isEntityType, type EntityType } from '../entity-types.ts';
import { wordSet } from '../keywords.ts';
import { toName } from '../names/name-filter.ts';
import type { Scan } from '../scan.ts';
import { forms, syntaxes, type Field, type Form, type Syntax } from './message-layouts.ts';

/** What a value of a type must look like: a field may be empty, hold what was redacted before, or be none. */
const values: Readonly<Partial<Record<EntityType, RegExp>>> = {
  PERSON: /^(?=.?\p{L})[\p{L}\p{M} .,'’&^:/<-]{2,80}$/u,
  ADDRESS: /^[^)].*\p{L}{2}/su,
  DATE_OF_BIRTH: /^(?:\d{6}|(?:18|19|20)\d{2}[01]\d[0-3]\d{1,7}|\d{1,2} ?[A-Z]{3} ?\d{2,4})$/,
  PHONE: /^(?=(?:\D{0,3}\d){6})\+?[\d\s()./^-]{6,24}$/,
  US_SSN: /^\d{3}-?\d{2}-?\d{4}$/,
  NATIONAL_ID: /^(?=.*\d)[A-Z\d -]{4,24}$/i,
  BANK_ACCOUNT: /^(?=(?:\D{0,4}\d){5})[A-Z\d -]{5,34}$/i,
};
/** Who is nobody: companies, and what invitations go to besides people. */
const nobody = wordSet(
  'gmbh,ag,ltd,limited,llc,inc,corp,corporation,company,plc,sarl,srl,spa,bv,nv,oy,oyj,kg,ug,lp,llp,pte,pvt,bank,trust,fund,foundation,university,hospital,clinic,insurance,group,holding,holdings,services,room,team,support,office,calendar,department',
);
const IBAN = /^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/;
const SEPARATORS = /[\s.,&^:/<-]+/;

function report(scan: Scan, type: EntityType, start: number, end: number): void {
  const value = scan.text.slice(start, end);
  if (values[type]?.test(value) !== true) return;
  const parts = toName(value).split(SEPARATORS);
  if (type === 'PERSON' && parts.some((part) => nobody.has(part))) return;
  // The words of what was found here are nobody's else.
  if (type === 'PERSON') scan.personsSeen = Math.max(scan.personsSeen, end);
  if (type === 'ADDRESS') scan.addressesSeen = Math.max(scan.addressesSeen, end);
  const canonical = type === 'PERSON' ? parts.filter((part) => part !== '').join(' ') : undefined;
  const isIban = type === 'BANK_ACCOUNT' && IBAN.test(value);
  scan.report({ start, end, type: isIban ? 'IBAN' : type, rule: 'message', confidence: confidence.labelled, canonical });
}

type Stretch = readonly [start: number, end: number];

const MOST_ELEMENTS = 48;
const LONGEST_SEGMENT = 2000;
/** The elements of the segment that begins at `start`. */
function elementsOf(text: string, start: number, { element, terminator, goesOn }: Syntax): readonly Stretch[] {
  const elements: Stretch[] = [];
  const limit = Math.min(text.length, start + LONGEST_SEGMENT);
  let from = start;
  for (let at = start; elements.length < MOST_ELEMENTS; at++) {
    const sign = at < limit ? (text[at] ?? '\n') : '\n';
    const ends = sign === terminator || sign === '\n' || sign === '\r';
    if (!ends && sign !== element) continue;
    elements.push([from, at]);
    from = at + 1;
    if (!ends) continue;
    while (from < at + 4 && text[from] !== undefined && '~\r\n '.includes(text[from] ?? '')) from++;
    if (goesOn === undefined || !text.startsWith(goesOn, from)) break;
    at = from;
  }
  return elements;
}

/** A stretch's parts between the signs. */
function parted(text: string, [start, end]: Stretch, sign: string): readonly Stretch[] {
  const parts: Stretch[] = [];
  for (let from = start, at = start; at <= end; at++)
    if (at === end || text[at] === sign) {
      parts.push([from, at]);
      from = at + 1;
    }
  return parts;
}

function lookInField(scan: Scan, elements: readonly Stretch[], { at, to = at, type, parts, when }: Field, syntax: Syntax): void {
  const { text } = scan;
  const first = elements[at - 1];
  const last = elements[Math.min(to, elements.length) - 1];
  if (first === undefined || last === undefined) return;
  if (when !== undefined && !when[1].test(text.slice(...(elements[when[0] - 1] ?? [0, 0])))) return;
  for (const value of at === to ? parted(text, first, syntax.repetition) : [[first[0], last[1]] as const]) {
    const components = parts === undefined ? [value] : parted(text, value, syntax.component).slice(parts[0] - 1, parts[1]);
    let [start, end] = [components[0]?.[0] ?? 0, components.at(-1)?.[1] ?? 0];
    const isBlank = (sign = ' '): boolean => sign === ' ' || sign === syntax.component || sign === syntax.element;
    while (end > start && isBlank(text[end - 1])) end--;
    while (start < end && isBlank(text[start])) start++;
    report(scan, type, start, end);
  }
}

function lookInForm(scan: Scan, start: number, end: number, { opens, pattern, holds }: Form): void {
  const { text } = scan;
  if (!opens.test(text.slice(Math.max(0, start - 12), start))) return;
  // What is taken out further on may make lines fit that were too long.
  scan.announced.push(start);
  pattern.lastIndex = end;
  const match = pattern.exec(text);
  if (match?.indices?.groups === undefined || holds?.(match) === false) return;
  for (const [name, stretch] of Object.entries(match.indices.groups)) {
    const type = name.replace(/\d$/, '');
    if (stretch !== undefined && isEntityType(type)) report(scan, type, ...trimmed(text, stretch));
  }
}
function trimmed(text: string, [start, end]: Stretch): Stretch {
  while (end > start && ' ;\r'.includes(text[end - 1] ?? '-')) end--;
  return [start, end];
}

const segments = new Map(
  syntaxes.flatMap((syntax) => Object.entries(syntax.segments).map(([name, segment]) => [name, { syntax, ...segment }] as const)),
);
const byWord = Map.groupBy(
  forms.flatMap((form) => form.words.map((word) => ({ word, form }))),
  ({ word }) => word,
);
const LONGEST_BEGINNING = 90;

function look(scan: Scan, start: number, end: number): void {
  const { text } = scan;
  const code = text.charCodeAt(start);
  // Segments' names are written in capitals; a number is a passenger's, or that of a field between colons.
  if (code > 0x5a || text.charCodeAt(start + 1) > 0x5a) return;
  const isPassenger = code <= 0x39 && text.charCodeAt(end) === 0x2e && (isUpper(text, end + 1) || isUpper(text, end + 2));
  if (code <= 0x39 && !isPassenger && text.charCodeAt(start - 1) !== 0x3a) return;
  const word = isPassenger ? '.' : text.slice(start, end);
  for (const { form } of byWord.get(word) ?? []) lookInForm(scan, start, end, form);
  const segment = segments.get(word);
  if (segment === undefined || text[end] !== segment.syntax.element || isWord(text, start - 1) || text[start - 1] === text[end]) return;
  scan.announced.push(start);
  if (!segment.begins.test(text.slice(end + 1, end + LONGEST_BEGINNING))) return;
  const elements = elementsOf(text, end + 1, segment.syntax);
  for (const field of segment.fields)
    if (field.type !== 'ADDRESS' || start >= scan.addressesSeen) lookInField(scan, elements, field, segment.syntax);
}

export const messageFields: Detector = {
  rule: 'message',
  anchors: ['number', 'capital', 'mixed'],
  lengths: { number: [1, 2], capital: [1, 9], mixed: [2, 3] },
  heads: [
    ...[...segments.keys()].map((name) => `${name}${segments.get(name)?.syntax.element}`.slice(0, 3)),
    ...forms.flatMap(({ words }) => words.filter((word) => word.length > 2).map((word) => word.slice(0, 3))),
    'pn ',
    'pn:',
    'da ',
    'p<',
    'v<',
    'i<',
    'a<',
    'c<',
    'n:',
    'n;',
  ],
  next: '|*+:;</ .\n',
  source: 'HL7 2.5.1 chapter 3, X12 5010 NM1/N3/N4/DMG, UN/EDIFACT D.01B, SWIFT MT 103, IATA AIRIMP, ICAO 9303, RFC 6350, GEDCOM 5.5.1',
  examples: [
    {
      text: 'PID|1||MRN649751||DIALLO^ĽUBICA||19650121|F|||421 JUNIPER AVE^^BOISE^MN^93617||+447700900721',
      finds: 'DIALLO^ĽUBICA + 19650121 + 421 JUNIPER AVE^^BOISE^MN^93617 + +447700900721',
    },
    {
      text: 'ISA*00*1~NM1*IL*1*Guimarães*Rui****MI*W529890925~N3*666 OLD MILL RD~N4*BOISE*MN*24128~DMG*D8*19680228*F~NM1*PR*2*ACME*****PI*8426',
      finds: 'Guimarães + Rui + 666 OLD MILL RD~N4*BOISE*MN*24128 + 19680228',
    },
    { text: 'NM1*IL*1*ROE*JANE*T**JR*34*219091234~\nREF*SY*219091234~', finds: 'ROE + JANE + 219091234 + 219091234' },
    {
      text: "NAD+FL+++BARRET:TODD+123 MAIN STREET+GAINSVILLE+MA+01234+USA'DTM+329:640217'NAD+BY+5412345000013::9++ACME'",
      finds: 'BARRET:TODD + 123 MAIN STREET+GAINSVILLE+MA+01234+USA + 640217',
    },
    {
      text: ':50K:/12345678\nHOPE BANKS\n12 HIGH STREET\nLEEDS\n:59:ACME GMBH\n:70:INVOICE',
      finds: '12345678 + HOPE BANKS + 12 HIGH STREET\nLEEDS',
    },
    {
      text: ':59F:/12345678\n1/MANN GEORG\n2/LOMBARD STREET 11\n3/BE/BRUSSELS\n4/19720830',
      finds: '12345678 + MANN GEORG + LOMBARD STREET 11\n3/BE/BRUSSELS + 19720830',
    },
    {
      text: '1.VISSER/TJITSKE MS\nSSR DOCS HK1/P/GBR/533401372/GBR/10MAR82/F/12APR30/VISSER/TJITSKE',
      finds: 'VISSER/TJITSKE + 533401372 + 10MAR82 + VISSER/TJITSKE',
    },
    { text: 'DOCS/P/SWE/94310772/14MAR71/M\nCTCM', finds: '94310772 + 14MAR71' },
    {
      text: 'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10',
      finds: 'ERIKSSON<<ANNA<MARIA + L898902C3 + 740812 + ZE184226B',
    },
    {
      text: 'I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<',
      finds: 'D23145890 + 740812 + ERIKSSON<<ANNA<MARIA',
    },
    {
      text: 'N:Kasza;Bogdan;;Dr.;\nADR;TYPE=home:;;12 Quiet Lane;Omaha;NE;68102;USA',
      finds: 'Kasza + Bogdan + 12 Quiet Lane;Omaha;NE;68102;USA',
    },
    { text: 'ATTENDEE;CN="Tjitske Visser";RSVP=TRUE:mailto:t', finds: 'Tjitske Visser' },
    {
      text: ':86:166?00GUTSCHRIFT?30COBADEFF?32HEDERSLEBEN UTE?34\n:86:/EREF/123//BENM//NAME/J. Grijpstra/REMI/X\n:86:?32ACME GMBH?34',
      finds: 'HEDERSLEBEN UTE + J. Grijpstra',
    },
    {
      text: "(0010,0010) PN [Grijpstra^Tjitske]\n(0010,0030) DA [19820310]\n(0008,0020) DA [20250310]\nName  PN: 'Smit^Jan'",
      finds: 'Grijpstra^Tjitske + 19820310 + Smit^Jan',
    },
    { text: '1 NAME Annelore /Kellermeier/\n1 BIRT\n2 DATE 12 MAR 1950', finds: 'Annelore /Kellermeier/ + 12 MAR 1950' },
    {
      text: 'The PID|NK1 segments: PID|PPID|USER|STAT|TIME|COMMAND, NM1*IL*1*; N3*x\n1.INPUT/OUTPUT 2.READ/WRITE at 10:59: N: see; P<0.05; 1 NAME READY',
    },
  ],
  look,
};
