import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJsonBody } from './json-body.ts';

const bounds = { depth: 64, keys: 1000 };
const parse = (text: string) => parseJsonBody(Buffer.from(text), bounds);

test('any JSON within the bounds is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 10 }), (text) => {
      fc.pre(!text.includes('__proto__'));
      deepEqual(parse(text), JSON.parse(text));
    }),
  );
});

test('depth and keys are bounded before anything is built; brackets and colons in strings do not count', () => {
  throws(() => parse('['.repeat(1e6)), { code: 'request.too_deep' });
  throws(() => parse(`{${Array.from({ length: 1001 }, (_, i) => `"${i}":1`).join()}}`), { code: 'request.too_deep' });
  const text = JSON.stringify({ a: `${'['.repeat(500)}"\\${':'.repeat(5000)}` });
  deepEqual(parse(text), JSON.parse(text));
});

test('what is not UTF-8, not JSON, or sets a prototype is refused without an echo', () => {
  throws(() => parseJsonBody(Uint8Array.of(0x22, 0xff, 0x22), bounds), { code: 'request.malformed', message: 'the body is not UTF-8' });
  throws(() => parse('{"secret":'), { code: 'request.malformed', message: 'the body is not JSON' });
  throws(() => parse(''), { code: 'request.malformed' });
  throws(() => parse('{"__proto__":{"a":1}}'), { code: 'request.malformed' });
});
