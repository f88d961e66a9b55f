// Runs in browsers too. Events leave in the background: bounded, in batches, retried, never into the agent's way.
import type { ArtifactCategory, Io, PromptEventInput, Random } from '@ancilla/contracts';
import { TransportError } from './http-transport.ts';
import type { Delivered, Transport } from './transport.ts';

/** Raw content that policy lets be kept: uploaded before the event that refers to it, held in memory only. */
export interface Attachment {
  readonly category: ArtifactCategory;
  readonly bytes: Uint8Array;
  refer(event: PromptEventInput, artifact_id: string): PromptEventInput;
}

/** Keeps events that have not arrived yet where they outlive the process; never raw content. */
export interface Spool {
  /** What an earlier process left. */
  left(): readonly PromptEventInput[];
  keep(event: PromptEventInput): void;
  /** Text kept by now, arrived events included. */
  bytes(): number;
  /** Only these are still to be kept. */
  replace(events: readonly PromptEventInput[]): void;
}

/** Told of what the agent need not wait for and cannot mend: delivery never throws into it. */
export type OnProblem = (problem: { readonly code: string; readonly detail: string; readonly event_id?: string }) => void;

export interface DeliveryOptions {
  readonly transport: Transport;
  readonly random: Random;
  /** Runs something later, keeping the process alive only for what is awaited; the answer cancels it. */
  readonly later: (ms: number, run: () => void, isAwaited?: boolean) => () => void;
  /** Events kept at most; what comes on top is dropped and shows as a gap in the emitter's sequence. */
  readonly capacity: number;
  readonly capacityBytes: number;
  readonly batch: number;
  readonly intervalMs: number;
  readonly spool?: Spool;
  /** Told of events the server refused and of failed attempts; never of content. */
  readonly onProblem: OnProblem;
}

export interface DeliveryStats {
  readonly queued: number;
  readonly delivered: number;
  readonly rejected: number;
  readonly dropped: number;
  readonly retries: number;
}

export interface Delivery {
  enqueue(event: PromptEventInput, attachments: readonly Attachment[]): boolean;
  /** Sends what is queued until nothing is left, and no longer than the signal lets it; answers how many are left. */
  flush(io: Io): Promise<number>;
  stats(): DeliveryStats;
}

interface Item {
  event: PromptEventInput;
  attachments: readonly Attachment[];
  readonly bytes: number;
}

/** Under steady load the queue is never empty: a spool larger than this is written anew with what is still queued. */
const SPOOL_BYTES = 8 * 1024 * 1024;
const BACKOFF_FIRST_MS = 250;
const BACKOFF_MOST_MS = 30_000;
/** A server that asks for more patience than this is asked again all the same. */
const ASKED_MOST_MS = 3_600_000;

