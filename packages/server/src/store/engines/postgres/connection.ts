import { setTimeout } from 'node:timers/promises';
import { AncillaError } from '@ancilla/contracts';
import type { Pool, PoolClient } from 'pg';
import { isAway, isLost } from './errors.ts';
import { SCHEMA, STORE_SETTING } from './schema.ts';

/** One transaction that sees the rows of one store. */
export interface Transaction {
  /** Rows as tuples. */
  all<R extends readonly unknown[]>(sql: string, values?: readonly unknown[]): Promise<readonly R[]>;
}

/** A store's name, as it may stand in SQL. */
const NAME = /^[a-z0-9-]{1,80}$/;

/**
 * Runs work in a transaction of one store. Nothing is kept when it throws; the connection is not used again when it failed.
 * @param mode - `read only` for reads
 */
export async function inTransaction<T>(
  pool: Pool,
  store: string,
  mode: 'read only' | 'read write',
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  if (!NAME.test(store)) throw new RangeError('not the name of a store');
  const client = await pool.connect();
  let failed: Error | true | undefined;
  try {
    // One round trip: what stands between the quotes was checked above.
    const begun: unknown = await client.query(
      `begin ${mode}; set local ${STORE_SETTING} = '${store}'; set local search_path = ${SCHEMA}${mode === 'read only' ? '' : '; select pg_current_xact_id()::text as xid'}`,
    );
    const xid = xidOf(begun);
    const done = await work(transactionOn(client));
    try {
      await client.query('commit');
    } catch (error) {
      if (xid === undefined || !isLost(error) || !(await wasCommitted(pool, xid))) throw error;
    }
    return done;
  } catch (error) {
    failed = error instanceof Error ? error : true;
    await client.query('rollback').then(
      () => (failed = undefined),
      () => {},
    );
    throw error;
  } finally {
    client.release(failed);
  }
}

/** The transaction's id, in the answer to the last of several statements. */
function xidOf(begun: unknown): string | undefined {
  const last: unknown = Array.isArray(begun) ? begun.at(-1)?.rows?.[0] : undefined;
  return typeof last === 'object' && last !== null && 'xid' in last ? String(last.xid) : undefined;
}

/** So often, and so many milliseconds apart, the fate of a transaction is asked for whose connection was lost while it committed. */
const ASKED = 100;
const ASK_EVERY_MS = 100;

/** Whether a transaction whose commit was not answered is in the database: it is never reported as failed when it succeeded. @throws when the database cannot say */
async function wasCommitted(pool: Pool, xid: string): Promise<boolean> {
  for (let i = 0; i < ASKED; i++) {
    try {
      const { rows } = await pool.query<{ readonly status: string | null }>('select pg_xact_status($1::text::xid8) as status', [xid]);
      const status = rows[0]?.status;
      if (status === 'committed') return true;
      if (status === 'aborted') return false;
    } catch (error) {
      if (!isLost(error) && !isAway(error)) throw error;
    }
    await setTimeout(ASK_EVERY_MS);
  }
  throw new AncillaError(
    'store.unavailable',
    'the connection was lost during a commit, and the database does not say whether it was kept: send it again',
  );
}

const transactionOn = (client: PoolClient): Transaction => ({
  async all<R extends readonly unknown[]>(sql: string, values: readonly unknown[] = []) {
    // Prepared once a connection: the same few statements come again and again.
    const { rows } = await client.query<unknown[]>({ name: nameOf(sql), text: sql, values: [...values], rowMode: 'array' });
    // Tuples of the columns the caller asks for: only the caller knows their types.
    return rows as readonly unknown[] as readonly R[];
  },
});

const names = new Map<string, string>();
/** Statements have short names of our own; SQL is made from declarations only, so there are few. */
function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const made = `s${names.size}`;
  names.set(sql, made);
  return made;
}
