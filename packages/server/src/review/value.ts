import { mappingSuggestions, type Io, type MappingSuggestion, type Of, type TenantStore } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { LRUCache } from 'lru-cache';
import { LOOKED_THROUGH } from './open-suggestions.ts';

/** What a suggestion's value goes by. */
type Valued = Pick<MappingSuggestion, 'suggestion_id' | 'column' | 'abstained'> & {
  readonly candidates: readonly { readonly score: number }[];
};

/**
 * What a decision would teach: how unsure the model is of its answer, times how many open columns are called the same (they are decided alike).
 * @returns from 0 to the number of those columns
 */
export function valuesOf(open: readonly Omit<Valued, 'suggestion_id'>[]): readonly number[] {
  const names = open.map(({ column }) => column.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' '));
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return open.map(({ candidates, abstained }, i) => {
    const likely = candidates[0]?.score ?? 0;
    return 4 * likely * (1 - likely) * (counts.get(names[i] ?? '') ?? 1) + (abstained ? 1e-6 : 0);
  });
}

/** The same for a person and a suggestion whenever they ask, and another for another: a number below 2 ** 32. */
export const lotOf = (reviewer_id: string, suggestion_id: string): number =>
  Number.parseInt(sha256Hex(`${reviewer_id}/${suggestion_id}`).slice(0, 8), 16);

/**
 * Those first whose decision teaches most. What a score promises is no truer than to a tenth: what differs by less is in an order of each person's own, so that many who decide
 * at once do not all begin with the same.
 */
export function* byValue<T extends Valued>(open: readonly T[], reviewer_id: string): Generator<T, void, undefined> {
  const values = valuesOf(open).map((value) => Math.round(value * 10));
  const alike = Map.groupBy(open.keys(), (i) => values[i] ?? 0);
  for (const value of [...alike.keys()].toSorted((a, b) => b - a))
    yield* (alike.get(value) ?? [])
      .flatMap((i) => open[i] ?? [])
      .map((doc) => ({ doc, lot: lotOf(reviewer_id, doc.suggestion_id) }))
      .toSorted((a, b) => a.lot - b.lot)
      .map(({ doc }) => doc);
}

/** A tenant's open suggestions as far as looks have come, and where the next one goes on. */
interface Seen {
  readonly open: Map<string, Valued & Pick<MappingSuggestion, 'created_at'>>;
  from: string | null;
}
/** Read by one look of the newest, and of those behind. */
const STRETCH = 500;
const MOST_TENANTS = 50;
/** Later than any time there is. */
const NEVER = '~';

/**
 * Finds the open suggestions whose decision teaches most, however long the queue. A look reads the newest, and one stretch of those behind, further back each time and from the
 * front again after the last: what the order goes by is remembered, so that after a few looks it is that of the whole queue, and no look reads more than another. Kept as long as
 * the process runs; then it begins anew.
 */
export function openMostValuable() {
  const tenants = new LRUCache<string, Seen>({ max: MOST_TENANTS });

  /** @returns what was read */
  async function look(tenant: TenantStore, seen: Seen, io: Io): Promise<ReadonlyMap<string, MappingSuggestion>> {
    const read = new Map<string, MappingSuggestion>();
    const stretch = async (cursor?: string): Promise<string | null> => {
      const query = { index: 'by_status', equals: { status: 'open' }, limit: STRETCH, ...(cursor !== undefined && { cursor }) } as const;
      const { items, next_cursor } = await tenant.find(mappingSuggestions, query, io);
      for (const { doc } of items) read.set(doc.suggestion_id, doc);
      // What was seen of this stretch of time and is not in it any more is decided.
      const before = cursor === undefined ? NEVER : (items[0]?.doc.created_at ?? '');
      const after = next_cursor === null ? '' : (items.at(-1)?.doc.created_at ?? '');
      for (const [id, { created_at }] of seen.open) if (after < created_at && created_at < before && !read.has(id)) seen.open.delete(id);
      return next_cursor;
    };
    const behind = await stretch();
    const from = seen.from ?? behind;
    seen.from = from === null ? null : await stretch(from);
    for (const { suggestion_id, column, abstained, created_at, candidates } of read.values())
      if (seen.open.size < LOOKED_THROUGH)
        seen.open.set(suggestion_id, {
          suggestion_id,
          column,
          abstained,
          created_at,
          candidates: candidates.slice(0, 1).map(({ score }) => ({ score })),
        });
    return read;
  }

  /** @param checks - what whoever asks is to check, shown as open */
  return async (
    { tenant, tenant_id }: Of,
    { limit, reviewer_id, checks }: { readonly limit: number; readonly reviewer_id: string; readonly checks: readonly MappingSuggestion[] },
    io: Io,
  ): Promise<readonly MappingSuggestion[]> => {
    const seen = tenants.get(tenant_id) ?? { open: new Map(), from: null };
    tenants.set(tenant_id, seen);
    const known = new Map([...(await look(tenant, seen, io)), ...checks.map((check) => [check.suggestion_id, check] as const)]);
    const order = byValue([...seen.open.values(), ...checks], reviewer_id);
    const found: MappingSuggestion[] = [];
    const take = () => Array.from({ length: limit - found.length }, () => order.next()).flatMap((each) => (each.done ? [] : [each.value]));
    for (let next = take(); next.length > 0; next = take()) {
      const read = async ({ suggestion_id: id }: Valued) =>
        [id, known.get(id) ?? (await tenant.get(mappingSuggestions, id, io))?.doc] as const;
      for (const [id, doc] of await Promise.all(next.map(read)))
        if (doc?.status === 'open') found.push(doc);
        else seen.open.delete(id);
    }
    return found;
  };
}
export type MostValuable = ReturnType<typeof openMostValuable>;
