import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { toValues } from './profile.ts';

const profileOf = (...samples: readonly string[]) => toValues(samples, (text) => text).profile;

for (const value of ['2021-01-25', '2021-01-25 18:17', '25/01/2021', '07/03/2025 09:48', '20210125', '25 Jan 2021', 'January 25, 2021'])
  test(`a date: ${value}`, () => equal(profileOf(value).date, 1));
for (const value of ['20211325', '20210199', '12345678', '1.2.3', '09:48', 'May'])
  test(`no date: ${value}`, () => equal(profileOf(value).date, 0));

test('accounts and addresses of machines are told by their form, whether they are written or redacted', () => {
  equal(profileOf('DE89 3704 0044 0532 0130 00', 'FR7630006000011234567890189').detected['iban'], 1);
  equal(profileOf('[IBAN]').detected['iban'], 1);
  equal(profileOf('203.0.113.7').detected['ip'], 1);
  equal(profileOf('AB12 is open', '203.0.113').detected['iban'], undefined);
});
