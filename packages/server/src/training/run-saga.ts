import {
  AncillaError,
  Id,
  insert,
  isAncillaError,
  Name,
  replace,
  saga,
  sagaState,
  toTimestamp,
  TrainingRun,
  trainingApprovals,
  trainingRuns,
  Version,
  type At,
  type Dataset,
  type Io,
  type ModelVersion,
  type Of,
  type TenantStore,
} from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { Type, type Static } from 'typebox';
import { keep } from '../artifacts/index.ts';
import { assertApproved, datasetOf } from './catalog.ts';
import { assertConsent, guardedConsent } from './consent.ts';
import { TRAINER_VERSION } from './dataset.ts';
import { taskOf, type TrainingParts } from './parts.ts';
import type { Queue } from './queue.ts';
import { datasetBytes } from './read-dataset.ts';
import { register } from './registry.ts';
import { codeDigest, train } from './runs.ts';

const RunMemo = Type.Object({
  task: Name,
  dataset_id: Id('ds'),
  dataset_sha256: TrainingRun.properties.dataset_sha256,
  split_rule: TrainingRun.properties.split_rule,
  run_id: Id('rn'),
  model_version_id: Id('md'),
  version: Version,
  requested_by: Name,
  trained: Type.Optional(
    Type.Object({
      artifact_ref: Id('ar'),
      ...Type.Pick(TrainingRun, ['metrics_old', 'metrics_new', 'held_out_groups', 'held_out_clusters']).properties,
      model_digest: TrainingRun.properties.dataset_sha256,
      compared_with: Type.Object({ id: Name, version: Version }),
    }),
  ),
});
type RunMemo = Static<typeof RunMemo>;

/** A run's document; whoever comes second finds it there. */
export async function ensureRun(tenant: TenantStore, run: TrainingRun, io: Io): Promise<void> {
  try {
    await tenant.commit([insert(trainingRuns, run, { who: run.requested_by, reason: 'run started', trace_id: run.trace_id })], [], io);
  } catch (error) {
    if (!isAncillaError(error, 'store.conflict')) throw error;
  }
}

/**
 * Starts a run on a dataset that may be trained on, and has it on record before it is told.
 * @param id - makes an id: a repetition with the same key needs the same ones
 */
export async function startRun(
  { sagas, clock }: Pick<TrainingParts, 'sagas' | 'clock'>,
  runSaga: ReturnType<typeof openRunSaga>,
  { tenant, tenant_id }: Of,
  of: {
    readonly dataset: Dataset;
    readonly file: Dataset['files'][number];
    readonly id: TrainingParts['newId'];
    readonly by: string;
    readonly trace_id: string;
    readonly key?: string;
  },
  io: Io,
): Promise<{ readonly run_id: `rn_${string}`; readonly saga_id: string }> {
  const { dataset, file, id, by, trace_id } = of;
  const now = clock.now();
  const run_id = id('rn');
  const memo: RunMemo = {
    task: dataset.task,
    dataset_id: dataset.dataset_id,
    dataset_sha256: file.sha256,
    ...(dataset.split_rule !== undefined && { split_rule: dataset.split_rule }),
    run_id,
    model_version_id: id('md'),
    // Sorts by time and says nothing else; what the run's own id ends with tells those of one millisecond apart.
    version: `${toTimestamp(now).replaceAll(/[-:.]/g, '').toLowerCase()}-${run_id.slice(-6)}`,
    requested_by: by,
  };
  const idempotency_key = of.key ?? `run/${run_id}`;
  const { saga_id } = await sagas.start(runSaga, { tenant, tenant_id, memo, trace_id, owner: by, idempotency_key });
  await ensureRun(tenant, startedRun(memo, { saga_id, trace_id, now }), io);
  return { run_id, saga_id };
}

