// People decide: the queue of suggestions, and the five decisions that become mapping_history.
import { Decision, Id, Mapping, MappingSuggestion, mappingSuggestions, route, Sentence, type Room } from '@ancilla/contracts';
import { Type } from 'typebox';
import { openDecisions, type ReviewParts } from './decisions.ts';

/** What reviewers see of a suggestion: nothing of what is tried out beside it. */
const Shown = Type.Omit(MappingSuggestion, ['trials'], { additionalProperties: false });
const shown = ({ trials: _trials, ...rest }: MappingSuggestion) => rest;

export function openReview(parts: ReviewParts) {
  const decideOn = openDecisions(parts);
  const routes = [
    route({
      method: 'GET',
      path: '/review/queue',
      action: 'review.read',
      summary: 'Suggestions, newest first; open ones unless told',
      params: Type.Object({}),
      query: Type.Object(
        {
          status: Type.Optional(MappingSuggestion.properties.status),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
          cursor: Type.Optional(Type.String({ maxLength: 1024 })),
        },
        { additionalProperties: false },
      ),
      body: Type.Null(),
      answers: { 200: Type.Object({ items: Type.Array(Shown), next_cursor: Type.Union([Type.String(), Type.Null()]) }) },
      async handle({ tenant, query: { status = 'open', ...page }, signal }) {
        const { items, next_cursor } = await tenant.find(
          mappingSuggestions,
          { index: 'by_status', equals: { status }, ...page },
          { signal },
        );
        return [200, { items: items.map(({ doc }) => shown(doc)), next_cursor }] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/review/{suggestion_id}/decision',
      action: 'review.decide',
      summary: 'Decide on a suggestion; repeating the same decision answers the same, a correction names what it supersedes',
      params: Type.Object({ suggestion_id: Id('su') }),
      query: Type.Object({}),
      body: Type.Object(
        {
          decision: Decision,
          semantic_id: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
          justification: Type.Optional(Sentence),
          supersedes: Type.Optional(Id('mh')),
        },
        { additionalProperties: false },
      ),
      answers: { 201: Mapping },
      async handle({ tenant, tenant_id, who, params, body: { decision, semantic_id, justification, supersedes }, trace, signal }) {
        const verdict = { decision, semantic_id, justification, supersedes };
        const said = { ...params, verdict, reviewer_id: who.id, click: trace };
        return [201, await decideOn({ tenant, tenant_id }, said, { signal })] as const;
      },
    }),
  ];
  return { routes } satisfies Room;
}
