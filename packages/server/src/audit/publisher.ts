import type { Io, Ledger } from '@ancilla/contracts';
import type { EvidenceFolder } from './evidence-folder.ts';

/** Publishes checkpoints while writes arrive: at most one a second and log. */
export interface Publisher extends AsyncDisposable {
  /** Told of each commit. */
  wrote(ledger: Ledger): void;
  /** Publishes everything now: at shutdown, and before a proof is handed out. */
  flush(io: Io): Promise<void>;
}

export function openPublisher({
  folder,
  later,
  intervalMs,
  onError,
}: {
  readonly folder: EvidenceFolder;
  readonly later: (ms: number, run: () => void) => () => void;
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
}): Publisher {
  const due = new Map<Ledger, () => void>();
  const running = new Set<Promise<void>>();
  const signal = new AbortController().signal;
  const publish = (ledger: Ledger): Promise<void> => {
    const done: Promise<void> = folder
      .publish(ledger, { signal })
      .then(() => {}, onError)
      .finally(() => running.delete(done));
    running.add(done);
    return done;
  };
  let isClosed = false;
  const flush = async (): Promise<void> => {
    for (const [ledger, cancel] of due) {
      cancel();
      due.delete(ledger);
      void publish(ledger);
    }
    await Promise.all(running);
  };
  return {
    wrote(ledger) {
      if (isClosed || due.has(ledger)) return;
      due.set(
        ledger,
        later(intervalMs, () => {
          due.delete(ledger);
          void publish(ledger);
        }),
      );
    },
    flush,
    async [Symbol.asyncDispose]() {
      isClosed = true;
      await flush();
    },
  };
}
