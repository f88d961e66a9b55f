import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tenantDefaultPolicy } from './policy.ts';
import { redactor } from './redactor.ts';
import { Remembered } from './remembered.ts';

const policy = { ...tenantDefaultPolicy, default_action: 'mask' } as const;
const words = fc.constantFrom(
  'write to',
  'ann@mail.example',
  'or',
  '+49 30 12540645',
  'then',
  '{"a":',
  '"b"}',
  '<EMAIL_x>',
  '\ud800',
  '\ud801',
  'é',
  '\n',
);
const long = fc.array(words, { minLength: 60, maxLength: 200 }).map((parts) => parts.join(' '));

test('a text that comes again gets the answer it would get for the first time, counts and all', () => {
  const remembering = redactor({ policy });
  const forgetting = redactor({ policy, remember: 0 });
  fc.assert(
    fc.property(fc.array(long, { minLength: 1, maxLength: 4 }), fc.constantFrom('', 'note'), (texts, key) => {
      const value = key === '' ? texts : { [key]: texts };
      const expected = forgetting.redact(value);
      deepEqual(remembering.redact(value), expected);
      deepEqual(remembering.redact(value), expected);
      const [first = ''] = texts;
      deepEqual(remembering.redact(first), forgetting.redact(first));
    }),
    { numRuns: 60 },
  );
});

test('what is read once is not read again, under another key it is; nothing is kept beyond the room there is', () => {
  const remembered = new Remembered(4000);
  let reads = 0;
  const ask = (text: string, key = '') =>
    remembered.of(text, key, () => {
      reads++;
      return { text: text.toLowerCase(), spans: [] };
    }).text;
  const [one, other, third] = ['A'.repeat(1000), 'B'.repeat(1000), 'C'.repeat(2500)];
  for (const text of [one, other, one, one]) equal(ask(text), text.toLowerCase());
  equal(reads, 2);
  ask(one, 'name');
  equal(reads, 3);
  // The least used goes first.
  ask(third);
  ask(one, 'name');
  equal(reads, 4);
  ask(other);
  equal(reads, 5);
  ask('short');
  ask('short');
  equal(reads, 7);
  ask('D'.repeat(5000));
  ask('D'.repeat(5000));
  equal(reads, 9);
});

test('texts that differ in a lone surrogate only are different texts', () => {
  const { redact } = redactor({ policy });
  const text = (unit: string) => `${'ann@mail.example and '.repeat(40)}${unit}`;
  for (const unit of ['\ud800', '\ud801', '\ufffd']) {
    const { value } = redact(text(unit));
    ok(typeof value === 'string' && value.endsWith(unit));
  }
});
