// For tests: texts made by rule.
import * as fc from 'fast-check';
import { luhn, mod97 } from './check-digits.ts';

const label = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnop'.split('')), minLength: 3, maxLength: 10 });
const email = fc.tuple(label, label).map(([user, host]) => `${user}@${host}.example`);
export const card = fc
  .tuple(
    fc.constantFrom('4', '51', '2221', '6011'),
    fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 16, maxLength: 16 }),
  )
  .map(([issuer, rest]) => {
    const body = (issuer + rest).slice(0, 15);
    return body + ('0123456789'.split('').find((digit) => luhn(body + digit)) ?? '');
  });
const iban = fc
  .string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 18, maxLength: 18 })
  .map((account) => `DE${String(98 - mod97(`${account}DE00`)).padStart(2, '0')}${account}`);
/** A value with the check digits it needs. */
export const value = fc.oneof(email, card, iban);

const scrap = fc.oneof(
  value,
  fc.constantFrom(
    'Mr. Anna Schmidt',
    'born 1980-01-02',
    'SSN 536-90-4399',
    'phone: (201) 555-0123',
    'password=hunter2x',
    'https://a:b1c2@x.example',
    '12 Main Street, Springfield',
    '<EMAIL_abcdefghij234567abcd>',
    '[EMAIL]',
    'IBAN',
    'tax id',
    '4111',
    '1111',
    '@',
    '+49',
    ':',
    '"',
    '[',
    '<',
    '203.0.113.7',
    'Anna',
    'Dear',
    'Frau von der Heide',
    'Oyelaran, O. A.,',
    'my wife duane',
    'NIF 236474600',
    ', fatura FT 2025/1182',
    '住所:梅田2-4-9',
    '氏名: 松本 由紀子 様',
    '%2540',
    '\\u0025\\u0034\\u0030',
    '&#37;40',
    '" + "',
    '<b>',
    '<!-- x -->',
    '=\n',
    '\\100',
  ),
  fc.string({ maxLength: 6 }),
);
/** Values and scraps of what surrounds them, in any order. */
export const soup = fc
  .array(fc.tuple(scrap, fc.constantFrom('', ' ', ', ', '\n', '-', ': ')), { maxLength: 12 })
  .map((parts) => parts.flat().join(''));
