// Which term of a glossary does a column mean: a saga that embeds, asks the agent, and leaves suggestions for people to decide on.
import { IdempotencyKey, Name, route, type Room } from '@ancilla/contracts';
import { Type } from 'typebox';
import { Suggested, TableBody } from './bodies.ts';
import { openMapSaga } from './map-saga.ts';
import type { MappingParts } from './parts.ts';
import { openSuggest } from './suggest.ts';

export { BASE_CARD, BASE_VERSION, readBaseModel } from './base-model.ts';
export { glossaryErrors, openGlossaries, readOnce, type Glossaries } from './glossaries.ts';
export { openLanguageModel } from './language-model.ts';
export { openLiveModels, type LiveModels } from './live-model.ts';
export { reviewPolicyOf } from './review-policy.ts';
export { isByPolicy, mappingTask, POLICY_REVIEWER } from './task.ts';

export function openMapping(parts: MappingParts) {
  const mapSaga = openMapSaga(parts);
  const suggest = openSuggest(parts, mapSaga);
  const routes = [
    route({
      method: 'POST',
      path: '/mapping/suggest',
      action: 'mapping.suggest',
      summary:
        'Ranked, explained suggestions for every column of a table; each waits in the review queue. The same idempotency_key gives the same run',
      params: Type.Object({}),
      query: Type.Object({}),
      body: Type.Object(
        {
          dataset: Type.String({ minLength: 1, maxLength: 256 }),
          table: TableBody,
          glossary: Name,
          idempotency_key: Type.Optional(IdempotencyKey),
        },
        { additionalProperties: false },
      ),
      bodyLimitBytes: 8 * 1024 * 1024,
      answers: { 200: Suggested },
      async handle({ tenant, tenant_id, who, body, trace, signal }) {
        const { suggestions, ...run } = await suggest({ tenant, tenant_id }, body, { ...trace, owner: who.id }, { signal });
        const items = suggestions.map(({ suggestion_id, column, abstained, model, candidates }) => ({
          suggestion_id,
          column,
          abstained,
          model,
          candidates,
        }));
        return [200, { ...run, items }] as const;
      },
    }),
  ];
  return { routes, sagas: [mapSaga], suggest } satisfies Room & { suggest: typeof suggest };
}
