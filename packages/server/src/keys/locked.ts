import { open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { AncillaError } from '@ancilla/contracts';
import Database from 'better-sqlite3-multiple-ciphers';

const LOOK_EVERY_MS = 20;
/** What is done under the lock takes milliseconds, a first start some seconds: who holds it so long is stopped, not dead. */
const MOST_WAIT_MS = 60_000;

/**
 * Does work that no other process on the same folder does at the same time. The file that stands for the lock stays: two would not meet on one that comes and goes.
 * @throws {AncillaError} `store.locked` when another process does not let go of it
 */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  await (await open(path, 'a', 0o600)).close();
  using _ = await taken(path);
  return await work();
}

async function taken(path: string): Promise<Disposable> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    try {
      return lockFile(path);
    } catch (cause) {
      if (!(cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY'))) throw cause;
      if (waited >= MOST_WAIT_MS)
        throw new AncillaError('store.locked', `another process has held ${path} for a minute: end it`, { cause });
    }
    await setTimeout(LOOK_EVERY_MS);
  }
}

/** Takes a lock that is the operating system's, on an open file: a process that is killed leaves none behind. @throws the database's error when another has it */
export function lockFile(path: string): Disposable {
  const db = new Database(path, { timeout: 0 });
  try {
    db.pragma('journal_mode = MEMORY');
    db.exec('begin exclusive');
  } catch (error) {
    db.close();
    throw error;
  }
  return { [Symbol.dispose]: () => void db.close() };
}
