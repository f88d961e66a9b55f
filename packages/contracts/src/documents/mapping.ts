// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Confidence, Name, Ref, Sentence, SpanId, Timestamp, TraceId, Version } from '../fields.ts';
import { Id } from '../ids.ts';

/** A column's or table's name after redaction. */
const Label = Type.String({ minLength: 1, maxLength: 256, description: 'Name of a table or column, redacted' });
const SemanticId = Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]{1,256}$', description: 'Id of a glossary entry' });

export const Reason = Closed({ feature: Name, value: Type.Number(), text: Type.String({ maxLength: 300 }) });
export const Candidate = Closed({ semantic_id: SemanticId, score: Confidence, reasons: Type.Array(Reason, { maxItems: 10 }) });
export type Candidate = Static<typeof Candidate>;
export const Source = Closed({ dataset: Label, table: Label, column: Label });
const ModelArm = Closed({
  id: Name,
  version: Version,
  arm: Type.Enum(['stable', 'canary', 'shadow']),
});
const Config = Closed({ id: Name, version: Version });
/** The rollout an answer was part of. */
const Trial = Closed({
  rollout_id: Id('ro'),
  /** Keyed hash of what falls on one arm as a whole. */
  unit: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  /** Whose answer was shown; `both`: the candidate answered in the shadow beside it. */
  arm: Type.Enum(['stable', 'candidate', 'both']),
  /** How many answers there were to decide on together with this one. */
  answers: Type.Integer({ minimum: 1 }),
  /** What was shown as right; null: none of the glossary's terms. */
  shown: Type.Union([SemanticId, Type.Null()]),
  /** What the candidate in the shadow took for right; nobody who decides sees it before. */
  shadow: Type.Optional(Type.Union([SemanticId, Type.Null()])),
});

export const MappingSuggestion = Closed({
  suggestion_id: Id('su'),
  trace_id: TraceId,
  saga_id: Id('sg'),
  dataset: Label,
  table: Label,
  column: Label,
  status: Type.Enum(['open', 'decided', 'superseded']),
  abstained: Type.Boolean(),
  candidates: Type.Array(Candidate, { maxItems: 20 }),
  /** The score that the review policy asked of the best candidate, where it did. */
  suggest_at: Type.Optional(Closed({ score: Confidence, policy: Name })),
  model: ModelArm,
  agent_config: Config,
  glossary: Config,
  trials: Type.Optional(Type.Array(Trial, { maxItems: 4 })),
  features_ref: Ref,
  /** The table as it came, where policy keeps raw content; sealed. */
  sample_ref: Type.Optional(Ref),
  /** The span of the run that made it: what a decision's span hangs from. */
  span_id: SpanId,
  /** The decision in force, once there is one. */
  mapping_history_id: Type.Optional(Id('mh')),
  created_at: Timestamp,
});
export type MappingSuggestion = Static<typeof MappingSuggestion>;

export const mappingSuggestions = collection({
  name: 'mapping_suggestions',
  kind: 'state',
  scope: { tenant: true },
  schema: MappingSuggestion,
  key: 'suggestion_id',
  time: 'created_at',
  retention: 'as_needed',
  summary: 'Open and decided suggestions: the review queue',
  indexes: { all: [], by_status: ['status'], by_trace: ['trace_id'], by_column: ['dataset', 'table', 'column', 'status'] },
  trace: { kind: 'suggestion', index: 'by_trace', summary: ['table', 'column', 'status', 'abstained', 'model'] },
});

export const decisions = ['accept', 'override', 'reject', 'none_of_these', 'new_term'] as const;
export const Decision = Type.Enum(decisions);
export type Decision = Static<typeof Decision>;

/** A person's decision. Never changed: a correction is a new entry that says what it supersedes. */
export const Mapping = Closed({
  mapping_history_id: Id('mh'),
  trace_id: TraceId,
  review_trace_id: TraceId,
  suggestion_id: Type.Optional(Id('su')),
  source: Source,
  decision: Decision,
  semantic_id: Type.Union([SemanticId, Type.Null()]),
  candidates: Type.Array(Closed({ semantic_id: SemanticId, score: Confidence }), { maxItems: 20 }),
  features_ref: Ref,
  /** The table as it came, where policy keeps raw content: an artifact, which no training example names. */
  sample_ref: Type.Optional(Ref),
  reviewer_id: Name,
  justification: Type.Optional(Sentence),
  model: ModelArm,
  agent_config: Config,
  glossary: Config,
  trials: Type.Optional(Type.Array(Trial, { maxItems: 4 })),
  /** Decided without seeing what was suggested. */
  blind: Type.Optional(Type.Literal(true)),
  /** How long the person looked at it, as their client says. */
  lead_time_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000 })),
  decided_at: Timestamp,
  supersedes: Type.Optional(Id('mh')),
});
export type Mapping = Static<typeof Mapping>;

export const mappingHistory = collection({
  name: 'mapping_history',
  kind: 'log',
  scope: { tenant: true },
  schema: Mapping,
  key: 'mapping_history_id',
  time: 'decided_at',
  retention: 'mapping_history',
  summary: 'What people decided on suggestions',
  indexes: {
    all: [],
    by_trace: ['trace_id'],
    by_review_trace: ['review_trace_id'],
    by_semantic_id: ['semantic_id'],
    by_reviewer: ['reviewer_id'],
  },
  read: { path: '/dif/mapping_history', action: 'review.read' },
  trace: { kind: 'decision', index: 'by_trace', summary: ['decision', 'semantic_id', 'reviewer_id', 'review_trace_id'] },
});
