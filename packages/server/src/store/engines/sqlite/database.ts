import type Database from 'better-sqlite3-multiple-ciphers';
import type { Table } from '../../table.ts';
import type { PreparedCommit, Reads } from '../engine.ts';
import { commitGroups, type Outcome } from './commit-group.ts';
import { fromSqlite } from './errors.ts';
import { openReads } from './reads.ts';
import { openSession } from './session.ts';

/** One open file. All is synchronous: a worker owns it. */
export interface OpenDatabase {
  readonly reads: Reads;
  /** One transaction for all; durable when it returns. @throws {AncillaError} with nothing of the group written */
  commitGroup(commits: readonly PreparedCommit[]): readonly Outcome[];
  close(): void;
}

/** @param mac_key - 64 hex digits; keyed hashes of the keys of removed documents are made with it */
export function openDatabase(db: Database, tables: readonly Table[], mac_key: string): OpenDatabase {
  const session = openSession(db, tables, mac_key);
  const group = commitGroups(session);
  return {
    reads: openReads(session),
    commitGroup(commits) {
      try {
        return group(commits);
      } catch (error) {
        throw fromSqlite(error);
      }
    },
    close: () => void db.close(),
  };
}
