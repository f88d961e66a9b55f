// Decisions become de-identified datasets, datasets become models, models go live by evidence.
import {
  AncillaError,
  type Clock,
  type Collection,
  Consent,
  consents,
  Dataset,
  DatasetApproval,
  Id,
  insert,
  modelRegistry,
  ModelVersion,
  Name,
  replace,
  route,
  saga,
  Sentence,
  toTimestamp,
  trainingApprovals,
  trainingCatalog,
  TrainingRun,
  trainingRuns,
  Version,
  type Io,
  type NewId,
  type Room,
  type SagaRunner,
  type Stored,
  type Task,
  type TenantStore,
} from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import type { Artifacts, Of } from '../artifacts/index.ts';
import type { Curator } from '../curator/index.ts';
import type { Gates } from '../ingest/index.ts';
import type { LiveModels } from '../mapping/index.ts';
import { buildDataset, keep, TRAINER_VERSION } from './dataset.ts';
import type { Isolation } from './isolate.ts';
import { passesOfflineGate, train } from './runs.ts';

export { isolation, systemCommand } from './isolate.ts';

const nothing = { params: Type.Object({}), query: Type.Object({}), body: Type.Null() };
const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  cursor: Type.Optional(Type.String({ maxLength: 1024 })),
};
const pageOf = <S extends Parameters<typeof Type.Array>[0]>(item: S) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) });

const DatasetView = Type.Object({ ...Dataset.properties, status: Type.Enum(['built', 'approved', 'withdrawn']) });
const ModelView = Type.Object({ ...ModelVersion.properties, labels: Type.Array(Type.String()) });
const Metrics = Type.Record(Type.String(), Type.Number());

const BuildMemo = Type.Object({
  task: Name,
  dataset_id: Id('ds'),
  through_seq: Type.Integer(),
  consent: Type.Enum(['own', 'global']),
  vectors: Type.Boolean(),
  built_by: Name,
});
const RunMemo = Type.Object({
  task: Name,
  dataset_id: Id('ds'),
  run_id: Id('rn'),
  model_version_id: Id('md'),
  version: Version,
  requested_by: Name,
  artifact_ref: Type.Optional(Type.String()),
  digest: Type.Optional(Type.String()),
  metrics_old: Type.Optional(Metrics),
  metrics_new: Type.Optional(Metrics),
  clusters: Type.Optional(Type.Integer()),
  groups: Type.Optional(Type.Integer()),
});

export interface TrainingParts {
  readonly tasks: readonly Task[];
  readonly artifacts: Artifacts;
  readonly curator: Curator;
  readonly gates: Gates;
  readonly models: LiveModels;
  readonly sagas: SagaRunner;
  readonly storeOf: (tenant_id: string) => TenantStore;
  readonly hmac: (tenant_id: string, purpose: string, value: string) => Uint8Array;
  readonly isolation: Isolation;
  readonly clock: Clock;
  readonly newId: NewId;
}