export function openDelivery(options: DeliveryOptions): Delivery {
  const { transport, random, later, capacity, capacityBytes, spool, onProblem } = options;
  const queue: Item[] = [];
  let queuedBytes = 0;
  let delivered = 0;
  let rejected = 0;
  let dropped = 0;
  let retries = 0;
  let failures = 0;
  /** What the server's Retry-After asked for last. */
  let askedMs = 0;
  let flushes = 0;
  let cancelTimer: (() => void) | undefined;
  let sending: Promise<boolean> | undefined;

  const backoffMs = (): number => {
    const most = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 16));
    // Full jitter: emitters that failed together do not come back together.
    return askedMs + (most * ((random.bytes(1)[0] ?? 0) + 1)) / 256;
  };

  /** The next attempt, unless one is under way or a flush makes its own. */
  function schedule(): void {
    if (queue.length === 0 || sending !== undefined || flushes > 0) return;
    const soon = queue.length >= options.batch ? 0 : options.intervalMs;
    cancelTimer ??= later(failures > 0 ? backoffMs() : soon, () => {
      cancelTimer = undefined;
      void drain(new AbortController().signal);
    });
  }

  /** The spool never gets in the agent's way: what it cannot keep is still in memory. */
  function spooled(run: (to: Spool) => void): void {
    if (spool === undefined) return;
    try {
      run(spool);
    } catch {
      onProblem({ code: 'spool.failed', detail: 'events could not be kept in the spool folder: they are in memory only' });
    }
  }

  /** Uploads what an event refers to, once: a retry after a partial failure does not upload again. What the server refuses is left out: the event is worth more than its content. */
  async function attach(item: Item, io: Io): Promise<void> {
    for (let next = item.attachments[0]; next !== undefined; next = item.attachments[0]) {
      const { category, bytes, refer } = next;
      const { event } = item;
      try {
        const id = await transport.putArtifact({ category, content_type: 'application/json', bytes, trace_id: event.trace_id }, io);
        item.event = refer(event, id);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        onProblem({ code: error.code, detail: error.message, event_id: event.event_id });
      }
      item.attachments = item.attachments.slice(1);
    }
  }

  /** The first of the queue leave it: the server has said what becomes of them. */
  function settle(items: readonly Item[], refused: Delivered['rejected']): void {
    queue.splice(0, items.length);
    queuedBytes -= items.reduce((sum, { bytes }) => sum + bytes, 0);
    delivered += items.length - refused.length;
    rejected += refused.length;
    for (const { index, code, detail } of refused) {
      const event_id = items[index]?.event.event_id;
      onProblem({ code, detail, ...(event_id !== undefined && { event_id }) });
    }
    failures = 0;
    askedMs = 0;
    spooled((to) => {
      if (queue.length === 0 || to.bytes() > SPOOL_BYTES) to.replace(queue.map(({ event }) => event));
    });
  }

  /** Sends the first of the queue; what is refused together goes in halves, until what is to blame is alone. */
  async function send(count: number, io: Io): Promise<void> {
    const items = queue.slice(0, count);
    try {
      for (const item of items) await attach(item, io);
      const answer = await transport.sendEvents(
        items.map(({ event }) => event),
        io,
      );
      settle(items, answer.rejected);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (count === 1) return settle(items, [{ index: 0, code: error.code, detail: error.message }]);
      const half = Math.ceil(count / 2);
      await send(half, io);
      await send(count - half, io);
    }
  }

  /** Sends batches until the queue is empty or one fails; a single run at a time. */
  function drain(signal: AbortSignal): Promise<boolean> {
    sending ??= (async () => {
      try {
        while (queue.length > 0 && !signal.aborted) await send(Math.min(queue.length, options.batch), { signal });
        return true;
      } catch (error) {
        failures++;
        retries++;
        const known = error instanceof TransportError ? error : undefined;
        askedMs = Math.min(ASKED_MOST_MS, (known?.retryAfterSeconds ?? 0) * 1000);
        onProblem({ code: known?.code ?? 'transport.failed', detail: error instanceof Error ? error.message : 'delivery failed' });
        return false;
      } finally {
        sending = undefined;
        schedule();
      }
    })();
    return sending;
  }

  for (const event of spool?.left() ?? []) queue.push({ event, attachments: [], bytes: 0 });
  schedule();

  return {
    enqueue(event, attachments) {
      const bytes = attachments.reduce((sum, each) => sum + each.bytes.length, 0);
      if (queue.length >= capacity || queuedBytes + bytes > capacityBytes) {
        dropped++;
        return false;
      }
      queue.push({ event, attachments, bytes });
      spooled((to) => to.keep(event));
      queuedBytes += bytes;
      schedule();
      return true;
    },
    async flush({ signal }) {
      flushes++;
      cancelTimer?.();
      cancelTimer = undefined;
      const over = new Promise<boolean>((resolve) => signal.addEventListener('abort', () => resolve(false), { once: true }));
      while (queue.length > 0 && !signal.aborted) {
        // A request that was under way before has its own, longer time.
        if ((await Promise.race([drain(signal), over])) || signal.aborted) continue;
        let cancel = (): void => {};
        await Promise.race([over, new Promise<void>((resolve) => (cancel = later(backoffMs(), resolve, true)))]);
        cancel();
      }
      flushes--;
      schedule();
      return queue.length;
    },
    stats: () => ({ queued: queue.length, delivered, rejected, dropped, retries }),
  };
}

/** Whether it is what was sent that is wrong: the same again would be answered the same. */
const isRefusal = (error: unknown): error is TransportError => error instanceof TransportError && !error.retryable;
