import {
  AncillaError,
  Closed,
  Id,
  invalidAt,
  Name,
  nothing,
  pageOf,
  paging,
  route,
  sagaState,
  TrainingRun,
  trainingRuns,
  type Io,
  type Reader,
  type Tenant,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { taskOf, type TrainingParts } from './parts.ts';
import type { Queue } from './queue.ts';
import { permitted, startRun, type openRunSaga } from './run-saga.ts';

/** A run as it stands: of one whose saga was killed the document says nothing, since that undoes nothing. */
async function standing(tenant: Reader<Tenant>, run: TrainingRun, io: Io): Promise<TrainingRun> {
  if (run.status !== 'queued' && run.status !== 'running') return run;
  const state = await tenant.get(sagaState, run.saga_id, io);
  return state?.doc.status === 'killed' ? { ...run, status: 'failed', error_code: 'killed' } : run;
}

export const runRoutes = (parts: TrainingParts, runSaga: ReturnType<typeof openRunSaga>, queue: Queue) => [
  route({
    method: 'POST',
    path: '/training/runs',
    action: 'training.build',
    summary:
      'Train on an approved dataset in an isolated process, twice, and compare with the running model on tables neither was trained on',
    ...nothing,
    body: Closed({ task: Name, dataset_id: Id('ds') }),
    answers: { 202: Type.Object({ run_id: Id('rn'), saga_id: Id('sg') }) },
    async handle({ tenant, tenant_id, who, body, trace, signal }) {
      const io = { signal };
      const task = taskOf(parts.tasks, body.task);
      const { dataset, file } = await permitted(tenant, body.dataset_id, io);
      if (dataset.kind === 'agent_io')
        throw invalidAt(
          '/dataset_id',
          'must be of kind examples',
          `dataset ${dataset.dataset_id} has texts of calls: tasks learn from examples`,
        );
      if (dataset.task !== task.name)
        throw invalidAt('/dataset_id', `must be of task ${task.name}`, `dataset ${dataset.dataset_id} is of task ${dataset.task}`);
      queue.assertRoom(tenant_id);
      const { run_id, saga_id } = await startRun(
        parts,
        runSaga,
        { tenant, tenant_id },
        { dataset, file, id: parts.newId, by: who.id, trace_id: trace.trace_id },
        io,
      );
      return [202, { run_id, saga_id }] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/training/runs',
    action: 'training.read',
    summary: 'Training runs, newest first',
    ...nothing,
    query: Closed(paging),
    answers: { 200: pageOf(TrainingRun) },
    async handle({ tenant, query, signal }) {
      const io = { signal };
      const page = await tenant.find(trainingRuns, { index: 'all', equals: {}, ...query }, io);
      const items = await Promise.all(page.items.map(({ doc }) => standing(tenant, doc, io)));
      return [200, { items, next_cursor: page.next_cursor }] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/training/runs/{run_id}',
    action: 'training.read',
    summary: 'One training run: status, digests, isolation, figures old and new on held-out tables',
    ...nothing,
    params: Type.Object({ run_id: Id('rn') }),
    answers: { 200: TrainingRun },
    async handle({ tenant, params, signal }) {
      const found = await tenant.get(trainingRuns, params.run_id, { signal });
      if (found === undefined) throw new AncillaError('not_found', `no run ${params.run_id}`);
      return [200, await standing(tenant, found.doc, { signal })] as const;
    },
  }),
];
