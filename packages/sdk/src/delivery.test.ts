import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { PromptEventInput } from '@ancilla/contracts';
import { openDelivery, type Attachment, type DeliveryOptions } from './delivery.ts';
import { TransportError } from './http-transport.ts';
import { fakeEvent, fakeTransport } from './testing.fixture.ts';
import type { Transport } from './transport.ts';

/** A queue whose timers fire when the test says. */
function openTest(
  send: (events: readonly PromptEventInput[]) => Promise<void>,
  options: Partial<DeliveryOptions> = {},
  over: Partial<Transport> = {},
) {
  const timers: (() => void)[] = [];
  const pauses: number[] = [];
  const problems: string[] = [];
  const { transport, uploads } = fakeTransport({
    async sendEvents(events) {
      await send(events);
      return { accepted: events.length, duplicates: 0, rejected: [] };
    },
    ...over,
  });
  const delivery = openDelivery({
    transport,
    random: { bytes: (length) => new Uint8Array(length) },
    later(ms, run, isAwaited) {
      timers.push(run);
      if (isAwaited) pauses.push(ms);
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
  return {
    delivery,
    problems,
    pauses,
    uploads,
    fire,
    flush: () => flushing(delivery.flush({ signal: new AbortController().signal }), fire),
  };
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

for (const status of [400, 409, 413, 422])
  test(`an event that is answered ${status} counts as rejected, alone: those sent with it arrive, nothing is retried`, async () => {
    const arrived: number[] = [];
    const { delivery, flush, problems, pauses } = openTest(
      async (events) => {
        const all = events.map(({ emitter }) => emitter.seq);
        if (all.includes(2)) throw new TransportError(status, 'refused', 'as it is');
        arrived.push(...all);
      },
      { batch: 5 },
    );
    for (let seq = 0; seq < 5; seq++) delivery.enqueue(fakeEvent(seq), []);
    equal(await flush(), 0);
    deepEqual(arrived, [0, 1, 3, 4]);
    deepEqual(delivery.stats(), { queued: 0, delivered: 4, rejected: 1, dropped: 0, retries: 0 });
    deepEqual([problems, pauses], [['refused'], []]);
  });

for (const status of [401, 403, 404, 408, 425, 429, 500, 503])
  test(`an event that is answered ${status} is kept and sent again`, async () => {
    let failures = 1;
    const { delivery, flush } = openTest(async () => {
      if (failures-- > 0) throw new TransportError(status, 'not.now', 'later');
    });
    delivery.enqueue(fakeEvent(0), []);
    equal(await flush(), 0);
    deepEqual(delivery.stats(), { queued: 0, delivered: 1, rejected: 0, dropped: 0, retries: 1 });
  });

test('an attachment that is refused is left out and told of: its event arrives', async () => {
  const refs: (readonly string[])[] = [];
  const { delivery, flush, problems } = openTest(
    async (events) => void refs.push(...events.map(({ input_artifact_refs }) => input_artifact_refs)),
    {},
    {
      async putArtifact({ bytes }) {
        if (bytes.length > 3) throw new TransportError(413, 'request.too_large', 'too much');
        return 'ar_small';
      },
    },
  );
  const attachment = (size: number): Attachment => ({
    category: 'raw_input',
    bytes: new Uint8Array(size),
    refer: (event, id) => ({ ...event, input_artifact_refs: [...event.input_artifact_refs, id] }),
  });
  delivery.enqueue(fakeEvent(0), [attachment(4), attachment(3)]);
  equal(await flush(), 0);
  deepEqual([refs, problems], [[['ar_small']], ['request.too_large']]);
});

test('a server that says when to come again is not asked earlier, however soon a retry would have been', async () => {
  let failures = 1;
  const { delivery, flush, pauses } = openTest(async () => {
    if (failures-- > 0) throw new TransportError(429, 'too.many', 'later', 20);
  });
  delivery.enqueue(fakeEvent(0), []);
  equal(await flush(), 0);
  equal(pauses.length, 1);
  ok((pauses[0] ?? 0) > 20_000 && (pauses[0] ?? 0) < 21_000);
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

test('a flush ends when its time does, though a request that was under way before does not', async () => {
  const { delivery, fire } = openTest(() => new Promise(() => {}));
  delivery.enqueue(fakeEvent(0), []);
  fire();
  const time = new AbortController();
  const flush = delivery.flush({ signal: time.signal });
  time.abort();
  equal(await flush, 1);
});
