import { CHANGES } from '@ancilla/contracts/storage';
import { sha256Hex } from '@ancilla/evidence';
import type { Table } from '../../table.ts';

/** The SQL name of a collection's table: the prefix keeps any name apart from our own tables and SQL's words. */
export const tableName = (collection: string): string => `c_${collection}`;

/** A field of the document; the body is the only copy, an index over this expression the only other place it stands. */
export const field = (name: string): string => `body ->> '$.${name}'`;

/** Column that orders documents of one time. */
export const positionOf = ({ kind }: Table): string => (kind === 'log' ? 'seq' : 'id');

/** What every file has from the start. A collection's own table comes with its first document, so that thousands of small tenants stay small; `changes` is there for the triggers that ask it. */
export const baseSql = (tables: readonly Table[]): string =>
  [OWN, ...tables.filter(({ name }) => name === CHANGES).map(tableSql)].join('\n');

/** Tells one set of declarations from another. */
export const schemaDigest = (tables: readonly Table[]): string => sha256Hex([OWN, ...tables.map(tableSql)].join('\n'));

/** Names of the indexes a store has, so that those of an older schema can be dropped. */
export const indexNames = (tables: readonly Table[]): readonly string[] =>
  tables.flatMap((table) => indexesOf(table).map(({ name }) => name));

/**
 * head: the one row that names the log and says how far it is. node: full subtrees, by their place in the order in which they get full.
 * retired: what stays of a removed log document, so that its leaf can be proven and a late repetition recognised.
 */
const OWN = `
create table if not exists head (
  one integer primary key check (one = 1), log_id text not null, size integer not null, edge text not null, revision integer not null, schema text not null
) strict;
create table if not exists node (place integer primary key, hash blob not null) strict;
create table if not exists retired (
  seq integer primary key, collection text not null, key_mac blob not null, received blob not null, revision integer not null, digest text not null
) strict;
${appendOnly('node', 'place')}
create index if not exists retired_key on retired (collection, key_mac);
create table if not exists blob (id integer primary key, key text not null unique, sealed blob not null) strict;

${appendOnly('retired', 'seq')}`;

/** A collection's table, indexes and triggers; what is there already stays. */
export function tableSql(table: Table): string {
  const name = tableName(table.name);
  const columns =
    table.kind === 'log'
      ? // The seq is the row number: rows lie in log order and the newest page is where the last write was.
        'seq integer primary key, key text not null, time text not null, revision integer not null, salt blob not null, received blob not null, digest text not null, body text not null'
      : 'id integer primary key, key text not null unique, time text not null, revision integer not null, body text not null';
  return [
    `create table if not exists ${name} (${columns}) strict;`,
    ...indexesOf(table).map(({ sql }) => sql),
    ...(table.kind === 'log' ? [appendOnly(name, 'seq', removalRecorded(table.name))] : []),
  ].join('\n');
}

function indexesOf(table: Table): readonly { readonly name: string; readonly sql: string }[] {
  const name = tableName(table.name);
  const present = (fields: readonly string[]) => {
    const sparse = fields.filter((each) => table.sparse.includes(each));
    return sparse.length === 0 ? '' : ` where ${sparse.map((each) => `${field(each)} is not null`).join(' and ')}`;
  };
  const index = (unique: boolean, fields: readonly string[], order: readonly string[]) => {
    const label = `${name}__${unique ? 'u' : 'i'}_${sha256Hex(JSON.stringify(fields)).slice(0, 8)}`;
    const expressions = [...fields.map(field), ...order].join(', ');
    return {
      name: label,
      sql: `create ${unique ? 'unique ' : ''}index if not exists ${label} on ${name} (${expressions})${present(fields)};`,
    };
  };
  // REPLACE removes whatever stands in the way of a unique index, without a trigger: a log has none but its seq. That keys and unique sets are not given
  // twice is decided by the plan, in the transaction of the one writer.
  const isLog = table.kind === 'log';
  const wanted = [
    ...(isLog ? [{ name: `${name}__key`, sql: `create index if not exists ${name}__key on ${name} (key);` }] : []),
    // The row number at the end of every SQLite index completes the order (time, position).
    ...Object.values(table.indexes).map((fields) => index(false, fields, ['time'])),
    ...table.unique.map((fields) => index(!isLog, fields, [])),
  ];
  return [...new Map(wanted.map((each) => [each.name, each])).values()];
}

/** A removal is let through only when `changes` says why, in an entry written before it. */
const removalRecorded = (collection: string) =>
  `select 1 from ${tableName(CHANGES)} where ${field('collection')} = '${collection}' and ${field('subject_id')} = old.key and ${field('op')} = 'remove'`;

/** Refuses UPDATE, DELETE and, because REPLACE passes by both of those triggers, INSERT of a row that is there. */
function appendOnly(name: string, rowId: string, unless?: string): string {
  const refuse = `begin select raise(abort, 'append-only'); end;`;
  return [
    `create trigger if not exists ${name}__no_update before update on ${name} ${refuse}`,
    `create trigger if not exists ${name}__no_delete before delete on ${name} ${unless === undefined ? '' : `when not exists (${unless}) `}${refuse}`,
    `create trigger if not exists ${name}__no_replace before insert on ${name} when exists (select 1 from ${name} where ${rowId} = new.${rowId}) ${refuse}`,
  ].join('\n');
}
