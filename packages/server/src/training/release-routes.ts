import {
  AncillaError,
  Bytes,
  Closed,
  Id,
  isAncillaError,
  nothing,
  pageOf,
  paging,
  replace,
  route,
  Sentence,
  toTimestamp,
  trainingApprovals,
  trainingCatalog,
  type Because,
  type Dataset,
  type Io,
  type TenantStore,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { PLATFORM } from '../artifacts/index.ts';
import { assertApproved, datasetOf, DatasetView, view } from './catalog.ts';
import { assertConsent, consentOf } from './consent.ts';
import type { TrainingParts } from './parts.ts';
import type { Door } from './release.ts';

const named = Type.Object({ dataset_id: Id('ds') });

export const releaseRoutes = ({ platform, artifacts, clock }: TrainingParts, door: Door) => {
  /** @throws {AncillaError} `training.not_approved`, `training.consent` */
  async function releasable(tenant: TenantStore, dataset_id: string, io: Io): Promise<Dataset> {
    const found = await datasetOf(tenant, dataset_id, io);
    assertApproved(found);
    if (found.dataset.tenant_scope !== 'global')
      throw new AncillaError('training.consent', `dataset ${dataset_id} is this tenant’s own: build one with scope global`);
    assertConsent(await consentOf(tenant, io), found.dataset);
    return found.dataset;
  }
  /** For the tenant's own record; whoever marked it meanwhile is as good. */
  async function mark(tenant: TenantStore, dataset_id: string, because: Because, io: Io): Promise<string> {
    for (;;) {
      const approval = await tenant.get(trainingApprovals, dataset_id, io);
      if (approval === undefined) throw new AncillaError('not_found', `dataset ${dataset_id} is not approved`);
      if (approval.doc.released_at !== undefined) return approval.doc.released_at;
      const released_at = toTimestamp(clock.now());
      try {
        await tenant.commit([replace(trainingApprovals, approval, { released_at }, because)], [], io);
        return released_at;
      } catch (error) {
        if (!isAncillaError(error, 'store.revision_conflict')) throw error;
      }
    }
  }

  return [
    route({
      method: 'POST',
      path: '/training/datasets/{dataset_id}/release',
      action: 'training.release',
      summary: 'Release an approved dataset of scope global to the platform: a copy of the fields that may leave, while consent is global',
      ...nothing,
      params: named,
      body: Closed({ reason: Sentence }),
      answers: { 200: Type.Object({ dataset_id: Id('ds'), released_at: Type.String() }) },
      async handle({ tenant, tenant_id, who, params: { dataset_id }, body: { reason }, trace, signal }) {
        const io = { signal };
        const of = { tenant, tenant_id };
        const because = { who: who.id, reason, trace_id: trace.trace_id };
        const dataset = await releasable(tenant, dataset_id, io);
        await door.release(of, dataset, because, io);
        const released_at = await mark(tenant, dataset_id, because, io);
        try {
          // Whoever took approval or consent back meanwhile may have found nothing to withdraw yet.
          await releasable(tenant, dataset_id, io);
        } catch (error) {
          await door.withdraw(of, dataset_id, because, io);
          throw error;
        }
        return [200, { dataset_id, released_at }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/training/released',
      scope: 'platform',
      action: 'training.read_released',
      summary: 'Datasets that tenants released, newest first',
      ...nothing,
      query: Closed(paging),
      answers: { 200: pageOf(DatasetView) },
      async handle({ query, signal }) {
        const io = { signal };
        const page = await platform.find(trainingCatalog, { index: 'all', equals: {}, ...query }, io);
        return [
          200,
          {
            items: await Promise.all(page.items.map(({ doc }) => datasetOf(platform, doc.dataset_id, io).then(view))),
            next_cursor: page.next_cursor,
          },
        ] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/training/released/{dataset_id}',
      scope: 'platform',
      action: 'training.read_released',
      summary: 'One released dataset: fields, file, Croissant, whether it was withdrawn',
      ...nothing,
      params: named,
      answers: { 200: DatasetView },
      handle: async ({ params, signal }) => [200, view(await datasetOf(platform, params.dataset_id, { signal }))] as const,
    }),
    route({
      method: 'GET',
      path: '/training/released/{dataset_id}/content',
      scope: 'platform',
      action: 'training.read_released',
      summary: 'The Parquet file of a released dataset; not of one that was withdrawn',
      ...nothing,
      params: named,
      answers: { 200: Bytes },
      async handle({ params: { dataset_id }, signal }) {
        const io = { signal };
        const found = await datasetOf(platform, dataset_id, io);
        if (found.status === 'withdrawn') throw new AncillaError('training.withdrawn', `dataset ${dataset_id} was withdrawn`);
        const { meta, bytes } = await artifacts.open(
          { tenant: platform, tenant_id: PLATFORM },
          found.dataset.files[0]?.artifact_id ?? '',
          io,
        );
        return [
          200,
          {
            content_type: meta.content_type,
            bytes,
            headers: {
              'content-length': String(meta.size),
              'content-disposition': `attachment; filename="${dataset_id}.parquet"`,
              'x-content-type-options': 'nosniff',
            },
          },
        ] as const;
      },
    }),
  ];
};
