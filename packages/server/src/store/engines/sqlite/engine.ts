import { mkdir, readdir, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { AncillaError, type Io } from '@ancilla/contracts';
import type { Engine, Place } from '../engine.ts';
import type { Table } from '../../table.ts';
import { lockFolder } from './folder-lock.ts';
import { filePath } from './open-files.ts';
import type { Answer, Request, WorkerSetup } from './protocol.ts';

/** The engine of a folder, as `openStores` opens it. */
export const inFolder =
  (folder: string, { workers = 2, maxOpenFiles = 400 }: { readonly workers?: number; readonly maxOpenFiles?: number } = {}) =>
  (tables: readonly Table[]): Promise<Engine> =>
    openSqliteEngine({ folder, tables, workers, maxOpenFiles });

/** One encrypted file for each store, worked on by threads: a store always by the same one, so each file has one writer. */
export async function openSqliteEngine({
  folder,
  tables,
  workers,
  maxOpenFiles,
}: {
  readonly folder: string;
  readonly tables: readonly Table[];
  readonly workers: number;
  /** Of all workers together. */
  readonly maxOpenFiles: number;
}): Promise<Engine> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  const setup: WorkerSetup = { folder, tables, maxOpenFiles: Math.max(1, Math.floor(maxOpenFiles / workers)) };
  const pool = Array.from({ length: workers }, () => openWorker(setup));
  const ask = (place: Place, question: Question, { signal }: Io): Promise<unknown> => {
    const worker = pool[bucket(place.name, pool.length)];
    if (!worker) throw new RangeError('an engine needs a worker');
    return worker.ask({ place, ...question }, signal);
  };
  return {
    async create(place, log_id, io) {
      await ask(place, { op: 'create', log_id }, io);
    },
    exists: async (name) => existsSync(filePath(folder, name)),
    async names() {
      return (await readdir(folder))
        .filter((name) => name.endsWith('.db') && name !== 'lock.db')
        .map((name) => name.slice(0, -'.db'.length));
    },
    async sizeBytes(name) {
      const sizes = await Promise.all(
        ['', '-wal'].map(async (suffix) => (await stat(filePath(folder, name) + suffix).catch(() => undefined))?.size ?? 0),
      );
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    store: (place) => ({
      // The answers' types are those of the names asked for: worker and port share `Reads`.
      read: async (what, args, io) => (await ask(place, { op: 'read', what, args }, io)) as never,
      commit: async (commit, io) => (await ask(place, { op: 'commit', commit }, io)) as never,
    }),
    async [Symbol.asyncDispose]() {
      await Promise.all(pool.map((worker) => worker.close()));
      lock[Symbol.dispose]();
    },
  };
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id' | 'place'> : never;
type Question = WithoutId<Request>;

interface StoreWorker {
  ask(request: { readonly place: Place } & Question, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** One message the worker works on, and one that it finds when it is through. What is asked meanwhile gathers into the next: a larger group for one sync of the disk. */
const MOST_IN_FLIGHT = 2;
/** So many writes were gathered before they came here, as events are: the worker is not left waiting while this turn of the event loop, which may be a long one, goes on. */
const ENOUGH_WRITES = 16;

function openWorker(setup: WorkerSetup): StoreWorker {
  // The extension is ours: .ts when run from source, .js when built.
  const worker = new Worker(new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url), { workerData: setup });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let lastId = 0;
  let outbox: Request[] = [];
  let scheduled = false;
  let inFlight = 0;
  let ended: AncillaError | undefined;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  const end = (error: AncillaError) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const send = () => {
    scheduled = false;
    if (outbox.length === 0 || inFlight === MOST_IN_FLIGHT) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
    worker.postMessage(outbox);
    outbox = [];
    inFlight++;
  };
  const settle = (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (!asked) return;
    if ('value' in answer) return asked.resolve(answer.value);
    const { code, detail, errors } = answer.error;
    asked.reject(code === undefined ? new TypeError(detail) : new AncillaError(code, detail, { errors }));
  };
  worker.on('message', (answers: readonly Answer[]) => {
    inFlight--;
    send();
    for (const answer of answers) settle(answer);
  });
  worker.once('error', (cause) => end(new AncillaError('store.unavailable', 'a store worker failed', { cause })));
  worker.once('exit', () => end(new AncillaError('store.unavailable', 'the store is closed')));

  return {
    ask: (request, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (ended) return reject(ended);
        const id = ++lastId;
        // Whoever stops waiting is let go; what was asked is done all the same, and a repetition finds it done.
        const stop = () => {
          waiting.delete(id);
          reject(signal.reason);
        };
        signal.addEventListener('abort', stop, { once: true });
        const settled = () => signal.removeEventListener('abort', stop);
        waiting.set(id, {
          resolve: (value) => (settled(), resolve(value)),
          reject: (error) => (settled(), reject(error)),
        });
        outbox.push({ id, ...request });
        // A large commit goes at once; the rest after what else arrives in this turn.
        if (request.op === 'commit' && request.commit.writes.length >= ENOUGH_WRITES) return send();
        if (!scheduled) setImmediate(send);
        scheduled = true;
      }),
    async close() {
      inFlight = 0;
      send();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
      worker.postMessage('close');
      await exited;
    },
  };
}

/** FNV-1a: spreads names evenly over the workers, the same on each start. */
function bucket(name: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % buckets;
}
