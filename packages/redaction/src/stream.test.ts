import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { redactor, redactStream, tenantDefaultPolicy } from './index.ts';

const keyed = redactor({ policy: tenantDefaultPolicy, tokenKey: { version: 1, bytes: new Uint8Array(32).fill(7) } });
const values = [
  'jane.doe@example.org',
  '4111 1111 1111 1111',
  'DE89 3704 0044 0532 0130 00',
  '+49 30 901820',
  'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
];
const words = [
  'Please',
  'write',
  'to',
  'the',
  'customer',
  'about',
  'order',
  '4711',
  'today.',
  'Dear Mr. Miller,',
  '\n',
  '\n\n',
  'naïve',
  '😀',
];
const textOf = (length: number) =>
  fc
    .array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...words) }, fc.constantFrom(...values)), { minLength: 1, maxLength: length })
    .map((parts) => parts.join(' '));
const inPieces = (text: string, cuts: readonly number[]): string => {
  const stream = redactStream(keyed);
  let out = '';
  let from = 0;
  for (const cut of [...new Set(cuts.map((each) => each % (text.length + 1)))].toSorted((a, b) => a - b)) {
    out += stream.push(text.slice(from, cut));
    from = cut;
  }
  return out + stream.push(text.slice(from)) + stream.end();
};
const cuts = fc.array(fc.nat(), { maxLength: 40 });

test('every split of a short stream in two gives what redacting it at once gives', () => {
  const text = `Hello,\n\nplease write to ${values.join(', then ')} 😀 and tell Mr. John Miller.\n`.repeat(8).slice(0, 2048);
  const whole = keyed.redact(text).value;
  for (let cut = 0; cut <= text.length; cut++) equal(inPieces(text, [cut]), whole, String(cut));
  equal(
    inPieces(
      text,
      Array.from(text, (_, i) => i),
    ),
    whole,
    'and character by character',
  );
});

test('every split of a stream of any length gives the same, and no value survives on a seam', () => {
  fc.assert(
    fc.property(textOf(4000), cuts, cuts, (text, some, others) => {
      const out = inPieces(text, some);
      equal(inPieces(text, others), out);
      for (const value of values) ok(!out.includes(value), value);
    }),
    { numRuns: 40 },
  );
});

test('a key block is not cut, unless it never ends; a text without any break neither grows for ever nor loses a character', () => {
  const block = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n'.repeat(400)}-----END PRIVATE KEY-----\n`;
  const out = inPieces(`${'a line of text\n'.repeat(500)}${block}and on`, [10, 9000, 12_000]);
  ok(!out.includes('MIIEvQ') && out.endsWith('and on'));
  const stream = redactStream(keyed);
  let length = 0;
  for (let i = 0; i < 200; i++) length += stream.push('x-'.repeat(1000)).length;
  ok(length > 300_000, 'what is certain is given');
  equal(length + stream.end().length, 400_000);
});