/** A run as it begins. */
export const startedRun = (
  { task, dataset_id, dataset_sha256, split_rule, run_id, requested_by }: RunMemo,
  at: { readonly saga_id: string; readonly trace_id: string; readonly now: number },
): TrainingRun => ({
  run_id,
  task,
  dataset_id,
  dataset_sha256,
  saga_id: at.saga_id,
  trace_id: at.trace_id,
  status: 'queued',
  model: null,
  model_digest: null,
  compared_with: null,
  isolation: null,
  metrics_old: {},
  metrics_new: {},
  held_out_groups: 0,
  held_out_clusters: 0,
  ...(split_rule !== undefined && { split_rule }),
  requested_by,
  created_at: toTimestamp(at.now),
});

/** Trains twice, apart, and registers what both runs agree on. */
export function openRunSaga({ tasks, artifacts, curator, models, storeOf, isolation, clock }: TrainingParts, queue: Queue) {
  /** Says on the run's document that its turn has come. */
  async function begin(tenant: TenantStore, { memo, trace_id }: At<RunMemo>, io: Io): Promise<void> {
    const was = await tenant.get(trainingRuns, memo.run_id, io);
    if (was?.doc.status !== 'queued') return;
    const because = { who: memo.requested_by, reason: 'its turn has come', trace_id };
    await tenant.commit([replace(trainingRuns, was, { status: 'running' }, because)], [], io);
  }

  /** The isolated run, when its turn has come; a dataset that may not be trained on any more stops here, whichever step it is. */
  async function trained(at: At<RunMemo>) {
    const { memo, tenant_id, signal } = at;
    const io = { signal };
    const of: Of = { tenant: storeOf(tenant_id), tenant_id };
    using _ = await queue.turn(tenant_id, io);
    await begin(of.tenant, at, io);
    const { file } = await permitted(of.tenant, memo.dataset_id, io);
    const parquet = await datasetBytes(artifacts, of, { dataset_id: memo.dataset_id, file }, io);
    const { id, version, model: running } = await models.production(of, io);
    const { feature_names } = taskOf(tasks, memo.task);
    const result = await train(parquet, { feature_names, shipped: models.shipped.model, running }, await isolation(), io);
    return { ...result, of, compared_with: { id, version } };
  }

  return saga({
    name: 'training.run',
    memo: RunMemo,
    steps: [
      {
        name: 'open',
        attempts: 3,
        unknown: { on: 'retry' },
        async run({ memo, saga_id, trace_id, tenant_id, signal }) {
          await ensureRun(storeOf(tenant_id), startedRun(memo, { saga_id, trace_id, now: clock.now() }), { signal });
          return { output: {} };
        },
        compensate: {
          ref: 'handler:fail_training_run',
          async run({ memo, saga_id, trace_id, tenant, signal }) {
            const [was, state] = await Promise.all([
              tenant.get(trainingRuns, memo.run_id, { signal }),
              tenant.get(sagaState, saga_id, { signal }),
            ]);
            if (was === undefined || (was.doc.status !== 'queued' && was.doc.status !== 'running')) return [];
            const change = { status: 'failed', error_code: state?.doc.reason ?? 'cancelled' } as const;
            return [replace(trainingRuns, was, change, { who: memo.requested_by, reason: 'run failed', trace_id })];
          },
        },
      },
      {
        name: 'train',
        attempts: 2,
        unknown: { on: 'retry' },
        async run(at) {
          const { memo, trace_id, key, signal } = at;
          const { of, bytes, digest, comparison, compared_with } = await trained(at);
          const about = { category: 'model', content_type: 'application/json', trace_id, created_by: memo.requested_by } as const;
          const { artifact_id, writes } = await keep(of, artifacts, key, { ...about, bytes }, { signal });
          return {
            output: {
              trained: {
                artifact_ref: artifact_id,
                model_digest: digest,
                compared_with,
                metrics_old: comparison.old,
                metrics_new: {
                  ...comparison.new,
                  mrr_difference_lower: comparison.mrr_difference_lower,
                  mrr_difference_of_worst_domain: comparison.mrr_difference_of_worst_domain,
                },
                held_out_groups: comparison.groups,
                held_out_clusters: comparison.clusters,
              },
            },
            writes,
          };
        },
      },
      {
        // An independent second run: a model that cannot be made again cannot be checked, and is not registered.
        name: 'confirm',
        attempts: 2,
        unknown: { on: 'retry' },
        async run(at) {
          const { digest } = await trained(at);
          const { model_digest } = resultOf(at.memo);
          if (digest !== model_digest)
            throw new AncillaError('training.not_reproducible', `the second run gave model ${digest}, the first ${model_digest}`);
          return { output: {} };
        },
      },
      {
        name: 'register',
        attempts: 3,
        unknown: { on: 'retry' },
        async run({ memo, trace_id, tenant_id, signal }) {
          const io = { signal };
          const tenant = storeOf(tenant_id);
          const { guards } = await permitted(tenant, memo.dataset_id, io);
          const run = await tenant.get(trainingRuns, memo.run_id, io);
          if (run === undefined) throw new AncillaError('saga.state', `run ${memo.run_id} is not on record`);
          const { layers, missing } = await isolation();
          const { model_id, feature_names } = taskOf(tasks, memo.task);
          const { artifact_ref, model_digest, ...figures } = resultOf(memo);
          const kept = { layers: [...layers], missing: [...missing] };
          const model: ModelVersion = {
            model_version_id: memo.model_version_id,
            model_id,
            version: memo.version,
            task: memo.task,
            dataset_id: memo.dataset_id,
            dataset_sha256: memo.dataset_sha256,
            run_id: memo.run_id,
            trace_id,
            artifact_ref,
            digest: model_digest,
            trainer: {
              version: TRAINER_VERSION,
              isolation: kept,
              code_sha256: await codeDigest(),
              features_sha256: sha256Hex(canonicalJson(feature_names)),
            },
            ...figures,
            card: cardOf(memo.dataset_id, figures),
            created_at: toTimestamp(clock.now()),
          };
          const done = {
            status: 'done',
            model: { id: model_id, version: memo.version },
            model_digest,
            isolation: kept,
            ...figures,
          } as const;
          return {
            output: {},
            writes: [
              ...(await register(curator, tenant, model, memo.requested_by, io)),
              replace(trainingRuns, run, done, { who: memo.requested_by, reason: 'run finished', trace_id }),
            ],
            guards,
          };
        },
      },
    ],
  });
}

