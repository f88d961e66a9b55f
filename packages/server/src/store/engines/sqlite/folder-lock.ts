import { join } from 'node:path';
import { lockFile } from '../../../keys/index.ts';
import { fromSqlite } from './errors.ts';

/** One process for each data folder. @throws {AncillaError} `store.locked` */
export function lockFolder(folder: string): Disposable {
  try {
    return lockFile(join(folder, 'lock.db'));
  } catch (error) {
    throw fromSqlite(error);
  }
}
