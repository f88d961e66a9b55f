import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Io } from '@ancilla/contracts';
import { AncillaError, type ErrorCode } from '@ancilla/contracts/errors';
import type { Policy, Redacted, TokenKey } from '@ancilla/redaction';

/** Without the places of what was found: they may be more than the value itself. */
export type RedactedValue = Pick<Redacted, 'value' | 'receipt'>;
/** With what was taken out of a text, where that was asked for. */
type Read = RedactedValue & { readonly removed?: readonly string[] };

/** What a redactor is made of, and the name under which a thread keeps it. */
export interface Recipe {
  readonly id: number;
  readonly policy: Policy;
  readonly tokenKey: TokenKey | undefined;
}

/** Redaction beside the server's own thread, with a deadline. */
export interface RedactionThreads extends AsyncDisposable {
  /** @throws {AncillaError} `redaction.refused` for a value that takes too long or too much memory, `redaction.failed` when no thread can be had */
  redact(recipe: Recipe, value: unknown, io: Io): Promise<RedactedValue>;
  /** A text, and what was taken out of it. @throws as {@link redact} */
  take(recipe: Recipe, text: string, io: Io): Promise<Read>;
  /** Whether there was a thread when one was last asked for. */
  readonly isUp: boolean;
}

/** What a thread is sent, and what it answers: as many, in the same order. Once it is ready it says so. */
export type Question = readonly Asked[];
export type Answer = readonly ({ readonly done: Read } | { readonly code: ErrorCode; readonly detail: string })[];
export const READY = 'ready';

interface Asked {
  readonly recipe: Recipe;
  readonly value: unknown;
  /** Whether what was taken out is told. */
  readonly isTaking: boolean;
}
interface Job extends Asked {
  readonly size: number;
  readonly signal: AbortSignal;
  resolve(done: Read): void;
  reject(error: unknown): void;
}

interface Thread {
  readonly inFlight: readonly (readonly Job[])[];
  readonly worker: Worker;
  take(jobs: readonly Job[]): void;
}

/** What one value may take. The longest body that a route takes needs a few seconds. */
const DEADLINE_MS = 60_000;
/** What one thread may hold: a body of nothing but finds takes more than a hundred times its length. */
const MOST_MEGABYTES = 768;
/** Values of this size are sent alone; shorter ones as many together as have this size. */
const LONG = 64 * 1024;
/** Messages at one thread: the next is there when it is through with one. */
const MOST_IN_FLIGHT = 2;

/** Characters, and a few for each value: what reading costs, roughly. Counted no further than `most`. */
export function sizeOf(value: unknown, most: number): number {
  const left = [value];
  let size = 0;
  while (left.length > 0 && size < most) {
    const each = left.pop();
    size += 4;
    if (typeof each === 'string') size += each.length;
    else if (Array.isArray(each)) for (const item of each) left.push(item);
    else if (typeof each === 'object' && each !== null) for (const [key, item] of Object.entries(each)) left.push(key, item);
  }
  return size;
}

/**
 * Threads that start when there is something for them. One that does not answer in time, or ends, is replaced, and what it read is refused.
 * @param count - two or more: long values leave one to the others
 */
