// Runs in browsers too. Where standard messages have people's data: no label announces it there, its place says what it is.
import type { EntityType } from '../entity-types.ts';
import { isEveryday, isListed } from '../names/lookup.ts';
import { toName } from '../names/name-filter.ts';

/** What an element of a segment holds; elements are counted from one, behind the segment's name. */
export interface Field {
  readonly at: number;
  /** The last element of a value that goes over several. */
  readonly to?: number;
  readonly type: EntityType;
  /** Which components are the value, counted from one; all where nothing is said. */
  readonly parts?: readonly [first: number, last: number];
  /** Another element, and what it must say. */
  readonly when?: readonly [at: number, says: RegExp];
}

/** How a standard writes its segments, and what they hold. */
export interface Syntax {
  /** What parts elements, the components of one, and the values of one that has several. */
  readonly element: string;
  readonly component: string;
  readonly repetition: string;
  /** What ends a segment, besides the end of a line. */
  readonly terminator: string;
  /** What the elements begin with: what only looks like a segment does not. */
  readonly segments: Readonly<Record<string, { readonly begins: RegExp; readonly fields: readonly Field[] }>>;
  /** A segment whose elements belong to the one before. */
  readonly goesOn?: string;
}

const person = (at: number): Field => ({ at, type: 'PERSON', parts: [1, 5] });
/** Behind an id. */
const clinician = (at: number): Field => ({ at, type: 'PERSON', parts: [2, 5] });
const address = (at: number): Field => ({ at, type: 'ADDRESS', parts: [1, 6] });
const birth = (at: number): Field => ({ at, type: 'DATE_OF_BIRTH', parts: [1, 1] });
const ssn = (at: number): Field => ({ at, type: 'US_SSN', parts: [1, 1] });
/** As one number, or its area and the rest. */
const phones = (...places: readonly number[]): readonly Field[] =>
  places.flatMap((at): readonly Field[] => [
    { at, type: 'PHONE', parts: [1, 1] },
    { at, type: 'PHONE', parts: [6, 7] },
  ]);

/** The first element counts the segments of a kind, or is empty: a table's headings are neither. */
const COUNTED = /^\d{0,4}\|/;
const hl7: Syntax = {
  element: '|',
  component: '^',
  repetition: '~',
  terminator: '\n',
  segments: {
    PID: {
      begins: COUNTED,
      fields: [
        person(5),
        person(6),
        birth(7),
        person(9),
        address(11),
        ...phones(13, 14),
        ssn(19),
        { at: 20, type: 'NATIONAL_ID', parts: [1, 1] },
      ],
    },
    NK1: { begins: COUNTED, fields: [person(2), address(4), ...phones(5, 6), birth(16), person(30), ...phones(31), address(32), ssn(37)] },
    GT1: { begins: COUNTED, fields: [person(3), person(4), address(5), ...phones(6, 7), birth(8), ssn(12)] },
    IN1: { begins: COUNTED, fields: [person(16), birth(18), address(19)] },
    STF: { begins: /^[^|\n]{0,60}\|/, fields: [person(3), birth(6), ...phones(10), address(11)] },
    MRG: { begins: /^[^|\n]{0,60}\|/, fields: [person(7)] },
    PD1: { begins: /^\|/, fields: [clinician(4)] },
    PV1: { begins: COUNTED, fields: [clinician(7), clinician(8), clinician(9), clinician(17)] },
    OBR: { begins: COUNTED, fields: [clinician(10), clinician(16), clinician(28)] },
  },
};

const isPerson = [2, /^1$/] as const;
const phoneBehind = (at: number): Field => ({ at: at + 1, type: 'PHONE', when: [at, /^(?:TE|CP|HP|WP|FX)$/] });
const x12: Syntax = {
  element: '*',
  component: ':',
  repetition: '^',
  terminator: '~',
  goesOn: 'N4*',
  segments: {
    NM1: {
      begins: /^[A-Z\d]{2,3}\*1\*/,
      fields: [
        { at: 3, type: 'PERSON', when: isPerson },
        { at: 4, type: 'PERSON', when: isPerson },
        { at: 5, type: 'PERSON', when: isPerson },
        { at: 9, type: 'US_SSN', when: [8, /^34$/] },
      ],
    },
    N3: { begins: /^[^*~\n]{0,40}[A-Za-z\d] [A-Za-z\d][^*~\n]{0,40}[*~\n]/, fields: [{ at: 1, to: 7, type: 'ADDRESS' }] },
    N4: { begins: /^[A-Za-z][^*~\n\d]{1,40}\*[A-Z]{0,3}\*[A-Z\d]/, fields: [{ at: 1, to: 3, type: 'ADDRESS' }] },
    DMG: { begins: /^D8\*/, fields: [{ at: 2, type: 'DATE_OF_BIRTH' }] },
    PER: { begins: /^[A-Z\d]{2}\*/, fields: [phoneBehind(3), phoneBehind(5), phoneBehind(7)] },
    REF: { begins: /^SY\*/, fields: [{ at: 2, type: 'US_SSN' }] },
  },
};

