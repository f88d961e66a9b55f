import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import type { Io } from '@ancilla/contracts';
import { AncillaError } from '@ancilla/contracts/errors';
import { startThread, type Asked, type Job, type Read, type Recipe, type RedactedValue, type Thread } from './redaction-thread.ts';

/** Redaction beside the server's own thread, with a deadline. */
export interface RedactionThreads extends AsyncDisposable {
  /** @throws {AncillaError} `redaction.refused` for a value that takes too long or too much memory, `redaction.failed` when no thread can be had */
  redact(recipe: Recipe, value: unknown, io: Io): Promise<RedactedValue>;
  /** A text, and what was taken out of it. @throws as {@link redact} */
  take(recipe: Recipe, text: string, io: Io): Promise<Read>;
  /** Whether there was a thread when one was last asked for. */
  readonly isUp: boolean;
}

/** What one value may take. The longest body that a route takes needs a few seconds. */
const DEADLINE_MS = 60_000;
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
      try {
        thread.take(jobs);
      } catch {
        blame(jobs, new AncillaError('redaction.refused', 'not a JSON value'));
      }
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
      const thread: Thread = startThread({
        script,
        deadlineMs,
        startMs: DEADLINE_MS,
        onReady: () => void (isUp = true),
        onAnswered: handOut,
        onEnd(why, wasReady) {
          threads.delete(thread);
          isUp = wasReady;
          goOnWithout(thread, wasReady && !isClosed ? why : undefined);
        },
      });
      threads.add(thread);
      return thread;
    } catch {
      return undefined;
    }
  }

  /** @param why - what became of the value it was at; undefined where the thread is at fault itself, or was told to end */
  function goOnWithout({ inFlight: [first = [], ...behind] }: Thread, why: string | undefined): void {
    if (why === undefined) for (const job of [...first, ...behind.flat()]) job.reject(unavailable());
    else {
      blame(first, new AncillaError('redaction.refused', `the input ${why}: send it in parts`));
      short.unshift(...behind.flat());
    }
    handOut();
  }

  function giveUp(): void {
    isUp = false;
    for (const job of [...short.splice(0), ...alone.splice(0)]) job.reject(unavailable());
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
      await Promise.all([...threads].map((thread) => thread.terminate()));
      giveUp();
    },
  };
}

const unavailable = () => new AncillaError('redaction.failed', 'no thread can redact now: send it again later');
const isAlone = ({ inFlight }: Thread): boolean => inFlight.some(([job]) => job !== undefined && job.size >= LONG);
