import { equal, rejects } from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { unlessAborted } from './unless-aborted.ts';

test('work is waited for until its signal says otherwise, and a signal that outlives many pieces of work keeps none of them', async () => {
  const all = new AbortController();
  for (const i of [1, 2, 3]) equal(await unlessAborted(Promise.resolve(i), all.signal), i);
  await rejects(unlessAborted(Promise.reject(new Error('broken')), all.signal), /broken/);
  equal(getEventListeners(all.signal, 'abort').length, 0);
  const waiting = unlessAborted(new Promise(() => {}), all.signal);
  all.abort(new Error('enough'));
  await rejects(waiting, /enough/);
  await rejects(unlessAborted(new Promise(() => {}), all.signal), /enough/);
});
