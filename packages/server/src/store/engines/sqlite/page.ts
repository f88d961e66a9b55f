import type { PageQuery } from '../engine.ts';
import type { Table } from '../../table.ts';
import { field, positionOf, tableName } from './schema.ts';

/**
 * A row number has no collation of its own, and SQLite then searches an index by the time alone and walks over all rows of that time. Naming the collation
 * on the other side makes it search by both.
 */
const RANGE = 'collate binary';

/** One statement for each index and direction; the range is open at both ends, so that a page costs the same wherever it is. */
export function pageSql(table: Table, { index, oldest_first }: PageQuery): string {
  const fields = table.indexes[index];
  if (!fields) throw new TypeError(`${table.name} has no index "${index}"`);
  const position = positionOf(table);
  const order = oldest_first ? 'asc' : 'desc';
  const equals = fields.map((each) => `${field(each)} = ? and `).join('');
  return (
    `select body, time, ${position}, revision from ${tableName(table.name)} where ${equals}(time, ${position}) > (?, ? ${RANGE}) and (time, ${position}) < (?, ? ${RANGE})` +
    ` order by time ${order}, ${position} ${order} limit ?`
  );
}

/** A cursor replaces the bound on its side: with both, SQLite could pick the wider one and walk over all pages before. */
export function pageValues({ equals, from, to, after, limit, oldest_first }: PageQuery): readonly (string | number | null)[] {
  const lower = (oldest_first ? after : undefined) ?? [from ?? '', -1];
  const upper = (oldest_first ? undefined : after) ?? (to === undefined ? ['\u{10ffff}', 0] : [to, -1]);
  return [...equals, ...lower, ...upper, limit];
}
