import {
  insert,
  toTimestamp,
  trainingCatalog,
  trainingExamples,
  type Collection,
  type Dataset,
  type Doc,
  type Io,
  type Task,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { AncillaError } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import type { Artifacts, Of } from '../artifacts/index.ts';
import { toCroissant } from './croissant.ts';
import { datasetFields, writeDataset } from './dataset-file.ts';
import { toRows } from './examples.ts';
import { leakTest } from './leak-test.ts';

/** Version of what turns decisions into examples. */
export const TRAINER_VERSION = '1.0.0';

export interface DatasetOrder {
  readonly dataset_id: Dataset['dataset_id'];
  readonly saga_id: Dataset['saga_id'];
  readonly trace_id: string;
  readonly through_seq: number;
  readonly consent: 'own' | 'global';
  readonly vectors: boolean;
  readonly built_by: string;
}

export interface DatasetParts {
  readonly artifacts: Artifacts;
  /** Types that the tenant's redaction policy finds in a text. */
  readonly detect: (text: string) => readonly string[];
  /** How the policy that looked is called. */
  readonly policy: string;
  /** Keyed by the tenant, separately for each purpose and dataset. */
  readonly hmac: (purpose: string, value: string) => Uint8Array;
  readonly now: () => number;
}

/** Decisions of a task up to a point in the feed: later ones are not seen, so that the same order gives the same dataset. */
async function decisionsThrough<C extends Collection<'log'>>(of: Of, task: Task<C>, through: number, io: Io): Promise<readonly Doc<C>[]> {
  const found: Doc<C>[] = [];
  for await (const entry of of.tenant.feed([task.decisions] as never, -1, io) as AsyncIterable<{
    readonly seq: number;
    readonly doc: Doc<C> | undefined;
  }>) {
    if (entry.seq > through) break;
    if (entry.doc !== undefined) found.push(entry.doc);
  }
  return found;
}

/** The artifacts the decisions refer to, parsed, and the raw values that are at hand to be looked for. */
async function readFeatures(of: Of, artifacts: Artifacts, refs: ReadonlySet<string>, io: Io): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const ref of refs) {
    try {
      found.set(ref, JSON.parse(Buffer.from(await artifacts.bytes(of, ref, io)).toString('utf8')) as unknown);
    } catch (error) {
      // Erased since: there is nothing to learn from it any more.
      if (!(error instanceof AncillaError && error.code === 'not_found')) throw error;
    }
  }
  return found;
}

/**
 * Builds a dataset as writes: artifact, catalog entry, links. A pure function of (feed up to a seq, consent, policy), keys and the clock apart.
 * @param rawValues - values of the tenant's tables as far as they are at hand
 * @throws {AncillaError} `training.empty`, `training.leak` naming field and rule
 */
export async function buildDataset<C extends Collection<'log'>>(
  of: Of,
  task: Task<C>,
  order: DatasetOrder,
  { artifacts, detect, policy, hmac, now }: DatasetParts,
  rawValues: readonly string[],
  io: Io,
): Promise<readonly Write<Tenant>[]> {
  const decisions = await decisionsThrough(of, task, order.through_seq, io);
  const features = await readFeatures(of, artifacts, new Set(decisions.map((decision) => task.meta(decision).features_ref)), io);
  const tenant_scope = order.consent === 'global' ? 'global' : of.tenant_id;
  const pseudonym = (what: string, value: string) =>
    `${what.slice(0, 1)}-${Buffer.from(hmac(`${what}/${order.dataset_id}`, value))
      .toString('hex')
      .slice(0, 32)}`;
  const { rows, links } = toRows(task, decisions, features, {
    tenant_scope,
    trainer_version: TRAINER_VERSION,
    pseudonym,
    vectors: order.vectors,
  });
  if (links.length === 0)
    throw new AncillaError('training.empty', `task ${task.name} has no decision to learn from up to entry ${order.through_seq}`);
  const fields = datasetFields(task.feature_names);
  const bytes = writeDataset(fields, rows);
  const report = leakTest({ fields, rows, bytes }, detect, rawValues);
  if (!report.passed)
    throw new AncillaError('training.leak', report.leaks.map(({ field, rule }) => `${field}: ${rule}`).join('; '), {
      errors: report.leaks.map(({ field, rule }) => ({ path: `/${field}`, message: `holds ${rule}` })),
    });

  const created_at = toTimestamp(now());
  const about = {
    category: 'dataset',
    content_type: 'application/vnd.apache.parquet',
    trace_id: order.trace_id,
    created_by: order.built_by,
  } as const;
  const file = await keep(of, artifacts, { ...about, bytes }, io);
  const sha256 = sha256Hex(bytes);
  const dataset: Dataset = {
    dataset_id: order.dataset_id,
    task: task.name,
    version: `${order.through_seq}`,
    tenant_scope,
    trace_id: order.trace_id,
    saga_id: order.saga_id,
    through_seq: order.through_seq,
    examples: links.length,
    fields: fields.map(({ name, dtype, allowed }) => ({ name, dtype, allowed: allowed || order.vectors })),
    files: [{ artifact_id: file.artifact_id, format: 'parquet', sha256, rows: rows.length, size: bytes.byteLength }],
    leak_test: { passed: true, checked_bytes: report.checked_bytes, policy },
    consent: order.consent,
    croissant: toCroissant({
      name: `${task.name}-examples`,
      version: `${order.through_seq}`,
      description: `De-identified examples of task ${task.name}, from decisions up to entry ${order.through_seq}`,
      date: created_at,
      creator: of.tenant_id,
      file: { artifact_id: file.artifact_id, size: bytes.byteLength, sha256 },
      fields,
    }),
    built_by: order.built_by,
    created_at,
  };
  return [
    ...file.writes,
    insert(trainingCatalog, dataset),
    ...links.map((link) =>
      insert(trainingExamples, {
        link_id: `${dataset.dataset_id}/${link.example_id}`,
        dataset_id: dataset.dataset_id,
        created_at,
        ...link,
      }),
    ),
  ];
}

/** What fits rides in the outcome's commit; what is larger is stored first, and goes as unreferenced when the outcome never comes. */
export async function keep(of: Of, artifacts: Artifacts, what: Parameters<Artifacts['put']>[1] & { readonly bytes: Uint8Array }, io: Io) {
  const INLINE = 200 * 1024;
  if (what.bytes.byteLength <= INLINE) return artifacts.prepare(of, what);
  const { artifact_id } = await artifacts.put(of, what, io);
  return { artifact_id, writes: [] as readonly Write<Tenant>[] };
}
