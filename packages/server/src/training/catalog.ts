import {
  AncillaError,
  Dataset,
  DatasetApproval,
  put,
  trainingApprovals,
  trainingCatalog,
  type Because,
  type Io,
  type Platform,
  type Reader,
  type Stored,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { Type, type Static } from 'typebox';

/** `built → approved → withdrawn`; `refused` when the leak test found something. Withdrawn is for good: what was learned from is not made good by a click. */
type Status = 'built' | 'refused' | DatasetApproval['status'];

/** A dataset with its standing. */
export interface Catalogued {
  readonly dataset: Dataset;
  readonly status: Status;
  readonly approval: Stored<typeof trainingApprovals> | undefined;
}

/** As routes answer it. */
export const DatasetView = Type.Object({
  ...Dataset.properties,
  status: Type.Enum(['built', 'refused', 'approved', 'withdrawn']),
  released_at: DatasetApproval.properties.released_at,
});
export const view = ({ dataset, status, approval }: Catalogued): Static<typeof DatasetView> => {
  const released_at = approval?.doc.released_at;
  return { ...dataset, status, ...(released_at !== undefined && { released_at }) };
};

/** @throws {AncillaError} `not_found` */
export async function datasetOf(tenant: Reader<Tenant & Platform>, id: string, io: Io): Promise<Catalogued> {
  const [found, approval] = await Promise.all([tenant.get(trainingCatalog, id, io), tenant.get(trainingApprovals, id, io)]);
  if (found === undefined) throw new AncillaError('not_found', `no dataset ${id}`);
  const { doc: dataset } = found;
  return { dataset, approval, status: approval?.doc.status ?? (dataset.leak_test.passed ? 'built' : 'refused') };
}

/**
 * A dataset's move to another standing, as writes; none when it stands there already.
 * @throws {AncillaError} `training.leak` for one that was refused, `training.withdrawn` for one that is withdrawn
 */
export function approve({ dataset, status, approval }: Catalogued, doc: DatasetApproval, because: Because): readonly Write<Tenant>[] {
  if (status === doc.status) return [];
  if (status === 'refused') throw refusal(dataset);
  if (status === 'withdrawn') throw new AncillaError('training.withdrawn', `dataset ${dataset.dataset_id} was withdrawn`);
  return [put(trainingApprovals, approval, doc, because)];
}

/** The leak test's verdict as an error: field and rule, never the value. */
export const refusal = ({ dataset_id, leak_test: { leaks } }: Dataset): AncillaError =>
  new AncillaError('training.leak', `dataset ${dataset_id}: ${leaks.map(({ field, rule }) => `${field} ${rule}`).join(', ')}`, {
    errors: leaks.map(({ field, rule }) => ({ path: `/${field}`, message: rule })),
  });

/** @throws {AncillaError} `training.not_approved` */
export function assertApproved({ dataset, status }: Catalogued): void {
  if (status !== 'approved') throw new AncillaError('training.not_approved', `dataset ${dataset.dataset_id} is ${status}`);
}
