import {
  AncillaError,
  idFrom,
  mappingHistory,
  mappingSuggestions,
  reviewGold,
  reviewOpinions,
  type Io,
  type Mapping,
  type MappingSuggestion,
  type Of,
  type Opinion,
  type Stored,
  type TenantStore,
} from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import { domainOf } from '@ancilla/ranker';
import { LRUCache } from 'lru-cache';
import type { Checking } from './policy.ts';

/** A second look that a reviewer owes: nothing tells it from an open suggestion. */
export interface Check {
  readonly why: Opinion['why'];
  /** The decision it is compared with. */
  readonly first: Mapping;
}

/** Why this person should decide again on what is decided; undefined when they should not. */
export async function checkDue(
  tenant: TenantStore,
  { doc }: Stored<typeof mappingSuggestions>,
  reviewer_id: string,
  checking: Checking,
  io: Io,
): Promise<Check | undefined> {
  const { suggestion_id, status, mapping_history_id } = doc;
  if (status !== 'decided' || mapping_history_id === undefined) return undefined;
  const drawn = checking.isDouble(suggestion_id);
  const isGold = checking.isGoldFor(suggestion_id, reviewer_id) && (await tenant.get(reviewGold, suggestion_id, io)) !== undefined;
  if (!drawn && !isGold) return undefined;
  const [first, { items: opinions }] = await Promise.all([
    tenant.get(mappingHistory, mapping_history_id, io),
    tenant.find(reviewOpinions, { index: 'by_suggestion', equals: { suggestion_id }, limit: 100 }, io),
  ]);
  if (first === undefined || first.doc.reviewer_id === reviewer_id) return undefined;
  if (opinions.some(({ doc: said }) => said.reviewer_id === reviewer_id)) return undefined;
  if (isGold) return { why: 'gold', first: first.doc };
  // One second opinion is enough; more would be a vote.
  return opinions.some(({ doc: said }) => said.why === 'double') ? undefined : { why: 'double', first: first.doc };
}

/** The check that a person's own answer was given as, to be corrected: a refusal would tell them that it was one. */
export async function correctedCheck(
  tenant: TenantStore,
  { suggestion_id, reviewer_id, supersedes }: { readonly suggestion_id: string; readonly reviewer_id: string; readonly supersedes: string },
  io: Io,
): Promise<Check | undefined> {
  const said = await tenant.get(reviewOpinions, supersedes, io);
  if (said === undefined || said.doc.suggestion_id !== suggestion_id || said.doc.reviewer_id !== reviewer_id) return undefined;
  const first = await tenant.get(mappingHistory, said.doc.of, io);
  return first && { why: said.doc.why, first: first.doc };
}

/** Decided suggestions, and gold items, looked through for checks at a time. */
const LOOK_BACK = 200;
const MOST = 10;

/**
 * How far back each person's queue has looked, among what is decided and among gold items: the newest each time, and behind them a stretch further with each look, so that what
 * many people decided in a day comes up, too, and no look takes longer than another. Kept as long as the process runs; then it begins anew.
 */
export type LookedBack = LRUCache<string, string>;
export const openLookedBack = (): LookedBack => new LRUCache({ max: 20_000 });

