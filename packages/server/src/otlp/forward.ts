// Cleaned spans on their way to another OTLP backend: bounded, in order, at most once more after a failure that may pass.
import type { Egress, Io } from '@ancilla/contracts';
import { writeProtobuf } from './protobuf.ts';
import type { Received } from './spans.ts';

export interface Forward {
  send(spans: readonly Received[]): void;
  settled(): Promise<void>;
}

/** Batches that wait; more are let go and counted, since the evidence is in the ledger and not here. */
const MOST_WAITING = 64;
const ATTEMPTS = 3;
const PAUSE_MS = 500;

export function openForward({
  url,
  egress,
  sleep,
  signal,
  onError,
}: {
  /** Base URL; /v1/traces is added. */
  readonly url: string;
  readonly egress: Egress;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly signal: Io['signal'];
  readonly onError: (error: unknown) => void;
}): Forward {
  const to = `${url.replace(/\/+$/, '')}/v1/traces`;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  async function post(body: Buffer<ArrayBuffer>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const answer = await egress(to, { method: 'POST', headers: { 'content-type': 'application/x-protobuf' }, body, signal });
      await answer.body?.cancel();
      if (answer.ok) return;
      if (attempt === ATTEMPTS || ![429, 502, 503, 504].includes(answer.status))
        throw new Error(`${new URL(to).host} refuses cleaned spans with ${answer.status}`);
      await sleep(PAUSE_MS * 2 ** attempt, signal);
    }
  }

  return {
    send(spans) {
      if (spans.length === 0) return;
      if (waiting >= MOST_WAITING) {
        onError(new Error(`${spans.length} cleaned spans are not forwarded: ${MOST_WAITING} batches wait already`));
        return;
      }
      waiting++;
      const body = Buffer.from(writeProtobuf(spans));
      last = last
        .then(() => post(body))
        .catch(onError)
        .finally(() => waiting--);
    },
    settled: () => last,
  };
}
