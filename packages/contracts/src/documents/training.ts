// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Code, Count, Name, Ref, Sha256Hex, Timestamp, TraceId, Version } from '../fields.ts';
import { Id } from '../ids.ts';

/** A dataset as built: a pure function of (feed up to through_seq, consent, policy). Its approval is a state of its own. */
export const Dataset = Closed({
  dataset_id: Id('ds'),
  /** Left out: examples. `agent_io`: an agent's calls, prompt and answer after redaction. */
  kind: Type.Optional(Type.Enum(['examples', 'agent_io'])),
  /** Of `agent_io`: the agent. */
  task: Name,
  version: Version,
  tenant_scope: Name,
  trace_id: TraceId,
  saga_id: Id('sg'),
  through_seq: Count,
  examples: Count,
  /** Decisions that are no examples, by why. */
  left_out: Type.Record(Name, Count),
  /** `allowed`: may leave the tenant when consent says so. */
  fields: Type.Array(Closed({ name: Name, dtype: Name, allowed: Type.Boolean() }), { maxItems: 200 }),
  files: Type.Array(Closed({ artifact_id: Id('ar'), format: Type.Literal('parquet'), sha256: Sha256Hex, rows: Count, size: Count }), {
    maxItems: 1000,
  }),
  /** Of the cells, whatever the file is like: SHA-256 over the JSON of name, type and cells of each field, a line each. */
  logical_sha256: Type.Optional(Sha256Hex),
  /** One that did not pass is on record with the fields and rules it failed by, and has no file. */
  leak_test: Closed({
    passed: Type.Boolean(),
    checked_bytes: Count,
    policy: Ref,
    leaks: Type.Array(Closed({ field: Name, rule: Name }), { maxItems: 20 }),
  }),
  /** What the consent in force had to cover; it must still when the dataset is trained on. */
  consent: Type.Enum(['own', 'global']),
  vectors: Type.Boolean(),
  /** The rule by which examples are trained on or held out; left out: by the hash of the table alone. */
  split_rule: Type.Optional(Name),
  croissant: Type.Unknown(),
  built_by: Name,
  created_at: Timestamp,
});
export type Dataset = Static<typeof Dataset>;
export const trainingCatalog = collection({
  name: 'training_catalog',
  kind: 'log',
  scope: { tenant: true, platform: true },
  schema: Dataset,
  key: 'dataset_id',
  time: 'created_at',
  retention: 'for_ever',
  summary: 'Datasets: what is in them, where from, which fields are allowed',
  indexes: { all: [], by_task: ['task'], by_trace: ['trace_id'] },
});

export const DatasetApproval = Closed({
  dataset_id: Id('ds'),
  status: Type.Enum(['approved', 'withdrawn']),
  by: Name,
  at: Timestamp,
  /** When it went to the platform. */
  released_at: Type.Optional(Timestamp),
});
export type DatasetApproval = Static<typeof DatasetApproval>;
export const trainingApprovals = collection({
  name: 'training_approvals',
  kind: 'versioned',
  scope: { tenant: true, platform: true },
  schema: DatasetApproval,
  key: 'dataset_id',
  time: 'at',
  retention: 'for_ever',
  summary: 'Which datasets may be trained on',
  indexes: { all: [] },
});

/** Where each example comes from and which dataset holds it: the link in both directions. */
export const ExampleLink = Closed({
  link_id: Ref,
  example_id: Id('ex'),
  dataset_id: Id('ds'),
  mapping_history_id: Id('mh'),
  trace_id: TraceId,
  created_at: Timestamp,
});
export const trainingExamples = collection({
  name: 'training_examples',
  kind: 'state',
  scope: { tenant: true },
  schema: ExampleLink,
  key: 'link_id',
  time: 'created_at',
  retention: 'for_ever',
  summary: 'Links from examples to decisions, traces and datasets; rebuildable from the datasets',
  indexes: { by_trace: ['trace_id'], by_mapping: ['mapping_history_id'], by_dataset: ['dataset_id'] },
  trace: { kind: 'example', index: 'by_trace', summary: ['example_id', 'dataset_id', 'mapping_history_id'] },
});

const Metrics = Type.Record(Type.String({ pattern: '^[a-z0-9_@]{1,64}$' }), Type.Number());
const ModelName = Closed({ id: Name, version: Version });
/** How a run was kept apart: what held on its machine, and what that machine had no means for. */
const Isolation = Closed({ layers: Type.Array(Name, { maxItems: 20 }), missing: Type.Array(Name, { maxItems: 20 }) });

