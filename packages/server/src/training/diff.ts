import { Count, Id, Name } from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import type { Cell } from './fields.ts';
import type { DatasetReader } from './read-dataset.ts';

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
 * Compares two datasets of a task, a field at a time, others served in between. Fields that only one of them has are told by name and compared no further.
 * @param edition - fields that are made anew for each dataset and tell nothing: pseudonyms, and the side of the split, which follows from what else there is
 */
export async function diffOf(before: DatasetReader, after: DatasetReader, edition: ReadonlySet<string>): Promise<DatasetDiff> {
  const [was, is] = [rowsOf(await before.column(KEY)), rowsOf(await after.column(KEY))];
  const added = [...is.keys()].filter((id) => !was.has(id));
  const removed = [...was.keys()].filter((id) => !is.has(id));
  const both = [...is].flatMap(([id, rows]) => {
    const earlier = was.get(id);
    return earlier === undefined ? [] : [{ id, rows, earlier }];
  });
  let same = both.filter(({ rows, earlier }) => rows.to - rows.from === earlier.to - earlier.from);
  for (const name of after.names) {
    if (name === KEY || edition.has(name) || !before.names.includes(name)) continue;
    const [old, now] = [await before.column(name), await after.column(name)];
    same = same.filter(({ rows, earlier }) => areSame(old, earlier, now, rows));
  }
  const unchanged = new Set(same.map(({ id }) => id));
  const changed = both.flatMap(({ id }) => (unchanged.has(id) ? [] : [id]));
  const named = (ids: readonly string[]) => ids.toSorted().slice(0, NAMED);
  return {
    fields: {
      added: after.names.filter((name) => !before.names.includes(name)),
      removed: before.names.filter((name) => !after.names.includes(name)),
    },
    counts: { added: added.length, removed: removed.length, changed: changed.length, same: same.length },
    added: named(added),
    removed: named(removed),
    changed: named(changed),
  };
}
const KEY = 'example_id';

/** An example's rows: they stand together. */
interface Rows {
  readonly from: number;
  to: number;
}
function rowsOf(ids: readonly Cell[]): ReadonlyMap<string, Rows> {
  const found = new Map<string, Rows>();
  for (const [at, id] of ids.entries()) {
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
