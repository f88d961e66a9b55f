import { Worker } from 'node:worker_threads';
import { AncillaError, type ErrorCode } from '@ancilla/contracts/errors';
import type { Policy, Redacted, TokenKey } from '@ancilla/redaction';

/** Without the places of what was found: they may be more than the value itself. */
export type RedactedValue = Pick<Redacted, 'value' | 'receipt'>;
/** With what was taken out of a text, where that was asked for. */
export type Read = RedactedValue & { readonly removed?: readonly string[] };

/** What a redactor is made of, and the name under which a thread keeps it. */
export interface Recipe {
  readonly id: number;
  readonly policy: Policy;
  readonly tokenKey: TokenKey | undefined;
}
export interface Asked {
  readonly recipe: Recipe;
  readonly value: unknown;
  /** Whether what was taken out is told. */
  readonly isTaking: boolean;
}
/** Something to be read, and who waits for it. */
export interface Job extends Asked {
  readonly size: number;
  readonly signal: AbortSignal;
  resolve(done: Read): void;
  reject(error: unknown): void;
}

/** What a thread is sent, and what it answers: as many, in the same order. Once it is ready it says so. */
export type Question = readonly Asked[];
export type Answer = readonly ({ readonly done: Read } | { readonly code: ErrorCode; readonly detail: string })[];
export const READY = 'ready';

/** A thread that runs, or is about to. */
export interface Thread {
  /** Messages that it has not answered, the oldest first. */
  readonly inFlight: readonly (readonly Job[])[];
  /** Sends it some jobs in one message. @throws when no message can hold them; none of them is taken then */
  take(jobs: readonly Job[]): void;
  terminate(): Promise<unknown>;
}

/** What one thread may hold: a body of nothing but finds takes more than a hundred times its length. */
const MOST_MEGABYTES = 768;

/**
 * Starts a thread. One that does not answer in time is ended, as it ends of itself where memory is lacking.
 * @param parts - `deadlineMs` is what a message may take, `startMs` what the start may; `onEnd` is called once, with what is in flight left as it was
 * @throws what the system says when it has no thread to give
 */
export function startThread({
  script,
  deadlineMs,
  startMs,
  onReady,
  onAnswered,
  onEnd,
}: {
  readonly script: URL;
  readonly deadlineMs: number;
  readonly startMs: number;
  readonly onReady: () => void;
  readonly onAnswered: () => void;
  readonly onEnd: (why: string, wasReady: boolean) => void;
}): Thread {
  let isReady = false;
  let hasEnded = false;
  let timer: NodeJS.Timeout | undefined;
  const inFlight: (readonly Job[])[] = [];
  const worker = new Worker(script, { stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES } });
  const watch = () => {
    clearTimeout(timer);
    const waitMs = isReady ? deadlineMs : startMs;
    if (inFlight.length > 0) timer = setTimeout(end, waitMs, `was not read within ${waitMs / 1000} s`).unref();
  };
  const end = (why: string) => {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(timer);
    void worker.terminate();
    onEnd(why, isReady);
  };
  worker.on('message', (message: Answer | typeof READY) => {
    if (message === READY) {
      isReady = true;
      onReady();
      return watch();
    }
    const jobs = inFlight.shift() ?? [];
    watch();
    for (const [index, job] of jobs.entries()) {
      const answer = message[index];
      if (answer !== undefined && 'done' in answer) job.resolve(answer.done);
      else job.reject(new AncillaError(answer?.code ?? 'redaction.failed', answer?.detail ?? 'a thread did not answer'));
    }
    onAnswered();
  });
  worker.on('error', () => end('needs more memory than there is'));
  worker.on('exit', () => end('ended the thread that read it'));
  worker.unref();
  return {
    inFlight,
    terminate: () => worker.terminate(),
    take(jobs) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
      worker.postMessage(jobs.map(({ recipe, value, isTaking }) => ({ recipe, value, isTaking })) satisfies Question);
      inFlight.push(jobs);
      if (inFlight.length === 1) watch();
    },
  };
}
