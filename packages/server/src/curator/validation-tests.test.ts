import { test } from 'node:test';
import { deepEqual, match, ok, rejects } from 'node:assert/strict';
import { runValidationTests, type ValidationTest } from './validation-tests.ts';

const of = (
  name: string,
  schema: boolean | object,
  examples: readonly unknown[] = [],
  counter_examples: readonly unknown[] = [],
): ValidationTest => ({
  name,
  schema,
  examples,
  counter_examples,
});
const person = { type: 'object', required: ['name'], properties: { name: { type: 'string', pattern: '^[a-z]+$' } } };

test('examples must fit, counter-examples must not, and each result stands by its test', async ({ signal }) => {
  const results = await runValidationTests(
    [
      of('fits', person, [{ name: 'ada' }], [{}, { name: 'Ada' }]),
      of('misfit', person, [{ name: 'ada' }, { name: 1 }]),
      of('too_lax', { type: 'object' }, [], [{}]),
      of('format', { type: 'string', format: 'date' }, ['2026-11-24'], ['yesterday']),
      of('only_schema', person),
    ],
    20_000,
    signal,
  );
  deepEqual(
    results.map(({ name, passed }) => [name, passed]),
    [
      ['fits', true],
      ['misfit', false],
      ['too_lax', false],
      ['format', true],
      ['only_schema', true],
    ],
  );
  match(results[1]?.detail ?? '', /^example 1: data\/name must be string$/);
});

test('a result never shows an example’s value', async ({ signal }) => {
  const [result] = await runValidationTests([of('secret', { enum: ['a'] }, ['hunter2'])], 20_000, signal);
  ok(result?.passed === false && !JSON.stringify(result).includes('hunter2'));
});

test('a backtracking pattern is linear here', async ({ signal }) => {
  const [result] = await runValidationTests([of('redos', { pattern: '^(a+)+$' }, [], [`${'a'.repeat(50_000)}!`])], 20_000, signal);
  deepEqual(result, { name: 'redos', passed: true });
});

test('a schema that never ends fails its own test and those that wait behind it, not the server', async ({ signal }) => {
  const $defs = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [
      `d${i}`,
      { allOf: i === 59 ? [{ type: 'string' }] : [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
    ]),
  );
  const results = await runValidationTests(
    [of('first', person, [{ name: 'ada' }]), of('doubling', { $defs, $ref: '#/$defs/d0' }, ['x']), of('behind', person, [{ name: 'ada' }])],
    4000,
    signal,
  );
  deepEqual(results[0]?.passed, true);
  match(results[1]?.detail ?? '', /did not finish within|memory/);
  deepEqual(results[2]?.passed, false);
});

test('a schema that calls itself for ever fails', async ({ signal }) => {
  const [result] = await runValidationTests(
    [of('self', { $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' }, ['x'])],
    20_000,
    signal,
  );
  deepEqual(result?.passed, false);
});

test('an aborted signal stops it', async () => {
  await rejects(async () => runValidationTests([of('x', person)], 20_000, AbortSignal.abort()), { name: 'AbortError' });
});
