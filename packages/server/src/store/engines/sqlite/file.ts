import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';
import { AncillaError } from '@ancilla/contracts/errors';
import { STORAGE_VERSION } from '@ancilla/contracts/storage';
import { emptyEdge } from '@ancilla/evidence';
import type { Table } from '../../table.ts';
import { newerData } from '../engine.ts';
import { fromSqlite } from './errors.ts';
import { baseSql, indexNames, schemaDigest, tableName, tableSql } from './schema.ts';

const PLAINTEXT = Buffer.from('SQLite format 3\0');

/** Makes a store's file whole under another name, then gives it its own, so that a crash leaves none or all of it. */
export function createFile(path: string, db_key: string, log_id: string, tables: readonly Table[]): void {
  if (existsSync(path)) throw new AncillaError('tenant.exists', 'this store exists already');
  const beside = `${path}.new`;
  for (const leftover of [beside, `${beside}-journal`]) rmSync(leftover, { force: true });
  const db = unlock(beside, db_key, false);
  try {
    db.pragma('page_size = 8192');
    db.pragma('synchronous = FULL');
    db.exec('begin');
    db.exec(baseSql(tables));
    db.prepare('insert into head values (1, ?, 0, ?, 0, ?)').run(log_id, JSON.stringify(emptyEdge), schemaOf(tables));
    db.exec('commit');
  } finally {
    db.close();
  }
  assertEncrypted(beside);
  renameSync(beside, path);
  syncFolder(dirname(path));
}

/**
 * Opens a store's file for writing.
 * @throws {AncillaError} `key.invalid` for a malformed key or one that does not open the file, `store.corrupt`
 */
export function openFile(path: string, db_key: string, tables: readonly Table[]): Database {
  assertEncrypted(path);
  const db = unlock(path, db_key, true);
  try {
    // The first read: only here does a wrong key show.
    db.prepare('select count(*) from sqlite_schema').get();
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('cache_size = -8000');
    db.pragma('secure_delete = ON');
    expect(db, 'journal_mode', 'wal');
    expect(db, 'synchronous', 2);
    expect(db, 'temp_store', 2);
    migrate(db, tables);
    return db;
  } catch (error) {
    db.close();
    throw fromSqlite(error);
  }
}

function unlock(path: string, db_key: string, fileMustExist: boolean): Database {
  // An empty key would write plaintext and a short one is taken silently: the form is checked before the driver sees it.
  if (!/^[0-9a-f]{64}$/.test(db_key)) throw new AncillaError('key.invalid', 'the database key is not 64 lower-case hex digits');
  const db = new Database(path, { fileMustExist, timeout: 0 });
  db.pragma(`cipher = 'aegis'`);
  db.pragma(`key = "raw:${db_key}"`);
  db.pragma('temp_store = MEMORY');
  return db;
}

/** Version and digest of the declarations a file was last opened with. */
const schemaOf = (tables: readonly Table[]): string => `${STORAGE_VERSION}/${schemaDigest(tables)}`;

/**
 * Brings the indexes of tables that are there to what is declared now. Documents never change.
 * @throws {AncillaError} `store.unavailable` for a file of a newer version
 */
function migrate(db: Database, tables: readonly Table[]): void {
  const schema = schemaOf(tables);
  const was = String(db.prepare('select schema from head').pluck().get());
  if (was === schema) return;
  // Files from before there were versions hold the digest alone.
  const version = was.includes('/') ? Number.parseInt(was, 10) : 0;
  if (version > STORAGE_VERSION) throw newerData(version);
  const names = (type: string) =>
    new Set(db.prepare('select name from sqlite_schema where type = ? and sql is not null').pluck().all(type));
  const present = names('table');
  const wanted = new Set<unknown>(indexNames(tables));
  const stale = [...names('index')].filter((name) => !wanted.has(name));
  db.exec('begin immediate');
  try {
    db.exec(baseSql(tables));
    for (const name of stale) db.exec(`drop index "${String(name)}"`);
    for (const table of tables) if (present.has(tableName(table.name))) db.exec(tableSql(table));
    db.prepare('update head set schema = ?').run(schema);
    db.exec('commit');
  } catch (error) {
    if (db.inTransaction) db.exec('rollback');
    throw error;
  }
}

function expect(db: Database, pragma: string, wanted: string | number): void {
  const is = db.pragma(pragma, { simple: true });
  if (is !== wanted)
    throw new AncillaError('store.unavailable', `${pragma} is ${String(is)}, not ${wanted}: writes would not be durable or not be private`);
}

function assertEncrypted(path: string): void {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(PLAINTEXT.length);
    readSync(file, start, 0, start.length, 0);
    if (start.equals(PLAINTEXT)) throw new AncillaError('key.invalid', 'the database file is not encrypted');
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  // Windows cannot open a folder as a file, and journals names by itself.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
