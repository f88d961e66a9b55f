import { AncillaError, type Io } from '@ancilla/contracts';

/** Runs wait here for their turn: so many at once, and of those that wait one tenant's after the other's, however many each has. */
export interface Queue {
  /** Resolves when it is a run's turn; disposing of it ends the turn. */
  turn(tenant_id: string, io: Io): Promise<Disposable>;
  /** @throws {AncillaError} `training.busy` when so many of a tenant's wait already that another one would only make the queue longer */
  assertRoom(tenant_id: string): void;
}

export function openQueue({ atOnce, mostWaiting }: { readonly atOnce: number; readonly mostWaiting: number }): Queue {
  let running = 0;
  /** By tenant, whose turn comes next first. */
  const waiting = new Map<string, Set<() => void>>();

  function next(): void {
    const [first] = waiting;
    if (first === undefined || running === atOnce) return;
    const [tenant_id, runs] = first;
    const [begin] = runs;
    waiting.delete(tenant_id);
    if (begin === undefined) return next();
    runs.delete(begin);
    // Behind those of all others.
    if (runs.size > 0) waiting.set(tenant_id, runs);
    running++;
    begin();
  }

  return {
    async turn(tenant_id, { signal }) {
      signal.throwIfAborted();
      const runs = waiting.get(tenant_id) ?? new Set();
      waiting.set(tenant_id, runs);
      await new Promise<void>((resolve, reject) => {
        const begin = (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          runs.delete(begin);
          reject(signal.reason);
        };
        runs.add(begin);
        signal.addEventListener('abort', leave, { once: true });
        next();
      });
      return {
        [Symbol.dispose]() {
          running--;
          next();
        },
      };
    },
    assertRoom(tenant_id) {
      const count = waiting.get(tenant_id)?.size ?? 0;
      if (count >= mostWaiting) throw new AncillaError('training.busy', `${count} runs wait for their turn already`);
    },
  };
}
