import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { spanOf } from './dialects.fixture.ts';
import { openForward, type Forwarded } from './forward.ts';
import { readProtobuf } from './protobuf.ts';
import type { Received } from './spans.ts';

const received = (name: string, more = ''): Received => ({
  resource: new Map(),
  scope: { name: 'x', version: '', attributes: new Map() },
  span: { ...spanOf({ scope: 'x', attributes: { note: more } }, { trace_id: '1'.repeat(32), span_id: '2'.repeat(16) }), name },
});

/** A backend that answers as told, one answer after another, the last one for ever; 0 is none at all. */
function openTest(...answers: readonly number[]) {
  const names: string[] = [];
  const told: (readonly [Forwarded, number])[] = [];
  const stop = new AbortController();
  let asked = 0;
  let slept = 0;
  const forward = openForward({
    url: 'https://otlp.example.com/',
    async egress(to, init) {
      equal(to, 'https://otlp.example.com/v1/traces');
      const status = answers[Math.min(asked++, answers.length - 1)] ?? 0;
      if (status === 0) throw new TypeError('fetch failed');
      if (status === 200) names.push(...readProtobuf(Buffer.from(init?.body as Uint8Array)).map(({ span }) => span.name));
      return new Response(null, { status });
    },
    sleep: async (ms) => (slept += ms),
    signal: stop.signal,
    observe: (outcome, spans) => told.push([outcome, spans]),
  });
  return { forward, names, told, stop, asked: () => asked, slept: () => slept };
}

test('a backend that restarts loses nothing: what it did not take is sent again, in order', async () => {
  const at = openTest(200, 0, 503, 0, 200);
  for (const name of ['a', 'b', 'c']) at.forward.send([received(name)]);
  await at.forward.settled();
  deepEqual(at.names, ['a', 'b', 'c']);
  deepEqual(at.told, [
    ['sent', 1],
    ['sent', 1],
    ['sent', 1],
  ]);
});

test('one that stays away is waited for longer than a restart takes, then its spans are let go and counted; what it refuses is not sent again', async () => {
  const away = openTest(0);
  away.forward.send([received('a'), received('b')]);
  await away.forward.settled();
  deepEqual(away.told, [['dropped', 2]]);
  ok(away.slept() > 60_000 && away.slept() < 180_000, String(away.slept()));
  const refusing = openTest(400);
  refusing.forward.send([received('a')]);
  await refusing.forward.settled();
  deepEqual([refusing.told, refusing.asked()], [[['refused', 1]], 1]);
});

test('what waits is bounded in bytes', async () => {
  const at = openTest(200);
  const large = received('a', 'x'.repeat(10 * 1024 ** 2));
  for (let i = 0; i < 10; i++) at.forward.send([large]);
  deepEqual(at.told, [
    ['dropped', 1],
    ['dropped', 1],
    ['dropped', 1],
  ]);
  await at.forward.settled();
  equal(at.names.length, 7);
});

test('at the end of the server nobody is waited for', async () => {
  const at = openTest(0);
  at.stop.abort();
  at.forward.send([received('a')]);
  await at.forward.settled();
  deepEqual([at.told, at.slept()], [[['dropped', 1]], 0]);
});
