import { test } from 'node:test';
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Random } from '@ancilla/contracts';
import { chunked, collect } from './byte-stream.ts';
import { seal, sealAll, sealedBytes, SEGMENT_BYTES, unseal, type Envelope } from './envelope.ts';

const Vectors = Type.Array(
  Type.Object({ size: Type.Integer(), key: Type.String(), context: Type.String(), header: Type.String(), sealed_sha256: Type.String() }),
);
// Made by Tink 1.x for Python from the plaintext byte[i] = (31 i + 7) mod 256.
const vectors = Value.Parse(Vectors, JSON.parse(await readFile(new URL('envelope.vectors.json', import.meta.url), 'utf8')));
const plainOf = (size: number) => Uint8Array.from({ length: size }, (_, i) => (31 * i + 7) % 256);

const random: Random = { bytes: (length) => randomBytes(length) };
/** Gives out a header's salt and nonce prefix, in the order sealing asks for them. */
const replay = (header: Buffer): Random => {
  let at = 1;
  return { bytes: (length) => header.subarray(at, (at += length)) };
};
const corrupt = { code: 'artifact.corrupt' };
const envelope: Envelope = { key: randomBytes(32), context: new TextEncoder().encode('ancilla artifact v1\nnorth\nar_1') };
const sizes = [0, 1, SEGMENT_BYTES - 57, SEGMENT_BYTES - 56, SEGMENT_BYTES - 55, 2 * SEGMENT_BYTES - 72, 2 * SEGMENT_BYTES - 71, 300_000];

for (const { size, key, context, header, sealed_sha256 } of vectors)
  test(`sealing ${size} bytes gives the bytes Tink gives, and they open`, async () => {
    const of: Envelope = { key: Buffer.from(key, 'hex'), context: new TextEncoder().encode(context) };
    const sealed = sealAll(of, plainOf(size), replay(Buffer.from(header, 'hex')));
    equal(createHash('sha256').update(sealed).digest('hex'), sealed_sha256);
    deepEqual(await collect(seal(of, chunked(plainOf(size), 1000), replay(Buffer.from(header, 'hex')))), Buffer.from(sealed));
    deepEqual(await collect(unseal(of, chunked(sealed, 999))), Buffer.from(plainOf(size)));
  });

test('what is sealed opens again, however it is cut, and has the announced size', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...sizes).chain((size) => fc.uint8Array({ minLength: size, maxLength: size })),
      fc.integer({ min: 7, max: 100_000 }),
      fc.integer({ min: 7, max: 100_000 }),
      async (plain, cutIn, cutOut) => {
        const sealed = await collect(seal(envelope, chunked(plain, cutIn), random));
        equal(sealed.length, sealedBytes(plain.length));
        deepEqual(await collect(unseal(envelope, chunked(sealed, cutOut))), Buffer.from(plain));
      },
    ),
    { numRuns: 25 },
  ));

test('any flipped bit is refused', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.nat(), fc.integer({ min: 0, max: 7 }), async (plain, where, bit) => {
      const sealed = sealAll(envelope, plain, random);
      const at = where % sealed.length;
      sealed[at] = (sealed[at] ?? 0) ^ (1 << bit);
      await rejects(collect(unseal(envelope, chunked(sealed, 64))), corrupt);
    }),
  ));

test('an object cut off anywhere is refused, at a segment’s end too', async () => {
  const sealed = sealAll(envelope, plainOf(200_000), random);
  for (const length of [0, 39, 40, 55, 56, SEGMENT_BYTES - 1, SEGMENT_BYTES, 2 * SEGMENT_BYTES, 3 * SEGMENT_BYTES, sealed.length - 1])
    await rejects(collect(unseal(envelope, chunked(sealed.subarray(0, length), 5000))), corrupt, `cut at ${length}`);
});

test('an object with something appended is refused', async () => {
  for (const size of [10, SEGMENT_BYTES - 56]) {
    const sealed = sealAll(envelope, plainOf(size), random);
    for (const extra of [1, 16, SEGMENT_BYTES])
      await rejects(collect(unseal(envelope, chunked(Buffer.concat([sealed, Buffer.alloc(extra)]), 5000))), corrupt);
  }
});

test('swapped and repeated segments are refused', async () => {
  const sealed = sealAll(envelope, plainOf(300_000), random);
  const segments = [0, 1, 2, 3, 4].map((index) => sealed.subarray(index * SEGMENT_BYTES, (index + 1) * SEGMENT_BYTES));
  for (const order of [
    [0, 2, 1, 3, 4],
    [0, 1, 1, 3, 4],
    [0, 1, 3, 4],
    [1, 0, 2, 3, 4],
  ])
    await rejects(collect(unseal(envelope, chunked(Buffer.concat(order.map((i) => segments[i] ?? Buffer.alloc(0))), 5000))), corrupt);
});

test('a segment of another object under the same key is refused', async () => {
  const [one, two] = [1, 2].map(() => sealAll(envelope, plainOf(200_000), random));
  const mixed = Buffer.concat([one?.subarray(0, SEGMENT_BYTES) ?? '', two?.subarray(SEGMENT_BYTES) ?? ''].map((part) => Buffer.from(part)));
  await rejects(collect(unseal(envelope, chunked(mixed, 5000))), corrupt);
});

test('another artifact’s or tenant’s context, or another key, does not open it', async () => {
  const sealed = sealAll(envelope, plainOf(10), random);
  for (const other of [
    { ...envelope, context: new TextEncoder().encode('ancilla artifact v1\nnorth\nar_2') },
    { ...envelope, context: new TextEncoder().encode('ancilla artifact v1\nsouth\nar_1') },
    { ...envelope, key: randomBytes(32) },
  ])
    await rejects(collect(unseal(other, chunked(sealed, 5000))), corrupt);
});

test('segments before a bad one are given out, the bad one and what follows never', async () => {
  const plain = plainOf(200_000);
  const sealed = sealAll(envelope, plain, random);
  sealed[SEGMENT_BYTES + 100] = (sealed[SEGMENT_BYTES + 100] ?? 0) ^ 1;
  const got: Uint8Array[] = [];
  await rejects(async () => {
    for await (const part of unseal(envelope, chunked(sealed, 5000))) got.push(part);
  }, corrupt);
  deepEqual(Buffer.concat(got), Buffer.from(plain.subarray(0, SEGMENT_BYTES - 56)));
});
