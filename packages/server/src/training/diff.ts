import { Count, Id, Name } from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import type { Cell, Columns } from './fields.ts';

const Ids = Type.Array(Id('ex'));
/** How one dataset differs from another: fields by name, examples by id, of each kind the first hundred. */
export const DatasetDiff = Type.Object({
  fields: Type.Object({ added: Type.Array(Name), removed: Type.Array(Name) }),
  counts: Type.Object({ added: Count, removed: Count, changed: Count, same: Count }),
  added: Ids,
  removed: Ids,
  changed: Ids,
});
type DatasetDiff = Static<typeof DatasetDiff>;

const NAMED = 100;

/**
 * Compares two datasets of a task. Fields that only one of them has are told by name and compared no further. Pure.
 * @param edition - fields that are made anew for each dataset and tell nothing: pseudonyms, and the side of the split, which follows from what else there is
 */
export function diffOf(before: Columns, after: Columns, edition: ReadonlySet<string>): DatasetDiff {
  const [old, now] = [Object.keys(before), Object.keys(after)];
  const common = now.filter((name) => old.includes(name) && !edition.has(name));
  const [was, is] = [rowsOf(before), rowsOf(after)];
  const added = [...is.keys()].filter((id) => !was.has(id)).toSorted();
  const removed = [...was.keys()].filter((id) => !is.has(id)).toSorted();
  const both = [...is].flatMap(([id, rows]) => {
    const earlier = was.get(id);
    return earlier === undefined ? [] : [{ id, rows, earlier }];
  });
  const isSame = (a: Rows, b: Rows): boolean =>
    a.to - a.from === b.to - b.from && common.every((name) => areSame(before[name] ?? [], a, after[name] ?? [], b));
  const changed = both.flatMap(({ id, earlier, rows }) => (isSame(earlier, rows) ? [] : [id])).toSorted();
  return {
    fields: { added: now.filter((name) => !old.includes(name)), removed: old.filter((name) => !now.includes(name)) },
    counts: { added: added.length, removed: removed.length, changed: changed.length, same: both.length - changed.length },
    added: added.slice(0, NAMED),
    removed: removed.slice(0, NAMED),
    changed: changed.slice(0, NAMED),
  };
}

/** An example's rows: they stand together. */
interface Rows {
  readonly from: number;
  to: number;
}
function rowsOf({ example_id = [] }: Columns): ReadonlyMap<string, Rows> {
  const found = new Map<string, Rows>();
  for (const [at, id] of example_id.entries()) {
    const rows = found.get(String(id));
    if (rows === undefined) found.set(String(id), { from: at, to: at + 1 });
    else rows.to = at + 1;
  }
  return found;
}

function areSame(before: readonly Cell[], a: Rows, after: readonly Cell[], b: Rows): boolean {
  for (let at = 0; at < a.to - a.from; at++) if (!isSameCell(before[a.from + at] ?? null, after[b.from + at] ?? null)) return false;
  return true;
}
const isSameCell = (one: Cell, other: Cell): boolean =>
  one === other || (Array.isArray(one) && Array.isArray(other) && JSON.stringify(one) === JSON.stringify(other));
