import { idFrom, trainingCatalog, trainingRuns, type Io, type Job, type Task, type TenantStore } from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import { isByPolicy } from '../mapping/index.ts';
import type { openBuildSaga } from './build-saga.ts';
import { datasetOf } from './catalog.ts';
import { assertConsent, consentOf } from './consent.ts';
import { decisionsAfter, type TrainingParts } from './parts.ts';
import { permitted, startRun, type openRunSaga } from './run-saga.ts';

/** New decisions that are worth a new dataset. */
const ENOUGH = 50;

/** Datasets of a task that are looked through for one to train on. */
const LATEST = 20;

export const trainingJobs = (
  parts: TrainingParts,
  buildSaga: ReturnType<typeof openBuildSaga>,
  runSaga: ReturnType<typeof openRunSaga>,
): readonly Job[] => parts.tasks.flatMap((task) => [datasetJob(parts, task, buildSaga), runJob(parts, task, runSaga)]);

/** A dataset from what was decided since the last one, once that is enough to be worth a person's approval. */
const datasetJob = ({ sagas }: TrainingParts, task: Task, buildSaga: ReturnType<typeof openBuildSaga>): Job => ({
  name: `training.${task.name}.dataset`,
  what: `Builds a dataset of task ${task.name} when ${ENOUGH} decisions are new; a person approves it`,
  everyHours: 24,
  async start({ tenant, tenant_id }, { key, by, trace_id }, io) {
    if (!(await hasEnough(tenant, task, io))) return undefined;
    const allowed = await consentOf(tenant, io);
    const use = { consent: 'own', vectors: allowed.vectors } as const;
    assertConsent(allowed, use);
    const { size } = await tenant.ledger.head(io);
    const { saga_id } = await sagas.start(buildSaga, {
      tenant,
      tenant_id,
      memo: { task: task.name, dataset_id: idFrom('ds', sha256(`${tenant_id}/${key}`)), through_seq: size - 1, ...use, built_by: by },
      trace_id,
      owner: by,
      idempotency_key: key,
    });
    return { saga_id };
  },
});

/** A run on what a person approved and nobody trained on yet; whether its model goes live, figures and people decide as of any other. */
const runJob = (parts: TrainingParts, task: Task, runSaga: ReturnType<typeof openRunSaga>): Job => ({
  name: `training.${task.name}.run`,
  what: `Trains task ${task.name} on the newest approved dataset, if nobody did`,
  everyHours: 24,
  async start(of, { key, by, trace_id }, io) {
    const dataset_id = await untrained(of.tenant, task, io);
    if (dataset_id === undefined) return undefined;
    const id: TrainingParts['newId'] = (prefix) => idFrom(prefix, sha256(`${of.tenant_id}/${key}/${prefix}`));
    return startRun(parts, runSaga, of, { ...(await permitted(of.tenant, dataset_id, io)), id, by, trace_id, key }, io);
  },
});

/** The newest approved dataset of a task, if no run was made on it. */
async function untrained(tenant: TenantStore, task: Task, io: Io): Promise<string | undefined> {
  const { items } = await tenant.find(trainingCatalog, { index: 'by_task', equals: { task: task.name }, limit: LATEST }, io);
  for (const { doc } of items) {
    if (doc.kind === 'agent_io' || (await datasetOf(tenant, doc.dataset_id, io)).status !== 'approved') continue;
    const runs = await tenant.find(trainingRuns, { index: 'by_dataset', equals: { dataset_id: doc.dataset_id }, limit: 1 }, io);
    return runs.items.length === 0 ? doc.dataset_id : undefined;
  }
  return undefined;
}

async function hasEnough(tenant: TenantStore, task: Task, io: Io): Promise<boolean> {
  const { items } = await tenant.find(trainingCatalog, { index: 'by_task', equals: { task: task.name }, limit: 1 }, io);
  let count = 0;
  // What no person decided teaches nothing, however much of it there is.
  for await (const { doc } of decisionsAfter(tenant, task, items[0]?.doc.through_seq ?? -1, io))
    if (!isByPolicy(task.meta(doc)) && ++count >= ENOUGH) return true;
  return false;
}
