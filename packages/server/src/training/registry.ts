import {
  AncillaError,
  insert,
  modelRegistry,
  type Io,
  type ModelVersion,
  type Reader,
  type Tenant,
  type TenantStore,
  type Write,
} from '@ancilla/contracts';
import type { Curator, LabelAnswer } from '../curator/index.ts';

/** A registered version with the labels it holds. */
export type ModelView = ModelVersion & { readonly labels: string[] };

/** How far the lower bound may lie below no difference: less than one place in a hundred columns. */
const WITHIN_NOISE = 0.01;

/**
 * Why a version may not be called measured; undefined when it may. The offline gate: on tables neither was trained on it is not worse than the model it would replace,
 * and not by luck. The one that was live before the present one may come back without: safety does not wait for a comparison.
 * @param live - the version that suggests now
 */
export function unmeasured(model: ModelVersion, live: string, production: Pick<LabelAnswer, 'previous'> | undefined): string | undefined {
  if (production !== undefined && production.previous === model.version) return undefined;
  const { compared_with, held_out_clusters, metrics_old, metrics_new } = model;
  const { mrr: old = Number.NaN } = metrics_old;
  const { mrr: new_ = Number.NaN, mrr_difference_lower: lower = Number.NaN } = metrics_new;
  if (compared_with.version !== live) return `it was compared with ${compared_with.version}, and ${live} is live: train again`;
  if (held_out_clusters === 0) return 'no table was held out to compare on';
  // Written so that a figure that is none does not pass.
  if (!(new_ >= old)) return `on held-out tables its MRR is ${new_}, and ${old} that of ${live}`;
  if (!(lower > -WITHIN_NOISE)) return `it may be worse by ${-lower} in MRR (95 % bound, by table)`;
  return undefined;
}

/** What the governed document of a model says: what whoever loads it must check. */
const toModelContent = ({ artifact_ref, digest, dataset_id, run_id }: ModelVersion): object => ({
  artifact_ref,
  digest,
  dataset_id,
  run_id,
});

/** The registry's entry and the governed document in one commit: there is never one without the other. */
export async function register(
  curator: Curator,
  tenant: TenantStore,
  model: ModelVersion,
  author: string,
  io: Io,
): Promise<readonly Write<Tenant>[]> {
  const governed = await curator.draft(
    tenant,
    {
      kind: 'models',
      id: model.model_id,
      version: model.version,
      message: `trained on ${model.dataset_id}`,
      content: toModelContent(model),
      author,
      trace_id: model.trace_id,
    },
    io,
  );
  return [insert(modelRegistry, model), ...governed];
}

/** @throws {AncillaError} `not_found` */
export async function modelOf(
  tenant: Reader<Tenant>,
  of: { readonly model_id: string; readonly version: string },
  io: Io,
): Promise<ModelVersion> {
  const { items } = await tenant.find(modelRegistry, { index: 'by_version', equals: of, limit: 1 }, io);
  const [found] = items;
  if (found === undefined) throw new AncillaError('not_found', `no model ${of.model_id} of version ${of.version}`);
  return found.doc;
}

/** Versions with the labels they hold now. */
export async function viewsOf(curator: Curator, tenant: TenantStore, models: readonly ModelVersion[], io: Io): Promise<ModelView[]> {
  const ids = [...new Set(models.map(({ model_id }) => model_id))];
  const labels = new Map(await Promise.all(ids.map(async (id) => [id, await curator.labelsOf(tenant, 'models', id, io)] as const)));
  return models.map((model) => ({
    ...model,
    labels: (labels.get(model.model_id) ?? []).flatMap(({ label, version }) => (version === model.version ? [label] : [])),
  }));
}
