import { test } from 'node:test';
import { deepEqual, match, ok, rejects } from 'node:assert/strict';
import { openTestRunner, type ValidationTest } from './validation-tests.ts';

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
const run = openTestRunner({ deadlineMs: 20_000, atOnce: 2 });
const person = { type: 'object', required: ['name'], properties: { name: { type: 'string', pattern: '^[a-z]+$' } } };

test('examples must fit, counter-examples must not, and each result stands by its test', async ({ signal }) => {
  const results = await run(
    [
      of('fits', person, [{ name: 'ada' }], [{}, { name: 'Ada' }]),
      of('misfit', person, [{ name: 'ada' }, { name: 1 }]),
      of('too_lax', { type: 'object' }, [], [{}]),
      of('format', { type: 'string', format: 'date' }, ['2026-11-24'], ['yesterday']),
      of('only_schema', person),
    ],
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
  const [result] = await run([of('secret', { enum: ['a'] }, ['hunter2'])], signal);
  ok(result?.passed === false && !JSON.stringify(result).includes('hunter2'));
});

test('a backtracking pattern is linear here', async ({ signal }) => {
  const [result] = await run([of('redos', { pattern: '^(a+)+$' }, [], [`${'a'.repeat(50_000)}!`])], signal);
  deepEqual(result, { name: 'redos', passed: true });
});

test('a schema that never ends fails its own test and those that wait behind it, not the server', async ({ signal }) => {
  const $defs = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [
      `d${i}`,
      { allOf: i === 59 ? [{ type: 'string' }] : [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
    ]),
  );
  const results = await openTestRunner({ deadlineMs: 6000, atOnce: 1 })(
    [of('first', person, [{ name: 'ada' }]), of('doubling', { $defs, $ref: '#/$defs/d0' }, ['x']), of('behind', person, [{ name: 'ada' }])],
    signal,
  );
  deepEqual(results[0]?.passed, true);
  match(results[1]?.detail ?? '', /did not finish within|memory/);
  deepEqual(results[2]?.passed, false);
});

test('a schema that calls itself for ever fails', async ({ signal }) => {
  const [result] = await run([of('self', { $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' }, ['x'])], signal);
  deepEqual(result?.passed, false);
});

test('an aborted signal stops it', async () => {
  await rejects(async () => run([of('x', person)], AbortSignal.abort()), { name: 'AbortError' });
});

test('many versions at once wait their turn and all get their results', async ({ signal }) => {
  const one = openTestRunner({ deadlineMs: 20_000, atOnce: 1 });
  const stopped = rejects(one([of('x', person)], AbortSignal.abort()), { name: 'AbortError' });
  const results = await Promise.all([1, 2, 3].map((n) => one([of(`t${n}`, person, [{ name: 'ada' }])], signal)));
  await stopped;
  deepEqual(
    results.flat().map(({ name, passed }) => [name, passed]),
    [
      ['t1', true],
      ['t2', true],
      ['t3', true],
    ],
  );
});
