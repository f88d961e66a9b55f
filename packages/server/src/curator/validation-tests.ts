import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import type { GovernedVersion } from '@ancilla/contracts';

/** One test of a config, ready to run: its schema is found and within the restrictions. */
export interface ValidationTest {
  readonly name: string;
  readonly schema: boolean | object;
  /** Must fit the schema. */
  readonly examples: readonly unknown[];
  /** Must not fit it. */
  readonly counter_examples: readonly unknown[];
}
export type TestResult = GovernedVersion['tests'][number];

/** What the worker answers, one test at a time. */
export const Answer = Type.Object({ index: Type.Integer(), passed: Type.Boolean(), detail: Type.Optional(Type.String()) });
export type Answer = Static<typeof Answer>;

/** Runs tests and gives each its result, in their order. */
export type RunTests = (tests: readonly ValidationTest[], signal: AbortSignal) => Promise<readonly TestResult[]>;

/**
 * Schemas compile and validate in a thread of their own with little memory and a deadline, so that one that never ends costs the server nothing but the wait.
 * @param deadlineMs - for all tests of one version together, the thread's start included
 * @param atOnce - threads at the same time; further versions wait their turn
 */
export const openTestRunner = ({ deadlineMs, atOnce }: { readonly deadlineMs: number; readonly atOnce: number }): RunTests => {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (tests, signal) => {
    if (tests.length === 0) return [];
    if (free > 0) free--;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      signal.throwIfAborted();
      return await runInThread(tests, deadlineMs, signal);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
};

/** Nothing of the server's environment but where compiled code is kept, so that each thread need not compile it. */
const { NODE_COMPILE_CACHE } = process.env;
const cached = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

const runInThread = (tests: readonly ValidationTest[], deadlineMs: number, signal: AbortSignal): Promise<readonly TestResult[]> => {
  const answers = new Map<number, Answer>();
  const { promise, resolve, reject } = Promise.withResolvers<readonly TestResult[]>();
  // The worker is this file's neighbour, as source or built.
  const worker = new Worker(new URL(`./validation-worker${extname(import.meta.url)}`, import.meta.url), {
    workerData: tests,
    env: cached,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 },
  });
  const settle = (why: string) => {
    clearTimeout(deadline);
    signal.removeEventListener('abort', abort);
    void worker.terminate();
    resolve(
      tests.map(({ name }, index) => {
        const { passed, detail } = answers.get(index) ?? { passed: false, detail: why };
        return { name, passed, ...(detail !== undefined && { detail: detail.slice(0, 300) }) };
      }),
    );
  };
  const abort = () => {
    clearTimeout(deadline);
    void worker.terminate();
    reject(signal.reason);
  };
  const deadline = setTimeout(() => settle(`did not finish within ${deadlineMs} ms`), deadlineMs);
  signal.addEventListener('abort', abort, { once: true });
  worker.on('message', (message: unknown) => {
    const answer = Value.Parse(Answer, message);
    answers.set(answer.index, answer);
    if (answers.size === tests.length) settle('');
  });
  worker.on('error', () => settle('needs more memory or stack than a validation test may use'));
  worker.on('exit', () => settle('ended without a result'));
  return promise;
};
