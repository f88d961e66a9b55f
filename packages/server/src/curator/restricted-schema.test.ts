import { test } from 'node:test';
import { deepEqual, equal } from 'node:assert/strict';
import { schemaErrors } from './restricted-schema.ts';

const paths = (schema: unknown, patterns: 'linear' | 'none' = 'linear') => schemaErrors(schema, { patterns }).map(({ path }) => path);

test('an ordinary schema passes', () => {
  deepEqual(
    paths({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://example.org/x',
      title: 'x',
      type: 'object',
      required: ['a'],
      additionalProperties: false,
      properties: { a: { type: 'string', pattern: '^[a-z]{1,20}$' }, pattern: { type: 'string' }, b: { $ref: '#/$defs/b' } },
      $defs: { b: { type: 'array', items: { type: 'integer' } } },
      examples: [{ a: 'x', anything: { $ref: 'not a schema' } }],
    }),
    [],
  );
});

test('references that leave the schema, unknown keywords and other drafts are refused, each by its place', () => {
  deepEqual(
    paths({
      $schema: 'https://evil.example/schema',
      properties: { a: { $ref: 'https://evil.example/x' }, 'b/c': { $dynamicRef: '#x' } },
      allOf: [{ $ref: 'file:///etc/passwd' }, { $ref: 'other.json#/x' }, 7],
      patternProperties: { '^(a+)+$': {} },
    }),
    ['/$schema', '/properties/a/$ref', '/properties/b~1c/$dynamicRef', '/allOf/0/$ref', '/allOf/1/$ref', '/allOf/2', '/patternProperties'],
  );
});

test('patterns that need backtracking are refused', () => {
  for (const pattern of ['(?=a)b', '(a)\\1', '(?<!a)b', '(', 7, 'a'.repeat(1001)]) deepEqual(paths({ pattern }), ['/pattern']);
  deepEqual(paths({ pattern: '^(a+)+$' }), []);
  deepEqual(paths({ pattern: '^a$' }, 'none'), ['/pattern']);
});

test('a schema too deep or too large is refused once', () => {
  let deep: object = {};
  for (let i = 0; i < 40; i++) deep = { not: deep };
  equal(paths(deep).length, 1);
  equal(paths({ anyOf: Array.from({ length: 5000 }, () => ({})) }).length, 1);
});
