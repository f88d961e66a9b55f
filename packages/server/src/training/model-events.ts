// What became of models, as CloudEvents 1.0 in JSON: read from the log that proves it, so that nothing can be told that did not happen, and nothing be missed.
import {
  changes,
  Closed,
  Label,
  labels,
  modelRegistry,
  nothing,
  pageOf,
  paging,
  Rollout,
  rollouts,
  route,
  type Change,
  type Entry,
  type ModelVersion,
} from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

const types = [
  'registered',
  'labelled',
  'promoted',
  'rolled_back',
  'shadow_started',
  'canary_started',
  'rollout_decided',
  'rollout_ended',
] as const;
type What = (typeof types)[number];

/** @see https://github.com/cloudevents/spec version 1.0.2; `sequence` and `traceid` are extension attributes */
const ModelEvent = Type.Object({
  specversion: Type.Literal('1.0'),
  /** Of the entry in the log, by which it can be proven. */
  id: Type.String(),
  source: Type.String(),
  type: Type.Enum(types.map((what) => `com.ancilla.model_version.${what}.v1` as const)),
  /** `{model_id}/versions/{version}` */
  subject: Type.String(),
  time: Type.String(),
  datacontenttype: Type.Literal('application/json'),
  sequence: Type.String(),
  traceid: Type.String(),
  /** Ids, names and digests only. */
  data: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
});

/** What an entry of the log says of a model; undefined for one that is about something else. */
interface Told {
  readonly what: What;
  readonly id: string;
  readonly model_id: string;
  readonly version: string;
  readonly time: string;
  readonly trace_id: string;
  readonly data: Readonly<Record<string, string | null>>;
}

/** So many entries of the log are looked through for one answer. */
const MOST_READ = 20_000;
const PAGE = 50;

export const modelEventRoute = route({
  method: 'GET',
  path: '/models/events',
  action: 'training.read',
  summary:
    'What became of models as CloudEvents, oldest first: registered, labels moved, promoted, rolled back, rollouts begun and decided. Poll with the last `sequence` as cursor',
  ...nothing,
  query: Closed({
    cursor: Type.Optional(Type.String({ pattern: '^\\d{1,15}$' })),
    limit: paging.limit,
  }),
  answers: { 200: pageOf(ModelEvent) },
  async handle({ tenant, tenant_id, query: { cursor, limit = PAGE }, signal }) {
    const items: Static<typeof ModelEvent>[] = [];
    let read = 0;
    let next_cursor: string | null = null;
    for await (const entry of tenant.feed([modelRegistry, changes], Number(cursor ?? -1), { signal })) {
      if (items.length === limit || read === MOST_READ) {
        next_cursor = String(entry.seq - 1);
        break;
      }
      read++;
      const told = tell(entry);
      if (told !== undefined) items.push(toCloudEvent(tenant_id, entry.seq, told));
    }
    return [200, { items, next_cursor }] as const;
  },
});

const toCloudEvent = (tenant_id: string, seq: number, { what, id, model_id, version, time, trace_id, data }: Told) => ({
  specversion: '1.0' as const,
  id,
  source: `/tenants/${tenant_id}/models`,
  type: `com.ancilla.model_version.${what}.v1` as const,
  subject: `${model_id}/versions/${version}`,
  time,
  datacontenttype: 'application/json' as const,
  sequence: String(seq),
  traceid: trace_id,
  data: { model_id, version, ...data },
});

function tell(entry: Entry<typeof modelRegistry | typeof changes>): Told | undefined {
  if (entry.doc === undefined) return undefined;
  return entry.in === 'model_registry' ? tellRegistered(entry.doc) : tellChanged(entry.doc);
}

const tellRegistered = (doc: ModelVersion): Told => ({
  what: 'registered',
  id: doc.model_version_id,
  model_id: doc.model_id,
  version: doc.version,
  time: doc.created_at,
  trace_id: doc.trace_id,
  data: { digest: doc.digest, dataset_id: doc.dataset_id, dataset_sha256: doc.dataset_sha256, run_id: doc.run_id },
});

function tellChanged({ change_id, collection, document, who, policy, trace_id, at }: Change): Told | undefined {
  const of = { id: change_id, time: at, trace_id };
  if (collection === labels.name && Value.Check(Label, document) && document.kind === 'models') {
    const { id: model_id, version, label, previous, approved_by } = document;
    return {
      ...of,
      what: movedTo(label, policy),
      model_id,
      version,
      data: { label, previous, policy: policy ?? null, moved_by: who, approved_by },
    };
  }
  if (collection !== rollouts.name || !Value.Check(Rollout, document) || document.kind !== 'models') return undefined;
  const { id: model_id, candidate, stage, stable, verdict, why = null, rollout_id } = document;
  return {
    ...of,
    what: verdict === 'running' ? `${stage}_started` : isDecided(document) ? 'rollout_decided' : 'rollout_ended',
    model_id,
    version: candidate.version,
    data: { rollout_id, stage, verdict, why, stable, digest: candidate.digest },
  };
}

/** Ends that say nothing of how good the candidate is. */
const WITHOUT_EVIDENCE: ReadonlySet<Rollout['why']> = new Set(['flagged', 'promoted', 'replaced', 'by_hand']);
/** Whether the evidence says something new. */
const isDecided = ({ verdict, why, serving }: Rollout): boolean => !WITHOUT_EVIDENCE.has(why) && (verdict !== 'eligible' || serving);

/** Labels of a comparison are told by the rollout they begin. */
function movedTo(label: string, policy: string | undefined): What {
  if (label !== 'production') return 'labelled';
  return policy?.startsWith('rollback@') === true ? 'rolled_back' : 'promoted';
}
