import { setTimeout } from 'node:timers/promises';
import { AncillaError, type Io, type Receipt } from '@ancilla/contracts';
import { emptyEdge } from '@ancilla/evidence';
import pg from 'pg';
import type { Table } from '../../table.ts';
import type { Engine, EngineStore, Place, PreparedCommit, Reads } from '../engine.ts';
import { plain, sealed, type Cloak } from './cloak.ts';
import { commitGroup, type Outcome } from './commit-group.ts';
import { inTransaction } from './connection.ts';
import { fillFields } from './fill-fields.ts';
import { fromPostgres, isAway, isLost, mayRetry } from './errors.ts';
import { openNews } from './news.ts';
import { assertClock, prepareDatabase } from './prepare.ts';
import { openReads } from './reads.ts';
import { fieldsOf, SCHEMA } from './schema.ts';

/** Any number: keeps our locks apart from those of other programs on the database. */
const ALONE = 77_170;
/** A transaction takes at most so many writes: one client's flood must not make all others wait. */
const GROUP_WRITES = 512;
/** So often work is done again that another transaction got in the way of, or whose connection was lost before it could commit. */
const ATTEMPTS = 6;
/** So often a running server compares its clock with the database's. */
const CLOCK_EVERY_MS = 60_000;

/** The engine of a database, as `openStores` opens it. */
export const inPostgres =
  (of: Omit<Parameters<typeof openPostgresEngine>[0], 'tables'>) =>
  (tables: readonly Table[]): Promise<Engine> =>
    openPostgresEngine({ ...of, tables });

/**
 * Makes the tables or brings them up to this version, as the role that owns them, for one that writes and owns nothing.
 * @throws {AncillaError} `store.unavailable`, saying what to do
 */
export async function migratePostgres({
  url,
  tls = false,
  tables,
  grantTo,
}: {
  readonly url: string;
  readonly tls?: boolean;
  readonly tables: readonly Table[];
  readonly grantTo: string | undefined;
}): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, ssl: tls, connectionTimeoutMillis: 10_000, application_name: 'ancilla', max: 1 });
  try {
    await prepareDatabase(pool, tables, grantTo);
  } catch (error) {
    throw fromPostgres(error);
  } finally {
    await pool.end();
  }
}

