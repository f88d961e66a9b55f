import { changes } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import type { Table } from '../../table.ts';

/** Where everything of ours lies. */
export const SCHEMA = 'ancilla';
/** Holds the store whose rows a transaction may see; what is not set sees nothing. */
export const STORE_SETTING = 'ancilla.store';

/** The prefix keeps any name apart from our own tables and SQL's words. */
export const tableName = (collection: string): string => `${SCHEMA}.c_${collection}`;

/** The fields that some index or unique set compares, each a column of its own beside the body. */
export const indexedFields = ({ indexes, unique }: Table): readonly string[] => [
  ...new Set([...Object.values(indexes).flat(), ...unique.flat()]),
];
export const column = (field: string): string => `f_${field}`;

/** Which fields have columns, as a store's head says of itself: a store whose rows lack some is filled up before it is used. */
export const fieldsOf = (tables: Iterable<Table>): string =>
  JSON.stringify(Object.fromEntries([...tables].map((table) => [table.name, indexedFields(table).toSorted()])));

/** Column that orders documents of one time. */
export const positionOf = ({ kind }: Table): string => (kind === 'log' ? 'seq' : 'id');

/** All statements that make a database ours; each may be repeated. */
export const schemaSql = (tables: readonly Table[]): string => [OWN, ...tables.map(tableSql)].join('\n');
/** Tells one set of declarations from another. */
export const schemaDigest = (tables: readonly Table[]): string => sha256Hex(schemaSql(tables));

/**
 * Byte order everywhere, as in the other engines. Every key begins with the store, and row-level security, forced upon the owner too, shows a transaction the rows
 * of the one store it has named. Only which stores there are is seen by all.
 */
const OWN = `
create schema if not exists ${SCHEMA};
create table if not exists ${SCHEMA}.stores (store text collate "C" primary key);
create table if not exists ${SCHEMA}.head (
  store text collate "C" primary key, log_id text not null, size bigint not null, edge text not null, revision bigint not null,
  fields text not null, bytes bigint not null default 0
);
create table if not exists ${SCHEMA}.node (store text collate "C", place bigint, hash bytea not null, primary key (store, place));
create table if not exists ${SCHEMA}.retired (
  store text collate "C", seq bigint, collection text collate "C" not null, key_mac bytea not null, received bytea not null, revision bigint not null,
  digest text not null, primary key (store, seq)
);
create index if not exists retired_key on ${SCHEMA}.retired (store, collection, key_mac);
create table if not exists ${SCHEMA}.blob (store text collate "C", key text collate "C", sealed bytea not null, primary key (store, key));
create or replace function ${SCHEMA}.refuse() returns trigger language plpgsql as $$ begin raise exception 'append-only' using errcode = '42501'; end $$;
create or replace function ${SCHEMA}.refuse_change() returns trigger language plpgsql as $$
declare
  was jsonb := to_jsonb(old);
  becomes jsonb := to_jsonb(new);
  name text;
begin
  for name in select jsonb_object_keys(becomes) loop
    -- A field that came into an index after the document was written may be filled in, once.
    if becomes -> name is distinct from was -> name and not (name like 'f\\_%' and was -> name = 'null') then
      raise exception 'append-only' using errcode = '42501';
    end if;
  end loop;
  return new;
end $$;
create or replace function ${SCHEMA}.refuse_removal() returns trigger language plpgsql as $$
begin
  -- Written by this very transaction, which is the one that says why.
  if exists (select 1 from ${tableName(changes.name)} c where c.store = old.store and c.removes = tg_table_name || '/' || old.key and c.xmin = pg_current_xact_id()::xid) then
    return old;
  end if;
  raise exception 'append-only' using errcode = '42501';
end $$;
${['head', 'node', 'retired', 'blob'].map((name) => isolated(`${SCHEMA}.${name}`)).join('\n')}
${appendOnly(`${SCHEMA}.node`)}
${appendOnly(`${SCHEMA}.retired`)}`;

