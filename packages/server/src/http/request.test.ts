import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { isAncillaError } from '@ancilla/contracts';
import { Type } from 'typebox';
import { checkOf, queryCoercion } from './request.ts';

const schema = Type.Object(
  {
    role: Type.Enum(['agent', 'auditor']),
    kind: Type.Literal('log'),
    count: Type.Integer({ minimum: 1 }),
    inner: Type.Object({ id: Type.String({ pattern: '^[a-z]+$' }) }, { additionalProperties: false }),
  },
  { additionalProperties: false },
);

test('wrong content is named by field and expectation; no value is repeated', () => {
  const wrong = { role: 'SECRET', count: 0, inner: { id: 'SECRET', more: 'SECRET' }, other: 'SECRET' };
  throws(
    () => checkOf(schema)(wrong, 'body'),
    (error: unknown) => {
      if (!isAncillaError(error, 'schema.invalid')) return false;
      deepEqual(
        error.errors.toSorted((a, b) => a.path.localeCompare(b.path)),
        [
          { path: '/count', message: 'must be >= 1' },
          { path: '/inner/id', message: 'must match pattern "^[a-z]+$"' },
          { path: '/inner/more', message: 'is no field here' },
          { path: '/kind', message: 'is missing' },
          { path: '/other', message: 'is no field here' },
          { path: '/role', message: 'must be one of agent, auditor' },
        ],
      );
      return !error.message.includes('SECRET');
    },
  );
});

test('a key that is no name is no field and is not repeated', () => {
  throws(() => checkOf(Type.Object({}, { additionalProperties: false }))({ 'jane@example.org': 1 }, 'body'), {
    message: 'body: /… is no field here',
  });
});

test('a query’s texts become numbers and booleans where the schema says so and they are ones', () => {
  const query = Type.Object({
    limit: Type.Optional(Type.Integer()),
    success: Type.Optional(Type.Boolean()),
    name: Type.Optional(Type.String()),
  });
  const coerceQuery = queryCoercion(query);
  deepEqual(coerceQuery({ limit: '7', success: 'false', name: '7' }), { limit: 7, success: false, name: '7' });
  for (const limit of ['7e1', '0x7', ' 7', '', 'Infinity', '1'.repeat(30)]) deepEqual(coerceQuery({ limit }), { limit });
  deepEqual(coerceQuery({ success: '1', limit: ['1', '2'] }), { success: '1', limit: ['1', '2'] });
});