const edifact: Syntax = {
  element: '+',
  component: ':',
  repetition: '*',
  terminator: "'",
  segments: {
    // A party may be a company; who travels and who is in the crew is not.
    NAD: {
      begins: /^[A-Z]{2,3}\+/,
      fields: [
        { at: 4, type: 'PERSON', when: [1, /^(?:FL|FM|DDU|DDT)$/] },
        { at: 5, to: 9, type: 'ADDRESS' },
      ],
    },
    COM: { begins: /^\d{6,15}:/, fields: [{ at: 1, type: 'PHONE', parts: [1, 1], when: [1, /:(?:TE|FX|AL)$/] }] },
    DOC: { begins: /^[PVI](?::[^+\n]{0,30})?\+/, fields: [{ at: 2, type: 'NATIONAL_ID', parts: [1, 1] }] },
    DTM: { begins: /^329:/, fields: [{ at: 1, type: 'DATE_OF_BIRTH', parts: [2, 2] }] },
  },
};

export const syntaxes: readonly Syntax[] = [hl7, x12, edifact];

/** What else stands at fixed places, behind a word: each group is a value of the type that names it. */
export interface Form {
  readonly words: readonly string[];
  /** What stands between the line's beginning and the word; anything where nothing is said. */
  readonly opens: RegExp;
  /** From the word's end. */
  readonly pattern: RegExp;
  readonly holds?: (match: RegExpExecArray) => boolean;
}

