import { deepEqual, equal, notEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import {
  parsePolicy,
  parseTokenKey,
  RedactionError,
  redactor,
  tenantDefaultPolicy,
  writeTokenKey,
  type JsonValue,
  type Policy,
} from './index.ts';

const key = (fill: number) => ({ version: 1, bytes: new Uint8Array(32).fill(fill) });
const open = (policy: Partial<Policy> = {}, fill = 7) => redactor({ policy: { ...tenantDefaultPolicy, ...policy }, tokenKey: key(fill) });
const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
const token = (text: string, fill = 7) => textOf(open({}, fill).redact(text).value);

test('a value becomes a typed token and the receipt counts it', () => {
  const { value, spans, receipt } = open().redact('Write to ann@mail.example, now');
  equal(/^Write to <EMAIL_[a-z2-7]{20}>, now$/.test(textOf(value)), true);
  deepEqual(
    spans.map(({ start, end, type, rule }) => ({ start, end, type, rule })),
    [{ start: 9, end: 25, type: 'EMAIL', rule: 'email' }],
  );
  deepEqual(receipt.counts, { EMAIL: 1 });
  equal(receipt.bytes_in, 30);
  equal(receipt.token_key_version, 1);
});

const spellings: readonly (readonly string[])[] = [
  ['+1 201 555 0123', '(201) 555-0123', '+1-201-555-0123', '201.555.0123'],
  ['4111111111111111', '4111 1111 1111 1111', '4111-1111-1111-1111', '４１１１ １１１１ １１１１ １１１１'],
  ['DE89370400440532013000', 'DE89 3704 0044 0532 0130 00', 'de89370400440532013000', 'DE89-3704-0044-0532-0130-00'],
  ['Ann@Mail.example', 'ann@mail.example', 'ann\u200b@mail.example', 'ann%40mail.example'],
];
for (const forms of spellings) {
  test(`${forms.length} written forms of one value give one token: ${forms[0]}`, () => {
    const tokens = new Set(forms.map((form) => token(`call or write: ${form}`)));
    equal(tokens.size, 1, [...tokens].join('\n'));
  });
}

const named: readonly (readonly [text: string, expected: string])[] = [
  ['W-9 Part I TIN: 545 06 6621', 'W-9 Part I TIN: [US_SSN]'],
  ['PID|1||4112161^^^MRN||19620210|F|||', 'PID|1||4112161^^^MRN||[DATE_OF_BIRTH]|F|||'],
  ['s/c 95-82-45 a/c 66043685', 's/c [BANK_ACCOUNT] a/c [BANK_ACCOUNT]'],
  ['口座番号 3518551, számlaszám: 11773389-57998613-00000000', '口座番号 [BANK_ACCOUNT], számlaszám: [BANK_ACCOUNT]'],
  ['Branch 632005 acc no 0517161381', 'Branch 632005 acc no [BANK_ACCOUNT]'],
  ['nr rachunku: 87 4261 9194 5156 6548 3592 9832', 'nr rachunku: [BANK_ACCOUNT]'],
  ['uh my number is zero seven six two five four nine five eight one two', 'uh my number is [PHONE]'],
  ['my id number is four one two five four nine five', 'my id number is [NATIONAL_ID]'],
  ['avgift;personnummer;mobil\n350;660421-1661;0738263555', 'avgift;personnummer;mobil\n350;[NATIONAL_ID];[PHONE]'],
  ['tfn 08-123 45 67', 'tfn [PHONE]'],
  [
    'Account no.: 000123456789\nAmount: USD 3127.34\nMemo: PO 2794468',
    'Account no.: [BANK_ACCOUNT]\nAmount: USD 3127.34\nMemo: PO 2794468',
  ],
];
for (const [text, expected] of named)
  test(`what names a value tells its type, whatever else its digits may be: ${expected.slice(0, 40)}`, () =>
    equal(textOf(open({ default_action: 'mask', entities: {} }).redact(text).value), expected));

test('two tenants give different tokens', () => notEqual(token('a@b.example', 1), token('a@b.example', 2)));

test('redacting twice is redacting once, and an imitation of a token is escaped', () => {
  const once = token('mail ann@mail.example or call +1 201 555 0123');
  equal(token(once), once);
  const imitation = '<EMAIL_abcdefghij234567abcd>';
  equal(token(imitation), '‹EMAIL_abcdefghij234567abcd›');
  equal(token(token(imitation)), token(imitation));
  notEqual(token(once, 8), once, 'another tenant’s token is an imitation here');
});

for (const [what, text] of [
  ['between two values, with a judgement by words in the gap', 'Mr. Anna Schmidt4000000000000002phone: (201) 555-0123-4000000000000002'],
  ['behind a value that stands first, where no word follows', 'aaa@aaa.example::0'],
  [
    'in a bracket, judged by words a value moved away',
    'tax idSSN 536-90-4399--DE360000000000000000004000000000000002phone: (201) 555-0123',
  ],
] as const)
  test(`what a replacement makes readable is found too: ${what}`, () => equal(token(token(text)), token(text)));

const failures: readonly (readonly [string, () => unknown, string])[] = [
  ['no policy', () => redactor({ policy: JSON.parse('null'), tokenKey: key(1) }), 'redaction.policy'],
  [
    'an unknown action',
    () => redactor({ policy: { ...tenantDefaultPolicy, default_action: JSON.parse('"keep"') }, tokenKey: key(1) }),
    'redaction.policy',
  ],
  ['tokens without a key', () => redactor({ policy: tenantDefaultPolicy }), 'redaction.failed'],
  [
    'a key too short',
    () => redactor({ policy: tenantDefaultPolicy, tokenKey: { version: 1, bytes: new Uint8Array(4) } }),
    'redaction.failed',
  ],
  [
    'too many characters',
    () =>
      redactor({ policy: tenantDefaultPolicy, tokenKey: key(1), limits: { characters: 10, depth: 9, nodes: 9 } }).redact('a'.repeat(11)),
    'redaction.refused',
  ],
  ['too deep', () => open().redact(JSON.parse('['.repeat(100) + ']'.repeat(100))), 'redaction.refused'],
  [
    'a cycle',
    () => {
      const ring: unknown[] = [];
      ring.push(ring);
      return open().redact(ring);
    },
    'redaction.refused',
  ],
  ['something that is not JSON', () => open().redact({ at: new Date(0) }), 'redaction.refused'],
  ['undefined', () => open().redact(undefined), 'redaction.refused'],
  [
    'a getter that throws',
    () =>
      open().redact({
        get x() {
          throw new Error('secret inside');
        },
      }),
    'redaction.failed',
  ],
];
for (const [what, run, code] of failures) {
  test(`${what}: nothing is returned, the error is ${code}`, () => throws(run, { name: 'RedactionError', code }));
}

test('a policy is a closed document, and the message names the field', () => {
  throws(() => parsePolicy({ policy_id: 'p', version: '1', entitys: {} }), { code: 'redaction.policy', message: /entitys/ });
  throws(() => parsePolicy({ policy_id: 'p', version: '1', entities: { EMAIL: 'keep' } }), {
    message: /\/entities\/EMAIL: expected one of token/,
  });
  throws(() => parsePolicy({ policy_id: 'p', version: '1', patterns: [{ type: 'X1', pattern: '(' }] }), {
    message: /\/patterns\/0\/pattern: expected RE2/,
  });
  deepEqual(parsePolicy({ ...tenantDefaultPolicy }), tenantDefaultPolicy);
});

test('mask names the type, drop leaves nothing, allow leaves the value; lists and own patterns hold', () => {
  const policy = {
    entities: { EMAIL: 'mask', IBAN: 'drop', CREDIT_CARD: 'allow', PROJECT: 'mask', SECRET: 'mask' },
    allow: ['Help@Mail.example'],
    deny: ['Bluebird'],
    patterns: [{ type: 'PROJECT', pattern: 'PRJ-\\d{4}' }],
  } as const;
  equal(
    open(policy).redact('a@b.example; help@mail.example; DE89370400440532013000; 4111111111111111; PRJ-1234; bluebird').value,
    '[EMAIL]; help@mail.example; ; 4111111111111111; [PROJECT]; [SECRET]',
  );
});

test('JSON is redacted in values, keys, numbers and JSON inside strings, and stays JSON', () => {
  const clean = open({ default_action: 'mask', entities: {} }).redact({
    'ann@mail.example': { card: 4111111111111111, n: 42, list: ['a@b.example', true, null] },
    body: '{"card":4111111111111111,"to":"a\\u0040b.example"}',
  }).value;
  deepEqual(clean, {
    '[EMAIL]': { card: '[CREDIT_CARD]', n: 42, list: ['[EMAIL]', true, null] },
    body: '{"card":"[CREDIT_CARD]","to":"[EMAIL]"}',
  });
});

test('a key gives its value context, a key that says nothing passes on the one above, and counts count once', () => {
  const { value, receipt } = open({ default_action: 'mask', entities: {} }).redact({
    first_name: 'Xiulan',
    contact: { phone: { number: '912024999', list: ['5551234567'] } },
    order: { number: '912024999' },
    phone_calls: { total: '912024999' },
    body: '{"card":4111111111111111}',
  });
  deepEqual(value, {
    first_name: '[PERSON]',
    contact: { phone: { number: '[PHONE]', list: ['[PHONE]'] } },
    order: { number: '912024999' },
    phone_calls: { total: '912024999' },
    body: '{"card":"[CREDIT_CARD]"}',
  });
  deepEqual(receipt.counts, { CREDIT_CARD: 1, PERSON: 1, PHONE: 2 });
});

test('a tenant’s pattern sees what the detectors see: no zero-width character hides a value from it', () => {
  equal(
    open({ patterns: [{ type: 'PROJECT', pattern: 'PRJ-\\d{4}' }], default_action: 'mask', entities: {} }).redact('x PRJ\u200b-１２３４ y')
      .value,
    'x [PROJECT] y',
  );
});

test('a pattern that would hang a backtracking engine costs nothing here', () => {
  const redact = open({ patterns: [{ type: 'EVIL', pattern: '(a+)+$' }], default_action: 'mask', entities: {} });
  equal(redact.redact(`${'a'.repeat(5000)}!`).value, `${'a'.repeat(5000)}!`);
});

test('what was found says what stands beside it is', () => {
  const mask = (text: string) => textOf(open({ default_action: 'mask', entities: {} }).redact(text).value);
  equal(mask('transmis à M. Roux (0666848025). Adresse'), 'transmis à M. [PERSON] [PHONE]). Adresse');
  equal(mask('build 12 (0666848025) is done'), 'build 12 (0666848025) is done');
  equal(mask('NIK: 5171192205060020'), 'NIK: [NATIONAL_ID]');
});

test('keys that become one keep both values, and __proto__ is a key like any other', () => {
  const { value } = open({ default_action: 'mask', entities: {} }).redact(
    JSON.parse('{"a@b.example":1,"c@d.example":2,"__proto__":{"x":"e@f.example"}}'),
  );
  equal(JSON.stringify(value), '{"[EMAIL]":1,"[EMAIL]#2":2,"__proto__":{"x":"[EMAIL]"}}');
});

test('a token key is written and read; what is none is refused without being shown', () => {
  const written = { version: 2, bytes: new Uint8Array(32).fill(9), earlier: [{ version: 1, bytes: new Uint8Array(32).fill(7) }] };
  equal(writeTokenKey(written), `2:${'09'.repeat(32)},1:${'07'.repeat(32)}`);
  deepEqual(parseTokenKey(`${writeTokenKey(written)}\n`), written);
  deepEqual(parseTokenKey('07'.repeat(16)), { version: 1, bytes: new Uint8Array(16).fill(7) });
  for (const wrong of ['', '07', `2:${'zz'.repeat(32)}`, `0:${'07'.repeat(32)}`, `${writeTokenKey(written)},`])
    throws(
      () => parseTokenKey(wrong),
      (error) => error instanceof RedactionError && (wrong === '' || !error.message.includes(wrong)),
    );
});
