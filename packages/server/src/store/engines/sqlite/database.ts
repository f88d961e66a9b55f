import type Database from 'better-sqlite3-multiple-ciphers';
import type { Statement } from 'better-sqlite3-multiple-ciphers';
import { createHmac } from 'node:crypto';
import { AncillaError, artifacts, type Receipt } from '@ancilla/contracts';
import { append, edgeRoot, leafHash, ledgerEntry, toBase64, type NodeId, type RightEdge } from '@ancilla/evidence';
import { SECRET_BYTES } from '../engine.ts';
import type { LeafRow, LogRow, PreparedCommit, Reads, Row } from '../engine.ts';
import { plan, type Found, type Plan, type RowChange } from '../../plan.ts';
import type { Table } from '../../table.ts';
import { field, positionOf, tableName, tableSql } from './schema.ts';
import { fromSqlite } from './errors.ts';
import { pageSql, pageValues } from './page.ts';

/** What a commit came to: a group never fails as one because of what one of it asked. */
export type Outcome = { readonly receipt: Receipt } | { readonly error: AncillaError };

/** One open file. All is synchronous: a worker owns it. */
export interface OpenDatabase {
  readonly reads: Reads;
  /** One transaction for all; durable when it returns. @throws {AncillaError} with nothing of the group written */
  commitGroup(commits: readonly PreparedCommit[]): readonly Outcome[];
  close(): void;
}

