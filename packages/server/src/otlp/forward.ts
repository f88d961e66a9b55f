// Cleaned spans on their way to another OTLP backend: in order, and bounded; sent again while it may only be restarting.
import type { Egress, Io } from '@ancilla/contracts';
import { isAncillaError } from '@ancilla/contracts/errors';
import { writeProtobuf } from './protobuf.ts';
import type { Received } from './spans.ts';

export interface Forward {
  send(spans: readonly Received[]): void;
  settled(): Promise<void>;
}

/** What becomes of spans: `dropped` when the backend did not come back in time, or too many waited for it. */
export type Forwarded = 'sent' | 'refused' | 'dropped';

/** What waits; more is let go and counted, since the evidence is in the ledger and not here. */
const MOST_BYTES = 64 * 1024 ** 2;
/** Over about a minute and a half: longer than a backend takes to restart. */
const ATTEMPTS = 8;
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** OTLP 1.9, "Retryable Response Codes". */
const MAY_PASS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export function openForward({
  url,
  egress,
  sleep,
  signal,
  observe,
}: {
  /** Base URL; /v1/traces is added. */
  readonly url: string;
  readonly egress: Egress;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly signal: Io['signal'];
  /** Told of each batch, with the number of its spans. */
  readonly observe: (outcome: Forwarded, spans: number) => void;
}): Forward {
  const to = `${url.replace(/\/+$/, '')}/v1/traces`;
  let waitingBytes = 0;
  let last: Promise<void> = Promise.resolve();

  /** @returns the status, or undefined when there was no answer */
  async function post(body: Buffer<ArrayBuffer>): Promise<number | undefined> {
    try {
      const answer = await egress(to, { method: 'POST', headers: { 'content-type': 'application/x-protobuf' }, body, signal });
      await answer.body?.cancel();
      return answer.status;
    } catch (error) {
      // An address that may not be spoken to will not become another.
      return isAncillaError(error, 'egress.refused') ? 400 : undefined;
    }
  }

  async function deliver(body: Buffer<ArrayBuffer>): Promise<Forwarded> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      const status = await post(body);
      if (status !== undefined && status >= 200 && status < 300) return 'sent';
      if (status !== undefined && !MAY_PASS.has(status)) return 'refused';
      if (attempt === ATTEMPTS) break;
      // Woken early, there is no next attempt.
      await sleep(Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** attempt), signal).catch(() => {});
    }
    return 'dropped';
  }

  return {
    send(spans) {
      if (spans.length === 0) return;
      if (waitingBytes >= MOST_BYTES) return observe('dropped', spans.length);
      const body = Buffer.from(writeProtobuf(spans));
      waitingBytes += body.length;
      last = last
        .then(() => deliver(body))
        .then((outcome) => {
          waitingBytes -= body.length;
          observe(outcome, spans.length);
        });
    },
    settled: () => last,
  };
}