/**
 * A dataset that may be trained on now, with its file, and what must not have changed when what was learned is registered.
 * @throws {AncillaError} `not_found`, `training.not_approved`, `training.consent`
 */
export async function permitted(tenant: TenantStore, dataset_id: string, io: Io) {
  const found = await datasetOf(tenant, dataset_id, io);
  assertApproved(found);
  const consent = await guardedConsent(tenant, io);
  assertConsent(consent.allowed, found.dataset);
  const [file] = found.dataset.files;
  if (file === undefined) throw new AncillaError('training.not_approved', `dataset ${dataset_id} has no file`);
  const approval = { of: trainingApprovals, id: dataset_id, revision: found.approval?.revision ?? 'absent' } as const;
  return { dataset: found.dataset, file, guards: [consent.guard, approval] };
}

const resultOf = ({ trained }: RunMemo): NonNullable<RunMemo['trained']> => {
  if (trained === undefined) throw new AncillaError('saga.state', 'nothing was trained yet');
  return trained;
};

/** What people should know of a model. */
const cardOf = (
  dataset_id: string,
  { held_out_groups, held_out_clusters }: Pick<ModelVersion, 'held_out_groups' | 'held_out_clusters'>,
) => ({
  intended_use: 'Ranking glossary terms for table columns; similarities in, scores out',
  trained_on: dataset_id,
  compared_on: `${held_out_groups} decisions of ${held_out_clusters} tables that were not trained on`,
  personal_data: 'none: see the dataset’s leak test',
});
