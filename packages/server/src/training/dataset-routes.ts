import {
  Closed,
  Dataset,
  DatasetApproval,
  Id,
  invalidAt,
  Name,
  nothing,
  pageOf,
  paging,
  route,
  Sentence,
  toTimestamp,
  trainingCatalog,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import type { openBuildSaga } from './build-saga.ts';
import { approve, datasetOf, DatasetView, view } from './catalog.ts';
import { assertConsent, consentOf } from './consent.ts';
import { DatasetDiff, diffOf } from './diff.ts';
import { EDITION } from './fields.ts';
import type { Flagged } from './flagged.ts';
import { taskOf, type TrainingParts } from './parts.ts';
import { openDataset } from './read-dataset.ts';
import type { Door } from './release.ts';

export const datasetRoutes = (
  { tasks, artifacts, sagas, clock, newId }: TrainingParts,
  buildSaga: ReturnType<typeof openBuildSaga>,
  door: Door,
  flagged: Flagged,
) => [
  route({
    method: 'POST',
    path: '/training/datasets',
    action: 'training.build',
    summary:
      'Build a de-identified dataset from the decisions made so far, or (agent_io) from an agent’s calls, whose name is the task then',
    ...nothing,
    body: Closed({ task: Name, kind: Dataset.properties.kind, scope: Type.Optional(Type.Enum(['tenant', 'global'])) }),
    answers: { 202: Type.Object({ dataset_id: Id('ds'), saga_id: Id('sg') }) },
    async handle({ tenant, tenant_id, who, body, trace, signal }) {
      const io = { signal };
      const { kind = 'examples' } = body;
      const task = kind === 'examples' ? taskOf(tasks, body.task).name : body.task;
      if (kind === 'agent_io' && body.scope === 'global')
        throw invalidAt('/scope', 'must be tenant for kind agent_io', 'texts of calls never leave the tenant');
      const allowed = await consentOf(tenant, io);
      const use = { kind, consent: body.scope === 'global' ? 'global' : 'own', vectors: kind === 'examples' && allowed.vectors } as const;
      assertConsent(allowed, use);
      const dataset_id = newId('ds');
      const { size } = await tenant.ledger.head(io);
      const { saga_id } = await sagas.start(buildSaga, {
        tenant,
        tenant_id,
        memo: { task, dataset_id, through_seq: size - 1, ...use, built_by: who.id },
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
    query: Closed(paging),
    answers: { 200: pageOf(DatasetView) },
    async handle({ tenant, query, signal }) {
      const page = await tenant.find(trainingCatalog, { index: 'all', equals: {}, ...query }, { signal });
      const items = await Promise.all(page.items.map(async ({ doc }) => view(await datasetOf(tenant, doc.dataset_id, { signal }))));
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
      return [200, view(await datasetOf(tenant, params.dataset_id, { signal }))] as const;
    },
  }),
  route({
    method: 'GET',
    path: '/training/datasets/{dataset_id}/diff',
    action: 'training.read',
    summary: 'How a dataset differs from another of its task, `from`: examples added, removed and changed',
    ...nothing,
    params: Type.Object({ dataset_id: Id('ds') }),
    query: Closed({ from: Id('ds') }),
    answers: { 200: Type.Object({ from: Id('ds'), to: Id('ds'), ...DatasetDiff.properties }) },
    async handle({ tenant, tenant_id, params, query, signal }) {
      const io = { signal };
      const of = { tenant, tenant_id };
      const [{ dataset: one }, { dataset: other }] = await Promise.all([
        datasetOf(tenant, query.from, io),
        datasetOf(tenant, params.dataset_id, io),
      ]);
      const whatOf = ({ task, kind = 'examples' }: Dataset) => `task ${task}, kind ${kind}`;
      if (whatOf(one) !== whatOf(other))
        throw invalidAt(
          '/from',
          `must be of ${whatOf(other)}`,
          `dataset ${one.dataset_id} is of ${whatOf(one)}, ${other.dataset_id} of ${whatOf(other)}`,
        );
      const [old, now] = [await openDataset(artifacts, of, one, io), await openDataset(artifacts, of, other, io)];
      return [200, { from: one.dataset_id, to: other.dataset_id, ...(await diffOf(old, now, EDITION)) }] as const;
    },
  }),
  route({
    method: 'POST',
    path: '/training/datasets/{dataset_id}/approve',
    action: 'training.approve',
    summary: 'Approve or withdraw a dataset: only approved ones are trained on, and what was withdrawn stays so',
    ...nothing,
    params: Type.Object({ dataset_id: Id('ds') }),
    body: Closed({ reason: Sentence, status: Type.Optional(DatasetApproval.properties.status) }),
    answers: { 200: DatasetView },
    async handle({ tenant, tenant_id, who, params, body, trace, signal }) {
      const io = { signal };
      const found = await datasetOf(tenant, params.dataset_id, io);
      const doc = {
        dataset_id: found.dataset.dataset_id,
        status: body.status ?? 'approved',
        by: who.id,
        at: toTimestamp(clock.now()),
      } as const;
      const because = { who: who.id, reason: body.reason, trace_id: trace.trace_id };
      const writes = approve(found, doc, because);
      if (writes.length > 0) await tenant.commit(writes, [], io);
      if (doc.status === 'withdrawn') {
        await door.withdraw({ tenant, tenant_id }, doc.dataset_id, because, io);
        await flagged.end(tenant, because, io);
      }
      return [200, view({ ...found, status: doc.status })] as const;
    },
  }),
];
