import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import * as browser from './platform.browser.ts';
import * as node from './platform.node.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('browsers and Node hash and encode alike', () => {
  fc.assert(
    fc.property(bytes, fc.string({ unit: 'binary' }), (data, text) => {
      deepEqual(browser.sha256(data, text), node.sha256(data, text));
      equal(browser.sha256Hex(text), node.sha256Hex(text));
      equal(browser.toHex(data), node.toHex(data));
      equal(browser.toBase64(data), node.toBase64(data));
      deepEqual(browser.fromBase64Lenient(node.toBase64(data)), node.fromBase64Lenient(node.toBase64(data)));
    }),
  );
});

test('parts of any size hash as one', () => {
  for (const size of [0, 1, 21_845, 21_846, 65_536, 200_000]) {
    const whole = node.sha256Hex('a€'.repeat(size));
    equal(node.sha256Hex('a€'.repeat(size), ''), whole, `a text of ${size} times two characters`);
    equal(node.sha256Hex(new Uint8Array(), Buffer.from('a€'.repeat(size))), whole, `${size} times four bytes`);
  }
});

test('browsers and Node sign alike, and each refuses what the other did not sign', () => {
  fc.assert(
    fc.property(seed, bytes, fc.nat(511), (key, message, bit) => {
      const publicKey = node.ed25519PublicKey(key);
      deepEqual(browser.ed25519PublicKey(key), publicKey);
      const signature = node.ed25519Signer(key)(message);
      deepEqual(browser.ed25519Signer(key)(message), signature);
      const forged = signature.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      for (const { ed25519Verify } of [browser, node]) {
        equal(ed25519Verify(publicKey, message, signature), true);
        equal(ed25519Verify(publicKey, message, forged), false);
      }
    }),
    { numRuns: 20 },
  );
});
