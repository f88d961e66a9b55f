import { AncillaError, isLoopback, type Collection } from '@ancilla/contracts';
import type { Engine } from './engines/engine.ts';
import { inPostgres, migratePostgres } from './engines/postgres/engine.ts';
import { inFolder } from './engines/sqlite/engine.ts';
import { toTable, withChanges, type Table } from './table.ts';

/** Where a deployment's data lies. */
export interface StorePlace {
  /** `postgres://…`; undefined: encrypted files in the folder. */
  readonly url: string | undefined;
  /** Rows that whoever has the database can read; only where a site wants SQL over its data. */
  readonly plain: boolean;
  readonly folder: string;
  readonly allowPlaintext: boolean;
}

/**
 * How the server connects: encrypted and verified, unless the database is on this machine or the site says otherwise.
 * @throws {AncillaError} `config.invalid`
 */
export function connectionOf(url: string, allowPlaintext: boolean): { readonly url: string; readonly tls: boolean } {
  const parsed = new URL(url);
  const mode = parsed.searchParams.get('sslmode');
  if (mode !== null && mode !== 'disable' && mode !== 'verify-full')
    throw new AncillaError('config.invalid', 'ANCILLA_STORE_URL: sslmode is verify-full (the default), or disable');
  // Without a host: a socket on this machine.
  const isLocal = parsed.hostname === '' || isLoopback(parsed.hostname);
  if (mode === 'disable' && !isLocal && !allowPlaintext)
    throw new AncillaError(
      'config.invalid',
      'ANCILLA_STORE_URL: sslmode=disable sends data in clear: leave it out, or set ANCILLA_ALLOW_PLAINTEXT=1',
    );
  parsed.searchParams.delete('sslmode');
  return { url: parsed.href, tls: mode === 'verify-full' || (mode === null && !isLocal) };
}

/** The engine a deployment asks for. @param onError - told of what goes wrong in the background */
export const engineFor =
  ({ url, plain, folder, allowPlaintext }: StorePlace, onError: (error: unknown) => void) =>
  (tables: readonly Table[]): Promise<Engine> =>
    url === undefined ? inFolder(folder)(tables) : inPostgres({ ...connectionOf(url, allowPlaintext), isPlain: plain, onError })(tables);

/** Brings a database up to this version, as the role of the URL; a server whose role owns the tables does so at its start. @param grantTo - a role that is to write and own nothing */
export const migrateDatabase = (
  { url, allowPlaintext, grantTo }: { readonly url: string; readonly allowPlaintext: boolean; readonly grantTo: string | undefined },
  collections: readonly Collection[],
): Promise<void> => migratePostgres({ ...connectionOf(url, allowPlaintext), tables: withChanges(collections).map(toTable), grantTo });
