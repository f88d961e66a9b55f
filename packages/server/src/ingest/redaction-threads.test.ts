import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { tenantDefaultPolicy } from '@ancilla/redaction';
import { openGate, redactorOf } from './gate.ts';
import { openRedactionThreads, sizeOf } from './redaction-threads.ts';

const io = { signal: new AbortController().signal };
const recipe = { id: 0, policy: tenantDefaultPolicy, tokenKey: { version: 1, bytes: new Uint8Array(32).fill(5) } };
const refused = { name: 'AncillaError', code: 'redaction.refused' };
/** Takes a thread some tenths of a second. */
const SLOW = 'Aa '.repeat(100_000);

test('a thread makes of a value what this one makes of it', async () => {
  await using threads = openRedactionThreads();
  const value = JSON.parse('{"__proto__":["ann@mail.example",4111111111111111],"a":{"note":"call +1 212 555 0148"},"b":null}');
  const text = 'Write to ann@mail.example. '.repeat(5000);
  const here = redactorOf(recipe);
  for (const each of [value, text]) {
    const { spans: _, ...expected } = here(each);
    deepEqual(await threads.redact(recipe, each, io), expected);
  }
});

test('what was taken out of a text is told where it is asked for, and only there', async () => {
  await using threads = openRedactionThreads();
  const [beside, here] = [threads, undefined].map((each) => openGate({ ...recipe, threads: each }));
  const text = 'Write to ann@mail.example or bob@mail.example, or call +1 212 555 0148. '.repeat(100);
  const taken = await beside?.take(text, io);
  deepEqual(taken?.removed.slice(0, 3), ['ann@mail.example', 'bob@mail.example', '+1 212 555 0148']);
  deepEqual(taken?.types.toSorted(), ['EMAIL', 'PHONE']);
  const { types = [], ...rest } = (await here?.take(text, io)) ?? {};
  deepEqual({ ...rest, types: types.toSorted() }, { ...taken, types: taken?.types.toSorted() });
  ok(!('removed' in Object(await beside?.clean(text, io))));
});

test('what is not read in time is refused; what comes meanwhile and afterwards is read', async () => {
  await using threads = openRedactionThreads({ deadlineMs: 400 });
  await threads.redact(recipe, 'a thread that has started', io);
  const slow = rejects(threads.redact(recipe, SLOW.repeat(8), io), { ...refused, message: /0\.4 s: send it in parts/ });
  const short = Array.from({ length: 20 }, async (_, n) => (await threads.redact(recipe, `ann${n}@mail.example`, io)).receipt.counts);
  deepEqual(
    await Promise.all(short),
    short.map(() => ({ EMAIL: 1 })),
  );
  await slow;
  deepEqual((await threads.redact(recipe, 'ann@mail.example', io)).receipt.counts, { EMAIL: 1 });
  ok(threads.isUp);
});

test('long values leave a thread to short ones', async () => {
  await using threads = openRedactionThreads({ count: 2 });
  const done: string[] = [];
  const note = (name: string) => () => void done.push(name);
  const long = [1, 2].map((n) => threads.redact(recipe, SLOW.slice(n), io).then(note('long')));
  await threads.redact(recipe, 'ann@mail.example', io).then(note('short'));
  await Promise.all(long);
  deepEqual(done, ['short', 'long', 'long']);
});

test('a value that no message can hold is refused, and only that one', async () => {
  await using threads = openRedactionThreads();
  const [fine, wrong] = await Promise.allSettled([
    threads.redact(recipe, 'ann@mail.example', io),
    threads.redact(recipe, { call: () => {} }, io),
  ]);
  equal(fine.status, 'fulfilled');
  ok(wrong.status === 'rejected');
  await rejects(Promise.reject(wrong.reason), { ...refused, message: 'not a JSON value' });
});

test('who no longer waits is let go unread', async () => {
  await using threads = openRedactionThreads({ count: 2 });
  const left = new AbortController();
  const reading = threads.redact(recipe, SLOW, io);
  const waiting = threads.redact(recipe, SLOW, { signal: left.signal });
  left.abort(new Error('left'));
  await rejects(waiting, /left/);
  await reading;
});

test('without a thread to be had redaction is unavailable, and so it is once it is closed', async () => {
  const unavailable = { name: 'AncillaError', code: 'redaction.failed' };
  const none = openRedactionThreads({ script: new URL('data:text/javascript,process.exit(1)') });
  await rejects(none.redact(recipe, 'x', io), unavailable);
  equal(none.isUp, false);
  await none[Symbol.asyncDispose]();
  // Refused at once, as a machine that has no more threads does.
  await using refusing = openRedactionThreads({ script: new URL('https://example.org/no-file') });
  await rejects(refusing.redact(recipe, 'x', io), unavailable);
  equal(refusing.isUp, false);
  const threads = openRedactionThreads();
  const reading = rejects(threads.redact(recipe, SLOW, io), unavailable);
  await threads[Symbol.asyncDispose]();
  await reading;
  await rejects(threads.redact(recipe, 'x', io), unavailable);
});

test('a size is counted no further than asked, however wide, deep or circular a value is', () => {
  equal(sizeOf('abc', 100), 7);
  equal(sizeOf({ a: ['b', 1] }, 100), 4 + 5 + 4 + 5 + 4);
  const deep = Array.from({ length: 100_000 }).reduce((inner) => [inner], 'x');
  const circular: unknown[] = [];
  circular.push(circular);
  for (const value of [deep, circular, Array.from({ length: 100_000 }, () => 'x')]) ok(sizeOf(value, 1000) < 1010);
});
