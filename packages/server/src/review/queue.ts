import { Closed, MappingSuggestion, mappingSuggestions, type Io, type Of } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { Type, type Static } from 'typebox';
import { checksDue, type LookedBack } from './checks.ts';
import type { Checking } from './policy.ts';

/** What reviewers see of a suggestion: nothing of what is tried out beside it, and of a blind one nothing of what was suggested. */
export const Shown = Closed({ ...Type.Omit(MappingSuggestion, ['trials']).properties, blind: Type.Optional(Type.Literal(true)) });
export type Shown = Static<typeof Shown>;

/** One page, and how it is ordered. */
export interface Asked {
  readonly status?: MappingSuggestion['status'];
  readonly order?: 'newest' | 'value';
  readonly limit?: number;
  readonly cursor?: string;
}

/** Open suggestions among which the most valuable are looked for. */
const VALUED = 500;

/**
 * What a decision would teach: how unsure the model is of its answer, times how many open columns are called the same (they are decided alike).
 * @returns from 0 to the number of those columns
 */
export function valuesOf(open: readonly Pick<MappingSuggestion, 'column' | 'abstained' | 'candidates'>[]): readonly number[] {
  const nameOf = ({ column }: { readonly column: string }) => column.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ');
  const counts = new Map<string, number>();
  for (const each of open) counts.set(nameOf(each), (counts.get(nameOf(each)) ?? 0) + 1);
  return open.map((each) => {
    const likely = each.candidates[0]?.score ?? 0;
    return 4 * likely * (1 - likely) * (counts.get(nameOf(each)) ?? 1) + (each.abstained ? 1e-6 : 0);
  });
}

/** The same for a person and a suggestion whenever they ask, and another for another: a number below 2 ** 32. */
const lotOf = (reviewer_id: string, suggestion_id: string): number =>
  Number.parseInt(sha256Hex(`${reviewer_id}/${suggestion_id}`).slice(0, 8), 16);

/**
 * Those first whose decision teaches most. What a score promises is no truer than to a tenth: what differs by less is in an order of each person's own, so that many who decide
 * at once do not all begin with the same.
 */
export function byValue<T extends Pick<MappingSuggestion, 'suggestion_id' | 'column' | 'abstained' | 'candidates'>>(
  open: readonly T[],
  reviewer_id: string,
): readonly T[] {
  const values = valuesOf(open);
  return open
    .map((doc, i) => ({ doc, value: Math.round((values[i] ?? 0) * 10), lot: lotOf(reviewer_id, doc.suggestion_id) }))
    .toSorted((a, b) => b.value - a.value || a.lot - b.lot)
    .map(({ doc }) => doc);
}

/** One person's queue: open suggestions, and among them, not to be told apart, what they are to check. */
export async function queueOf(
  of: Of,
  { status = 'open', order = 'newest', ...page }: Asked,
  reviewer_id: string,
  checking: Checking,
  lookedBack: LookedBack,
  io: Io,
): Promise<{ readonly items: Shown[]; readonly next_cursor: string | null }> {
  const limit = order === 'value' ? VALUED : page.limit;
  const { items, next_cursor } = await of.tenant.find(
    mappingSuggestions,
    { index: 'by_status', equals: { status }, ...page, ...(limit !== undefined && { limit }) },
    io,
  );
  const checks = status === 'open' && page.cursor === undefined ? await checksDue(of, reviewer_id, checking, lookedBack, io) : [];
  const all = items.map(({ doc }) => doc);
  for (const check of checks) mixIn(all, asOpen(check), next_cursor !== null, reviewer_id);
  const show = ({ trials: _trials, ...rest }: MappingSuggestion): Shown =>
    status === 'open' && checking.isBlind(rest.suggestion_id) ? { ...rest, candidates: [], abstained: false, blind: true } : rest;
  if (order === 'newest') return { items: all.map(show), next_cursor };
  return {
    items: byValue(all, reviewer_id)
      .slice(0, page.limit ?? 50)
      .map(show),
    next_cursor: null,
  };
}

/**
 * Puts a check where its time says; where the queue goes on and all of its page is newer, at a place that is drawn: at the end it would be told by its place, and whoever
 * decides from the top of a long queue would never come to it.
 */
function mixIn(page: MappingSuggestion[], check: MappingSuggestion, goesOn: boolean, reviewer_id: string): void {
  const at = page.findIndex(({ created_at }) => created_at < check.created_at);
  if (at >= 0) return void page.splice(at, 0, check);
  const lot = lotOf(reviewer_id, check.suggestion_id) % Math.max(1, page.length);
  const { created_at } = page[lot] ?? check;
  if (goesOn) page.splice(lot, 0, { ...check, created_at });
  else page.push(check);
}

/** A check looks like any other suggestion. */
const asOpen = ({ mapping_history_id: _decided, ...rest }: MappingSuggestion): MappingSuggestion => ({ ...rest, status: 'open' });
