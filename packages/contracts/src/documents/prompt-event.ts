// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Cents, Closed, Code, Count, Name, Origin, Ref, Sha256Hex, SpanId, TenantId, Timestamp, TraceId, Version } from '../fields.ts';
import { Id } from '../ids.ts';

const nullable = <const T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const SummaryWord = Type.String({ pattern: '^[A-Za-z0-9._:/#@+-]{0,128}$' });
const SummaryScalar = Type.Union([Type.Number(), Type.Boolean(), SummaryWord, Type.Null()]);
const SummaryKey = '^[A-Za-z0-9_.-]{1,64}$';

/** What redaction did to the prompt: recomputable by whoever holds the artifacts and the right. */
export const RedactionReceipt = Closed({
  policy_id: Name,
  policy_version: Version,
  engine_version: Version,
  token_key_version: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  counts: Type.Record(Type.String({ pattern: '^[A-Z][A-Z0-9_]{0,39}$' }), Count),
  bytes_in: Count,
  bytes_out: Count,
});
export type RedactionReceipt = Static<typeof RedactionReceipt>;

/** At most 1 KB and depth 2, of numbers, booleans and id-like words: it cannot hold a sentence. */
export const ResponseSummary = Type.Record(
  Type.String({ pattern: SummaryKey }),
  Type.Union([
    SummaryScalar,
    Type.Array(SummaryScalar, { maxItems: 32 }),
    Type.Record(Type.String({ pattern: SummaryKey }), SummaryScalar),
  ]),
);

/** One agent call, without a word of it. `tenant_id` and `source` are the server's; a client may leave them out. */
export const PromptEvent = Closed({
  event_id: Id('pe'),
  trace_id: TraceId,
  span_id: SpanId,
  parent_trace_id: Type.Optional(TraceId),
  saga_id: Type.Optional(Id('sg')),
  tenant_id: TenantId,
  agent_id: Name,
  agent_config_id: nullable(Name),
  agent_config_version: nullable(Version),
  prompt_template_id: nullable(Name),
  prompt_version: nullable(Version),
  prompt_hash: Sha256Hex,
  redaction_applied: Type.Boolean({ description: 'Redaction ran and succeeded' }),
  redaction_receipt: RedactionReceipt,
  input_artifact_refs: Type.Array(Ref, { maxItems: 100 }),
  model_id: Name,
  model_version: nullable(Version),
  endpoint: Origin,
  start_ts: Timestamp,
  end_ts: Timestamp,
  latency_ms: Type.Integer({ minimum: 0, maximum: 1e9 }),
  cost_estimate: Cents,
  price_list_version: Type.Optional(Version),
  response_summary: ResponseSummary,
  response_artifact_ref: Type.Optional(Ref),
  success: Type.Boolean(),
  error_code: Type.Optional(Code),
  metrics: Closed({
    token_count_in: nullable(Count),
    token_count_out: nullable(Count),
    bytes_sent: Count,
    bytes_received: Type.Optional(Count),
    inference_ms: Type.Optional(Count),
  }),
  execution_env: Closed({ realm: Name, node_id: Name, sdk: Name, sdk_version: Version }),
  toolset: Type.Optional(Type.Array(Name, { maxItems: 100 })),
  hooks: Type.Optional(
    Type.Array(
      Closed({
        name: Name,
        kind: Type.Enum(['pre', 'post']),
        ok: Type.Boolean(),
        ms: Type.Number({ minimum: 0 }),
      }),
      {
        maxItems: 50,
      },
    ),
  ),
  arm: Type.Optional(Type.Enum(['stable', 'canary', 'shadow'])),
  /** The rollout whose draw said so: whoever has not heard of a newer one yet speaks of the one before. */
  rollout_id: Type.Optional(Id('ro')),
  source: Type.Enum(['sdk', 'otlp', 'server']),
  emitter: Closed({ id: Name, seq: Count }),
  subject_refs: Type.Optional(Type.Array(Ref, { maxItems: 100 })),
  unresolved: Type.Optional(Type.Array(Name, { maxItems: 10, description: 'Which of config and template the tenant does not know' })),
});
export type PromptEvent = Static<typeof PromptEvent>;

/** What a client sends: without what the server fills in. */
export const PromptEventInput = Type.Object(
  {
    ...PromptEvent.properties,
    tenant_id: Type.Optional(TenantId),
    source: Type.Optional(PromptEvent.properties.source),
    unresolved: Type.Optional(Type.Array(Name, { maxItems: 10 })),
  },
  { additionalProperties: false },
);
export type PromptEventInput = Static<typeof PromptEventInput>;

export const promptEvents = collection({
  name: 'prompt_events',
  kind: 'log',
  scope: { tenant: true },
  schema: PromptEvent,
  key: 'event_id',
  time: 'start_ts',
  retention: 'prompt_events',
  summary: 'One per agent call, no raw text',
  indexes: {
    all: [],
    by_trace: ['trace_id'],
    by_agent: ['agent_id'],
    by_agent_success: ['agent_id', 'success'],
    by_saga: ['saga_id'],
    by_model: ['model_id'],
    by_success: ['success'],
  },
  read: { path: '/dif/prompt_events', action: 'evidence.read' },
  trace: { kind: 'prompt_event', index: 'by_trace', summary: ['agent_id', 'model_id', 'success', 'latency_ms', 'prompt_hash', 'span_id'] },
});