/** Tables in one PostgreSQL database, shared by any number of servers. A row belongs to a store, and is sealed under its key unless the site wants it plain. */
export async function openPostgresEngine({
  url,
  tls = false,
  tables,
  isPlain = false,
  connections = 10,
  statementMs = 30_000,
  onError,
}: {
  readonly url: string;
  /** Encrypted, the server's certificate and name verified. */
  readonly tls?: boolean;
  readonly tables: readonly Table[];
  readonly isPlain?: boolean;
  readonly connections?: number;
  readonly statementMs?: number;
  /** Told of connections that broke while nobody used them, and of a clock that went astray. */
  readonly onError: (error: unknown) => void;
}): Promise<Engine> {
  const config = {
    connectionString: url,
    ssl: tls,
    connectionTimeoutMillis: 10_000,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: statementMs,
    application_name: 'ancilla',
    keepAlive: true,
  };
  const pool = new pg.Pool({ ...config, max: connections });
  // Also while a transaction has the connection, whose own calls then fail: an event that nobody hears would end the process.
  pool.on('connect', (client) => void client.on('error', onError));
  pool.on('error', onError);
  try {
    await prepareDatabase(pool, tables);
  } catch (error) {
    await pool.end();
    throw fromPostgres(error);
  }
  const news = openNews(pool, config, onError);
  // Only told: what another server's lease protects is kept apart by epochs, whatever the time.
  const clockCheck = setInterval(() => void assertClock(pool).catch((error: unknown) => onError(fromPostgres(error))), CLOCK_EVERY_MS);
  clockCheck.unref();
  const byName = new Map(tables.map((table) => [table.name, table]));
  const fields = fieldsOf(tables);
  const lanes = new Map<string, Lane>();
  const cloaks = new Map<string, Cloak>();
  const cloakOf = (place: Place): Cloak => {
    const known = cloaks.get(place.name);
    if (known) return known;
    const made = (isPlain ? plain : sealed)(place);
    cloaks.set(place.name, made);
    return made;
  };

  return {
    async create({ name }, log_id) {
      const made = await again(() =>
        inTransaction(pool, name, 'read write', async (transaction) => {
          const first = await transaction.all('insert into stores values ($1) on conflict do nothing returning store', [name]);
          if (first.length > 0)
            await transaction.all('insert into head (store, log_id, size, edge, revision, fields) values ($1, $2, 0, $3, 0, $4)', [
              name,
              log_id,
              JSON.stringify(emptyEdge),
              fields,
            ]);
          return first;
        }),
      );
      if (made.length === 0) throw new AncillaError('tenant.exists', 'the store exists');
    },
    async exists(name) {
      const found = await again(() =>
        inTransaction(pool, name, 'read only', (transaction) => transaction.all('select 1 from stores where store = $1', [name])),
      );
      return found.length > 0;
    },
    names: () => listStores(pool),
    async sizeBytes(name) {
      const [row] = await again(() =>
        inTransaction(pool, name, 'read only', (transaction) =>
          transaction.all<[string]>('select bytes from head where store = $1', [name]),
        ),
      );
      return Number(row?.[0] ?? 0);
    },
    store(place): EngineStore {
      const parts = { tables: byName, cloak: cloakOf(place), store: place.name };
      let filled: Promise<void> | undefined;
      const ready = () =>
        (filled ??= again(() => fillFields(pool, parts)).catch((error: unknown) => {
          filled = undefined;
          throw error;
        }));
      return {
        async read<K extends keyof Reads>(what: K, args: Parameters<Reads[K]>, { signal }: Io) {
          signal.throwIfAborted();
          await ready();
          return (await again(() =>
            inTransaction(pool, place.name, 'read only', (transaction) => {
              // The caller's types tie the arguments to the name.
              const read = openReads(parts, transaction)[what] as (...given: readonly unknown[]) => Promise<unknown>;
              return read(...args);
            }),
          )) as ReturnType<Reads[K]>;
        },
        commit(commit, { signal }) {
          signal.throwIfAborted();
          let lane = lanes.get(place.name);
          if (!lane) {
            lane = openLane(async (commits) => {
              await ready();
              const outcomes = await again(() =>
                inTransaction(pool, place.name, 'read write', (transaction) => commitGroup(parts, transaction, commits)),
              );
              news.committed(place.name);
              return outcomes;
            });
            lanes.set(place.name, lane);
          }
          return abortable(lane(commit), signal);
        },
      };
    },
    async alone(name, work) {
      const client = await pool.connect().catch((error: unknown) => {
        throw fromPostgres(error);
      });
      // Goes with the connection: a server that dies holds nothing.
      const lock = async (how: string) =>
        (await client.query<{ readonly done: boolean }>(`select ${how}($1, hashtext($2)) as done`, [ALONE, name])).rows[0]?.done === true;
      let isHeld = false;
      try {
        isHeld = await lock('pg_try_advisory_lock');
        if (!isHeld) return false;
        await work();
        isHeld = !(await lock('pg_advisory_unlock'));
        return true;
      } catch (error) {
        throw fromPostgres(error);
      } finally {
        // A connection that could not give the lock back is closed, which does.
        client.release(isHeld);
      }
    },
    onOthersCommit: news.onOthers,
    async [Symbol.asyncDispose]() {
      clearInterval(clockCheck);
      await news[Symbol.asyncDispose]();
      await pool.end();
    },
  };
}

/** Does work again that nothing was kept of, a bounded number of times. @throws {AncillaError} in our words */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !(mayRetry(error) || isLost(error) || isAway(error))) throw fromPostgres(error);
      await setTimeout(20 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

/** All stores there are. */
async function listStores(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await again(() => pool.query<{ readonly store: string }>(`select store from ${SCHEMA}.stores order by store`));
  return rows.map(({ store }) => store);
}

type Lane = (commit: PreparedCommit) => Promise<Receipt>;

/** Group commit: what arrives while a transaction is under way is the next one. */
function openLane(run: (commits: readonly PreparedCommit[]) => Promise<readonly Outcome[]>): Lane {
  interface Asked {
    readonly commit: PreparedCommit;
    resolve(receipt: Receipt): void;
    reject(error: unknown): void;
  }
  let waiting: Asked[] = [];
  let isRunning = false;

  const settle = async (group: readonly Asked[]): Promise<void> => {
    try {
      const outcomes = await run(group.map(({ commit }) => commit));
      for (const [i, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[i];
        if (outcome && 'receipt' in outcome) resolve(outcome.receipt);
        else reject(outcome?.error);
      }
    } catch (error) {
      // One of them made the database refuse all: alone, each gets its own answer.
      if (group.length > 1) for (const each of group) await settle([each]);
      else group[0]?.reject(error);
    }
  };
  const work = async (): Promise<void> => {
    isRunning = true;
    while (waiting.length > 0) {
      let writes = 0;
      const end = waiting.findIndex(({ commit }, i) => i > 0 && (writes += commit.writes.length) > GROUP_WRITES);
      const group = end < 0 ? waiting : waiting.slice(0, end);
      waiting = waiting.slice(group.length);
      await settle(group);
    }
    isRunning = false;
  };
  return (commit) =>
    new Promise((resolve, reject) => {
      waiting.push({ commit, resolve, reject });
      if (!isRunning) void work();
    });
}

/** Whoever stops waiting is let go; what was asked is done all the same, and a repetition finds it done. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.finally(() => signal.removeEventListener('abort', stop)).then(resolve, reject);
  });
}
