import Database from 'better-sqlite3-multiple-ciphers';
import { AncillaError, type ErrorCode } from '@ancilla/contracts/errors';

/** What an error of the database means to us. Its message may quote SQL, never values. */
const meanings: readonly (readonly [code: RegExp, ErrorCode, detail: string])[] = [
  [/^SQLITE_FULL$/, 'store.full', 'the disk is full; nothing of this write was kept'],
  [/^SQLITE_IOERR/, 'store.unavailable', 'the disk failed; nothing of this write was kept'],
  [/^SQLITE_CORRUPT/, 'store.corrupt', 'a page of the database failed its integrity check'],
  [/^SQLITE_NOTADB$/, 'key.invalid', 'the database file does not open with this key: another key, or a damaged file'],
  [/^SQLITE_(BUSY|LOCKED)/, 'store.locked', 'another process has the database open'],
  [/^SQLITE_CANTOPEN/, 'store.unavailable', 'the database file cannot be opened'],
];

/** The error to hand on: an engine's own error crosses the port as `cause`. */
export function fromSqlite(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const [, code, detail] = meanings.find(([pattern]) => pattern.test(error.code)) ?? [
    undefined,
    'store.unavailable' as const,
    'the database refused',
  ];
  return new AncillaError(code, `${detail} (${error.code})`, { cause: error });
}
