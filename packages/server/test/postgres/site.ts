import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openKeyring } from '../../src/keys/index.ts';
import { io, testCollections, testParts } from '../../src/store/conformance-collections.ts';
import { writeNotes, type Site } from '../../src/store/conformance.ts';
import { migrateDatabase } from '../../src/store/index.ts';
import { openStores } from '../../src/store/stores.ts';
import { freshDatabase } from './database.ts';
import { inPostgres } from '../../src/store/engines/postgres/engine.ts';

const writer = fileURLToPath(new URL('./writer.ts', import.meta.url));

/** The same database for another role with the same password. */
export function asRole(url: string, role: string): string {
  const changed = new URL(url);
  changed.username = role;
  return changed.href;
}

const none = { last: async () => undefined };

export interface PostgresSite extends Site {
  readonly url: string;
  readonly folder: string;
  /** Raw SQL as Ancilla's own role, on the rows of one store. */
  raw(tenant_id: string, sql: string): Promise<pg.QueryResult>;
}

export interface SiteOptions {
  readonly isPlain?: boolean;
  /** Another way to the database, or another database. */
  readonly at?: string;
  /** A role that owns nothing: it is Ancilla's, and the server's own role makes the tables for it. */
  readonly writer?: string;
}

/** A fresh database with tenants `a` and `b`, and what Ancilla's own role could try beside the port. */
export async function openSite(server: string, { isPlain = false, at, writer: role }: SiteOptions = {}): Promise<PostgresSite> {
  const database = await freshDatabase(server);
  const url = role === undefined ? (at ?? database.url) : asRole(database.url, role);
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-postgres-keys-'));
  const parts = testParts();
  const open: Site['open'] = async ({ anchors = none, collections = testCollections } = {}) => {
    if (role !== undefined) await migrateDatabase({ url: database.url, allowPlaintext: false, grantTo: role }, collections);
    return openStores({
      openEngine: inPostgres({ url, isPlain, onError: () => {} }),
      keyring: await openKeyring({ folder: join(folder, 'keys'), random: parts.random }),
      collections,
      ...parts,
      anchors,
    });
  };
  {
    await using stores = await open();
    for (const id of ['a', 'b']) await stores.createTenant(id, io);
  }
  const raw = async (tenant_id: string, sql: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(`select set_config('ancilla.store', 'tenant-${tenant_id}', false)`);
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const attempt = async (tenant_id: string, sql: string) => void (await raw(tenant_id, sql));
  /** Whoever has the disk: no trigger and no row-level security is in the way. */
  const onDisk = async (root: string, ...statements: readonly string[]) => {
    const client = new pg.Client({ connectionString: asRole(database.url, root) });
    await client.connect();
    try {
      await client.query('set session_replication_role = replica');
      for (const sql of statements) await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const root = process.env['ANCILLA_TEST_STORE_ROOT'];
  const site: PostgresSite = {
    url,
    folder,
    open,
    raw,
    writer: [process.execPath, '--conditions=ancilla-source', writer, url, folder, isPlain ? 'plain' : 'sealed'],
    attacks: {
      update: (id) => attempt(id, `update ancilla.c_notes set digest = repeat('0', 64)`),
      delete: (id) => attempt(id, 'delete from ancilla.c_notes where seq = 1'),
      replace: (id) =>
        attempt(
          id,
          `insert into ancilla.c_notes (store, seq, key, time, revision, body, salt, received, digest) select store, seq, key, time, revision, '\\x00', salt, received, digest from ancilla.c_notes where seq = 1
           on conflict (store, seq) do update set body = excluded.body`,
        ),
      // What is plain is not authenticated on reading: only the ledger tells.
      ...(root !== undefined &&
        !isPlain && {
          flip_data: (id) =>
            onDisk(
              root,
              `update ancilla.c_notes set body = set_byte(body, 40, get_byte(body, 40) # 16) where store = 'tenant-${id}' and seq = 100`,
            ),
        }),
      ...(root !== undefined && {
        async restore_old(id) {
          const tables = ['head', 'node', 'retired', 'c_notes', 'c_changes'];
          await onDisk(
            root,
            ...tables.map((name) => `create table old_${name} as select * from ancilla.${name} where store = 'tenant-${id}'`),
          );
          await writeNotes(site, 5, 'new');
          await onDisk(
            root,
            ...tables.flatMap((name) => [
              `delete from ancilla.${name} where store = 'tenant-${id}'`,
              `insert into ancilla.${name} select * from old_${name}`,
            ]),
          );
        },
      }),
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
      await database[Symbol.asyncDispose]();
    },
  };
  return site;
}
