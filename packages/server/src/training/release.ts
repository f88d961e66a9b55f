// The one door by which anything of a tenant's reaches the platform: consented, approved, leak-tested, de-identified.
import {
  AncillaError,
  everyOf,
  idFrom,
  insert,
  isAncillaError,
  replace,
  toTimestamp,
  trainingApprovals,
  trainingCatalog,
  type Because,
  type Dataset,
  type Io,
  type Of,
  type Task,
} from '@ancilla/contracts';
import { sha256, sha256Hex } from '@ancilla/evidence';
import { PLATFORM } from '../artifacts/index.ts';
import { datasetOf } from './catalog.ts';
import { uncovered, type Allowed } from './consent.ts';
import { croissantOf } from './dataset.ts';
import { logicalDigest, writeDataset } from './dataset-file.ts';
import { datasetFields, type Columns, type Field } from './fields.ts';
import { taskOf, type TrainingParts } from './parts.ts';
import { readDataset } from './read-dataset.ts';
import { residue } from './residue.ts';
import { openSearch } from './search.ts';
import { inTurns } from './turns.ts';

/** Who stands in the platform's catalog in place of a person of the tenant. */
const ROOM = 'ancilla.release';

export type Door = ReturnType<typeof openDoor>;

export function openDoor({ platform, tasks, artifacts, clock }: TrainingParts) {
  const owner = { tenant: platform, tenant_id: PLATFORM };

  /** What of a dataset may leave: the fields that are allowed to, written anew, and looked through once more. */
  async function open(of: Of, dataset: Dataset, io: Io) {
    const fields = leaving(taskOf(tasks, dataset.task), dataset);
    const all = await readDataset(artifacts, of, dataset, io);
    const columns = Object.fromEntries(fields.map(({ name }) => [name, all[name] ?? []]));
    const bytes = await inTurns(writeDataset(fields, columns));
    await assertClean(of, { fields, columns, bytes }, io);
    const digest = sha256Hex(bytes);
    const artifact_id = idFrom('ar', sha256(`release/${dataset.dataset_id}/${digest}`));
    const file = { artifact_id, size: bytes.byteLength, sha256: digest };
    const doc: Dataset = {
      ...dataset,
      fields: fields.map(({ name, dtype, allowed }) => ({ name, dtype, allowed })),
      files: [{ ...file, format: 'parquet', rows: dataset.files[0]?.rows ?? 0 }],
      logical_sha256: await inTurns(logicalDigest(fields, columns)),
      leak_test: { ...dataset.leak_test, checked_bytes: bytes.byteLength },
      croissant: croissantOf('examples', dataset, { creator: dataset.tenant_scope, date: dataset.created_at, file, fields }),
      built_by: ROOM,
    };
    return { doc, artifact_id, bytes };
  }

  async function assertClean(
    of: Of,
    file: { readonly fields: readonly Field[]; readonly columns: Columns; readonly bytes: Uint8Array },
    io: Io,
  ) {
    const trace_ids = new Set((file.columns['trace_id'] ?? []).map(String));
    const raw = await artifacts.sampleStrings(of, { trace_ids, categories: ['payload', 'raw_input'] }, io);
    if (openSearch(raw)(await inTurns(residue(file.bytes, file.fields, file.columns))))
      throw new AncillaError('training.leak', 'the file to be released holds a raw value outside its cells');
  }

  return {
    /** Puts a copy into the platform's store; a repetition changes nothing. */
    async release(of: Of, dataset: Dataset, because: Because, io: Io): Promise<void> {
      if ((await platform.get(trainingCatalog, dataset.dataset_id, io)) !== undefined) return;
      const { doc, artifact_id, bytes } = await open(of, dataset, io);
      const about = {
        category: 'dataset',
        content_type: 'application/vnd.apache.parquet',
        trace_id: doc.trace_id,
        created_by: ROOM,
      } as const;
      await artifacts.put(owner, { ...about, artifact_id, bytes }, io);
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

/** What a tenant released, as far as its consent does not cover it any more. */
export async function withdrawUncovered(door: Door, of: Of, allowed: Allowed, because: Because, io: Io): Promise<void> {
  for await (const { doc } of everyOf((page) => of.tenant.find(trainingApprovals, { index: 'all', equals: {}, ...page }, io))) {
    if (doc.released_at === undefined) continue;
    const { dataset } = await datasetOf(of.tenant, doc.dataset_id, io);
    if (uncovered(allowed, dataset) !== undefined) await door.withdraw(of, doc.dataset_id, because, io);
  }
}

/** In a dataset's order: what it has of its task's allow-list. */
const leaving = ({ feature_names }: Task, { fields, vectors }: Dataset): readonly Field[] => {
  const had = new Set(fields.map(({ name }) => name));
  return datasetFields(feature_names, vectors).filter(({ name, allowed }) => allowed && had.has(name));
};
