import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { redactor, tenantDefaultPolicy } from './index.ts';

const { redact } = redactor({ policy: { ...tenantDefaultPolicy, default_action: 'mask', entities: {} } });
const clean = (text: string): string => {
  const { value } = redact(text);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const b64 = (text: string) => btoa(text);
const hidden: readonly (readonly [how: string, text: string, expected: string])[] = [
  ['full-width', 'mail ａｎｎ＠ｍａｉｌ．ｅｘａｍｐｌｅ ok', 'mail [EMAIL] ok'],
  ['mathematical digits', 'card 𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏 ok', 'card [CREDIT_CARD] ok'],
  ['circled letters', 'to ⓐⓝⓝ@mail.example ok', 'to [EMAIL] ok'],
  ['Arabic-Indic digits', 'card ٤١١١١١١١١١١١١١١١ ok', 'card [CREDIT_CARD] ok'],
  ['Devanagari digits', 'card ४१११११११११११११११ ok', 'card [CREDIT_CARD] ok'],
  ['zero-width and soft hyphens', 'card 4111\u200b1111\u00ad1111\u20601111 ok', 'card [CREDIT_CARD] ok'],
  ['tag characters', 'mail ann\u{e0041}@mail.example ok', 'mail [EMAIL] ok'],
  ['bidi overrides', 'mail a\u202enn\u202c@mail.example ok', 'mail [EMAIL] ok'],
  ['combining marks', 'mail a\u0301nn@mail.example ok', 'mail [EMAIL] ok'],
  ['Cyrillic look-alikes', 'mail аnn@mаil.example ok', 'mail [EMAIL] ok'],
  ['no-break spaces', 'card 4111\u00a01111\u00a01111\u00a01111 ok', 'card [CREDIT_CARD] ok'],
  ['figure dashes', 'card 4111\u20121111\u20121111\u20121111 ok', 'card [CREDIT_CARD] ok'],
  ['a line break inside', 'card 4111 1111\r\n1111 1111 ok', 'card [CREDIT_CARD] ok'],
  ['spelt out', 'mail ann [at] mail [dot] example ok', 'mail [EMAIL] ok'],
  ['spaced out', 'mail ann @ mail.example ok', 'mail [EMAIL] ok'],
  ['spaced out to the letter', 'mail a n n @ m a i l . c o m ok', 'mail [EMAIL] ok'],
  ['digits as words', 'ssn five three six nine zero four three nine nine ok', 'ssn [US_SSN] ok'],
  ['digits as words of a phone', 'my phone is four four one two one two six nine two four seven seven', 'my phone is [PHONE]'],
  ['digits apart', 'ssn 5 3 6 9 0 4 3 9 9 ok', 'ssn [US_SSN] ok'],
  ['marks between digits', 'card 4111·1111·1111·1111 ok', 'card [CREDIT_CARD] ok'],
  ['form encoding', 'iban=DE89+3704+0044+0532+0130+00&x=1', 'iban=[IBAN]&x=1'],
  ['underscores for at and dot', 'to ann_at_mail_dot_com ok', 'to [EMAIL] ok'],
  ['URL-encoded', 'u=ann%40mail.example&x=1', 'u=[EMAIL]&x=1'],
  ['URL-encoded twice', 'u=ann%2540mail.example&x=1', 'u=[EMAIL]&x=1'],
  ['HTML entities', 'ann&#64;mail&period;example ok', '[EMAIL] ok'],
  ['JSON escapes', '{"m":"ann\\u0040mail.example"}', '{"m":"[EMAIL]"}'],
  ['JSON in JSON', '{"m":"{\\"to\\":\\"ann\\\\u0040mail.example\\"}"}', '{"m":"{\\"to\\":\\"[EMAIL]\\"}"}'],
  ['base 64', `data ${b64('user ann@mail.example')} ok`, 'data [EMAIL] ok'],
  ['base 64 twice', `data ${b64(b64('user ann@mail.example'))} ok`, 'data [EMAIL] ok'],
  ['hex', `data ${Array.from('user ann@mail.example', (c) => c.charCodeAt(0).toString(16)).join('')} ok`, 'data [EMAIL] ok'],
  ['basic credentials', `Authorization: Basic ${b64('ann:hunter2hunter2')}`, 'Authorization: Basic [SECRET]'],
  ['a lone surrogate before', '\ud800 ann@mail.example', '\ud800 [EMAIL]'],
  ['a NUL before', '\0ann@mail.example', '\0[EMAIL]'],
  ['emoji around', '📧ann@mail.example📧', '📧[EMAIL]📧'],
  ['a URL’s query', 'https://x.example/p?email=ann@mail.example&y=1', 'https://x.example/p?email=[EMAIL]&y=1'],
];
for (const [how, text, expected] of hidden) {
  test(`hidden by ${how}, it is found`, () => equal(clean(text), expected));
}

test('a span tells where in the original, whatever was hidden there', () => {
  const text = '😀 ａｎｎ＠ｍａｉｌ．ｅｘａｍｐｌｅ';
  const [span] = redact(text).spans;
  equal(text.slice(span?.start, span?.end), 'ａｎｎ＠ｍａｉｌ．ｅｘａｍｐｌｅ');
});

const runs = [
  'a@',
  '@',
  '1-',
  '1 ',
  '+1',
  '::',
  'ab:',
  'eyJ',
  'eyJa.',
  '-----BEGIN PRIVATE KEY-----',
  'password=',
  'http://a:',
  'Aa ',
  'A. ',
  '(',
  '"',
  '\n',
  '%25',
  '&#',
  '\\u',
  '[at]',
  '<EMAIL_',
  'Mr ',
  '1 Main ',
  'DE89',
  'Dr. A ',
];
// Not a measurement (bench/ has those): with work that grew with the square of the length, none of these would end.
test('a hostile text of 60,000 characters gets its answer', { timeout: 120_000 }, () => {
  for (const run of runs) ok(clean(`${run.repeat(Math.ceil(60_000 / run.length))} ann@mail.example`).length > 0);
});
