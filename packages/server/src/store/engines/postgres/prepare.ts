import { AncillaError, STORAGE_VERSION } from '@ancilla/contracts';
import type { Pool } from 'pg';
import type { Table } from '../../table.ts';
import { newerData } from '../engine.ts';
import { SCHEMA, schemaDigest, schemaSql } from './schema.ts';

/** PostgreSQL 15. */
const OLDEST = 150_000;
/** Any number, the same in every Ancilla: who holds it prepares the database. */
const LOCK = 7_717_4242;

/**
 * Makes the database ours, or brings it up to this version: forward only, may be repeated, and safe when several servers start at once.
 * @throws {AncillaError} `store.unavailable`, saying what to do
 */
export async function prepareDatabase(pool: Pool, tables: readonly Table[]): Promise<void> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ readonly version: string; readonly mighty: boolean }>(
      `select current_setting('server_version_num') as version, rolsuper or rolbypassrls as mighty from pg_roles where rolname = current_user`,
    );
    const [about] = rows;
    if (Number(about?.version ?? 0) < OLDEST) throw new AncillaError('store.unavailable', 'PostgreSQL 15 or newer is needed');
    if (about?.mighty !== false)
      throw new AncillaError(
        'store.unavailable',
        'the role of ANCILLA_STORE_URL is a superuser or bypasses row-level security, which keeps tenants apart: give Ancilla a role of its own (docs/engines.md)',
      );
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(
      `create schema if not exists ${SCHEMA}; create table if not exists ${SCHEMA}.version (one integer primary key check (one = 1), version integer not null, schema text not null)`,
    );
    const found = await client.query<{ readonly version: number; readonly schema: string }>(
      `select version, schema from ${SCHEMA}.version`,
    );
    const [was] = found.rows;
    if (was !== undefined && was.version > STORAGE_VERSION) throw newerData(was.version);
    const digest = schemaDigest(tables);
    if (was?.schema !== digest) {
      await client.query(schemaSql(tables));
      await client.query(
        `insert into ${SCHEMA}.version values (1, $1, $2) on conflict (one) do update set version = excluded.version, schema = excluded.schema`,
        [STORAGE_VERSION, digest],
      );
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