export function openRedactionThreads({
  deadlineMs = DEADLINE_MS,
  count = Math.max(2, Math.min(4, availableParallelism() - 1)),
  // The script is this file's neighbour, as source or built.
  script = new URL(`./redaction-worker${extname(import.meta.url)}`, import.meta.url),
} = {}): RedactionThreads {
  const threads = new Set<Thread>();
  const short: Job[] = [];
  const alone: Job[] = [];
  let isUp = true;
  let isClosed = false;

  /** Whoever no longer waits is let go. */
  function shift(queue: Job[]): Job | undefined {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      if (!job.signal.aborted) return job;
      job.reject(job.signal.reason);
    }
    return undefined;
  }

  function next(mayBeAlone: boolean): readonly Job[] {
    const jobs: Job[] = [];
    for (let size = 0; size < LONG;) {
      const job = shift(short);
      if (job === undefined) break;
      jobs.push(job);
      size += job.size;
    }
    const job = mayBeAlone && jobs.length === 0 ? shift(alone) : undefined;
    return job === undefined ? jobs : [job];
  }

  function handOut(): void {
    while (!isClosed) {
      const all = [...threads];
      const idle = all.find(({ inFlight }) => inFlight.length === 0);
      const mayBeAlone = (idle !== undefined || all.length < count) && all.filter(isAlone).length < count - 1;
      if (short.length === 0 && (alone.length === 0 || !mayBeAlone)) return;
      const thread =
        idle ??
        (all.length < count ? tryToStart() : undefined) ??
        all.find((each) => each.inFlight.length < MOST_IN_FLIGHT && !isAlone(each));
      // Where some thread is at work, what waits has its turn when that is through.
      if (thread === undefined) return all.length === 0 ? giveUp() : undefined;
      const jobs = next(mayBeAlone);
      if (jobs.length === 0) return;
      thread.take(jobs);
    }
  }

  /** What a thread did not survive: alone it is at fault; of several each is tried by itself. */
  function blame(jobs: readonly Job[], error: AncillaError): void {
    if (jobs.length === 1) jobs[0]?.reject(error);
    else alone.unshift(...jobs);
  }

  /** A machine short of threads or memory refuses one at once. */
  function tryToStart(): Thread | undefined {
    try {
      return startThread();
    } catch {
      return undefined;
    }
  }

  function giveUp(): void {
    isUp = false;
    for (const job of [...short.splice(0), ...alone.splice(0)]) job.reject(unavailable());
  }

  function startThread(): Thread {
    let isReady = false;
    let timer: NodeJS.Timeout | undefined;
    const inFlight: (readonly Job[])[] = [];
    const worker = new Worker(script, { stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES } });
    const watch = () => {
      clearTimeout(timer);
      const waitMs = isReady ? deadlineMs : DEADLINE_MS;
      if (inFlight.length > 0) timer = setTimeout(end, waitMs, `was not read within ${waitMs / 1000} s`).unref();
    };
    const end = (why: string) => {
      if (!threads.delete(thread)) return;
      clearTimeout(timer);
      void worker.terminate();
      isUp = isReady;
      const [first = [], ...behind] = inFlight;
      if (isReady && !isClosed) {
        blame(first, new AncillaError('redaction.refused', `the input ${why}: send it in parts`));
        short.unshift(...behind.flat());
      } else for (const job of inFlight.flat()) job.reject(unavailable());
      handOut();
    };
    worker.on('message', (message: Answer | typeof READY) => {
      if (message === READY) {
        isUp = isReady = true;
        return watch();
      }
      const jobs = inFlight.shift() ?? [];
      watch();
      for (const [index, job] of jobs.entries()) {
        const answer = message[index];
        if (answer !== undefined && 'done' in answer) job.resolve(answer.done);
        else job.reject(new AncillaError(answer?.code ?? 'redaction.failed', answer?.detail ?? 'a thread did not answer'));
      }
      handOut();
    });
    worker.on('error', () => end('needs more memory than there is'));
    worker.on('exit', () => end('ended the thread that read it'));
    worker.unref();
    const thread: Thread = {
      inFlight,
      worker,
      take(jobs) {
        inFlight.push(jobs);
        try {
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
          worker.postMessage(jobs.map(({ recipe, value, isTaking }) => ({ recipe, value, isTaking })) satisfies Question);
        } catch {
          inFlight.pop();
          blame(jobs, new AncillaError('redaction.refused', 'not a JSON value'));
        }
        if (inFlight.length === 1) watch();
      },
    };
    threads.add(thread);
    return thread;
  }

  const ask = (asked: Asked, { signal }: Io): Promise<Read> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(unavailable());
      const job = { ...asked, size: sizeOf(asked.value, LONG), signal, resolve, reject };
      (job.size < LONG ? short : alone).push(job);
      handOut();
    });

  return {
    get isUp() {
      return isUp;
    },
    redact: (recipe, value, io) => ask({ recipe, value, isTaking: false }, io),
    take: (recipe, value, io) => ask({ recipe, value, isTaking: true }, io),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
      giveUp();
    },
  };
}

const unavailable = () => new AncillaError('redaction.failed', 'no thread can redact now: send it again later');
const isAlone = ({ inFlight }: Thread): boolean => inFlight.some(([job]) => job !== undefined && job.size >= LONG);
