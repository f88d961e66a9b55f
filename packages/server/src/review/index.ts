// The queue of suggestions, the five decisions that become mapping_history, and how those who decide are checked.
import {
  AncillaError,
  Closed,
  Decision,
  GoldItem,
  Id,
  Mapping,
  MappingSuggestion,
  mappingSuggestions,
  nothing,
  Opinion,
  pageOf,
  paging,
  put,
  reviewGold,
  reviewOpinions,
  route,
  Selection,
  Sentence,
  toTimestamp,
  type KeyedHash,
  type NewId,
  type Room,
  type SagaRunner,
  type TenantStore,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import type { Curator } from '../curator/index.ts';
import { openAcceptAlone } from './accept-alone.ts';
import { openLookedBack, opinionId } from './checks.ts';
import { openDecisions, type ReviewParts } from './decisions.ts';
import { openChecking } from './policy.ts';
import { Quality, qualityOf } from './quality.ts';
import { queueOf, Shown } from './queue.ts';
import { openSelections } from './selections.ts';
import { openMostValuable } from './value.ts';

/** What a table, a column or a term is called. */
const Called = Type.String({ minLength: 1, maxLength: 256 });

export function openReview({
  curator,
  hmac,
  newId,
  sagas,
  storeOf,
  ...given
}: Omit<ReviewParts, 'checking'> & {
  readonly sagas: SagaRunner;
  readonly storeOf: (tenant_id: string) => TenantStore;
  readonly curator: Curator;
  readonly hmac: KeyedHash;
  readonly newId: NewId;
}) {
  const checking = openChecking({ curator, hmac });
  const looking = { lookedBack: openLookedBack(), mostValuable: openMostValuable() };
  const decideOn = openDecisions({ ...given, checking });
  const { clock } = given;
  const selections = openSelections({ ...given, newId });
  const alone = openAcceptAlone({ ...given, checking, sagas, storeOf });
  const routes = [
    route({
      method: 'GET',
      path: '/review/queue',
      action: 'review.read',
      summary: 'Suggestions, newest first or those first whose decision teaches most; open ones unless told',
      ...nothing,
      query: Closed({
        status: Type.Optional(MappingSuggestion.properties.status),
        order: Type.Optional(Type.Enum(['newest', 'value'])),
        ...paging,
      }),
      answers: { 200: pageOf(Shown) },
      async handle({ tenant, tenant_id, who, query, signal }) {
        const io = { signal };
        const of = { tenant, tenant_id };
        return [200, await queueOf(of, query, who.id, { checking: await checking(of, io), ...looking }, io)] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/review/{suggestion_id}/decision',
      action: 'review.decide',
      summary: 'Decide on a suggestion; repeating the same decision answers the same, a correction names what it supersedes',
      ...nothing,
      params: Type.Object({ suggestion_id: Id('su') }),
      body: Closed({
        decision: Decision,
        semantic_id: Type.Optional(Called),
        justification: Type.Optional(Sentence),
        supersedes: Type.Optional(Id('mh')),
        lead_time_ms: Mapping.properties.lead_time_ms,
      }),
      answers: { 201: Mapping },
      async handle({ tenant, tenant_id, who, params, body: verdict, trace, signal }) {
        const said = { ...params, verdict, reviewer_id: who.id, click: trace };
        return [201, await decideOn({ tenant, tenant_id }, said, { signal })] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/review/selections',
      action: 'review.decide',
      summary: 'Choose open suggestions by a filter and freeze the choice; at most 500, blind ones left out',
      ...nothing,
      body: Closed({
        dataset: Type.Optional(Called),
        table: Type.Optional(Called),
        semantic_id: Type.Optional(Called),
        min_score: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      }),
      answers: { 201: Type.Object({ ...Selection.properties, count: Type.Integer() }) },
      async handle({ tenant, tenant_id, who, body, signal }) {
        const io = { signal };
        const selection = await selections.freeze(tenant, body, who.id, await checking({ tenant, tenant_id }, io), io);
        return [201, { ...selection, count: selection.items.length }] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/review/selections/{selection_id}/decision',
      action: 'review.decide',
      summary: 'Decide on all of a selection of one’s own, in one commit and with one reason; what changed since is left alone',
      ...nothing,
      params: Type.Object({ selection_id: Id('sl') }),
      body: Closed({
        decision: Type.Enum(['accept', 'reject', 'none_of_these']),
        /** Said by whoever decides: how many they think they decide on. */
        count: Type.Integer({ minimum: 1, maximum: 500 }),
        justification: Type.String({ ...Sentence, minLength: 1 }),
      }),
      answers: { 200: Type.Object({ decided: Type.Integer(), changed: Type.Array(Id('su')) }) },
      async handle({ tenant, tenant_id, who, params, body: { count, ...verdict }, trace, signal }) {
        const io = { signal };
        const of = { tenant, tenant_id };
        const asked = { ...params, count, verdict, reviewer_id: who.id, review_trace_id: trace.trace_id };
        return [200, await selections.decideAll(of, asked, await checking(of, io), io)] as const;
      },
    }),
    route({
      method: 'PUT',
      path: '/review/gold/{suggestion_id}',
      action: 'review.govern',
      summary:
        'Make a decided suggestion a gold item: its decision is known to be right, and reviewers are asked it again by the policy’s share',
      ...nothing,
      params: Type.Object({ suggestion_id: Id('su') }),
      body: Closed({ reason: Sentence }),
      answers: { 200: GoldItem },
      async handle({ tenant, who, params: { suggestion_id }, body: { reason }, trace, signal }) {
        const io = { signal };
        const found = await tenant.get(mappingSuggestions, suggestion_id, io);
        const mapping_history_id = found?.doc.mapping_history_id;
        if (found?.doc.status !== 'decided' || mapping_history_id === undefined)
          throw new AncillaError('not_found', `no decided suggestion ${suggestion_id}`);
        const item: GoldItem = { suggestion_id, mapping_history_id, set_by: who.id, set_at: toTimestamp(clock.now()) };
        const was = await tenant.get(reviewGold, suggestion_id, io);
        const because = { who: who.id, reason, trace_id: trace.trace_id };
        await tenant.commit([put(reviewGold, was, item, because)], [], io);
        return [200, item] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/review/opinions',
      action: 'review.quality',
      summary: 'Double reviews, newest first; `agrees=false` are disputes that a third person settles, with `settled_by` where one did',
      ...nothing,
      query: Closed({ agrees: Type.Optional(Type.Boolean()), ...paging }),
      answers: { 200: pageOf(Type.Object({ ...Opinion.properties, settled_by: Type.Optional(Id('mh')) })) },
      async handle({ tenant, query: { agrees = false, ...page }, signal }) {
        const io = { signal };
        const { items, next_cursor } = await tenant.find(
          reviewOpinions,
          { index: 'by_agreement', equals: { why: 'double', agrees }, ...page },
          io,
        );
        const shown = items.map(async ({ doc }) => {
          const { suggestion_id = '', reviewer_id, mapping_history_id, of } = doc;
          if ((await tenant.get(reviewOpinions, opinionId(suggestion_id, reviewer_id, mapping_history_id), io)) !== undefined) return [];
          const inForce = agrees ? undefined : (await tenant.get(mappingSuggestions, suggestion_id, io))?.doc.mapping_history_id;
          // What was decided since in the place of the decision it is compared with.
          return [{ ...doc, ...(inForce !== undefined && inForce !== of && { settled_by: inForce }) }];
        });
        return [200, { items: (await Promise.all(shown)).flat(), next_cursor }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/review/quality',
      action: 'review.quality',
      summary: 'Agreement by domain (Cohen’s kappa), and by person: time a decision, gold items, the alarm for rubber stamps',
      ...nothing,
      answers: { 200: Quality },
      async handle({ tenant, tenant_id, signal }) {
        const io = { signal };
        const { rules } = await checking({ tenant, tenant_id }, io);
        return [200, await qualityOf(tenant, rules.rubber_stamp_ms, io)] as const;
      },
    }),
  ];
  return { routes, ...alone } satisfies Room;
}
