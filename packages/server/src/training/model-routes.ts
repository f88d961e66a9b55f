import { AncillaError, isAncillaError, modelRegistry, ModelVersion, Name, route, Sentence, Version } from '@ancilla/contracts';
import { Type } from 'typebox';
import { nothing, pageOf, paging } from './listing.ts';
import type { LabelAnswer, Move } from '../curator/index.ts';
import { taskOf, type TrainingParts } from './parts.ts';
import { lacksExamples, modelFlags, modelOf, unmeasured, viewsOf } from './registry.ts';

const ModelView = Type.Object({ ...ModelVersion.properties, labels: Type.Array(Type.String()), flags: Type.Array(Type.Enum(modelFlags)) });
const params = Type.Object({ model_id: Name, version: Version });
/**
 * The promotion policy a move goes by: `bootstrap` for a first model, before there is anything of the tenant's own to compare with; `rollback` for the one that was live
 * before; the tenant's `default` for all else.
 */
const policyOf = (label: string, version: string, production: LabelAnswer | undefined): string => {
  if (label !== 'production') return 'default';
  if (production === undefined) return 'bootstrap';
  return production.previous === version ? 'rollback' : 'default';
};

export const modelRoutes = ({ curator, models, tasks }: TrainingParts) => [
  route({
    method: 'GET',
    path: '/models',
    action: 'training.read',
    summary: 'Model versions, newest first, with the labels they hold; flagged where consent or dataset were withdrawn since',
    ...nothing,
    query: paging,
    answers: { 200: pageOf(ModelView) },
    async handle({ tenant, query, signal }) {
      const page = await tenant.find(modelRegistry, { index: 'all', equals: {}, ...query }, { signal });
      const docs = page.items.map(({ doc }) => doc);
      return [200, { items: await viewsOf(curator, tenant, docs, { signal }), next_cursor: page.next_cursor }] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/models/{model_id}/versions/{version}',
    action: 'training.read',
    summary:
      'One model version: card, dataset, digests, figures, labels; flagged where what it learned from may not be learned from any more',
    ...nothing,
    params,
    answers: { 200: ModelView },
    async handle({ tenant, params: of, signal }) {
      const io = { signal };
      const model = await modelOf(tenant, of, io);
      const [view = { ...model, labels: [], flags: [] }] = await viewsOf(curator, tenant, [model], io);
      if (model.dataset_id !== null && (await lacksExamples(tenant, taskOf(tasks, model.task), model.dataset_id, io)))
        view.flags.push('example_removed');
      return [200, view] as const;
    },
  }),
  route({
    method: 'POST',
    path: '/models/{model_id}/versions/{version}/move',
    action: 'model.move',
    summary: 'Move a label to this model version, as the promotion policy allows',
    ...nothing,
    params,
    body: Type.Object({ label: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,31}$' }), reason: Sentence }, { additionalProperties: false }),
    answers: {
      200: Type.Object({
        label: Type.String(),
        version: Type.String(),
        revision: Type.Integer(),
        previous: Type.Union([Type.String(), Type.Null()]),
      }),
      202: Type.Object({ saga_id: Type.String(), waiting_for: Type.Literal('second approval') }),
    },
    async handle({ tenant, tenant_id, who, params: { model_id, version }, body, trace, signal }) {
      const io = { signal };
      const of = { tenant, tenant_id };
      const model = await modelOf(tenant, { model_id, version }, io);
      const [live, labels] = await Promise.all([models.production(of, io), curator.labelsOf(tenant, 'models', model_id, io)]);
      const production = labels.find(({ label }) => label === 'production');
      const why = unmeasured(model, live.version, production);
      const asked: Move = {
        kind: 'models',
        id: model_id,
        version,
        label: body.label,
        reason: body.reason,
        by: who.id,
        trace_id: trace.trace_id,
        policy: policyOf(body.label, version, production),
        attested: why === undefined ? ['offline_gate'] : [],
        ...(body.label === 'production' && { from: production?.version ?? null }),
      };
      try {
        const moved = await curator.move(of, asked, io);
        return 'saga_id' in moved ? ([202, moved] as const) : ([200, moved] as const);
      } catch (error) {
        if (why === undefined || !isAncillaError(error, 'policy.refused')) throw error;
        throw new AncillaError('policy.refused', `${error.message}: ${why}`, { cause: error });
      }
    },
  }),
];
