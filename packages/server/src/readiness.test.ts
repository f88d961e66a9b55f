import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { PlatformStore } from '@ancilla/contracts';
import { openReadiness } from './readiness.ts';

const site = () => {
  const at = {
    now: 5000,
    free: async () => 1e9,
    head: async (): Promise<{ size: number; root: string }> => ({ size: 0, root: '' }),
    looks: 0,
  };
  const ready = openReadiness({
    // As much of a store as is asked.
    platform: { ledger: { head: () => (at.looks++, at.head()) } } as unknown as PlatformStore,
    freeBytes: () => at.free(),
    clock: { now: () => at.now },
  });
  return { at, ready };
};

test('what a server lacks to serve is said: a store that answers, room on the disk', async () => {
  const { at, ready } = site();
  deepEqual(await ready(), []);
  Object.assign(at, { free: async () => 1000, head: () => Promise.reject(new Error('gone')) });
  deepEqual(await ready(), [], 'for a second what was seen is believed');
  at.now += 1000;
  deepEqual(await ready(), ['the store does not answer', 'the disk of the data folder is full']);
});

test('a data folder that is gone is a reason too, and no error', async () => {
  const { at, ready } = site();
  at.free = () => Promise.reject(new Error('ENOENT'));
  deepEqual(await ready(), ['the data folder cannot be read']);
});

test('many who ask at once make it look once; a clock that is set back makes it look again', async () => {
  const { at, ready } = site();
  await Promise.all(Array.from({ length: 20 }, ready));
  equal(at.looks, 1);
  at.now = 0;
  await ready();
  equal(at.looks, 2);
});

test('a store that hangs is one that does not answer', async (t) => {
  const { at, ready } = site();
  at.head = () => new Promise(() => {});
  // Node's types do not name it yet.
  t.mock.timers.enable({ apis: ['AbortSignal.timeout' as 'setTimeout'] });
  const asked = ready();
  t.mock.timers.tick(2000);
  deepEqual(await asked, ['the store does not answer']);
});
