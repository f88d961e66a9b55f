import type { Receipt } from '@ancilla/contracts';
import { AncillaError } from '@ancilla/contracts/errors';
import { ARTIFACTS } from '@ancilla/contracts/storage';
import { append, edgeRoot, leafHash, ledgerEntry, toBase64 } from '@ancilla/evidence';
import { plan, type Found, type FoundEntry, type Plan, type RowChange } from '../../plan.ts';
import type { PreparedCommit } from '../engine.ts';
import { STORED_LEVEL, nodePlace } from '../node-place.ts';
import { field, tableName } from './schema.ts';
import type { Session } from './session.ts';

/** What a commit came to: a group never fails as one because of what one of it asked. */
export type Outcome = { readonly receipt: Receipt } | { readonly error: AncillaError };

/** Commits in one transaction, each planned on what those before it left; then the ledger grows by all their leaves at once. */
export function commitGroups(session: Session): (commits: readonly PreparedCommit[]) => readonly Outcome[] {
  // Put together once: to find its statement, a text that was made anew is read through for each document.
  const logSql = new Map<string, { readonly find: string; readonly insert: string }>();
  const logSqlOf = (of: string) => {
    let sql = logSql.get(of);
    if (sql === undefined) {
      const name = tableName(of);
      sql = {
        find: `select seq, revision, received from ${name} where key = ?`,
        insert: `insert into ${name} (seq, key, time, revision, salt, received, digest, body) values (?, ?, ?, ?, ?, ?, ?, ?)`,
      };
      logSql.set(of, sql);
    }
    return sql;
  };

  const found: Found = {
    isLog: (of) => session.table(of).kind === 'log',
    revision(of, key) {
      if (!session.has(of)) return undefined;
      return session.first<[number]>(`select revision from ${tableName(of)} where key = ?`, key)?.[0];
    },
    entry(of, key) {
      if (!session.has(of)) return undefined;
      const live = session.first<EntryRow>(logSqlOf(of).find, key);
      if (live) return toEntry(live, false);
      if (!session.anyRetired()) return undefined;
      const gone = session.first<EntryRow>(
        'select seq, revision, received from retired where collection = ? and key_mac = ?',
        of,
        session.keyMac(of, key),
      );
      return gone && toEntry(gone, true);
    },
    holder(of, set, values) {
      if (!session.has(of)) return undefined;
      const fields = session.table(of).unique[set] ?? [];
      return session.first<[string]>(
        `select key from ${tableName(of)} where ${fields.map((each) => `${field(each)} = ?`).join(' and ')}`,
        ...values,
      )?.[0];
    },
    hasBlob: (key) => session.first('select 1 from blob where key = ?', key) !== undefined,
  };

  const apply = (row: RowChange): void => {
    switch (row.op) {
      case 'log':
        session.ensure(row.to);
        return session.run(logSqlOf(row.to).insert, row.seq, row.key, row.time, row.revision, row.salt, row.received, row.digest, row.body);
      case 'insert':
        session.ensure(row.to);
        return session.run(
          `insert into ${tableName(row.to)} (key, time, revision, body) values (?, ?, ?, ?)`,
          row.key,
          row.time,
          row.revision,
          row.body,
        );
      case 'update':
        return session.run(
          `update ${tableName(row.to)} set time = ?, revision = ?, body = ? where key = ?`,
          row.time,
          row.revision,
          row.body,
          row.key,
        );
      case 'delete':
        session.run(`delete from ${tableName(row.to)} where key = ?`, row.key);
        // An artifact's bytes leave with what is known of it.
        if (row.to === ARTIFACTS) session.run('delete from blob where key = ?', row.key);
        return;
      case 'retire':
        return session.retire(row.to, row.key);
      case 'blob':
        return session.run('insert into blob (key, sealed) values (?, ?)', row.key, row.sealed);
    }
  };

  return (commits) =>
    session.transaction(() => {
      const head = session.head();
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
        if (level >= STORED_LEVEL) session.run('insert into node values (?, ?)', nodePlace({ level, index }), hash);
      if (revision !== head.revision)
        session.run('update head set size = ?, edge = ?, revision = ?', edge.size, JSON.stringify(edge), revision);
      const root = toBase64(edgeRoot(edge));
      return planned.map((made) =>
        'error' in made
          ? made
          : {
              receipt: { log_id: head.log_id, size: edge.size, root, revision: made.revision as Receipt['revision'], writes: made.writes },
            },
      );
    });
}

type EntryRow = readonly [seq: number, revision: number, received: Uint8Array];
const toEntry = ([seq, revision, received]: EntryRow, removed: boolean): FoundEntry => ({ seq, revision, received, removed });