export function openTraining(parts: TrainingParts) {
  const { tasks, artifacts, curator, gates, models, sagas, storeOf, hmac, isolation, clock, newId } = parts;
  const now = (): string => toTimestamp(clock.now());
  const taskOf = (name: string): Task => {
    const task = tasks.find((each) => each.name === name);
    if (task === undefined) throw new AncillaError('not_found', `no task ${name}; there are ${tasks.map((each) => each.name).join(', ')}`);
    return task;
  };
  /** Without a word of the tenant's, its decisions train its own models, without vectors. */
  const consentOf = async (tenant: TenantStore, io: Io): Promise<Pick<Static<typeof Consent>, 'training' | 'vectors'>> =>
    (await tenant.get(consents, 'training', io))?.doc ?? { training: 'own', vectors: false };
  const datasetOf = async (tenant: TenantStore, id: string, io: Io) => {
    const [found, approval] = await Promise.all([tenant.get(trainingCatalog, id, io), tenant.get(trainingApprovals, id, io)]);
    if (found === undefined) throw new AncillaError('not_found', `no dataset ${id}`);
    return { dataset: found.doc, approval, view: { ...found.doc, status: approval?.doc.status ?? ('built' as const) } };
  };

  const buildSaga = saga({
    name: 'training.build_dataset',
    memo: BuildMemo,
    steps: [
      {
        name: 'build',
        attempts: 2,
        // Everything it writes is in its outcome's commit.
        unknown: { on: 'retry' },
        async run({ memo, saga_id, trace_id, tenant_id, signal }) {
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          const gate = await gates.of(of, { signal });
          const writes = await buildDataset(
            of,
            taskOf(memo.task) as Task<Collection<'log'>>,
            { ...memo, saga_id, trace_id },
            {
              artifacts,
              detect: (text) => gate.text(text).spans.map(({ type }) => type),
              policy: gate.policy,
              hmac: (purpose, value) => hmac(tenant_id, purpose, value),
              now: () => clock.now(),
            },
            await rawValues(of, { signal }),
            { signal },
          );
          return { output: {}, writes };
        },
      },
    ],
  });

  /** Sample values as far as they are at hand: what runs were given, cleaned, and raw input that policy let be kept. */
  async function rawValues(of: Of, io: Io): Promise<readonly string[]> {
    return await artifacts.sampleStrings(of, ['payload', 'raw_input'], io);
  }

  const runSaga = saga({
    name: 'training.run',
    memo: RunMemo,
    steps: [
      {
        name: 'train',
        attempts: 2,
        unknown: { on: 'retry' },
        async run({ memo, trace_id, tenant_id, signal }) {
          const io = { signal };
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          const task = taskOf(memo.task);
          const { dataset } = await datasetOf(of.tenant, memo.dataset_id, io);
          const parquet = await artifacts.bytes(of, dataset.files[0]?.artifact_id ?? '', io);
          const running = await models.production(of, io);
          const { bytes, digest, comparison } = await train(parquet, task.feature_names, running.model, isolation, io);
          const kept = await keep(
            of,
            artifacts,
            { category: 'model', content_type: 'application/json', bytes, trace_id, created_by: memo.requested_by },
            io,
          );
          return {
            output: {
              artifact_ref: kept.artifact_id,
              digest,
              metrics_old: comparison.old,
              metrics_new: { ...comparison.new, mrr_difference_lower: comparison.mrr_difference_lower },
              clusters: comparison.clusters,
              groups: comparison.groups,
            },
            writes: kept.writes,
          };
        },
      },
      {
        name: 'register',
        attempts: 3,
        unknown: { on: 'retry' },
        async run({ memo, trace_id, tenant_id, signal }) {
          const io = { signal };
          const tenant = storeOf(tenant_id);
          const { model_id } = taskOf(memo.task);
          const was = await tenant.get(trainingRuns, memo.run_id, io);
          const { artifact_ref = '', digest = '', metrics_old = {}, metrics_new = {}, clusters = 0, groups = 0 } = memo;
          await curator.save(
            tenant,
            {
              kind: 'models',
              id: model_id,
              version: memo.version,
              message: `trained on ${memo.dataset_id}`,
              content: { artifact_ref, digest, dataset_id: memo.dataset_id, run_id: memo.run_id, clusters, ...pick(metrics_new) },
              author: memo.requested_by,
              trace_id,
            },
            io,
          );
          const model: Static<typeof ModelVersion> = {
            model_version_id: memo.model_version_id,
            model_id,
            version: memo.version,
            task: memo.task,
            dataset_id: memo.dataset_id,
            run_id: memo.run_id,
            trace_id,
            artifact_ref,
            digest,
            trainer: { version: TRAINER_VERSION, isolation: [...isolation.layers], seed: 0 },
            metrics_old,
            metrics_new,
            card: {
              intended_use: 'Ranking glossary terms for table columns; similarities in, scores out',
              trained_on: memo.dataset_id,
              compared_on: `${groups} decisions of ${clusters} tables that were not trained on`,
              personal_data: 'none: see the dataset’s leak test',
            },
            created_at: now(),
          };
          return {
            output: {},
            writes: [
              insert(modelRegistry, model),
              ...(was === undefined
                ? []
                : [
                    replace(
                      trainingRuns,
                      was,
                      { status: 'done', model: { id: model_id, version: memo.version }, metrics_old, metrics_new, held_out_groups: groups },
                      because(memo.requested_by, 'run finished', trace_id),
                    ),
                  ]),
            ],
          };
        },
      },
    ],
  });

  /** A run that failed for good says so. */
  async function markFailed(tenant: TenantStore, run_id: string, code: string, io: Io): Promise<void> {
    const was = await tenant.get(trainingRuns, run_id, io);
    if (was?.doc.status !== 'running') return;
    await tenant.commit(
      [replace(trainingRuns, was, { status: 'failed', error_code: code }, because(was.doc.requested_by, 'run failed', was.doc.trace_id))],
      [],
      io,
    );
  }

  const modelViews = async (tenant: TenantStore, docs: readonly Static<typeof ModelVersion>[], io: Io) => {
    const live = await Promise.all(
      [...new Set(docs.map(({ model_id }) => model_id))].map(async (id) => [id, await curator.labelsOf(tenant, 'models', id, io)] as const),
    );
    const labels = new Map(live);
    return docs.map((doc) => ({
      ...doc,
      labels: (labels.get(doc.model_id) ?? []).flatMap(({ label, version }) => (version === doc.version ? [label] : [])),
    }));
  };

  const routes = [
    route({
      method: 'POST',
      path: '/training/datasets',
      action: 'training.build',
      summary: 'Build a de-identified dataset from the decisions made so far',
      ...nothing,
      body: Type.Object({ task: Name, scope: Type.Optional(Type.Enum(['tenant', 'global'])) }, { additionalProperties: false }),
      answers: { 202: Type.Object({ dataset_id: Id('ds'), saga_id: Id('sg') }) },
      async handle({ tenant, tenant_id, who, body, trace, signal }) {
        const io = { signal };
        taskOf(body.task);
        const { training, vectors } = await consentOf(tenant, io);
        const consent = body.scope === 'global' ? 'global' : 'own';
        if (training === 'none' || (consent === 'global' && training !== 'global'))
          throw new AncillaError('training.consent', `the consent in force is ${training}; this build needs ${consent}`);
        const dataset_id = newId('ds');
        const { size } = await tenant.ledger.head(io);
        const { saga_id } = await sagas.start(buildSaga, {
          tenant,
          tenant_id,
          memo: { task: body.task, dataset_id, through_seq: size - 1, consent, vectors, built_by: who.id },
          trace_id: trace.trace_id,
          owner: who.id,
          idempotency_key: `dataset/${dataset_id}`,
        });
        return [202, { dataset_id, saga_id }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/training/datasets',
      action: 'training.read',
      summary: 'Datasets, newest first',
      ...nothing,
      query: Type.Object(paging, { additionalProperties: false }),
      answers: { 200: pageOf(DatasetView) },
      async handle({ tenant, query, signal }) {
        const page = await tenant.find(trainingCatalog, { index: 'all', equals: {}, ...query }, { signal });
        const items = await Promise.all(page.items.map(async ({ doc }) => (await datasetOf(tenant, doc.dataset_id, { signal })).view));
        return [200, { items, next_cursor: page.next_cursor }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/training/datasets/{dataset_id}',
      action: 'training.read',
      summary: 'One dataset: fields, files, leak test, Croissant',
      ...nothing,
      params: Type.Object({ dataset_id: Id('ds') }),
      answers: { 200: DatasetView },
      async handle({ tenant, params, signal }) {
        return [200, (await datasetOf(tenant, params.dataset_id, { signal })).view] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/training/datasets/{dataset_id}/approve',
      action: 'training.approve',
      summary: 'Approve or withdraw a dataset: only approved ones are trained on',
      ...nothing,
      params: Type.Object({ dataset_id: Id('ds') }),
      body: Type.Object({ reason: Sentence, status: Type.Optional(DatasetApproval.properties.status) }, { additionalProperties: false }),
      answers: { 200: DatasetView },
      async handle({ tenant, who, params, body, trace, signal }) {
        const io = { signal };
        const { dataset, approval } = await datasetOf(tenant, params.dataset_id, io);
        const doc = { dataset_id: dataset.dataset_id, status: body.status ?? 'approved', by: who.id, at: now() } as const;
        const why = because(who.id, body.reason, trace.trace_id);
        if (approval?.doc.status !== doc.status)
          await tenant.commit(
            [approval === undefined ? insert(trainingApprovals, doc, why) : replace(trainingApprovals, approval, doc, why)],
            [],
            io,
          );
        return [200, { ...dataset, status: doc.status }] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/training/runs',
      action: 'training.build',
      summary: 'Train on an approved dataset in an isolated process and compare with the running model on tables it did not see',
      ...nothing,
      body: Type.Object({ task: Name, dataset_id: Id('ds') }, { additionalProperties: false }),
      answers: { 202: Type.Object({ run_id: Id('rn'), saga_id: Id('sg') }) },
      async handle({ tenant, tenant_id, who, body, trace, signal }) {
        const io = { signal };
        const task = taskOf(body.task);
        const { dataset, view } = await datasetOf(tenant, body.dataset_id, io);
        if (view.status !== 'approved') throw new AncillaError('training.not_approved', `dataset ${dataset.dataset_id} is ${view.status}`);
        if (dataset.task !== task.name)
          throw new AncillaError('schema.invalid', `dataset ${dataset.dataset_id} is of task ${dataset.task}`);
        const run_id = newId('rn');
        // The version sorts by time and says nothing else.
        const version = now().replaceAll(/[-:.]/g, '').toLowerCase();
        const { saga_id, settled } = await sagas.start(runSaga, {
          tenant,
          tenant_id,
          memo: { task: task.name, dataset_id: dataset.dataset_id, run_id, model_version_id: newId('md'), version, requested_by: who.id },
          trace_id: trace.trace_id,
          owner: who.id,
          idempotency_key: `run/${run_id}`,
        });
        const run: Static<typeof TrainingRun> = {
          run_id,
          task: task.name,
          dataset_id: dataset.dataset_id,
          saga_id: saga_id as `sg_${string}`,
          trace_id: trace.trace_id,
          status: 'running',
          model: null,
          metrics_old: {},
          metrics_new: {},
          held_out_groups: 0,
          requested_by: who.id,
          created_at: now(),
        };
        await tenant.commit([insert(trainingRuns, run, because(who.id, 'run started', trace.trace_id))], [], io);
        void settled.then(async ({ status, error }) => {
          if (status !== 'done') await markFailed(tenant, run_id, error?.code ?? status, { signal: new AbortController().signal });
        });
        return [202, { run_id, saga_id }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/training/runs',
      action: 'training.read',
      summary: 'Training runs, newest first',
      ...nothing,
      query: Type.Object(paging, { additionalProperties: false }),
      answers: { 200: pageOf(TrainingRun) },
      async handle({ tenant, query, signal }) {
        const page = await tenant.find(trainingRuns, { index: 'all', equals: {}, ...query }, { signal });
        const items = page.items.map(({ doc }) => doc);
        return [200, { items, next_cursor: page.next_cursor }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/training/runs/{run_id}',
      action: 'training.read',
      summary: 'One training run: status, figures old and new on held-out tables',
      ...nothing,
      params: Type.Object({ run_id: Id('rn') }),
      answers: { 200: TrainingRun },
      async handle({ tenant, params, signal }) {
        const found = await tenant.get(trainingRuns, params.run_id, { signal });
        if (found === undefined) throw new AncillaError('not_found', `no run ${params.run_id}`);
        return [200, found.doc] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/models',
      action: 'training.read',
      summary: 'Model versions, newest first, with the labels they hold',
      ...nothing,
      query: Type.Object(paging, { additionalProperties: false }),
      answers: { 200: pageOf(ModelView) },
      async handle({ tenant, query, signal }) {
        const page = await tenant.find(modelRegistry, { index: 'all', equals: {}, ...query }, { signal });
        const items = await modelViews(
          tenant,
          page.items.map(({ doc }) => doc),
          { signal },
        );
        return [200, { items, next_cursor: page.next_cursor }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/models/{model_id}/versions/{version}',
      action: 'training.read',
      summary: 'One model version: card, dataset, digests, figures, labels',
      ...nothing,
      params: Type.Object({ model_id: Name, version: Version }),
      answers: { 200: ModelView },
      async handle({ tenant, params, signal }) {
        const io = { signal };
        const page = await tenant.find(modelRegistry, { index: 'by_version', equals: params, limit: 1 }, io);
        const [view] = await modelViews(
          tenant,
          page.items.map(({ doc }) => doc),
          io,
        );
        if (view === undefined) throw new AncillaError('not_found', `no model ${params.model_id} of version ${params.version}`);
        return [200, view] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/models/{model_id}/versions/{version}/move',
      action: 'model.move',
      summary: 'Move a label to this model version, as the promotion policy allows',
      ...nothing,
      params: Type.Object({ model_id: Name, version: Version }),
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
      async handle({ tenant, tenant_id, who, params, body, trace, signal }) {
        const io = { signal };
        const page = await tenant.find(modelRegistry, { index: 'by_version', equals: params, limit: 1 }, io);
        const model = page.items[0]?.doc;
        if (model === undefined) throw new AncillaError('not_found', `no model ${params.model_id} of version ${params.version}`);
        const content = await curator.resolve(tenant, 'models', params.model_id, { version: params.version }, io);
        const attested = gateOf(model, content?.content) ? (['offline_gate'] as const) : [];
        const moved = await curator.move(
          { tenant, tenant_id },
          {
            kind: 'models',
            id: params.model_id,
            version: params.version,
            label: body.label,
            reason: body.reason,
            by: who.id,
            trace_id: trace.trace_id,
            policy: 'bootstrap',
            attested,
          },
          io,
        );
        return 'saga_id' in moved ? ([202, moved] as const) : ([200, moved] as const);
      },
    }),
    route({
      method: 'GET',
      path: '/governance/consent',
      action: 'consent.read',
      summary: 'What the tenant’s decisions may train',
      ...nothing,
      answers: { 200: Type.Object({ training: Consent.properties.training, vectors: Type.Boolean() }) },
      async handle({ tenant, signal }) {
        const { training, vectors } = await consentOf(tenant, { signal });
        return [200, { training, vectors }] as const;
      },
    }),
    route({
      method: 'PUT',
      path: '/governance/consent',
      action: 'consent.write',
      summary: 'Set what the tenant’s decisions may train: none, own, or global',
      ...nothing,
      body: Type.Object(
        { training: Consent.properties.training, vectors: Type.Optional(Type.Boolean()), reason: Sentence },
        { additionalProperties: false },
      ),
      answers: { 200: Consent },
      async handle({ tenant, who, body, trace, signal }) {
        const io = { signal };
        const was: Stored<typeof consents> | undefined = await tenant.get(consents, 'training', io);
        const doc: Static<typeof Consent> = {
          consent_id: 'training',
          training: body.training,
          vectors: body.vectors ?? false,
          set_by: who.id,
          set_at: now(),
        };
        const why = because(who.id, body.reason, trace.trace_id);
        await tenant.commit([was === undefined ? insert(consents, doc, why) : replace(consents, was, doc, why)], [], io);
        return [200, doc] as const;
      },
    }),
  ];

  return { routes, sagas: [buildSaga, runSaga] } satisfies Room;
}

const because = (who: string, reason: string, trace_id: string) => ({ who, reason, trace_id });
const pick = (metrics: Readonly<Record<string, number>>) => ({ mrr_difference_lower: metrics['mrr_difference_lower'] ?? -1 });
/** The gate looks at the registry entry, and only where the governed document says the same. */
const gateOf = (model: Static<typeof ModelVersion>, content: unknown): boolean => {
  const clusters: unknown = typeof content === 'object' && content !== null ? Reflect.get(content, 'clusters') : 0;
  const digest: unknown = typeof content === 'object' && content !== null ? Reflect.get(content, 'digest') : '';
  return (
    digest === model.digest &&
    typeof clusters === 'number' &&
    passesOfflineGate({ clusters, mrr_difference_lower: model.metrics_new['mrr_difference_lower'] ?? -1 })
  );
};
