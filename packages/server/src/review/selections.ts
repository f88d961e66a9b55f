import {
  AncillaError,
  HOUR_MS,
  insert,
  invalidAt,
  isAncillaError,
  mappingHistory,
  mappingSuggestions,
  reviewSelections,
  toTimestamp,
  type Clock,
  type Io,
  type NewId,
  type Of,
  type Selection,
  type Tenant,
  type TenantStore,
  type Write,
} from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { readOnce, type Glossaries } from '../mapping/index.ts';
import { decisionId, type Verdict } from './decide.ts';
import { decideBeside } from './in-force.ts';
import { LOOKED_THROUGH, openSuggestions } from './open-suggestions.ts';
import type { Checking } from './policy.ts';

/** Which open suggestions are to be decided together. */
export interface Filter {
  readonly dataset?: string;
  readonly table?: string;
  readonly semantic_id?: string;
  readonly min_score?: number;
}
/** What became of a selection. */
export interface Decided {
  readonly decided: number;
  /** Those that are not as they were when they were chosen: left alone. */
  readonly changed: string[];
}

const MOST = 500;
/** Of a selection read at a time. */
const AT_ONCE = 25;
/** Tries of one commit: reading hundreds takes long enough for others to decide on one of them, and those who do are many. */
const ATTEMPTS = 12;

/** Selections: chosen by a filter, frozen as a list, decided with one reason. */
export function openSelections({
  clock,
  newId,
  glossaries,
}: {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly glossaries: Glossaries;
}) {
  /** Freezes what fits. Blind ones want a person's eyes each. @throws {AncillaError} `not_found` when nothing fits */
  async function freeze(tenant: TenantStore, filter: Filter, by: string, checking: Checking, io: Io): Promise<Selection> {
    const items: Selection['items'] = [];
    let seen = 0;
    for await (const { doc, revision } of openSuggestions(tenant, io)) {
      const [top] = doc.abstained ? [] : doc.candidates;
      const fits =
        (filter.dataset === undefined || filter.dataset === doc.dataset) &&
        (filter.table === undefined || filter.table === doc.table) &&
        (filter.semantic_id === undefined || filter.semantic_id === top?.semantic_id) &&
        (filter.min_score === undefined || (top !== undefined && top.score >= filter.min_score));
      if (fits && !checking.isBlind(doc.suggestion_id))
        items.push({ suggestion_id: doc.suggestion_id, revision, semantic_id: top?.semantic_id ?? null });
      if (items.length === MOST || ++seen === LOOKED_THROUGH) break;
    }
    if (items.length === 0)
      throw new AncillaError('not_found', `no open suggestion fits${seen === LOOKED_THROUGH ? `, of the ${LOOKED_THROUGH} newest` : ''}`);
    const selection: Selection = {
      selection_id: newId('sl'),
      items,
      digest: sha256Hex(canonicalJson(items)),
      by,
      created_at: toTimestamp(clock.now()),
    };
    await tenant.commit([insert(reviewSelections, selection)], [], io);
    return selection;
  }

  async function selectionOf(tenant: TenantStore, selection_id: string, by: string, io: Io): Promise<Selection> {
    const found = await tenant.get(reviewSelections, selection_id, io);
    if (found === undefined || found.doc.by !== by) throw new AncillaError('not_found', `no selection ${selection_id} of yours`);
    return found.doc;
  }

  /**
   * Decides on exactly what was chosen, in one commit; whatever changed meanwhile is left alone. Asking again answers the same.
   * @throws {AncillaError} `not_found`, `schema.invalid` when the count is not the selection's, it is older than an hour, or there is nothing to accept for some of it
   */
  async function decideAll(
    { tenant }: Of,
    asked: {
      readonly selection_id: string;
      readonly count: number;
      readonly verdict: Verdict;
      readonly reviewer_id: string;
      readonly review_trace_id: string;
    },
    checking: Checking,
    io: Io,
  ): Promise<Decided> {
    const selection = await selectionOf(tenant, asked.selection_id, asked.reviewer_id, io);
    if (asked.count !== selection.items.length) throw invalidAt('/count', `must be ${selection.items.length}, what the selection holds`);
    if (clock.now() - Date.parse(selection.created_at) > HOUR_MS)
      throw invalidAt('/selection_id', 'was chosen more than an hour ago: choose again');
    const unsuggested = selection.items.filter(({ semantic_id }) => semantic_id === null).length;
    if (asked.verdict.decision === 'accept' && unsuggested > 0)
      throw invalidAt(
        '/decision',
        `must not be accept: for ${unsuggested} of the selection nothing was suggested; choose with min_score, which leaves them out`,
      );
    const glossaryOf = readOnce(glossaries, tenant, io);
    for (let attempt = 1; ; attempt++) {
      const writes: Write<Tenant>[] = [];
      const changed: string[] = [];
      /** Undefined for what is left alone. */
      const writesOf = async ({ suggestion_id, revision }: Selection['items'][number]): Promise<readonly Write<Tenant>[] | undefined> => {
        const had = await tenant.get(mappingHistory, decisionId(suggestion_id, revision), io);
        if (had !== undefined && had.doc.reviewer_id === asked.reviewer_id && had.doc.decision === asked.verdict.decision) return [];
        const was = await tenant.get(mappingSuggestions, suggestion_id, io);
        if (was === undefined || was.revision !== revision || was.doc.status !== 'open' || checking.isBlind(suggestion_id))
          return undefined;
        const { has: isTerm } = await glossaryOf(was.doc.glossary);
        const { reviewer_id, review_trace_id, verdict } = asked;
        const deciding = { reviewer_id, review_trace_id, decided_at: toTimestamp(clock.now()), isTerm, blind: false };
        return (await decideBeside(tenant, was, verdict, deciding, io)).writes;
      };
      for (let at = 0; at < selection.items.length; at += AT_ONCE) {
        const some = selection.items.slice(at, at + AT_ONCE);
        for (const [i, made] of (await Promise.all(some.map(writesOf))).entries())
          if (made === undefined) changed.push(some[i]?.suggestion_id ?? '');
          else writes.push(...made);
      }
      try {
        if (writes.length > 0) await tenant.commit(writes, [], io);
        return { decided: selection.items.length - changed.length, changed };
      } catch (error) {
        if (!isAncillaError(error, 'store.conflict', 'store.revision_conflict')) throw error;
        if (attempt === ATTEMPTS)
          throw new AncillaError(
            'store.revision_conflict',
            'others kept deciding on some of the selection: nothing of it is decided, ask again',
            {
              cause: error,
            },
          );
      }
    }
  }
  return { freeze, decideAll };
}
