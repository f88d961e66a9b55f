// Runs in browsers too. Events leave in the background: bounded, in batches, retried, never into the agent's way.
import type { ArtifactCategory, Io, PromptEventInput, Random } from '@ancilla/contracts';
import { TransportError } from './http-transport.ts';
import type { Transport } from './transport.ts';

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
  /** Runs something later without keeping the process alive; the answer cancels it. */
  readonly later: (ms: number, run: () => void) => () => void;
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
  /** Sends what is queued until nothing is left or the signal aborts; answers how many are left. */
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

export function openDelivery(options: DeliveryOptions): Delivery {
  const { transport, random, later, capacity, capacityBytes, spool, onProblem } = options;
  const queue: Item[] = [];
  let queuedBytes = 0;
  let batchLimit = options.batch;
  let delivered = 0;
  let rejected = 0;
  let dropped = 0;
  let retries = 0;
  let failures = 0;
  let cancelTimer: (() => void) | undefined;
  let sending: Promise<boolean> | undefined;

  const backoffMs = (): number => {
    const most = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 16));
    // Full jitter: emitters that failed together do not come back together.
    return (most * ((random.bytes(1)[0] ?? 0) + 1)) / 256;
  };

  function schedule(ms: number): void {
    cancelTimer ??= later(ms, () => {
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

  /** Uploads what an event refers to, once: a retry after a partial failure does not upload again. */
  async function attach(item: Item, io: Io): Promise<void> {
    for (let next = item.attachments[0]; next !== undefined; next = item.attachments[0]) {
      const { category, bytes, refer } = next;
      const id = await transport.putArtifact({ category, content_type: 'application/json', bytes, trace_id: item.event.trace_id }, io);
      item.event = refer(item.event, id);
      item.attachments = item.attachments.slice(1);
    }
  }

  /** One batch; true when it left the queue. */
  async function sendBatch(io: Io): Promise<boolean> {
    const batch = queue.slice(0, batchLimit);
    try {
      for (const item of batch) await attach(item, io);
      const answer = await transport.sendEvents(
        batch.map(({ event }) => event),
        io,
      );
      queue.splice(0, batch.length);
      queuedBytes -= batch.reduce((sum, { bytes }) => sum + bytes, 0);
      delivered += batch.length - answer.rejected.length;
      rejected += answer.rejected.length;
      for (const { index, code, detail } of answer.rejected) {
        const event_id = batch[index]?.event.event_id;
        onProblem({ code, detail, ...(event_id !== undefined && { event_id }) });
      }
      failures = 0;
      batchLimit = options.batch;
      spooled((to) => {
        if (queue.length === 0 || to.bytes() > SPOOL_BYTES) to.replace(queue.map(({ event }) => event));
      });
      return true;
    } catch (error) {
      failures++;
      retries++;
      if (error instanceof TransportError && error.status === 413 && batch.length > 1) batchLimit = Math.ceil(batch.length / 2);
      onProblem({
        code: error instanceof TransportError ? error.code : 'transport.failed',
        detail: error instanceof Error ? error.message : 'delivery failed',
      });
      return false;
    }
  }

  /** Sends batches until the queue is empty or one fails; a single run at a time. */
  function drain(signal: AbortSignal): Promise<boolean> {
    sending ??= (async () => {
      try {
        while (queue.length > 0 && !signal.aborted) if (!(await sendBatch({ signal }))) return false;
        return true;
      } finally {
        sending = undefined;
        if (queue.length > 0) schedule(failures > 0 ? backoffMs() : options.intervalMs);
      }
    })();
    return sending;
  }

  for (const event of spool?.left() ?? []) queue.push({ event, attachments: [], bytes: 0 });
  if (queue.length > 0) schedule(options.intervalMs);

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
      schedule(queue.length >= options.batch && failures === 0 ? 0 : options.intervalMs);
      return true;
    },
    async flush({ signal }) {
      cancelTimer?.();
      cancelTimer = undefined;
      while (queue.length > 0 && !signal.aborted) {
        const sent = await drain(signal);
        if (!sent && !signal.aborted)
          await new Promise<void>((resolve) => {
            const cancel = later(backoffMs(), resolve);
            signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
          });
      }
      return queue.length;
    },
    stats: () => ({ queued: queue.length, delivered, rejected, dropped, retries }),
  };
}
