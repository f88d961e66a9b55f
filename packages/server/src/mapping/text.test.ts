import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dice, gramsOf, jaccard, openTokens, toNameView, wordsOf } from './text.ts';

const tokensOf = openTokens(() => false);
const view = (name: string) => toNameView(name, tokensOf);
const meant = (name: string): string => view(name).meant.join(' ');

test('words are parted at case, digits and signs', () => {
  deepEqual(wordsOf('custNm'), ['cust', 'nm']);
  deepEqual(wordsOf('HTTPStatus_code2'), ['http', 'status', 'code', '2']);
  deepEqual(wordsOf('Straße.Nr'), ['straße', 'nr']);
});

test('short forms and languages mean the same words', () => {
  for (const [names, words] of [
    [['cust_nm', 'CustomerName', 'kunde name', 'nom client'], 'customer name'],
    [['PLZ', 'zip', 'code postal', 'CAP'], 'postal code'],
    [['hausnummer', 'HOUSENUMBER', 'house_no', 'huisnummer'], 'house number'],
  ] as const)
    for (const name of names) deepEqual([...view(name).meant].toSorted(), words.split(' ').toSorted(), name);
  equal(meant('市区町村名'), 'city name');
});

test('accents and umlauts, however they are written, change nothing', () => {
  equal(meant('größe'), meant('groesse'));
  equal(meant('número'), meant('numero'));
});

test('a name cut at ten letters is completed', () => {
  equal(meant('MUNICIPALI'), meant('municipality'));
  equal(meant('STREET_NAM'), 'street name');
});

test('a name that says nothing has no words; one letter that means something has', () => {
  for (const name of ['c01', 'col_3', 'field7', 'Unnamed: 0', '12', '']) deepEqual(view(name).tokens, [], name);
  equal(meant('Field'), 'field');
  equal(meant('x'), 'longitude');
});

test('likeness of sets lies between 0 and 1, is symmetric and 1 for the same', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
      for (const measure of [dice, jaccard]) {
        const likeness = (one: readonly string[], other: readonly string[]) =>
          measure(one.filter((gram) => other.includes(gram)).length, one.length, other.length);
        const value = likeness(gramsOf(a), gramsOf(b));
        ok(value >= 0 && value <= 1);
        equal(value, likeness(gramsOf(b), gramsOf(a)));
        equal(likeness(gramsOf(a), gramsOf(a)), 1);
      }
    }),
  );
});

test('any name can be read', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => view(name).tokens.every(({ word }) => word !== '')));
});
