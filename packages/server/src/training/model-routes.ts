import { Closed, modelRegistry, ModelVersion, Name, nothing, pageOf, paging, route, Sentence, Version } from '@ancilla/contracts';
import { Type } from 'typebox';
import type { LabelAnswer } from '../curator/index.ts';
import type { TrainingParts } from './parts.ts';
import { flagsOf, modelFlags, modelOf, viewsOf } from './registry.ts';

const ModelView = Type.Object({ ...ModelVersion.properties, labels: Type.Array(Type.String()), flags: Type.Array(Type.Enum(modelFlags)) });
const params = Type.Object({ model_id: Name, version: Version });

/**
 * The promotion policy a move goes by: `bootstrap` for a first model, before there is anything of the tenant's own to compare with; `rollback` for the way back; the
 * tenant's `default` for all else. The way back leads to what ships, always, and from a promotion to what was live before it. It does not lead forth again: what
 * was rolled back comes again as a candidate only.
 * @param production - the tenant's own label
 */
const policyOf = (label: string, version: string, production: LabelAnswer | undefined, shipped: string): string => {
  if (label !== 'production') return 'default';
  if (production === undefined) return 'bootstrap';
  const wasRolledBack = production.policy?.startsWith('rollback@') === true;
  return version === shipped || (version === production.previous && !wasRolledBack) ? 'rollback' : 'default';
};

export const modelRoutes = ({ curator, models, platform, tasks }: TrainingParts) => [
  route({
    method: 'GET',
    path: '/models',
    action: 'training.read',
    summary:
      'Model versions, newest first, with the labels they hold, and after the last the shipped ones; flagged where consent or dataset were withdrawn since',
    ...nothing,
    query: Closed(paging),
    answers: { 200: pageOf(ModelView) },
    async handle({ tenant, query, signal }) {
      const io = { signal };
      const { items, next_cursor } = await tenant.find(modelRegistry, { index: 'all', equals: {}, ...query }, io);
      // One a release at most: they have no page of their own.
      const shipped = next_cursor === null ? (await platform.find(modelRegistry, { index: 'all', equals: {} }, io)).items : [];
      const docs = [...items, ...shipped].map(({ doc }) => doc);
      return [200, { items: await viewsOf(curator, tenant, docs, io), next_cursor }] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/models/{model_id}/versions/{version}',
    action: 'training.read',
    summary:
      'One model version, the shipped one included: card, dataset, digests, figures, labels; flagged where what it learned from may not be learned from any more',
    ...nothing,
    params,
    answers: { 200: ModelView },
    async handle({ tenant, params: of, signal }) {
      const io = { signal };
      const model = await modelOf([tenant, platform], of, io);
      const [view = { ...model, labels: [] }] = await viewsOf(curator, tenant, [model], io);
      return [200, { ...view, flags: await flagsOf(tenant, tasks, model, io) }] as const;
    },
  }),
  route({
    method: 'POST',
    path: '/models/{model_id}/versions/{version}/move',
    action: 'model.move',
    summary: 'Move a label to this model version, as the promotion policy allows',
    ...nothing,
    params,
    body: Closed({ label: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,31}$' }), reason: Sentence }),
    answers: {
      200: Type.Object({
        label: Type.String(),
        version: Type.String(),
        revision: Type.Integer(),
        previous: Type.Union([Type.String(), Type.Null()]),
      }),
      202: Type.Object({ saga_id: Type.String(), waiting_for: Type.Literal('second approval') }),
    },
    async handle({ tenant, tenant_id, who, params: of, body: { label, reason }, trace, signal }) {
      const io = { signal };
      const { model_id, version } = await modelOf([tenant, platform], of, io);
      const labels = await curator.labelsOf(tenant, 'models', model_id, io);
      const production = labels.find((each) => each.label === 'production' && each.source === 'tenant');
      const moved = await curator.move(
        { tenant, tenant_id },
        {
          kind: 'models',
          id: model_id,
          version,
          label,
          reason,
          by: who.id,
          key_id: who.key_id,
          trace_id: trace.trace_id,
          policy: policyOf(label, version, production, models.shipped.version),
          ...(label === 'production' && { from: production?.version ?? null }),
        },
        io,
      );
      return 'saga_id' in moved ? ([202, moved] as const) : ([200, moved] as const);
    },
  }),
];
