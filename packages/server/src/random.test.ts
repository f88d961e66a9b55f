import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { pooledRandom } from './random.ts';

test('bytes come as they were drawn, each once, whatever the lengths asked for', () => {
  let drawn = 0;
  const random = pooledRandom((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i + 4 <= bytes.length; i += 4) view.setUint32(i, drawn++);
  });
  const seen = new Set<number>();
  for (let i = 0; i < 5000; i++) {
    const piece = random.bytes(4 * (1 + (i % 40)));
    equal(piece.length, 4 * (1 + (i % 40)));
    const view = new DataView(piece.buffer);
    for (let at = 0; at < piece.length; at += 4) {
      equal(seen.has(view.getUint32(at)), false);
      seen.add(view.getUint32(at));
    }
  }
  equal(random.bytes(100_000).length, 100_000);
  deepEqual(random.bytes(0), new Uint8Array());
});

test('what was given out is the receiver’s own: changing it changes nothing that comes later', () => {
  const random = pooledRandom((bytes) => void bytes.fill(7));
  random.bytes(16).fill(0);
  deepEqual(random.bytes(16), new Uint8Array(16).fill(7));
});

test('what a commit of thousands of writes asks for at once is drawn in pieces the system gives', () => {
  const random = pooledRandom((bytes) => void crypto.getRandomValues(bytes));
  const bytes = random.bytes(1_300_000);
  equal(bytes.length, 1_300_000);
  for (let at = 0; at < bytes.length; at += 65_536) ok(bytes.subarray(at, at + 65_536).some((byte) => byte !== 0));
});
