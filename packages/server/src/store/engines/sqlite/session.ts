// Rows have the types of their columns, which strict tables keep; only the caller knows which columns it asks for.
/* oxlint-disable typescript/no-unnecessary-type-parameters */
import { createHmac } from 'node:crypto';
import type Database from 'better-sqlite3-multiple-ciphers';
import type { Bindable, Statement } from 'better-sqlite3-multiple-ciphers';
import type { RightEdge } from '@ancilla/evidence';
import type { Table } from '../../table.ts';
import { SECRET_BYTES } from '../engine.ts';
import { tableName, tableSql } from './schema.ts';

/** The one row that says how far a store is. */
interface HeadRow {
  readonly log_id: string;
  readonly size: number;
  readonly edge: RightEdge;
  readonly revision: number;
}

/** Typed access to an open file: its statements, and which of its tables are there. */
export interface Session {
  readonly tables: readonly Table[];
  /** @throws {TypeError} for a collection this store does not have */
  table(collection: string): Table;
  /** Whether anything was ever written to the collection: only then it has a table. */
  has(collection: string): boolean;
  /** Makes the collection's table when it is not there yet. */
  ensure(collection: string): void;
  /** Rows as tuples. */
  all<R extends readonly unknown[]>(sql: string, ...values: readonly Bindable[]): readonly R[];
  first<R extends readonly unknown[]>(sql: string, ...values: readonly Bindable[]): R | undefined;
  run(sql: string, ...values: readonly Bindable[]): void;
  head(): HeadRow;
  /** Whether a log document was ever removed: in most stores none was, and their inserts need not look there. */
  anyRetired(): boolean;
  /** Removes a log document; what proves its leaf and recognises a repetition stays. */
  retire(collection: string, key: string): void;
  /** What stays of the key of a removed document. */
  keyMac(collection: string, key: string): Uint8Array;
  /** Does all or nothing; durable when it returns. */
  transaction<T>(work: () => T): T;
}

/** @param mac_key - 64 hex digits */
export function openSession(db: Database, tables: readonly Table[], mac_key: string): Session {
  const byName = new Map(tables.map((table) => [table.name, table]));
  // Statements are prepared when first needed: a file has many collections, most openings touch few.
  const statements = new Map<string, Statement>();
  const prepared = (sql: string, isQuery: boolean): Statement => {
    const known = statements.get(sql);
    if (known) return known;
    const made = isQuery ? db.prepare(sql).raw() : db.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  const first: Session['first'] = <R extends readonly unknown[]>(sql: string, ...values: readonly Bindable[]) =>
    prepared(sql, true).get(...values) as R | undefined;
  const run: Session['run'] = (sql, ...values) => void prepared(sql, false).run(...values);
  const keyMac: Session['keyMac'] = (collection, key) =>
    createHmac('sha256', Buffer.from(mac_key, 'hex')).update(`${collection}\n${key}`).digest().subarray(0, SECRET_BYTES);
  const table = (collection: string): Table => {
    const found = byName.get(collection);
    if (!found) throw new TypeError(`no collection "${collection}"`);
    return found;
  };

  const listTables = () => {
    const inFile = new Set(db.prepare(`select name from sqlite_schema where type = 'table'`).pluck().all());
    return new Set(tables.flatMap(({ name }) => (inFile.has(tableName(name)) ? [name] : [])));
  };
  let present = listTables();
  let anyRetired = first('select 1 from retired limit 1') !== undefined;
  const has = (collection: string) => present.has(table(collection).name);

  return {
    tables,
    table,
    has,
    first,
    all: <R extends readonly unknown[]>(sql: string, ...values: readonly Bindable[]) => prepared(sql, true).all(...values) as R[],
    run,
    ensure(collection) {
      if (has(collection)) return;
      db.exec(tableSql(table(collection)));
      present.add(collection);
    },
    head() {
      const row = first<[string, number, string, number]>('select log_id, size, edge, revision from head');
      if (!row) throw new TypeError('a store without a head');
      const [log_id, size, edge, revision] = row;
      return { log_id, size, edge: JSON.parse(edge) as RightEdge, revision };
    },
    anyRetired: () => anyRetired,
    keyMac,
    retire(collection, key) {
      const from = tableName(collection);
      run(
        `insert into retired (seq, collection, key_mac, received, revision, digest) select seq, ?, ?, received, revision, digest from ${from} where key = ?`,
        collection,
        keyMac(collection, key),
        key,
      );
      run(`delete from ${from} where key = ?`, key);
      anyRetired = true;
    },
    transaction(work) {
      try {
        db.exec('begin immediate');
        const result = work();
        db.exec('commit');
        return result;
      } catch (error) {
        if (db.inTransaction) db.exec('rollback');
        present = listTables();
        throw error;
      }
    },
  };
}
