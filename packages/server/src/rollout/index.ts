// A candidate beside what is live: in shadow, then in canary, until the evidence says that it is no worse, or takes it away.
import {
  AncillaError,
  Closed,
  GovernedKindName,
  Id,
  isAncillaError,
  Name,
  nothing,
  pageOf,
  paging,
  replace,
  Rollout,
  rolloutEvidence,
  rollouts,
  route,
  Sentence,
  type Because,
  type Clock,
  type Io,
  type Room,
  type SagaRunner,
  type Task,
  type TenantStore,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { endedBy, toServing, withoutLabel, type Curator } from '../curator/index.ts';
import { evidenceProjection } from './evidence.ts';
import { openPassing } from './passing.ts';
import { RolloutView, viewOf } from './view.ts';

const named = Type.Object({ rollout_id: Id('ro') });

export function openRollout({
  tasks,
  curator,
  sagas,
  clock,
}: {
  readonly tasks: readonly Task[];
  readonly curator: Curator;
  readonly sagas: SagaRunner;
  readonly clock: Clock;
}) {
  const view = async (tenant: TenantStore, rollout: Rollout, io: Io) =>
    viewOf(rollout, (await tenant.get(rolloutEvidence, rollout.rollout_id, io))?.doc);
  const found = async (tenant: TenantStore, rollout_id: string, io: Io) => {
    const stored = await tenant.get(rollouts, rollout_id, io);
    if (stored === undefined) throw new AncillaError('not_found', `no rollout ${rollout_id}`);
    return stored;
  };
  /** Ends a rollout by hand; whoever was overtaken by a verdict leaves it at that. */
  async function end(tenant: TenantStore, rollout_id: string, because: Because, io: Io) {
    for (;;) {
      const was = await found(tenant, rollout_id, io);
      if (!was.doc.serving) return was.doc;
      const ended = endedBy(was.doc, 'by_hand');
      const writes = [replace(rollouts, was, ended, because), ...(await withoutLabel(tenant, was.doc, because, io))];
      try {
        await tenant.commit(writes, [], io);
        return { ...was.doc, ...ended };
      } catch (error) {
        if (!isAncillaError(error, 'store.revision_conflict')) throw error;
      }
    }
  }

  const routes = [
    route({
      method: 'GET',
      path: '/models/{model_id}/rollout',
      action: 'training.read',
      summary: 'The model’s newest rollout: counts, rates, e-values, interval, verdict',
      ...nothing,
      params: Type.Object({ model_id: Name }),
      answers: { 200: RolloutView },
      async handle({ tenant, params: { model_id }, signal }) {
        const io = { signal };
        const { items } = await tenant.find(rollouts, { index: 'by_subject', equals: { kind: 'models', id: model_id }, limit: 1 }, io);
        const [newest] = items;
        if (newest === undefined)
          throw new AncillaError(
            'not_found',
            `model ${model_id} has had no rollout; move the label shadow or canary to one of its versions`,
          );
        return [200, await view(tenant, newest.doc, io)] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/rollouts',
      action: 'training.read',
      summary: 'Rollouts of models and agent configs, newest first',
      ...nothing,
      query: Closed({ ...paging, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) }),
      answers: { 200: pageOf(RolloutView) },
      async handle({ tenant, query, signal }) {
        const io = { signal };
        const { items, next_cursor } = await tenant.find(rollouts, { index: 'all', equals: {}, ...query }, io);
        return [200, { items: await Promise.all(items.map(({ doc }) => view(tenant, doc, io))), next_cursor }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/rollouts/{rollout_id}',
      action: 'training.read',
      summary: 'One rollout: counts, rates, e-values, interval, verdict',
      ...nothing,
      params: named,
      answers: { 200: RolloutView },
      async handle({ tenant, params, signal }) {
        const { doc } = await found(tenant, params.rollout_id, { signal });
        return [200, await view(tenant, doc, { signal })] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/rollouts/{rollout_id}/end',
      action: 'model.move',
      summary: 'Take the candidate out of traffic; one person may, at any time',
      ...nothing,
      params: named,
      body: Closed({ reason: Sentence }),
      answers: { 200: RolloutView },
      async handle({ tenant, who, params, body: { reason }, trace, signal }) {
        const io = { signal };
        const doc = await end(tenant, params.rollout_id, { who: who.id, reason, trace_id: trace.trace_id }, io);
        return [200, await view(tenant, doc, io)] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/curator/{kind}/{id}/serving',
      action: 'curator.read',
      summary: 'Candidates that get traffic now, and the key by which an SDK draws arms',
      ...nothing,
      params: Type.Object({ kind: GovernedKindName, id: Name }),
      answers: {
        200: Type.Object({
          items: Type.Array(
            Type.Object({ ...Type.Pick(Rollout, ['rollout_id', 'stage', 'key']).properties, version: Type.String(), share: Type.Number() }),
          ),
        }),
      },
      async handle({ tenant, params, signal }) {
        const items = await curator.serving(tenant, params, { signal });
        return [200, { items: items.map(toServing) }] as const;
      },
    }),
  ];
  return { routes, projections: [evidenceProjection(tasks, clock)], ...openPassing({ sagas, clock }) } satisfies Room;
}
