import { equal, notEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { hashSecret, isSecret, newSecret } from './secret.ts';

const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };

test('a key is recognised, and with any one character changed it is not', () => {
  const secret = newSecret(random);
  ok(isSecret(secret));
  for (let at = 4; at < secret.length; at++) {
    const other = secret[at] === 'a' ? 'b' : 'a';
    equal(isSecret(secret.slice(0, at) + other + secret.slice(at + 1)), false);
  }
  equal(isSecret(`${secret}x`), false);
  equal(isSecret(''), false);
});

test('two keys differ, and a hash says nothing of its key', () => {
  const secret = newSecret(random);
  notEqual(secret, newSecret(random));
  ok(!hashSecret(secret).includes(secret.slice(4, 12)));
});
