import { join } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';
import { fromSqlite } from './errors.ts';

/**
 * One process for each data folder. The lock is the operating system's on an open file, so a process that is killed leaves none behind.
 * @throws {AncillaError} `store.locked`
 */
export function lockFolder(folder: string): Disposable {
  const db = new Database(join(folder, 'lock.db'), { timeout: 0 });
  try {
    db.pragma('journal_mode = MEMORY');
    db.exec('begin exclusive');
  } catch (error) {
    db.close();
    throw fromSqlite(error);
  }
  return { [Symbol.dispose]: () => void db.close() };
}
