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

test('what is not UTF-8 or not JSON is refused without an echo', () => {
  throws(() => parseJsonBody(Uint8Array.of(0x22, 0xff, 0x22), bounds), { code: 'request.malformed', message: 'the body is not UTF-8' });
  throws(() => parse('{"secret":'), { code: 'request.malformed', message: 'the body is not JSON' });
  throws(() => parse('\uFEFF{}'), { code: 'request.malformed' });
  throws(() => parse(''), { code: 'request.malformed' });
});

test('what would set a prototype is refused, however it is written; the words themselves are not', () => {
  for (const key of ['__proto__', '\\u005f_proto__', '__pr\\u006fto__', '__proto\\u005F\\u005F'])
    throws(() => parse(`{"a":[{"${key}":{"a":1}}]}`), { code: 'request.malformed' }, key);
  throws(() => parse('{"constructor":{"prototype":{"a":1}}}'), { code: 'request.malformed' });
  throws(() => parse('{"c\\u006fnstructor":{"prototype":{"a":1}}}'), { code: 'request.malformed' });
  deepEqual(parse('["__proto__",{"constructor":"Bob"}]'), ['__proto__', { constructor: 'Bob' }]);
});

test('what has no canonical form is refused: half a surrogate pair, a number beyond all numbers', () => {
  for (const text of [
    '"\\ud800"',
    '{"\\uDFFF":1}',
    '"\\udc00\\ud800"',
    '1e999',
    `[-1${'0'.repeat(400)}]`,
    '1E+400',
    `${'9'.repeat(250)}e99`,
  ])
    throws(() => parse(text), { code: 'request.malformed' }, text);
  deepEqual(parse('"\\ud83d\\ude00"'), '😀');
  deepEqual(parse('[1e-999,1e300]'), [0, 1e300]);
});