const from = (...parts: readonly string[]): RegExp => new RegExp(parts.join(''), 'duy');
const LINE_BEGINS = /(?:^|[\n"'>]|item\d\.)$/;
/** Behind a space too: nothing else is written so. */
const WORD_BEGINS = /(?:^|[\s"'>:])$/;
const WITH_NUMBER = /(?:^|\n)\s{0,8}\d $/;
const LINE = '[^\\n]{1,60}';
/** What is left where an account's number was taken out is a line still. */
const ACCOUNT = '\\/{1,2}(?<BANK_ACCOUNT>[^\\n]{4,80})\\n|\\/[^\\n]{0,3}\\n';
/** Whose request it is and how it stands: KL HK1/. */
const STATUS = '(?: [A-Z\\d]{2}(?= ))?(?: ?[HNS][KS]\\d{0,2}|[A-Z])?[ /-]';
const CITIZEN = '[A-Z<]{3}';
const HOLDER = '(?<PERSON>[A-Z]{1,30}(?:<[A-Z]{1,30}){0,4}<<[A-Z]{1,30}(?:<[A-Z]{1,30}){0,4})(?=<|\\n|$)';
/** A number, of which a check digit is no part. */
const NUMBER = '(?<NATIONAL_ID>[A-Z\\d]{4,9})<{0,5}\\d';
const BORN = '(?<DATE_OF_BIRTH>\\d{6})\\d[MFX<]\\d{7}';

export const forms: readonly Form[] = [
  {
    // SWIFT MT 103, fields 50 and 59: an account, a name, an address.
    words: ['50K', '50H', '50', '59'],
    opens: /(?:^|\n):$/,
    pattern: from(
      `:(?:${ACCOUNT})?(?!\\d\\/)(?<PERSON>[^\\n:/]${LINE})`,
      `(?:\\n(?<ADDRESS>[^\\n:}-]${LINE}(?:\\n[^\\n:}-]${LINE}){0,2}))?(?=\\n|$)`,
    ),
  },
  {
    // The same with numbered lines: names, address, country and town, birth, and an id.
    words: ['50F', '59F'],
    opens: /(?:^|\n):$/,
    pattern: from(
      `:(?:${ACCOUNT}|[A-Z]{4}\\/[A-Z]{2}\\/(?:[^\\n/]{1,30}\\/)?(?<NATIONAL_ID>[^\\n/]{4,80})\\n)?1\\/(?<PERSON>${LINE})(?:\\n1\\/(?<PERSON2>${LINE}))?`,
      `(?:\\n(?:2\\/|3\\/[A-Z]{2}\\/)(?<ADDRESS>${LINE}(?:\\n[23]\\/${LINE}){0,2}))?(?:\\n4\\/(?<DATE_OF_BIRTH>\\d{8}))?(?:\\n[56]\\/${LINE}){0,2}`,
      `(?:\\n7\\/[A-Z]{2}\\/(?<NATIONAL_ID2>${LINE}))?`,
    ),
  },
  {
    // Passports, visas, and cards of two lines (ICAO 9303, parts 4, 6 and 7).
    words: ['P', 'V', 'I', 'A', 'C'],
    opens: WORD_BEGINS,
    pattern: from(`<${CITIZEN}${HOLDER}<*(?:\\n${NUMBER}${CITIZEN}${BORN}(?:(?<NATIONAL_ID2>[A-Z\\d]{5,14})<)?)?`),
  },
  {
    // Cards of three lines (part 5).
    words: ['I', 'A', 'C', 'IDD'],
    opens: WORD_BEGINS,
    pattern: from(`(?:(?<=D)<<|<${CITIZEN})${NUMBER}[A-Z\\d<]{0,15}\\n${BORN}${CITIZEN}[A-Z\\d<]{0,12}\\n${HOLDER}`),
  },
  {
    // A passenger: 1.ROTH/ANNA MS.
    words: ['.'],
    opens: /(?:^|\s)$/,
    pattern: from(
      '\\.\\d?(?<PERSON>[A-Z]{2,30}(?:[ -][A-Z]{2,30})?\\/[A-Z]{2,30}(?: (?!M[RS]|DR|CHD)[A-Z]{2,20})?)(?<title> (?:MRS?|MS|MSTR|MISS|CHD|INF|DR)|\\((?:ADT|CHD|INF|YTH))?(?![\\p{L}\\d/])',
    ),
    holds: ({ groups = {} }) =>
      groups['title'] !== undefined ||
      toName(groups['PERSON'] ?? '')
        .split(/[ /-]/)
        .some((part) => isListed(part) && !isEveryday(part)),
  },
  {
    // Passport details of a passenger (AIRIMP).
    words: ['DOCS'],
    opens: /(?:^|[\s\d])$/,
    pattern: from(
      `${STATUS}[A-Z]{1,2}[/-][A-Z]{2,3}[/-](?<NATIONAL_ID>[A-Z\\d]{5,15})(?:[/-][A-Z]{2,3}(?![A-Z\\d]))?`,
      '(?:[/-](?<DATE_OF_BIRTH>\\d{2}[A-Z]{3}\\d{2,4})[/-][A-Z]{0,2}(?:[/-][^/\\n-]{0,9}[/-](?<PERSON>[A-Z ]{2,40}[/-][A-Z ]{2,40}))?)?',
    ),
  },
  {
    // And where one lives or stays.
    words: ['DOCA'],
    opens: /(?:^|[\s\d])$/,
    pattern: from(`${STATUS}[RD][/-][A-Z]{2,3}[/-](?<ADDRESS>[^\\n]{4,100})`),
  },
  {
    // vCard (RFC 6350).
    words: ['N'],
    opens: LINE_BEGINS,
    pattern: from(
      '(?:;[^:\\n]{1,60})?:(?<PERSON>[^;:\\n ][^;:\\n]{1,50})?;(?<PERSON2>[^;:\\n]{2,50})?(?:;(?<PERSON3>[^;:\\n]{2,50})?|(?=\\n|$))',
    ),
  },
  {
    words: ['ADR'],
    opens: LINE_BEGINS,
    pattern: from('(?:;[^:\\n]{1,60})?:;{0,2}(?<ADDRESS>[^;\\n][^;\\n]{0,60}(?:;[^;\\n]{0,60}){1,5})'),
  },
  {
    // iCalendar (RFC 5545): who invites, who comes.
    words: ['ORGANIZER', 'ATTENDEE'],
    opens: LINE_BEGINS,
    pattern: from('(?:;(?!CN=)[^;:\\n]{1,60}){0,6};CN="?(?<PERSON>[^":;\\n ]{1,30}(?: [^":;\\n ]{1,30}){1,3})(?=[":;])'),
  },
  // MT 940: who paid or was paid, in numbered or in named parts of a statement's line.
  {
    words: ['86'],
    opens: /(?:^|\n):$/,
    pattern: from(
      ':(?:(?!\\n:|\\?3[12])[^]){0,400}(?:\\?31(?<BANK_ACCOUNT>[^?\\n]{4,80}))?\\?32(?<PERSON>[^?\\n]{2,60})(?:\\n?\\?33(?<PERSON2>[^?\\n]{2,60}))?',
    ),
  },
  { words: ['NAME'], opens: /\/$/, pattern: from('\\/(?<PERSON>[^/\\n]{2,70})\\/') },
  // DICOM, as its tools print it.
  { words: ['PN'], opens: /\([\da-f]{4},[\da-f]{4}\) $/i, pattern: from(' \\[(?<PERSON>[^\\]\\n]{2,64})\\]') },
  { words: ['PN'], opens: /\s$/, pattern: from(": '(?<PERSON>[^'\\n]{2,64})'") },
  { words: ['DA'], opens: /\(0010,0030\) $/, pattern: from(' \\[(?<DATE_OF_BIRTH>\\d{8})\\]') },
  // GEDCOM.
  { words: ['NAME'], opens: WITH_NUMBER, pattern: from(' (?<PERSON>[^/\\n]{0,50}\\/[^/\\n]{1,50}\\/)') },
  { words: ['GIVN', 'SURN'], opens: WITH_NUMBER, pattern: from(' (?<PERSON>[^\\n]{2,50})') },
  { words: ['BIRT'], opens: WITH_NUMBER, pattern: from('\\n\\s{0,8}\\d DATE (?:ABT |EST |BEF |AFT )?(?<DATE_OF_BIRTH>[^\\n]{4,20})') },
];
