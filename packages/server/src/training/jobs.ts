import { idFrom, trainingCatalog, type Io, type Job, type Task, type TenantStore } from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import type { openBuildSaga } from './build-saga.ts';
import { assertConsent, consentOf } from './consent.ts';
import type { TrainingParts } from './parts.ts';

/** New decisions that are worth a new dataset. */
const ENOUGH = 50;

/** A dataset from what was decided since the last one, once that is enough to be worth a person's approval. */
export const trainingJobs = ({ tasks, sagas }: TrainingParts, buildSaga: ReturnType<typeof openBuildSaga>): readonly Job[] =>
  tasks.map((task) => ({
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
  }));

async function hasEnough(tenant: TenantStore, task: Task, io: Io): Promise<boolean> {
  const { items } = await tenant.find(trainingCatalog, { index: 'by_task', equals: { task: task.name }, limit: 1 }, io);
  let count = 0;
  // A task's decisions are a log that tenants hold; its declaration says so.
  for await (const entry of tenant.feed([task.decisions] as never, items[0]?.doc.through_seq ?? -1, io)) {
    void entry;
    if (++count >= ENOUGH) return true;
  }
  return false;
}