export const TrainingRun = Closed({
  run_id: Id('rn'),
  task: Name,
  dataset_id: Id('ds'),
  dataset_sha256: Sha256Hex,
  saga_id: Id('sg'),
  trace_id: TraceId,
  /** `queued`: it waits for its turn on the server. */
  status: Type.Enum(['queued', 'running', 'done', 'failed']),
  model: Type.Union([ModelName, Type.Null()]),
  /** The model's; the independent second run gave the same, or the run failed. */
  model_digest: Type.Union([Sha256Hex, Type.Null()]),
  /** The model it was compared with, on tables neither was trained on. */
  compared_with: Type.Union([ModelName, Type.Null()]),
  isolation: Type.Union([Isolation, Type.Null()]),
  metrics_old: Metrics,
  metrics_new: Metrics,
  held_out_groups: Count,
  held_out_clusters: Count,
  /** The dataset's. */
  split_rule: Type.Optional(Name),
  error_code: Type.Optional(Code),
  requested_by: Name,
  created_at: Timestamp,
});
export type TrainingRun = Static<typeof TrainingRun>;
export const trainingRuns = collection({
  name: 'training_runs',
  kind: 'versioned',
  scope: { tenant: true },
  schema: TrainingRun,
  key: 'run_id',
  time: 'created_at',
  retention: 'for_ever',
  summary: 'Retraining runs: dataset in, model and held-out figures out',
  indexes: { all: [], by_dataset: ['dataset_id'] },
});

/** One trained model: immutable. Which version is live is a label of kind `models`. */
export const ModelVersion = Closed({
  model_version_id: Id('md'),
  model_id: Name,
  version: Version,
  task: Name,
  dataset_id: Type.Union([Id('ds'), Type.Null()]),
  run_id: Type.Union([Id('rn'), Type.Null()]),
  trace_id: TraceId,
  artifact_ref: Type.Union([Id('ar'), Type.Null()]),
  digest: Sha256Hex,
  dataset_sha256: Type.Union([Sha256Hex, Type.Null()]),
  /** What made it: version and bytes of the trainer's code, and of the names of the features in order. */
  trainer: Closed({
    version: Version,
    isolation: Isolation,
    code_sha256: Type.Optional(Sha256Hex),
    features_sha256: Type.Optional(Sha256Hex),
  }),
  /** What was live then; null of what ships, with which a tenant begins. */
  compared_with: Type.Union([ModelName, Type.Null()]),
  metrics_old: Metrics,
  metrics_new: Metrics,
  held_out_groups: Count,
  held_out_clusters: Count,
  card: Type.Unknown(),
  created_at: Timestamp,
});
export type ModelVersion = Static<typeof ModelVersion>;
export const modelRegistry = collection({
  name: 'model_registry',
  kind: 'log',
  scope: { tenant: true, platform: true },
  schema: ModelVersion,
  key: 'model_version_id',
  time: 'created_at',
  retention: 'for_ever',
  summary: 'Trained models with dataset, digests and held-out figures',
  indexes: { all: [], by_model: ['model_id'], by_version: ['model_id', 'version'], by_dataset: ['dataset_id'], by_trace: ['trace_id'] },
  unique: [['model_id', 'version']],
  trace: { kind: 'model', index: 'by_trace', summary: ['model_id', 'version', 'dataset_id', 'digest'] },
});

/** What a tenant's decisions may train. */
export const Consent = Closed({
  consent_id: Type.Literal('training'),
  training: Type.Enum(['none', 'own', 'global']),
  vectors: Type.Boolean({ description: 'Whether embedding vectors may be in datasets' }),
  agent_io: Type.Optional(
    Type.Boolean({ description: 'Whether redacted prompts and answers of calls may be in datasets; not unless said' }),
  ),
  set_by: Name,
  set_at: Timestamp,
});
export type Consent = Static<typeof Consent>;
export const consents = collection({
  name: 'consents',
  kind: 'versioned',
  scope: { tenant: true },
  schema: Consent,
  key: 'consent_id',
  time: 'set_at',
  retention: 'for_ever',
  summary: 'What the tenant’s decisions may train',
  indexes: {},
});
