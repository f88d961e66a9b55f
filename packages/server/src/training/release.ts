// The one door by which anything of a tenant's reaches the platform: consented, approved, leak-tested, de-identified.
import {
  AncillaError,
  Bytes,
  Dataset,
  Id,
  idFrom,
  insert,
  isAncillaError,
  replace,
  route,
  Sentence,
  toTimestamp,
  trainingApprovals,
  trainingCatalog,
  type Because,
  type Io,
  type Task,
  type TenantStore,
} from '@ancilla/contracts';
import { sha256, sha256Hex } from '@ancilla/evidence';
import { Type } from 'typebox';
import { PLATFORM, type Of } from '../artifacts/index.ts';
import { assertApproved, datasetOf } from './catalog.ts';
import { assertConsent, consentOf } from './consent.ts';
import { croissantOf } from './dataset.ts';
import { logicalDigest, writeDataset } from './dataset-file.ts';
import { datasetFields, type Columns, type Field } from './fields.ts';
import { nothing, pageOf, paging } from './listing.ts';
import { taskOf, type TrainingParts } from './parts.ts';
import { readDataset } from './read-dataset.ts';
import { residue } from './residue.ts';
import { openSearch } from './search.ts';

/** Who stands in the platform's catalog in place of a person of the tenant. */
const ROOM = 'ancilla.release';
const Released = Type.Object({ ...Dataset.properties, status: Type.Enum(['built', 'refused', 'approved', 'withdrawn']) });
const named = Type.Object({ dataset_id: Id('ds') });

export type Door = ReturnType<typeof openDoor>;

export function openDoor({ platform, tasks, artifacts, clock }: TrainingParts) {
  const owner = { tenant: platform, tenant_id: PLATFORM };

  /** What of a dataset may leave: the fields that are allowed to, written anew, and looked through once more. */
  async function open(of: Of, dataset: Dataset, io: Io): Promise<{ readonly doc: Dataset; readonly bytes: Uint8Array }> {
    const fields = leaving(taskOf(tasks, dataset.task), dataset);
    const all = await readDataset(artifacts, of, dataset, io);
    const columns = Object.fromEntries(fields.map(({ name }) => [name, all[name] ?? []]));
    const bytes = writeDataset(fields, columns);
    await assertClean(of, { fields, columns, bytes }, io);
    const artifact_id = idFrom('ar', sha256(`release/${dataset.dataset_id}/${sha256Hex(bytes)}`));
    const file = { artifact_id, size: bytes.byteLength, sha256: sha256Hex(bytes) };
    const doc: Dataset = {
      ...dataset,
      fields: fields.map(({ name, dtype, allowed }) => ({ name, dtype, allowed })),
      files: [{ ...file, format: 'parquet', rows: dataset.files[0]?.rows ?? 0 }],
      logical_sha256: logicalDigest(fields, columns),
      leak_test: { ...dataset.leak_test, checked_bytes: bytes.byteLength },
      croissant: croissantOf('examples', dataset, { creator: dataset.tenant_scope, date: dataset.created_at, file, fields }),
      built_by: ROOM,
    };
    return { doc, bytes };
  }

  async function assertClean(
    of: Of,
    file: { readonly fields: readonly Field[]; readonly columns: Columns; readonly bytes: Uint8Array },
    io: Io,
  ) {
    const trace_ids = new Set((file.columns['trace_id'] ?? []).map(String));
    const raw = await artifacts.sampleStrings(of, { trace_ids, categories: ['payload', 'raw_input'] }, io);
    if (openSearch(raw)(residue(file.bytes, file.fields, file.columns)))
      throw new AncillaError('training.leak', 'the file to be released holds a raw value outside its cells');
  }

  return {
    /** Puts a copy into the platform's store; a repetition changes nothing. */
    async release(of: Of, dataset: Dataset, because: Because, io: Io): Promise<void> {
      if ((await platform.get(trainingCatalog, dataset.dataset_id, io)) !== undefined) return;
      const { doc, bytes } = await open(of, dataset, io);
      const [file] = doc.files;
      const about = {
        category: 'dataset',
        content_type: 'application/vnd.apache.parquet',
        trace_id: doc.trace_id,
        created_by: ROOM,
      } as const;
      await artifacts.put(owner, { ...about, ...(file !== undefined && { artifact_id: file.artifact_id }), bytes }, io);
      const { dataset_id } = doc;
      const approval = { dataset_id, status: 'approved', by: of.tenant_id, at: toTimestamp(clock.now()) } as const;
      try {
        await platform.commit(
          [insert(trainingCatalog, doc), insert(trainingApprovals, approval, { ...because, who: of.tenant_id })],
          [],
          io,
        );
      } catch (error) {
        // Released by somebody else at the same time.
        if (!isAncillaError(error, 'store.conflict', 'store.revision_conflict')) throw error;
      }
    },
    /** Takes back what was released: it is not learned from any more. */
    async withdraw(of: Of, dataset_id: string, because: Because, io: Io): Promise<void> {
      const approval = await platform.get(trainingApprovals, dataset_id, io);
      if (approval?.doc.status !== 'approved' || approval.doc.by !== of.tenant_id) return;
      const change = { status: 'withdrawn', at: toTimestamp(clock.now()) } as const;
      await platform.commit([replace(trainingApprovals, approval, change, { ...because, who: of.tenant_id })], [], io);
    },
  };
}

/** Everything a tenant released, when it takes its consent back. */
export async function withdrawAll(door: Door, of: Of, because: Because, io: Io): Promise<void> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await of.tenant.find(
      trainingApprovals,
      { index: 'all', equals: {}, limit: 500, ...(cursor !== undefined && { cursor }) },
      io,
    );
    for (const { doc } of page.items) if (doc.released_at !== undefined) await door.withdraw(of, doc.dataset_id, because, io);
    cursor = page.next_cursor;
  }
}

/** In a dataset's order: what it has of its task's allow-list. */
const leaving = ({ feature_names }: Task, { fields, vectors }: Dataset): readonly Field[] => {
  const had = new Set(fields.map(({ name }) => name));
  return datasetFields(feature_names, vectors).filter(({ name, allowed }) => allowed && had.has(name));
};

export const releaseRoutes = ({ platform, artifacts, clock }: TrainingParts, door: Door) => {
  const viewOf = async (dataset_id: string, io: Io) => {
    const { dataset, status } = await datasetOf(platform, dataset_id, io);
    return { ...dataset, status };
  };
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
      body: Type.Object({ reason: Sentence }, { additionalProperties: false }),
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
      query: paging,
      answers: { 200: pageOf(Released) },
      async handle({ query, signal }) {
        const io = { signal };
        const page = await platform.find(trainingCatalog, { index: 'all', equals: {}, ...query }, io);
        return [
          200,
          { items: await Promise.all(page.items.map(({ doc }) => viewOf(doc.dataset_id, io))), next_cursor: page.next_cursor },
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
      answers: { 200: Released },
      handle: async ({ params, signal }) => [200, await viewOf(params.dataset_id, { signal })] as const,
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