/**
 * What a role may do that writes and owns nothing: logs take new rows, columns of a new index, and removals, which a trigger lets through with their reason only.
 * Neither update, truncate nor the triggers themselves are in its reach.
 * @param role - quoted, as it may stand in SQL
 */
export function grantsSql(tables: readonly Table[], role: string): string {
  const grant = (rights: string, name: string) => `grant ${rights} on ${name} to ${role};`;
  return [
    `revoke all on all tables in schema ${SCHEMA} from ${role};`,
    `grant usage on schema ${SCHEMA} to ${role};`,
    grant('select', `${SCHEMA}.version`),
    grant('select, insert', `${SCHEMA}.stores, ${SCHEMA}.node, ${SCHEMA}.retired`),
    grant('select, insert, update', `${SCHEMA}.head`),
    grant('select, insert, delete', `${SCHEMA}.blob`),
    ...tables.flatMap((table) => {
      const name = tableName(table.name);
      if (table.kind !== 'log') return [grant('select, insert, update, delete', name)];
      const fields = indexedFields(table).map(column);
      return [grant('select, insert, delete', name), ...(fields.length > 0 ? [grant(`update (${fields.join(', ')})`, name)] : [])];
    }),
  ].join('\n');
}

function tableSql(table: Table): string {
  const name = tableName(table.name);
  const fields = indexedFields(table).map((field) => `, ${column(field)} text collate "C"`);
  const rest = 'key text collate "C" not null, time text collate "C" not null, revision bigint not null, body bytea not null';
  const isLog = table.kind === 'log';
  const columns = isLog
    ? `store text collate "C", seq bigint, ${rest}, salt bytea not null, received bytea not null, digest text not null${table.name === changes.name ? ', removes text collate "C"' : ''}${fields.join('')}, primary key (store, seq)`
    : `store text collate "C", id bigint generated always as identity, ${rest}${fields.join('')}, primary key (store, key)`;
  return [
    `create table if not exists ${name} (${columns});`,
    // A field that came into an index with a later version.
    ...fields.map((field) => `alter table ${name} add column if not exists ${field.slice(2)};`),
    ...(isLog ? [`create unique index if not exists c_${table.name}__key on ${name} (store, key);`] : []),
    ...(table.name === changes.name
      ? [`create index if not exists c_${table.name}__removes on ${name} (store, removes) where removes is not null;`]
      : []),
    ...indexesOf(table),
    isolated(name),
    ...(isLog ? [appendOnly(name, `${SCHEMA}.refuse_change`, `${SCHEMA}.refuse_removal`)] : []),
  ].join('\n');
}

function indexesOf(table: Table): readonly string[] {
  const name = tableName(table.name);
  const index = (unique: boolean, fields: readonly string[], order: readonly string[]) => {
    const label = `c_${table.name}__${unique ? 'u' : 'i'}_${sha256Hex(JSON.stringify(fields)).slice(0, 8)}`;
    const sparse = fields.filter((each) => table.sparse.includes(each)).map((each) => `${column(each)} is not null`);
    const where = sparse.length === 0 ? '' : ` where ${sparse.join(' and ')}`;
    return `create ${unique ? 'unique ' : ''}index if not exists ${label} on ${name} (${['store', ...fields.map(column), ...order].join(', ')})${where};`;
  };
  return [
    ...Object.values(table.indexes).map((fields) => index(false, fields, ['time', positionOf(table)])),
    ...table.unique.map((fields) => index(true, fields, [])),
  ];
}

function isolated(name: string): string {
  const own = `store = current_setting('${STORE_SETTING}', true)`;
  return `alter table ${name} enable row level security; alter table ${name} force row level security;
drop policy if exists own on ${name}; create policy own on ${name} using (${own}) with check (${own});`;
}

function appendOnly(name: string, onUpdate = `${SCHEMA}.refuse`, onDelete = onUpdate): string {
  return `create or replace trigger no_update before update on ${name} for each row execute function ${onUpdate}();
create or replace trigger no_delete before delete on ${name} for each row execute function ${onDelete}();
create or replace trigger no_truncate before truncate on ${name} execute function ${SCHEMA}.refuse();`;
}
