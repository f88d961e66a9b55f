import { deepEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalise } from './normalise.ts';

test('a vector of any length becomes one of length 1 that points the same way; one of zeros stays', () => {
  deepEqual(normalise(Float32Array.of(3, -4)), Float32Array.of(0.6, -0.8));
  deepEqual(normalise(new Float32Array(2)), new Float32Array(2));
  const number = fc.float({ noNaN: true, noDefaultInfinity: true }).filter((each) => each === 0 || Math.abs(each) > 1e-30);
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 100 }), (numbers) => {
      const unit = normalise(Float32Array.from(numbers));
      const zero = numbers.every((each) => each === 0);
      ok(zero || Math.abs(Math.hypot(...unit) - 1) < 1e-5);
      ok(unit.every((each, at) => each === 0 || Math.sign(each) === Math.sign(numbers[at] ?? 0)));
    }),
  );
});
