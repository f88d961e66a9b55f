// Runs in browsers too. Shapes of identity and account numbers, each with its issuer's check digit where there is one.
import { luhn, mod11_10, mod97, verhoeff, weighted } from '../check-digits.ts';
import type { EntityType } from '../entity-types.ts';

export interface Shape {
  readonly rule: string;
  readonly type: EntityType;
  readonly pattern: RegExp;
  /** Over the compact form, upper case. */
  readonly valid: (compact: string) => boolean;
  /** Of the compact form. */
  readonly lengths: readonly number[];
  /** So telling that no word is needed. */
  readonly alone?: true;
  /** Whatever other numbers a part of it may be. */
  readonly sure?: true;
  /** The one word it belongs to, where its form is too common for any other. */
  readonly word?: string;
}

const NIF_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';
const digits = (text: string): string => text.replaceAll(/\D/g, '');
const yes = (): boolean => true;

/** Shapes with a check digit or of a form that nothing else has. Sources: the issuing offices' rules, checked against the values of stdnum (MIT). */
const SHAPES: readonly Shape[] = [
  {
    rule: 'es_dni',
    type: 'NATIONAL_ID',
    lengths: [9],
    pattern: /^\d{8}[A-Z]$/,
    valid: (id) => NIF_LETTERS[Number(id.slice(0, 8)) % 23] === id[8],
    alone: true,
  },
  {
    rule: 'es_nie',
    type: 'NATIONAL_ID',
    lengths: [9],
    pattern: /^[XYZ]\d{7}[A-Z]$/,
    valid: (id) => NIF_LETTERS[Number('XYZ'.indexOf(id[0] ?? '') + id.slice(1, 8)) % 23] === id[8],
    alone: true,
  },
  {
    rule: 'it_codice_fiscale',
    type: 'NATIONAL_ID',
    lengths: [16],
    pattern: /^[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/,
    valid: yes,
    alone: true,
  },
  { rule: 'mx_curp', type: 'NATIONAL_ID', lengths: [18], pattern: /^[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d$/, valid: yes, alone: true },
  {
    rule: 'gb_nino',
    type: 'NATIONAL_ID',
    lengths: [9],
    pattern: /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/,
    valid: yes,
    alone: true,
  },
  {
    rule: 'fi_hetu',
    type: 'NATIONAL_ID',
    lengths: [10, 11],
    pattern: /^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-+A-FU-Y]\d{3}[0-9A-Y]$/,
    valid: (id) => '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(id.slice(0, 6) + id.slice(7, 10)) % 31] === id[10],
    alone: true,
  },
  {
    rule: 'br_cpf',
    type: 'NATIONAL_ID',
    lengths: [11],
    pattern: /^\d{3}\.\d{3}\.\d{3}-\d{2}$/,
    valid: (id) => isCpf(digits(id)),
    alone: true,
  },
  { rule: 'br_rg', type: 'NATIONAL_ID', lengths: [9], pattern: /^\d{2}\.\d{3}\.\d{3}-[\dX]$/, valid: yes, word: 'rg' },
  { rule: 'in_pan', type: 'NATIONAL_ID', lengths: [10], pattern: /^[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]$/, valid: yes },
  {
    rule: 'in_aadhaar',
    type: 'NATIONAL_ID',
    lengths: [12],
    pattern: /^[2-9]\d{3} \d{4} \d{4}$/,
    valid: (id) => verhoeff(digits(id)),
    alone: true,
  },
  {
    rule: 'fr_nir',
    type: 'NATIONAL_ID',
    lengths: [15],
    pattern: /^[12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{8}$/,
    valid: isNir,
    alone: true,
  },
  {
    rule: 'ch_ahv',
    type: 'NATIONAL_ID',
    lengths: [13],
    pattern: /^756\.?\d{4}\.?\d{4}\.?\d{2}$/,
    valid: (id) => isEan(digits(id)),
    alone: true,
  },
  { rule: 'de_idnr', type: 'NATIONAL_ID', lengths: [11], pattern: /^[1-9]\d{10}$/, valid: mod11_10 },
  { rule: 'ca_sin', type: 'NATIONAL_ID', lengths: [9], pattern: /^\d{9}$/, valid: luhn },
  {
    rule: 'pl_pesel',
    type: 'NATIONAL_ID',
    lengths: [11],
    pattern: /^\d{11}$/,
    valid: (id) => weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
  },
  {
    rule: 'se_personnummer',
    type: 'NATIONAL_ID',
    lengths: [10, 12],
    pattern: /^(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|[6-8]\d|9[01])[-+]\d{4}$/,
    valid: (id) => luhn(digits(id).slice(-10)),
    alone: true,
  },
  {
    rule: 'be_nn',
    type: 'NATIONAL_ID',
    lengths: [11],
    pattern: /^\d{2}\.(?:[024]\d|[135][0-2])\.[0-3]\d-\d{3}\.\d{2}$/,
    valid: (id) => isBelgian(digits(id)),
    alone: true,
  },
  {
    rule: 'kr_rrn',
    type: 'NATIONAL_ID',
    lengths: [13],
    pattern: /^\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}$/,
    valid: (id) => isKorean(digits(id)),
    alone: true,
  },
  {
    rule: 'cn_ric',
    type: 'NATIONAL_ID',
    lengths: [18],
    pattern: /^[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]$/,
    valid: isChinese,
    alone: true,
  },
  {
    rule: 'cz_rc',
    type: 'NATIONAL_ID',
    lengths: [10],
    pattern: /^\d{2}(?:[0257][1-9]|[1368][0-2])(?:0[1-9]|[12]\d|3[01])\/\d{4}$/,
    valid: (id) => Number(digits(id)) % 11 === 0,
    alone: true,
  },
  { rule: 'be_nn', type: 'NATIONAL_ID', lengths: [11], pattern: /^\d{11}$/, valid: isBelgian },
  { rule: 'emso', type: 'NATIONAL_ID', lengths: [13], pattern: /^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])[09]\d{8}$/, valid: isEmso },
  {
    rule: 'lk_nic',
    type: 'NATIONAL_ID',
    lengths: [10, 12],
    pattern:
      /^(?:\d{2}(?:[0-2]\d{2}|3[0-6]\d|[5-7]\d{2}|8[0-6]\d)\d{4}[VX]|(?:19|20)\d{2}(?:[0-2]\d{2}|3[0-6]\d|[5-7]\d{2}|8[0-6]\d)\d{5})$/,
    valid: yes,
  },
  {
    rule: 'sg_nric',
    word: 'fin',
    type: 'NATIONAL_ID',
    lengths: [9],
    pattern: /^[STFG]\d{7}[A-Z]$/,
    valid: isNric,
  },
  {
    rule: 'fr_nif',
    word: 'spi',
    type: 'NATIONAL_ID',
    lengths: [13],
    pattern: /^[0-3]\d{12}$/,
    valid: (id) => Number(id.slice(0, 10)) % 511 === Number(id.slice(10)),
  },
  {
    rule: 'lv_pk',
    word: 'p k',
    type: 'NATIONAL_ID',
    lengths: [11],
    pattern: /^(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-[012]|32\d{4}-\d)\d{4}$/,
    valid: yes,
  },
  {
    rule: 'is_kennitala',
    word: 'kt',
    type: 'NATIONAL_ID',
    lengths: [10],
    pattern: /^[0-7]\d(?:0[1-9]|1[0-2])\d{5}[089]$/,
    valid: isKennitala,
  },
  { rule: 'pt_cc', word: 'cc', type: 'NATIONAL_ID', lengths: [12], pattern: /^\d{9}[A-Z0-9]{2}\d$/, valid: isCartao },
  { rule: 'ec_ci', word: 'c i', type: 'NATIONAL_ID', lengths: [10], pattern: /^(?:0[1-9]|1\d|2[0-4]|30)[0-6]\d{7}$/, valid: luhn },
  {
    rule: 'br_pis',
    word: 'pis',
    type: 'NATIONAL_ID',
    lengths: [11],
    pattern: /^\d{11}$/,
    valid: (id) => ((weighted(id, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10 === Number(id[10]),
  },
  { rule: 'in_epic', word: 'epic', type: 'NATIONAL_ID', lengths: [10], pattern: /^[A-Z]{3}\d{7}$/, valid: (id) => luhn(id.slice(3)) },
  {
    rule: 'us_dea',
    word: 'dea',
    type: 'NATIONAL_ID',
    lengths: [9],
    pattern: /^[A-Z][A-Z9]\d{7}$/,
    valid: (id) => weighted(id.slice(2), [1, 2, 1, 2, 1, 2]) % 10 === Number(id[8]),
  },
  { rule: 'jp_my_number', word: 'my number', type: 'NATIONAL_ID', lengths: [12], pattern: /^\d{12}$/, valid: isMyNumber },
  { rule: 'gb_nhs', type: 'NATIONAL_ID', lengths: [10], pattern: /^\d{3}[ -]\d{3}[ -]\d{4}$/, valid: (id) => isNhs(digits(id)) },
  {
    rule: 'us_aba',
    type: 'BANK_ACCOUNT',
    lengths: [9],
    pattern: /^\d{9}$/,
    valid: (id) => weighted(id, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
  },
  { rule: 'gb_sort_code', word: 's c', type: 'BANK_ACCOUNT', lengths: [6], pattern: /^\d{2}-\d{2}-\d{2}$/, valid: yes },
  {
    rule: 'pl_nrb',
    type: 'BANK_ACCOUNT',
    lengths: [26],
    pattern: /^\d{26}$/,
    valid: (id) => mod97(`${id.slice(2)}2521${id.slice(0, 2)}`) === 1,
    alone: true,
    sure: true,
  },
  {
    rule: 'mx_clabe',
    type: 'BANK_ACCOUNT',
    lengths: [18],
    pattern: /^\d{18}$/,
    valid: isClabe,
  },
];

function isCpf(id: string): boolean {
  const check = (length: number): number =>
    ((weighted(
      id,
      Array.from({ length }, (_, i) => length + 1 - i),
    ) *
      10) %
      11) %
    10;
  return check(9) === Number(id[9]) && check(10) === Number(id[10]);
}
function isNir(id: string): boolean {
  const number = id.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - Number(BigInt(number) % 97n) === Number(id.slice(13));
}
/** The two last digits are 97 less the rest; who was born since 2000 has a 2 before. */
function isBelgian(id: string): boolean {
  const check = Number(id.slice(9));
  return [id.slice(0, 9), `2${id.slice(0, 9)}`].some((body) => 97 - (Number(body) % 97) === check);
}
/** The unique number of citizens in the states of former Yugoslavia: JMBG, EMŠO. */
function isEmso(id: string): boolean {
  const rest = 11 - (weighted(id, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return (rest > 9 ? 0 : rest) === Number(id[12]);
}
function isClabe(id: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += (Number(id[i]) * ([3, 7, 1][i % 3] ?? 1)) % 10;
  return (10 - (sum % 10)) % 10 === Number(id[17]);
}
/** Until October 2020 the last digit was a check on the others. */
function isKorean(id: string): boolean {
  return (11 - (weighted(id, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 === Number(id[12]);
}
/** GB 11643, after ISO 7064 MOD 11-2. */
function isChinese(id: string): boolean {
  return '10X98765432'[weighted(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11] === id[17];
}
/** Letters for the remainders; those of the years since 2000 are shifted by four, as are those of F and G against each other. */
function isNric(id: string): boolean {
  const rest = (weighted(id.slice(1), [2, 7, 6, 5, 4, 3, 2]) + ('TG'.includes(id[0] ?? '') ? 4 : 0)) % 11;
  return ('ST'.includes(id[0] ?? '') ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK')[rest] === id[8];
}
function isMyNumber(id: string): boolean {
  const rest = weighted(id, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? 0 : 11 - rest) === Number(id[11]);
}
function isKennitala(id: string): boolean {
  return weighted(id, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
}
/** Luhn's rule over digits and letters (A = 10 … Z = 35). */
function isCartao(id: string): boolean {
  let sum = 0;
  for (let i = 0; i < id.length; i++) {
    const value = Number.parseInt(id[i] ?? '', 36);
    sum += i % 2 === 1 ? value : value > 4 ? value * 2 - 9 : value * 2;
  }
  return sum % 10 === 0;
}
const isEan = (id: string): boolean => weighted(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
const isNhs = (id: string): boolean => (11 - (weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === Number(id[9]);

export const LONGEST_COMPACT = 26;
/** By the length of the compact form. */
const BY_LENGTH: readonly (readonly Shape[])[] = Array.from({ length: LONGEST_COMPACT + 1 }, (_, length) =>
  SHAPES.filter(({ lengths }) => lengths.includes(length)),
);
const ALONE = BY_LENGTH.map((shapes) => shapes.filter(({ alone }) => alone));

/** Whether something of this length needs no word. */
export const mayStandAlone = (length: number): boolean => (ALONE[length] ?? []).length > 0;

/** As it is written, or without its separators. */
const fits = ({ pattern, valid }: Shape, written: string, compact: string): boolean =>
  (pattern.test(written) && valid(written)) || (written !== compact && pattern.test(compact) && valid(compact));
/** What needs no word. */
export const findAlone = (written: string, compact: string): Shape | undefined =>
  ALONE[compact.length]?.find((shape) => fits(shape, written, compact));
/** What a word says it is. */
export const findCalled = (type: EntityType, keyword: string, written: string, compact: string): Shape | undefined =>
  BY_LENGTH[compact.length]?.find(
    (shape) => shape.type === type && (shape.word === undefined || shape.word === keyword) && fits(shape, written, compact),
  );
