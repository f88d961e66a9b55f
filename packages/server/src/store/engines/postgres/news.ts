import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Tells other servers of commits, and hears of theirs. Only a hint to look: what was not heard is found by looking. */
export interface News extends AsyncDisposable {
  committed(store: string): void;
  onOthers(listener: (store: string) => void): void;
}

const CHANNEL = 'ancilla_commits';
/** A busy store is told of so often: a notification inside of each commit would make all commits of the database wait for one lock. */
const TELL_EVERY_MS = 100;
const LISTEN_AGAIN_MS = 1000;

export function openNews(pool: pg.Pool, config: pg.ClientConfig, onError: (error: unknown) => void): News {
  const me = randomBytes(8).toString('hex');
  const listeners = new Set<(store: string) => void>();
  const due = new Map<string, NodeJS.Timeout>();
  let listening: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;

  const listen = async (): Promise<void> => {
    const client = new pg.Client(config);
    listening = client;
    let isLost = false;
    const lose = (cause: unknown) => {
      if (isLost || isClosed) return;
      isLost = true;
      onError(cause);
      void client.end().catch(() => {});
      again = setTimeout(() => void listen(), LISTEN_AGAIN_MS);
      again.unref();
    };
    client.on('error', lose);
    client.on('notification', ({ payload = '' }) => {
      const [from, store] = payload.split(' ');
      if (from !== me && store !== undefined) for (const listener of listeners) listener(store);
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      lose(error);
    }
  };
  const first = listen();

  return {
    committed(store) {
      if (due.has(store) || isClosed) return;
      const timer = setTimeout(() => {
        due.delete(store);
        pool.query(`select pg_notify('${CHANNEL}', $1)`, [`${me} ${store}`]).catch(onError);
      }, TELL_EVERY_MS);
      due.set(store, timer);
    },
    onOthers: (listener) => void listeners.add(listener),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(again);
      for (const timer of due.values()) clearTimeout(timer);
      await first;
      await listening?.end().catch(() => {});
    },
  };
}
