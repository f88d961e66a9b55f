import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AncillaError } from '@ancilla/contracts/errors';
import { toHex } from '@ancilla/evidence';
import type { Place, PreparedCommit } from '../engine.ts';
import type { Outcome } from './commit-group.ts';
import { openDatabase, type OpenDatabase } from './database.ts';
import { createFile, openFile } from './file.ts';
import type { WorkerSetup } from './protocol.ts';

/** The files one worker has open: at most so many, the longest unused is closed first. */
export interface OpenFiles {
  create(place: Place, log_id: string): void;
  open(place: Place): { readonly database: OpenDatabase };
  commitGroup(place: Place, commits: readonly PreparedCommit[]): readonly Outcome[];
  close(): void;
}

/** The path of a store's file. */
export const filePath = (folder: string, name: string): string => join(folder, `${name}.db`);

/** Opens files when they are needed. */
export function openFiles({ folder, tables, maxOpenFiles }: WorkerSetup): OpenFiles {
  const open = new Map<string, { readonly database: OpenDatabase; readonly db_key: string }>();
  /** The head each file had when it was closed: one that comes back with another was exchanged meanwhile. */
  const left = new Map<string, string>();
  const exchanged = new Set<string>();

  const close = (name: string, database: OpenDatabase) => {
    open.delete(name);
    try {
      left.set(name, headOf(database));
    } finally {
      database.close();
    }
  };

  const opened = ({ name, db_key, mac_key }: Place) => {
    const known = open.get(name);
    if (known) {
      // A handle with another key must not ride on a file this one opened.
      if (known.db_key !== db_key) throw new AncillaError('key.invalid', 'the database file does not open with this key');
      open.delete(name);
      open.set(name, known);
      return known;
    }
    const path = filePath(folder, name);
    if (!existsSync(path)) throw new AncillaError('tenant.not_found', 'no such store');
    const [oldest] = open;
    if (open.size >= maxOpenFiles && oldest) close(oldest[0], oldest[1].database);
    const made = { database: openDatabase(openFile(path, db_key, tables), tables, mac_key), db_key };
    open.set(name, made);
    const before = left.get(name);
    if (before !== undefined && before !== headOf(made.database)) exchanged.add(name);
    return made;
  };

  return {
    create: ({ name, db_key }, log_id) => createFile(filePath(folder, name), db_key, log_id, tables),
    open: opened,
    commitGroup(place, commits) {
      const { database } = opened(place);
      if (exchanged.has(place.name))
        throw new AncillaError('store.read_only', 'the file was exchanged for another one while it was closed');
      return database.commitGroup(commits);
    },
    close() {
      for (const [name, { database }] of open) close(name, database);
    },
  };
}

const headOf = ({ reads }: OpenDatabase): string => {
  const { log_id, size, root, revision } = reads.head();
  return `${log_id} ${revision} ${size} ${toHex(root)}`;
};
