import { Count, Id, Name } from '@ancilla/contracts';
import { canonicalJson } from '@ancilla/evidence';
import { Type, type Static } from 'typebox';

/** Cells by field. */
export type Row = Readonly<Record<string, unknown>>;

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
export function diffOf(before: readonly Row[], after: readonly Row[], edition: ReadonlySet<string>): DatasetDiff {
  const [old, now] = [namesOf(before), namesOf(after)];
  const common = [...now].filter((name) => old.has(name) && !edition.has(name)).toSorted();
  const [was, is] = [examplesOf(before, common), examplesOf(after, common)];
  const added = [...is.keys()].filter((id) => !was.has(id)).toSorted();
  const removed = [...was.keys()].filter((id) => !is.has(id)).toSorted();
  const both = [...is.keys()].filter((id) => was.has(id));
  const changed = both.filter((id) => was.get(id) !== is.get(id)).toSorted();
  return {
    fields: { added: [...now].filter((name) => !old.has(name)), removed: [...old].filter((name) => !now.has(name)) },
    counts: { added: added.length, removed: removed.length, changed: changed.length, same: both.length - changed.length },
    added: added.slice(0, NAMED),
    removed: removed.slice(0, NAMED),
    changed: changed.slice(0, NAMED),
  };
}

const namesOf = (rows: readonly Row[]): ReadonlySet<string> => new Set(Object.keys(rows[0] ?? {}));

/** By example, all of its rows as one text, whatever their order. */
function examplesOf(rows: readonly Row[], names: readonly string[]): ReadonlyMap<string, string> {
  const byId = Map.groupBy(rows, (row) => String(row['example_id']));
  return new Map(
    [...byId].map(([id, own]) => [
      id,
      own
        .map((row) => canonicalJson(names.map((name) => row[name] ?? null)))
        .toSorted()
        .join('\n'),
    ]),
  );
}
