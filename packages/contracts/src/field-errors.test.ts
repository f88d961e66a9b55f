import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { toFieldErrors } from './field-errors.ts';

const One = Type.Object({ id: Type.String(), of: Type.Union([Type.String({ pattern: '^a' }), Type.Null()]) });
const oneOrMany = Compile(Type.Union([One, Type.Array(One, { minItems: 1 })]));

test('of alternatives the one whose type the value has says what is wrong; where none has it, all do', () => {
  const saysOf = (value: unknown) => toFieldErrors(oneOrMany.Errors(value)).map(({ path, message }) => `${path} ${message}`);
  deepEqual(saysOf({ id: 1, of: 'a' }), ['/id must be string']);
  deepEqual(saysOf({ id: '', of: 'b' }), ['/of must match pattern "^a"']);
  deepEqual(saysOf({ id: '', of: 5 }), ['/of must be string', '/of must be null']);
  deepEqual(saysOf([{ id: 1, of: 'a' }]), ['/0/id must be string']);
  deepEqual(saysOf([]), [' must not have fewer than 1 items']);
  deepEqual(saysOf(5), [' must be object', ' must be array']);
});
