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

/** Decided suggestions looked through for checks at a time. */
const LOOK_BACK = 200;
const MOST = 10;

/**
 * How far back each person's queue has looked: the newest each time, and behind them a stretch further with each look, so that what many people decided in a day comes up,
 * too, and no look takes longer than another. Kept as long as the process runs; then it begins anew.
 */
export type LookedBack = LRUCache<string, string>;
export const openLookedBack = (): LookedBack => new LRUCache({ max: 10_000 });

/** Second looks this person owes, to be mixed into their queue. */
export async function checksDue(
  { tenant, tenant_id }: Of,
  reviewer_id: string,
  checking: Checking,
  lookedBack: LookedBack,
  io: Io,
): Promise<readonly MappingSuggestion[]> {
  const { double_share, gold_share } = checking.rules;
  if (double_share === 0 && gold_share === 0) return [];
  const decidedFrom = (cursor?: string) =>
    tenant.find(
      mappingSuggestions,
      { index: 'by_status', equals: { status: 'decided' }, limit: LOOK_BACK, ...(cursor !== undefined && { cursor }) },
      io,
    );
  const [newest, gold] = await Promise.all([decidedFrom(), tenant.find(reviewGold, { index: 'all', equals: {}, limit: LOOK_BACK }, io)]);
  const due: MappingSuggestion[] = [];
  const take = async (from: Iterable<Stored<typeof mappingSuggestions>>): Promise<void> => {
    for (const each of from) {
      if (due.length === MOST) return;
      if ((await checkDue(tenant, each, reviewer_id, checking, io)) !== undefined) due.push(each.doc);
    }
  };
  const isDrawn = ({ doc }: Stored<typeof mappingSuggestions>): boolean => checking.isDouble(doc.suggestion_id);
  const chosen = new Map(newest.items.filter(isDrawn).map((each) => [each.doc.suggestion_id, each]));
  for (const { doc } of gold.items) {
    if (!checking.isGoldFor(doc.suggestion_id, reviewer_id)) continue;
    const found = await tenant.get(mappingSuggestions, doc.suggestion_id, io);
    if (found !== undefined) chosen.set(doc.suggestion_id, found);
  }
  await take(chosen.values());
  const who = `${tenant_id}/${reviewer_id}`;
  const from = lookedBack.get(who) ?? newest.next_cursor;
  if (double_share === 0 || due.length === MOST || from === null) return due;
  const had = due.length;
  const older = await decidedFrom(from);
  await take(older.items.filter((each) => isDrawn(each) && !chosen.has(each.doc.suggestion_id)));
  // What was found there stays in the queue until it is decided.
  if (due.length > had) lookedBack.set(who, from);
  else if (older.next_cursor === null) lookedBack.delete(who);
  else lookedBack.set(who, older.next_cursor);
  return due;
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
