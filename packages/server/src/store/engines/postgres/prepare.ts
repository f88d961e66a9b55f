import { AncillaError, STORAGE_VERSION } from '@ancilla/contracts';
import type { Pool, PoolClient } from 'pg';
import type { Table } from '../../table.ts';
import { newerData } from '../engine.ts';
import { codeOf } from './errors.ts';
import { grantsSql, SCHEMA, schemaDigest, schemaSql } from './schema.ts';

/** PostgreSQL 15. */
const OLDEST = 150_000;
/** Any number, the same in every Ancilla: who holds it prepares the database. */
const LOCK = 7_717_4242;

/**
 * Makes the database ours, or brings it up to this version: forward only, may be repeated, and safe when several servers start at once.
 * @param grantTo - a role that is to write and own nothing
 * @throws {AncillaError} `store.unavailable`, saying what to do
 */
export async function prepareDatabase(pool: Pool, tables: readonly Table[], grantTo?: string): Promise<void> {
  const client = await pool.connect();
  try {
    await assertFit(client);
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const was = await versionOf(client);
    if (was !== undefined && was.version > STORAGE_VERSION) throw newerData(was.version);
    const digest = schemaDigest(tables);
    if (was?.schema !== digest) await makeTables(client, tables, digest);
    if (grantTo !== undefined) {
      await assertMayWrite(client, grantTo);
      await client.query(grantsSql(tables, client.escapeIdentifier(grantTo)));
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

/** A server whose clock is further from the database's would take other servers' leases before they end, or give its own too late. */
const MOST_SKEW_MS = 10_000;

async function assertFit(client: PoolClient): Promise<void> {
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
  await assertClock(client);
}

/** @throws {AncillaError} `store.unavailable` where this machine's clock is too far from the database's */
export async function assertClock(client: PoolClient | Pool): Promise<void> {
  const asked = Date.now();
  const { rows } = await client.query<{ readonly now: number }>(`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now`);
  const answered = Date.now();
  const now = rows[0]?.now ?? Number.NaN;
  const skew = asked - MOST_SKEW_MS > now ? asked - now : now > answered + MOST_SKEW_MS ? answered - now : 0;
  if (skew !== 0)
    throw new AncillaError(
      'store.unavailable',
      `this machine’s clock is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} the database’s: servers that share a database must agree on the time, set both by NTP`,
    );
}

/** PUBLIC would let in whoever may connect; the owner would lose what the next version needs; a mighty one passes by what the rights are for. */
async function assertMayWrite(client: PoolClient, role: string): Promise<void> {
  const { rows } = await client.query<{ readonly fits: boolean }>(
    `select not (rolsuper or rolbypassrls or rolname = current_user) as fits from pg_roles where rolname = $1`,
    [role],
  );
  if (rows[0]?.fits !== true)
    throw new AncillaError(
      'store.unavailable',
      `--grant ${role}: name a role of its own that exists, is not the one that owns the tables, and neither a superuser nor bypasses row-level security (docs/engines.md)`,
    );
}

interface Version {
  readonly version: number;
  readonly schema: string;
}

async function versionOf(client: PoolClient): Promise<Version | undefined> {
  const { rows: there } = await client.query(`select 1 from pg_tables where schemaname = $1 and tablename = 'version'`, [SCHEMA]);
  if (there.length === 0) return undefined;
  const { rows } = await client.query<Version>(`select version, schema from ${SCHEMA}.version`);
  return rows[0];
}

async function makeTables(client: PoolClient, tables: readonly Table[], digest: string): Promise<void> {
  try {
    await client.query(
      `create schema if not exists ${SCHEMA}; create table if not exists ${SCHEMA}.version (one integer primary key check (one = 1), version integer not null, schema text not null)`,
    );
    await client.query(schemaSql(tables));
    await client.query(
      `insert into ${SCHEMA}.version values (1, $1, $2) on conflict (one) do update set version = excluded.version, schema = excluded.schema`,
      [STORAGE_VERSION, digest],
    );
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    throw new AncillaError(
      'store.unavailable',
      'the tables of this version are not there, and this role lacks a right it needs to make them: let it own the database, or run `ancilla migrate --grant ROLE` as the role that owns the tables (docs/engines.md)',
      { cause: error },
    );
  }
}
