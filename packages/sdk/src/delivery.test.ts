import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { PromptEventInput } from '@ancilla/contracts';
import { openDelivery, type DeliveryOptions } from './delivery.ts';
import { TransportError } from './http-transport.ts';
import { fakeEvent, fakeTransport } from './testing.fixture.ts';

/** A queue whose timers fire when the test says. */
function openTest(send: (events: readonly PromptEventInput[]) => Promise<void>, options: Partial<DeliveryOptions> = {}) {
  const timers: (() => void)[] = [];
  const problems: string[] = [];
  const { transport, uploads } = fakeTransport({
    async sendEvents(events) {
      await send(events);
      return { accepted: events.length, duplicates: 0, rejected: [] };
    },
  });
  const delivery = openDelivery({
    transport,
    random: { bytes: (length) => new Uint8Array(length) },
    later(_, run) {
      timers.push(run);
      return () => void timers.splice(timers.indexOf(run), 1);
    },
    capacity: 5,
    capacityBytes: 1000,
    batch: 2,
    intervalMs: 1000,
    onProblem: ({ code }) => problems.push(code),
    ...options,
  });
  const fire = () => {
    for (const run of timers.splice(0)) run();
  };
  return { delivery, problems, uploads, fire, flush: () => flushing(delivery.flush({ signal: new AbortController().signal }), fire) };
}

/** Fires timers until a flush is through: its pauses are timers too. */
async function flushing(flush: Promise<number>, fire: () => void): Promise<number> {
  let left: number | undefined;
  void flush.then((count) => (left = count));
  while (left === undefined) {
    fire();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return left;
}

test('events leave in order and in batches', async () => {
  const batches: number[][] = [];
  const { delivery, flush } = openTest(async (events) => void batches.push(events.map(({ emitter }) => emitter.seq)));
  for (let seq = 0; seq < 5; seq++) delivery.enqueue(fakeEvent(seq), []);
  equal(await flush(), 0);
  deepEqual(batches, [[0, 1], [2, 3], [4]]);
  deepEqual(delivery.stats(), { queued: 0, delivered: 5, rejected: 0, dropped: 0, retries: 0 });
});

test('a full queue drops what comes on top and counts it', async () => {
  const { delivery, flush } = openTest(async () => {});
  const taken = Array.from({ length: 7 }, (_, seq) => delivery.enqueue(fakeEvent(seq), []));
  deepEqual(taken, [true, true, true, true, true, false, false]);
  equal(delivery.stats().dropped, 2);
  equal(await flush(), 0);
  equal(delivery.stats().delivered, 5);
});

test('raw content counts against the bytes a queue may hold', () => {
  const { delivery } = openTest(async () => {});
  const attachment = { category: 'raw_input', bytes: new Uint8Array(600), refer: (event: PromptEventInput) => event } as const;
  equal(delivery.enqueue(fakeEvent(0), [attachment]), true);
  equal(delivery.enqueue(fakeEvent(1), [attachment]), false);
});

test('a failing server loses nothing and sees no event twice after it accepted it', async () => {
  let failures = 3;
  const seen: number[] = [];
  const { delivery, flush, problems } = openTest(async (events) => {
    if (failures-- > 0) throw new TransportError(503, 'server.draining', 'later');
    seen.push(...events.map(({ emitter }) => emitter.seq));
  });
  for (let seq = 0; seq < 4; seq++) delivery.enqueue(fakeEvent(seq), []);
  equal(await flush(), 0);
  deepEqual(seen, [0, 1, 2, 3]);
  deepEqual(problems, ['server.draining', 'server.draining', 'server.draining']);
});

test('a batch that is too large is halved', async () => {
  const sizes: number[] = [];
  const { delivery, flush } = openTest(
    async (events) => {
      sizes.push(events.length);
      if (events.length > 1) throw new TransportError(413, 'request.too_large', 'too much');
    },
    { batch: 4 },
  );
  for (let seq = 0; seq < 4; seq++) delivery.enqueue(fakeEvent(seq), []);
  equal(await flush(), 0);
  equal(delivery.stats().delivered, 4);
  deepEqual(sizes.slice(0, 3), [4, 2, 1]);
});

test('an artifact is uploaded once, though the event that refers to it is retried', async () => {
  let failures = 2;
  const refs: (readonly string[])[] = [];
  const { delivery, flush, uploads } = openTest(async (events) => {
    if (failures-- > 0) throw new TypeError('connection reset');
    refs.push(...events.map(({ input_artifact_refs }) => input_artifact_refs));
  });
  delivery.enqueue(fakeEvent(0), [
    { category: 'raw_input', bytes: new Uint8Array(3), refer: (event, id) => ({ ...event, input_artifact_refs: [id] }) },
  ]);
  equal(await flush(), 0);
  equal(uploads.length, 1);
  deepEqual(refs, [['ar_1']]);
});

test('a flush ends when its time does and says what is left', async () => {
  const { delivery } = openTest(() => Promise.reject(new TypeError('unreachable')));
  delivery.enqueue(fakeEvent(0), []);
  equal(await delivery.flush({ signal: AbortSignal.abort() }), 1);
});
