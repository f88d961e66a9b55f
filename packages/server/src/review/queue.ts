import { Closed, invalidAt, MappingSuggestion, mappingSuggestions, type Io, type Of } from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import { checksDue, type LookedBack } from './checks.ts';
import type { Checking } from './policy.ts';
import { lotOf, type MostValuable } from './value.ts';

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

/**
 * One person's queue: open suggestions, and among them, not to be told apart, what they are to check.
 * @throws {AncillaError} `schema.invalid` for an order by value of anything else
 */
export async function queueOf(
  of: Of,
  { status = 'open', order = 'newest', ...page }: Asked,
  reviewer_id: string,
  {
    checking,
    lookedBack,
    mostValuable,
  }: { readonly checking: Checking; readonly lookedBack: LookedBack; readonly mostValuable: MostValuable },
  io: Io,
): Promise<{ readonly items: Shown[]; readonly next_cursor: string | null }> {
  const isFirst = status === 'open' && page.cursor === undefined;
  if (order === 'value' && !isFirst) throw invalidAt('/order', 'goes with status open and without a cursor');
  const checks = isFirst ? (await checksDue(of, reviewer_id, checking, lookedBack, io)).map(asOpen) : [];
  const show = ({ trials: _trials, ...rest }: MappingSuggestion): Shown =>
    status === 'open' && checking.isBlind(rest.suggestion_id) ? { ...rest, candidates: [], abstained: false, blind: true } : rest;
  if (order === 'value')
    return { items: (await mostValuable(of, { limit: page.limit ?? 50, reviewer_id, checks }, io)).map(show), next_cursor: null };
  const { items, next_cursor } = await of.tenant.find(mappingSuggestions, { index: 'by_status', equals: { status }, ...page }, io);
  const all = items.map(({ doc }) => doc);
  for (const check of checks) mixIn(all, check, next_cursor !== null, reviewer_id);
  return { items: all.map(show), next_cursor };
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
