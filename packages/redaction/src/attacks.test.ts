import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { hidden, runs } from './attacks.fixture.ts';
import { redactor, tenantDefaultPolicy } from './index.ts';

const { redact } = redactor({ policy: { ...tenantDefaultPolicy, default_action: 'mask', entities: {} } });
const clean = (text: string): string => {
  const { value } = redact(text);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

for (const [how, text, expected] of hidden) {
  test(`hidden by ${how}, it is found`, () => equal(clean(text), expected));
}

test('a span tells where in the original, whatever was hidden there', () => {
  const text = '😀 ａｎｎ＠ｍａｉｌ．ｅｘａｍｐｌｅ';
  const [span] = redact(text).spans;
  equal(text.slice(span?.start, span?.end), 'ａｎｎ＠ｍａｉｌ．ｅｘａｍｐｌｅ');
});

// Not a measurement (bench/ has those): with work that grew with the square of the length, none of these would end.
test('a hostile text of 60,000 characters gets its answer', { timeout: 120_000 }, () => {
  for (const run of runs) ok(clean(`${run.repeat(Math.ceil(60_000 / run.length))} ann@mail.example`).length > 0);
});
