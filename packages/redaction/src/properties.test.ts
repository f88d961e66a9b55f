import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { luhn, mod97 } from './check-digits.ts';
import { redactor, tenantDefaultPolicy } from './index.ts';

const keyed = redactor({ policy: { ...tenantDefaultPolicy, entities: {} }, tokenKey: { version: 3, bytes: new Uint8Array(32).fill(9) } });
const masking = redactor({ policy: { ...tenantDefaultPolicy, default_action: 'mask', entities: {} } });
const dropping = redactor({ policy: { ...tenantDefaultPolicy, default_action: 'drop', entities: {} } });

const label = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnop'.split('')), minLength: 3, maxLength: 10 });
const email = fc.tuple(label, label).map(([user, host]) => `${user}@${host}.example`);
const card = fc
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
const value = fc.oneof(email, card, iban);

test('a planted value is found wherever it stands in a text: alone, first, last, between', () => {
  fc.assert(
    fc.property(
      value,
      fc.constantFrom('', ' ', 'x ', '"', '(', '\n', 'é ', '😀'),
      fc.constantFrom('', ' ', ', y', '"', ')', '\n', ' é', '😀'),
      (planted, before, after) => {
        for (const { redact } of [keyed, masking, dropping]) {
          const { value: clean, spans } = redact(before + planted + after);
          ok(!JSON.stringify(clean).includes(planted));
          ok(spans.some(({ start, end }) => start <= before.length && end >= before.length + planted.length));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a planted value survives in no position of any JSON document, key or value, nor in JSON inside a string', () => {
  fc.assert(
    fc.property(
      value,
      fc.json({ maxDepth: 3 }),
      fc.array(fc.constantFrom('object', 'array', 'key', 'string', 'escaped'), { maxLength: 4 }),
      (planted, other, shells) => {
        const rest: unknown = JSON.parse(other);
        const inside = shells.reduce<unknown>((inner, shell) => {
          if (shell === 'object') return { note: inner, rest };
          if (shell === 'array') return [rest, inner];
          if (shell === 'key') return { [typeof inner === 'string' ? inner : 'k']: rest, inner };
          if (shell === 'escaped') return JSON.stringify(inner).replaceAll('@', '\\u0040');
          return JSON.stringify(inner);
        }, planted);
        for (const { redact } of [keyed, masking]) {
          const clean = JSON.stringify(redact(inside).value);
          ok(!clean.includes(planted));
          ok(!clean.replaceAll(/\\+u0040/g, '@').includes(planted));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a card as a JSON number is found', () => {
  fc.assert(fc.property(card, (digits) => deepEqual(masking.redact({ n: Number(digits) }).value, { n: '[CREDIT_CARD]' })));
});

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
  ),
  fc.string({ maxLength: 6 }),
);
const soup = fc
  .array(fc.tuple(scrap, fc.constantFrom('', ' ', ', ', '\n', '-', ': ')), { maxLength: 12 })
  .map((parts) => parts.flat().join(''));

test('redacting twice is redacting once, and the same text gives the same answer', () => {
  fc.assert(
    fc.property(soup, (text) => {
      for (const { redact } of [keyed, masking, dropping]) {
        const { value: once } = redact(text);
        equal(redact(once).value, once);
        equal(redact(text).value, once);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('spans lie in order inside the text, do not overlap, and never hold the value', () => {
  fc.assert(
    fc.property(soup, (text) => {
      let last = 0;
      for (const span of masking.redact(text).spans) {
        ok(span.start >= last && span.end > span.start && span.end <= text.length);
        deepEqual(
          Object.keys(span).filter(
            (key) => !['start', 'end', 'type', 'action', 'rule', 'confidence', 'validator', 'context'].includes(key),
          ),
          [],
        );
        last = span.end;
      }
    }),
    { numRuns: 500 },
  );
});

test('any JSON value is either redacted or refused, never half', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (any) => {
      const { value: clean, receipt } = masking.redact(any);
      ok(receipt.bytes_in >= 0 && receipt.bytes_out >= 0);
      // What holds nothing comes back as it was.
      if (Object.keys(receipt.counts).length === 0) equal(JSON.stringify(clean), JSON.stringify(any));
    }),
    { numRuns: 300 },
  );
});
