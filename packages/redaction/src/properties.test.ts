import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { redactor, tenantDefaultPolicy } from './index.ts';
import { card, soup, value } from './texts.fixture.ts';

const keyed = redactor({ policy: { ...tenantDefaultPolicy, entities: {} }, tokenKey: { version: 3, bytes: new Uint8Array(32).fill(9) } });
const masking = redactor({ policy: { ...tenantDefaultPolicy, default_action: 'mask', entities: {} } });
const dropping = redactor({ policy: { ...tenantDefaultPolicy, default_action: 'drop', entities: {} } });

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

test('a second look, which reads no more than what stands near, has all the words that the first one had, however far behind', () => {
  // The word that names the number is near once the account before it is gone, and stands before all that changed.
  const line = 'my tel, and please say nothing of it to anybody else now, DE89370400440532013000 or 28124471093 thanks\n';
  const once = masking.redact(line).value;
  ok(typeof once === 'string' && once.includes('[PHONE]'));
  for (const words of [0, 20, 60, 200]) {
    const between = 'nothing of anybody here '.repeat(words);
    equal(masking.redact(line + between + line).value, once + between + once);
  }
});

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
