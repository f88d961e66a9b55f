import { deepEqual } from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { keyPurposes, tenantKeys, type KeyPurpose } from './tenant-keys.ts';

// What stores hold was made by whichever version wrote it: a late repetition is told by it, and a cursor.
test('a keyed hash is HMAC-SHA-256 under a key that is one of the purpose’s name, of texts and bytes of any length', () => {
  const keyOf = (purpose: KeyPurpose) => new Uint8Array(32).fill(keyPurposes.indexOf(purpose) + 1);
  const keys = tenantKeys({ db: keyOf('db'), artifact: keyOf('artifact'), seal: keyOf('seal'), token: keyOf('token'), mac: keyOf('mac') });
  const hmac = (key: Uint8Array, data: Uint8Array | string) => createHmac('sha256', key).update(data).digest();
  for (const data of ['', 'a', 'é😀'.repeat(40), 'long'.repeat(50_000), Uint8Array.of(0, 255), new Uint8Array(100_000).fill(7)])
    for (const purpose of ['store.received', 'cursor'])
      deepEqual(Buffer.from(keys.hmac(purpose, data)), hmac(hmac(keyOf('mac'), `ancilla purpose ${purpose}`), data));
});
