import { AncillaError, type ErrorCode } from '@ancilla/contracts';

/** SQLSTATEs and system errors, and what they mean to whoever runs a server. Messages may quote SQL, never values. */
const meanings: readonly (readonly [code: RegExp, means: ErrorCode, detail: string])[] = [
  [/^53100$/, 'store.full', 'the database’s disk is full; nothing of this write was kept'],
  [/^53300$/, 'store.unavailable', 'the database takes no more connections: raise max_connections, or lower the pool'],
  [/^(28P01|28000)$/, 'store.unavailable', 'the database refuses this user or password: check ANCILLA_STORE_URL'],
  [/^3D000$/, 'store.unavailable', 'there is no such database: create it, or check ANCILLA_STORE_URL'],
  [/^42501$/, 'store.unavailable', 'the database role lacks a right it needs; see docs/engines.md for the grants'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'store.unavailable', 'the database’s host name is unknown: check ANCILLA_STORE_URL'],
  [/^(ECONNREFUSED|ENOENT)$/, 'store.unavailable', 'nothing listens at the database’s address: is it running, is the port right?'],
  [/^(57P0\d|08...|ECONNRESET|EPIPE|ETIMEDOUT)$/, 'store.unavailable', 'the connection to the database was lost'],
  [/^57014$/, 'store.unavailable', 'a statement took longer than the database allows'],
  [/^XX00[12]$/, 'store.corrupt', 'the database reports damaged data'],
];

/** The code of an error of the driver, of PostgreSQL or of the system. */
export const codeOf = (error: unknown): string => {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (typeof code === 'string') return code;
  // The driver's own words for a connection that ended under it have no code.
  return error instanceof Error && /Connection terminated|connection is closed|timeout exceeded when trying to connect/i.test(error.message)
    ? '08006'
    : '';
};

/** Whether the connection is gone: what was under way may have happened or not. */
export const isLost = (error: unknown): boolean => /^(57P0\d|08...|ECONN\w+|EPIPE|ETIMEDOUT)$/.test(codeOf(error));
/** Whether the database is not there just now: it starts, or is restarted. */
export const isAway = (error: unknown): boolean => /^(ECONNREFUSED|ENOENT|57P03)$/.test(codeOf(error));
/** Whether the same work may go through when it is done again: another transaction was in the way, and nothing was kept. */
export const mayRetry = (error: unknown): boolean => /^(40001|40P01|55P03)$/.test(codeOf(error));

/** The error to hand on: the database's own crosses the port as `cause`. */
export function fromPostgres(error: unknown): unknown {
  if (error instanceof AncillaError) return error;
  const code = codeOf(error);
  if (code === '') return error;
  const [, means, detail] = meanings.find(([pattern]) => pattern.test(code)) ?? [
    undefined,
    'store.unavailable' as const,
    'the database refused',
  ];
  return new AncillaError(means, `${detail} (${code})`, { cause: error });
}
