import {
  AncillaError,
  artifacts,
  insert,
  modelRegistry,
  trainingExamples,
  type Io,
  type ModelVersion,
  type Page,
  type Platform,
  type Reader,
  type Task,
  type Tenant,
  type TenantStore,
  type Write,
} from '@ancilla/contracts';
import type { Curator } from '../curator/index.ts';
import { datasetOf, type Catalogued } from './catalog.ts';
import { consentOf, uncovered, type Allowed } from './consent.ts';
import { taskOf } from './parts.ts';

/** Why a model should be trained again: what it learned from may not be learned from any more. */
export const modelFlags = ['consent_withdrawn', 'dataset_withdrawn', 'example_removed'] as const;
type Flag = (typeof modelFlags)[number];

/** A registered version with the labels it holds, and what speaks against it since. */
export type ModelView = ModelVersion & { readonly labels: string[]; readonly flags: Flag[] };

/** How far the lower bound may lie below no difference: less than one place in a hundred columns. */
const WITHIN_NOISE = 0.01;
/** So much worse may one domain become: of twenty decisions and more that is no noise. */
const OF_ONE_DOMAIN = 0.05;
/** Scores that keep their promise so well need not keep it better; of fewer decisions the figure is mostly chance. */
const CALIBRATED = 0.1;
const FEWEST_FOR_CALIBRATION = 200;

/**
 * Why a version may not be called measured; undefined when it may. The offline gate: on tables neither was trained on it is not worse than the model it would replace,
 * by any figure, in any domain, and not by luck.
 * @param live - the version that suggests now
 */
export function unmeasured(
  model: Pick<ModelVersion, 'compared_with' | 'held_out_clusters' | 'held_out_groups' | 'metrics_old' | 'metrics_new'>,
  live: string,
): string | undefined {
  const { compared_with, held_out_clusters, held_out_groups, metrics_old, metrics_new } = model;
  const of = (metrics: typeof metrics_new, name: string): number => metrics[name] ?? Number.NaN;
  if (compared_with?.version !== live) return `it was compared with ${compared_with?.version ?? 'none'}, and ${live} is live: train again`;
  if (held_out_clusters === 0) return 'no table was held out to compare on';
  // Written so that a figure that is none does not pass.
  for (const [name, noise] of [
    ['mrr', 0],
    ['recall_at_1', WITHIN_NOISE],
    ['ndcg_at_5', WITHIN_NOISE],
  ] as const) {
    const [old, new_] = [of(metrics_old, name), of(metrics_new, name)];
    if (!(new_ >= old - noise)) return `on held-out tables its ${name} is ${new_}, and ${old} that of ${live}`;
  }
  const lower = of(metrics_new, 'mrr_difference_lower');
  if (!(lower > -WITHIN_NOISE)) return `it may be worse by ${-lower} in MRR (95 % bound, by table)`;
  const worst = of(metrics_new, 'mrr_difference_of_worst_domain');
  if (!(worst > -OF_ONE_DOMAIN)) return `it is worse by ${-worst} in MRR for the terms of one domain`;
  const [old, new_] = [of(metrics_old, 'calibration_error'), of(metrics_new, 'calibration_error')];
  if (held_out_groups >= FEWEST_FOR_CALIBRATION && !(new_ <= Math.max(CALIBRATED, old)))
    return `its scores promise too much or too little by ${new_}, and those of ${live} by ${old}`;
  return undefined;
}

/** What the governed document of a model says: what whoever loads it must check. */
export const toModelContent = ({ artifact_ref, digest, dataset_id, run_id }: ModelVersion): object => ({
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

/** A tenant's own, or what ships. @throws {AncillaError} `not_found` */
export async function modelOf(
  shelves: readonly Pick<Reader<Tenant & Platform>, 'find'>[],
  of: { readonly model_id: string; readonly version: string },
  io: Io,
): Promise<ModelVersion> {
  for (const shelf of shelves) {
    const { items } = await shelf.find(modelRegistry, { index: 'by_version', equals: of, limit: 1 }, io);
    if (items[0] !== undefined) return items[0].doc;
  }
  throw new AncillaError('not_found', `no model ${of.model_id} of version ${of.version}`);
}

/** Whether consent covers a dataset still, and whether it was withdrawn. */
const listedFlags = ({ dataset, status }: Catalogued, consent: Allowed): Flag[] => [
  ...(uncovered(consent, dataset) === undefined ? [] : (['consent_withdrawn'] as const)),
  ...(status === 'withdrawn' ? (['dataset_withdrawn'] as const) : []),
];

/** All that speaks against a model, the examples that are gone included: each is asked for, so this is for one model, not for a list. */
export async function flagsOf(tenant: Reader<Tenant>, tasks: readonly Task[], { dataset_id, task }: ModelVersion, io: Io): Promise<Flag[]> {
  if (dataset_id === null) return [];
  const listed = listedFlags(await datasetOf(tenant, dataset_id, io), await consentOf(tenant, io));
  return (await lacksExamples(tenant, taskOf(tasks, task), dataset_id, io)) ? [...listed, 'example_removed'] : listed;
}

/** Whether a decision or its features, of which a dataset was made, are gone since. */
async function lacksExamples(tenant: Reader<Tenant>, task: Task, dataset_id: string, io: Io): Promise<boolean> {
  const refs = new Set<string>();
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Page<typeof trainingExamples> = await tenant.find(
      trainingExamples,
      { index: 'by_dataset', equals: { dataset_id }, limit: 500, ...(typeof cursor === 'string' && { cursor }) },
      io,
    );
    const decisions = await Promise.all(page.items.map(({ doc }) => tenant.get(task.decisions, doc.mapping_history_id, io)));
    for (const decision of decisions) {
      if (decision === undefined) return true;
      refs.add(task.meta(decision.doc).features_ref);
    }
    cursor = page.next_cursor;
  }
  for (const ref of refs) if ((await tenant.get(artifacts, ref, io)) === undefined) return true;
  return false;
}

/** Versions with the labels they hold now. */
export async function viewsOf(curator: Curator, tenant: TenantStore, models: readonly ModelVersion[], io: Io): Promise<ModelView[]> {
  const ids = [...new Set(models.map(({ model_id }) => model_id))];
  const labels = new Map(await Promise.all(ids.map(async (id) => [id, await curator.labelsOf(tenant, 'models', id, io)] as const)));
  const datasets = [...new Set(models.flatMap(({ dataset_id }) => dataset_id ?? []))];
  const consent = await consentOf(tenant, io);
  const flags = new Map(
    await Promise.all(datasets.map(async (id) => [id, listedFlags(await datasetOf(tenant, id, io), consent)] as const)),
  );
  return models.map((model) => ({
    ...model,
    flags: [...(flags.get(model.dataset_id ?? '') ?? [])],
    labels: (labels.get(model.model_id) ?? []).flatMap(({ label, version }) => (version === model.version ? [label] : [])),
  }));
}
