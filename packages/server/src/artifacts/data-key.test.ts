import { test } from 'node:test';
import { deepEqual, equal, notEqual, throws } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { contextOf, unwrapDataKey, wrapDataKey, wrapTag } from './data-key.ts';

const random = { bytes: (length: number) => randomBytes(length) };
const artifactKey = randomBytes(32);
const dataKey = randomBytes(32);
const context = contextOf('north', 'ar_1');
const corrupt = { code: 'artifact.corrupt' };

test('a wrapped key comes back', () => {
  deepEqual(unwrapDataKey(artifactKey, context, wrapDataKey(artifactKey, context, dataKey, random)), dataKey);
});

test('any flipped bit, a shortened and a lengthened wrap are refused', () => {
  const wrapped = Buffer.from(wrapDataKey(artifactKey, context, dataKey, random), 'base64');
  for (let bit = 0; bit < wrapped.length * 8; bit++) {
    const altered = Buffer.from(wrapped);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    throws(() => unwrapDataKey(artifactKey, context, altered.toString('base64')), corrupt);
  }
  for (const other of [wrapped.subarray(1), Buffer.concat([wrapped, Buffer.alloc(1)]), Buffer.alloc(0)])
    throws(() => unwrapDataKey(artifactKey, context, other.toString('base64')), corrupt);
});

test('a wrap opens for its own tenant, artifact and key only', () => {
  const wrapped = wrapDataKey(artifactKey, context, dataKey, random);
  throws(() => unwrapDataKey(artifactKey, contextOf('south', 'ar_1'), wrapped), corrupt);
  throws(() => unwrapDataKey(artifactKey, contextOf('north', 'ar_2'), wrapped), corrupt);
  throws(() => unwrapDataKey(randomBytes(32), context, wrapped), corrupt);
});

test('the same key wrapped twice shows nothing of it', () => {
  const [one, two] = [1, 2].map(() => wrapDataKey(artifactKey, context, dataKey, random));
  notEqual(one, two);
  notEqual(wrapTag(one ?? ''), wrapTag(two ?? ''));
  equal(wrapTag(one ?? '').length, 16);
});
