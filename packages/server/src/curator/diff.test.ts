import { test } from 'node:test';
import { deepEqual, equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import { canonicalJson } from '@ancilla/evidence';
import { applyPatch, type Operation } from 'rfc6902';
import { diff } from './diff.ts';

const applied = (from: unknown, patch: readonly Operation[]): unknown => {
  const holder = { document: structuredClone(from) };
  const results = applyPatch(
    holder,
    patch.map((operation) => ({ ...operation, path: `/document${operation.path}` })),
  );
  deepEqual(
    results.filter((result) => result !== null),
    [],
  );
  return holder.document;
};
// The patching library will not write a member of that name.
const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

test('applying the difference of two documents to the first gives the second', () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      equal(canonicalJson(applied(from, diff(from, to))), canonicalJson(to));
    }),
  );
});
test('a document does not differ from itself', () => {
  fc.assert(fc.property(json, (value) => deepEqual(diff(value, structuredClone(value)), [])));
});
test('a change shows where it is', () => {
  deepEqual(diff({ canary: { percent: 5 }, 'a/b': 1 }, { canary: { percent: 10 } }), [
    { op: 'remove', path: '/a~1b' },
    { op: 'replace', path: '/canary/percent', value: 10 },
  ]);
});
const list = (by: number) => ({ list: Array.from({ length: 50_000 }, (_, i) => i * by) });
test('long lists are replaced whole, so a difference costs no more than its documents', () => {
  const patch = diff(list(1), list(2));
  equal(patch.length, 1);
  deepEqual(applied(list(1), patch), list(2));
});