/** Second looks this person owes, to be mixed into their queue. */
export async function checksDue(
  { tenant, tenant_id }: Of,
  reviewer_id: string,
  checking: Checking,
  lookedBack: LookedBack,
  io: Io,
): Promise<readonly MappingSuggestion[]> {
  const { double_share, gold_share } = checking.rules;
  type Stretch = (cursor: { readonly cursor?: string }) => Promise<{
    readonly items: readonly Stored<typeof mappingSuggestions>[];
    readonly next_cursor: string | null;
  }>;
  const decided: Stretch = async (cursor) => {
    const query = { index: 'by_status', equals: { status: 'decided' }, limit: LOOK_BACK, ...cursor } as const;
    const { items, next_cursor } = await tenant.find(mappingSuggestions, query, io);
    return { items: items.filter(({ doc }) => checking.isDouble(doc.suggestion_id)), next_cursor };
  };
  const gold: Stretch = async (cursor) => {
    const { items, next_cursor } = await tenant.find(reviewGold, { index: 'all', equals: {}, limit: LOOK_BACK, ...cursor }, io);
    const drawn = items.filter(({ doc }) => checking.isGoldFor(doc.suggestion_id, reviewer_id));
    const found = await Promise.all(drawn.map(({ doc }) => tenant.get(mappingSuggestions, doc.suggestion_id, io)));
    return { items: found.filter((each) => each !== undefined), next_cursor };
  };
  const due = new Map<string, MappingSuggestion>();
  const take = async (from: readonly Stored<typeof mappingSuggestions>[]): Promise<void> => {
    for (const each of from) {
      if (due.size === MOST) return;
      if ((await checkDue(tenant, each, reviewer_id, checking, io)) !== undefined) due.set(each.doc.suggestion_id, each.doc);
    }
  };
  const lists = await Promise.all(
    [
      ...(double_share > 0 ? [{ name: 'decided', stretch: decided }] : []),
      ...(gold_share > 0 ? [{ name: 'gold', stretch: gold }] : []),
    ].map(async (list) => ({ ...list, newest: await list.stretch({}) })),
  );
  for (const { newest } of lists) await take(newest.items);
  for (const { name, stretch, newest } of lists) {
    const place = `${tenant_id}/${reviewer_id}/${name}`;
    const from = lookedBack.get(place) ?? newest.next_cursor;
    if (due.size === MOST || from === null) continue;
    const had = due.size;
    const older = await stretch({ cursor: from });
    await take(older.items);
    // What was found there stays in the queue until it is decided.
    if (due.size > had) lookedBack.set(place, from);
    else if (older.next_cursor === null) lookedBack.delete(place);
    else lookedBack.set(place, older.next_cursor);
  }
  return [...due.values()];
}

/** An answer given as a check, beside the decision it is compared with. */
export const toOpinion = (mapping: Mapping, { why, first }: Check): Opinion => ({
  ...mapping,
  why,
  of: first.mapping_history_id,
  first_reviewer_id: first.reviewer_id,
  first_semantic_id: first.semantic_id,
  agrees: mapping.semantic_id === first.semantic_id && (mapping.semantic_id !== null || mapping.decision === first.decision),
  domain: domainOf(first.semantic_id ?? mapping.semantic_id ?? 'none'),
});

/** The id of what a person says as a check: their first answer, or the one that corrects an answer of theirs. */
export const opinionId = (suggestion_id: string, reviewer_id: string, supersedes?: string): string =>
  idFrom('mh', sha256(`${suggestion_id}/opinion/${reviewer_id}${supersedes === undefined ? '' : `/${supersedes}`}`));

/** Of opinions those that stand: a corrected one is its author's no more. */
export function standing(opinions: readonly Opinion[]): readonly Opinion[] {
  const corrected = new Set(opinions.map(({ supersedes }) => supersedes));
  return opinions.filter(({ mapping_history_id }) => !corrected.has(mapping_history_id));
}

/** The answer alone, as whoever gave it sees it. */
export const toMapping = ({
  why: _why,
  of: _of,
  first_reviewer_id: _by,
  first_semantic_id: _id,
  agrees: _agrees,
  domain: _domain,
  ...mapping
}: Opinion): Mapping => mapping;

/**
 * Two people who disagree about a decision do not settle it: a third does.
 * @throws {AncillaError} `access.forbidden_combination`
 */
export async function assertThird(tenant: TenantStore, superseded: string, reviewer_id: string, io: Io): Promise<void> {
  const { items } = await tenant.find(reviewOpinions, { index: 'by_first', equals: { of: superseded }, limit: 100 }, io);
  const disagreed = standing(items.map(({ doc }) => doc)).filter(({ why, agrees }) => why === 'double' && !agrees);
  if (disagreed.some((said) => said.reviewer_id === reviewer_id || said.first_reviewer_id === reviewer_id))
    throw new AncillaError('access.forbidden_combination', 'two people disagree about this decision: a third one settles it');
}