/** Prepared statements and the transaction over an open file. */
export function openDatabase(db: Database, tables: readonly Table[], mac_key: string): OpenDatabase {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const tableOf = (name: string): Table => {
    const table = byName.get(name);
    if (!table) throw new TypeError(`no collection "${name}"`);
    return table;
  };
  // Statements are prepared when first needed: a file has many collections, most openings touch few.
  const statements = new Map<string, Statement>();
  const sql = (text: string): Statement => {
    const known = statements.get(text);
    if (known) return known;
    const made = db.prepare(text).raw();
    statements.set(text, made);
    return made;
  };
  const keyMac = (of: string, key: string) =>
    createHmac('sha256', Buffer.from(mac_key, 'hex')).update(`${of}\n${key}`).digest().subarray(0, SECRET_BYTES);
  /** Statements that return no rows cannot be raw. */
  const write = (text: string): Statement => {
    const known = statements.get(text);
    if (known) return known;
    const made = db.prepare(text);
    statements.set(text, made);
    return made;
  };
  const listTables = () => new Set(db.prepare(`select name from sqlite_schema where type = 'table'`).pluck().all());
  let present = listTables();
  const askAnyRetired = () => sql('select 1 from retired limit 1').get() !== undefined;
  /** Most stores have removed nothing: their inserts need not look there. */
  let anyRetired = askAnyRetired();
  /** A collection of which nothing was ever written has no table yet. */
  const has = (collection: string) => present.has(tableName(tableOf(collection).name));
  const ensure = (collection: string): string => {
    const name = tableName(collection);
    if (!has(collection)) {
      db.exec(tableSql(tableOf(collection)));
      present.add(name);
    }
    return name;
  };

  const readHead = (): Head => {
    // The row's types are those of its strict table.
    const [log_id, size, edge, revision] = sql('select log_id, size, edge, revision from head').get() as [string, number, string, number];
    return { log_id, size, edge: JSON.parse(edge) as RightEdge, revision };
  };

  const found: Found = {
    isLog: (of) => tableOf(of).kind === 'log',
    revision(of, key) {
      if (!has(of)) return undefined;
      const row = sql(`select revision from ${tableName(tableOf(of).name)} where key = ?`).get(key) as [number] | undefined;
      return row?.[0];
    },
    entry(of, key) {
      if (!has(of)) return undefined;
      const live = sql(`select seq, revision, received from ${tableName(tableOf(of).name)} where key = ?`).get(key) as
        | [number, number, Uint8Array]
        | undefined;
      if (live) return { seq: live[0], revision: live[1], received: live[2], removed: false };
      if (!anyRetired) return undefined;
      const gone = sql('select seq, revision, received from retired where collection = ? and key_mac = ?').get(of, keyMac(of, key)) as
        | [number, number, Uint8Array]
        | undefined;
      return gone && { seq: gone[0], revision: gone[1], received: gone[2], removed: true };
    },
    holder(of, set, values) {
      if (!has(of)) return undefined;
      const fields = tableOf(of).unique[set] ?? [];
      const row = sql(`select key from ${tableName(of)} where ${fields.map((each) => `${field(each)} = ?`).join(' and ')}`).get(
        ...values,
      ) as [string] | undefined;
      return row?.[0];
    },
    hasBlob: (key) => sql('select 1 from blob where key = ?').get(key) !== undefined,
  };

  const apply = (row: RowChange): void => {
    switch (row.op) {
      case 'log':
        write(
          `insert or rollback into ${ensure(row.to)} (seq, key, time, revision, salt, received, digest, body) values (?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(row.seq, row.key, row.time, row.revision, row.salt, row.received, row.digest, row.body);
        return;
      case 'insert':
        write(`insert or rollback into ${ensure(row.to)} (key, time, revision, body) values (?, ?, ?, ?)`).run(
          row.key,
          row.time,
          row.revision,
          row.body,
        );
        return;
      case 'update':
        write(`update ${tableName(row.to)} set time = ?, revision = ?, body = ? where key = ?`).run(
          row.time,
          row.revision,
          row.body,
          row.key,
        );
        return;
      case 'delete':
        write(`delete from ${tableName(row.to)} where key = ?`).run(row.key);
        // An artifact's bytes leave with what is known of it.
        if (row.to === artifacts.name) write('delete from blob where key = ?').run(row.key);
        return;
      case 'retire': {
        const from = tableName(row.to);
        write(
          `insert into retired (seq, collection, key_mac, received, revision, digest) select seq, ?, ?, received, revision, digest from ${from} where key = ?`,
        ).run(row.to, keyMac(row.to, row.key), row.key);
        write(`delete from ${from} where key = ?`).run(row.key);
        anyRetired = true;
        return;
      }
      case 'blob':
        write('insert into blob (key, sealed) values (?, ?)').run(row.key, row.sealed);
    }
  };

  const inTransaction = (commits: readonly PreparedCommit[]): readonly Outcome[] => {
    const head = readHead();
    let { revision } = head;
    const leaves: Uint8Array[] = [];
    const planned = commits.map((commit): Plan | { readonly error: AncillaError } => {
      try {
        const made = plan(found, commit, { seq: head.size + leaves.length, revision: revision + 1 });
        for (const row of made.rows) {
          apply(row);
          if (row.op === 'log') leaves.push(leafHash(ledgerEntry({ collection: row.to, seq: row.seq, digest: row.digest })));
        }
        if (made.rows.length > 0) revision = made.revision;
        return made;
      } catch (error) {
        // A plan that refuses has written nothing; its neighbours go on.
        if (error instanceof AncillaError) return { error };
        throw error;
      }
    });
    const { edge, nodes } = append(head.edge, leaves);
    for (const { level, index, hash } of nodes)
      if (level > 0) write('insert or rollback into node values (?, ?)').run(nodePlace({ level, index }), hash);
    if (revision !== head.revision)
      write('update head set size = ?, edge = ?, revision = ?').run(edge.size, JSON.stringify(edge), revision);
    const root = toBase64(edgeRoot(edge));
    return planned.map((made) =>
      'error' in made
        ? made
        : { receipt: { log_id: head.log_id, size: edge.size, root, revision: made.revision as Receipt['revision'], writes: made.writes } },
    );
  };

  const leafRows = (where: string, ...values: readonly number[]): readonly LeafRow[] => {
    const parts = [
      ...tables
        .filter(({ kind, name }) => kind === 'log' && has(name))
        .map(({ name }) => `select '${name}', seq, digest, salt from ${tableName(name)} where ${where}`),
      `select collection, seq, digest, null from retired where ${where}`,
    ];
    const rows = sql(`${parts.join(' union all ')} order by 2 limit 1000`).all(...parts.flatMap(() => values)) as [
      string,
      number,
      string,
      Uint8Array | null,
    ][];
    return rows.map(([of, seq, digest, salt]) => ({ of, seq, digest, salt: salt ?? undefined }));
  };

  const reads: Reads = {
    head() {
      const { log_id, edge } = readHead();
      return { log_id, size: edge.size, root: edgeRoot(edge) };
    },
    get(of, key) {
      const table = tableOf(of);
      if (!has(of)) return undefined;
      const row = sql(`select body, time, ${positionOf(table)}, revision from ${tableName(of)} where key = ?`).get(key) as
        | RawRow
        | undefined;
      return row && toRow(row);
    },
    page: (query) => (!has(query.of) ? [] : (sql(pageSql(tableOf(query.of), query)).all(...pageValues(query)) as RawRow[]).map(toRow)),
    blob(key) {
      const row = sql('select sealed from blob where key = ?').get(key) as [Uint8Array] | undefined;
      return row?.[0];
    },
    feed(of, after, before, limit) {
      const parts = of
        .filter(has)
        .flatMap((name) => [
          `select '${name}', seq, key, body from (select * from ${tableName(tableOf(name).name)} where seq > ? and seq < ? order by seq limit ?)`,
          `select '${name}', seq, lower(hex(key_mac)), null from (select * from retired where seq > ? and seq < ? and collection = '${name}' order by seq limit ?)`,
        ]);
      if (parts.length === 0) return [];
      const rows = sql(`${parts.join(' union all ')} order by 2 limit ?`).all(...parts.flatMap(() => [after, before, limit]), limit) as [
        string,
        number,
        string,
        string | null,
      ][];
      return rows.map(([name, seq, key, body]): LogRow => ({ of: name, seq, key, body: body ?? undefined }));
    },
    nodes: (at) =>
      at.map((node) => {
        if (node.level === 0) {
          const [leaf] = leafRows('seq = ?', node.index);
          if (!leaf) throw new AncillaError('store.corrupt', `the ledger has no leaf ${node.index}`);
          return leafHash(ledgerEntry({ collection: leaf.of, seq: leaf.seq, digest: leaf.digest }));
        }
        const row = sql('select hash from node where place = ?').get(nodePlace(node)) as [Uint8Array] | undefined;
        if (!row) throw new AncillaError('store.corrupt', `the ledger has no full node at level ${node.level}, index ${node.index}`);
        return row[0];
      }),
    leaves: (fromSeq, toSeq) => leafRows('seq >= ? and seq < ?', fromSeq, toSeq),
  };

  return {
    reads,
    commitGroup(commits) {
      try {
        db.exec('begin immediate');
        const outcomes = inTransaction(commits);
        db.exec('commit');
        return outcomes;
      } catch (error) {
        if (db.inTransaction) db.exec('rollback');
        present = listTables();
        anyRetired = askAnyRetired();
        throw fromSqlite(error);
      }
    },
    close: () => void db.close(),
  };
}

interface Head {
  readonly log_id: string;
  readonly size: number;
  readonly edge: RightEdge;
  readonly revision: number;
}
type RawRow = [body: string, time: string, position: number, revision: number];
const toRow = ([body, time, position, revision]: RawRow): Row => ({ body, time, position, revision });

/**
 * Number of a full node in the order in which nodes get full, leaves included: nodes of one append lie side by side.
 * @see golang.org/x/mod/sumdb/tlog StoredHashIndex
 */
export function nodePlace({ level, index }: NodeId): number {
  let n = index;
  for (let i = 0; i < level; i++) n = 2 * n + 1;
  let place = level;
  for (; n > 0; n = Math.floor(n / 2)) place += n;
  return place;
}
