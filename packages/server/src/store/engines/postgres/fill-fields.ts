import type { Pool } from 'pg';
import { toValue } from '../../commit.ts';
import type { Table } from '../../table.ts';
import type { Cloak } from './cloak.ts';
import { inTransaction } from './connection.ts';
import { column, fieldsOf, indexedFields, positionOf, tableName } from './schema.ts';

/** Rows filled in one transaction. */
const BATCH = 1000;

/**
 * Fills in the columns of fields that came into an index after a store's documents were written: only here is the key that opens them. A store is not used before, and
 * servers of the older version do not write to it after.
 */
export async function fillFields(
  pool: Pool,
  { tables, cloak, store }: { readonly tables: ReadonlyMap<string, Table>; readonly cloak: Cloak; readonly store: string },
): Promise<void> {
  const wanted = fieldsOf(tables.values());
  const [head] = await inTransaction(pool, store, 'read only', (transaction) =>
    transaction.all<[string]>('select fields from head where store = $1', [store]),
  );
  if (head === undefined || head[0] === wanted) return;
  // Written by this engine.
  const had = JSON.parse(head[0]) as Readonly<Record<string, readonly string[]>>;
  for (const table of tables.values()) {
    const missing = indexedFields(table).filter((field) => !(had[table.name] ?? []).includes(field));
    if (missing.length > 0 && had[table.name] !== undefined) await fillTable(table, missing);
  }
  await inTransaction(pool, store, 'read write', (transaction) =>
    transaction.all('update head set fields = $2 where store = $1', [store, wanted]),
  );

  async function fillTable(table: Table, fields: readonly string[]): Promise<void> {
    const [name, position] = [tableName(table.name), positionOf(table)];
    for (let after = -1; ;) {
      const last = await inTransaction(pool, store, 'read write', async (transaction) => {
        const rows = await transaction.all<[string, string, Buffer]>(
          `select ${position}, key, body from ${name} where store = $1 and ${position} > $2 order by ${position} limit ${BATCH}`,
          [store, after],
        );
        // A document as it was stored: canonical JSON that fitted its schema.
        const docs = rows.map(([, key, body]) => JSON.parse(cloak.show(table.name, key, body).body) as Readonly<Record<string, unknown>>);
        if (rows.length > 0)
          await transaction.all(
            `update ${name} t set ${fields.map((field) => `${column(field)} = v.${column(field)}`).join(', ')}` +
              ` from unnest($2::bigint[]${fields.map((_, i) => `, $${i + 3}::text[]`).join('')}) v (at${fields.map((field) => `, ${column(field)}`).join('')}) where t.store = $1 and t.${position} = v.at`,
            [
              store,
              rows.map(([at]) => at),
              ...fields.map((field) => docs.map((doc) => cloak.field(table.name, field, toValue(doc[field])))),
            ],
          );
        return rows.length === BATCH ? Number(rows.at(-1)?.[0]) : undefined;
      });
      if (last === undefined) return;
      after = last;
    }
  }
}
