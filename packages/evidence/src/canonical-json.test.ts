import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import serialize from 'canonicalize';
import { canonicalJson, canonicalTwins } from './canonical-json.ts';

test('numbers, strings and key order come out as RFC 8785 section 3.2 shows', () => {
  const value = {
    numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  equal(
    canonicalJson(value),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
  const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
  deepEqual(Object.values<unknown>(JSON.parse(canonicalJson(keys))).slice(1), [2, 6, 7, 1, 5, 3]);
  equal(canonicalJson(-0), '0');
});

test('a value and what JSON makes of it have the same canonical form, whatever the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const read: unknown = JSON.parse(JSON.stringify(value));
      equal(canonicalJson(read), canonicalJson(reversed(read)));
      deepEqual(JSON.parse(canonicalJson(read)), JSON.parse(JSON.stringify(read)));
    }),
  );
});

test('the form is the one the reference implementation of RFC 8785 writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), (value) => {
      const read: unknown = JSON.parse(JSON.stringify(value));
      if (JSON.stringify(read).includes('\\ud')) return;
      equal(canonicalJson(read), serialize(read));
    }),
  );
});

test('two objects written together are each as written alone, whatever they share', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (one, more) => {
      const other = { ...one, ...more };
      deepEqual(canonicalTwins(one, other), [canonicalJson(one), canonicalJson(other)]);
      deepEqual(canonicalTwins(other, one), [canonicalJson(other), canonicalJson(one)]);
    }),
  );
  deepEqual(canonicalTwins({ a: 1, b: '1' }, { a: '1', b: 1 }), ['{"a":1,"b":"1"}', '{"a":"1","b":1}']);
  throws(() => canonicalTwins({ a: 1 }, { a: undefined }), { code: 'json.malformed' });
  throws(() => canonicalTwins({ a: 1 }, []), { code: 'json.malformed' });
});

test('objects that begin alike are told apart, as many as come', () => {
  // Few names: the same number of keys and the same first one again and again, in other orders; then more kinds than are remembered.
  const alike = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '1', '10', '9'), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(alike, { minLength: 2, maxLength: 20 }), (all) => {
      const objects = all.map((keys) => Object.fromEntries(keys.map((key, i) => [key, i])));
      for (const each of objects) equal(canonicalJson(each), serialize(each));
    }),
  );
  for (let i = 0; i < 300; i++) equal(canonicalJson({ [`k${i}`]: i, a: 0 }), `{"a":0,"k${i}":${i}}`);
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]));
  equal(canonicalJson(wide), serialize(wide));
});

test('what JSON cannot say is refused with its place, never dropped and never quoted', () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /at \$: undefined/],
    [{ a: [1, { b: undefined }] }, /at \$\.a\[1\]\.b: undefined/],
    [{ a: Number.NaN }, /\$\.a: the number NaN/],
    [[Number.POSITIVE_INFINITY], /\$\[0\]: the number Infinity/],
    [{ a: 1n }, /a bigint/],
    [{ a: () => 1 }, /a function/],
    [{ a: Symbol('s') }, /a symbol/],
    [{ [Symbol('s')]: 1 }, /symbol for a key/],
    [{ a: new Map([[1, 2]]) }, /\$\.a: an object that is not plain/],
    [new Set([1]), /not plain/],
    [new Date(0), /toJSON/],
    [{ toJSON: () => 1 }, /toJSON/],
    [Object('boxed'), /not plain/],
    [new Uint8Array(2), /not plain/],
    [Object.assign([1], { toJSON: () => 2 }), /toJSON/],
    // oxlint-disable-next-line no-sparse-arrays -- the hole is what is tested
    [[1, , 3], /\$\[1\]: undefined/],
    [{ a: '\ud800' }, /\$\.a: a string with a lone surrogate/],
    [{ 'Jane Doe \udc00': 1 }, /\$\.\?: a key with a lone surrogate/],
    [cyclic, /more than 256 levels/],
  ];
  for (const [value, message] of refused) throws(() => canonicalJson(value), { name: 'EvidenceError', code: 'json.malformed', message });
});

test('a key named __proto__ is data like any other', () => {
  equal(canonicalJson(JSON.parse('{"__proto__":{"x":1},"a":2}')), '{"__proto__":{"x":1},"a":2}');
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
