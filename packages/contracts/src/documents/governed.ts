// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Name, Ref, Sentence, Timestamp, TraceId, Version } from '../fields.ts';
import { Id } from '../ids.ts';

export const governedKinds = [
  'agent_configs',
  'prompt_templates',
  'redaction_policies',
  'promotion_policies',
  'review_policies',
  'glossaries',
  'price_lists',
  'tool_interfaces',
  'json_schemas',
  'models',
] as const;
export type GovernedKind = (typeof governedKinds)[number];
export const GovernedKindName = Type.Enum(governedKinds);

const Digest = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' });
/** Key of a version: `kind/id@version`. */
const VersionKey = Type.String({ pattern: '^[a-z_]{1,32}/[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}@[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$' });

export const GovernedVersion = Closed({
  version_key: VersionKey,
  kind: GovernedKindName,
  id: Name,
  version: Version,
  digest: Digest,
  parent: Type.Union([Version, Type.Null()]),
  author: Name,
  message: Sentence,
  trace_id: TraceId,
  created_at: Timestamp,
  /** In canonical order. */
  content: Type.Unknown(),
  /** The content's JSON in its author's order, where that is another: what comes back is what was saved. */
  source: Type.Optional(Type.String({ maxLength: 1_048_576 })),
  unresolved: Type.Array(Type.String({ maxLength: 300 }), { maxItems: 100 }),
  tests: Type.Array(Closed({ name: Name, passed: Type.Boolean(), detail: Type.Optional(Type.String({ maxLength: 300 })) }), {
    maxItems: 100,
  }),
});
export type GovernedVersion = Static<typeof GovernedVersion>;

export const curatorVersions = collection({
  name: 'curator_versions',
  kind: 'log',
  scope: { tenant: true, platform: true },
  schema: GovernedVersion,
  key: 'version_key',
  time: 'created_at',
  retention: 'for_ever',
  summary: 'Immutable versions of governed documents',
  indexes: { by_document: ['kind', 'id'], by_kind: ['kind'] },
});

/** A label names the version that is live. Its history is in `changes`. */
export const Label = Closed({
  label_key: Type.String({ pattern: '^[a-z_]{1,32}/[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}#[a-z][a-z0-9_-]{0,31}$' }),
  kind: GovernedKindName,
  id: Name,
  label: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,31}$' }),
  version: Version,
  previous: Type.Union([Version, Type.Null()]),
  /** Under which policy it moved; what comes with a release moves under none. */
  policy: Type.Optional(Ref),
  moved_by: Name,
  approved_by: Type.Union([Name, Type.Null()]),
  moved_at: Timestamp,
});
export type Label = Static<typeof Label>;

export const labels = collection({
  name: 'labels',
  kind: 'versioned',
  scope: { tenant: true, platform: true },
  schema: Label,
  key: 'label_key',
  time: 'moved_at',
  retention: 'for_ever',
  summary: 'Which version of a governed document is live',
  indexes: { by_document: ['kind', 'id'], all: [] },
});

/** A move that waits for a second person; gone once the label has moved. A newer request for the same label takes its place. */
export const LabelMove = Closed({
  label_key: Label.properties.label_key,
  kind: GovernedKindName,
  id: Name,
  label: Label.properties.label,
  version: Version,
  /** What the approval is for: these bytes and no others. */
  digest: Digest,
  /** The version the label named when the move was asked for. */
  previous: Type.Union([Version, Type.Null()]),
  policy: Ref,
  requested_by: Name,
  /** What it was asked for with: an API key, or a session of the console. */
  requested_with: Name,
  reason: Sentence,
  trace_id: TraceId,
  requested_at: Timestamp,
  saga_id: Type.Union([Id('sg'), Type.Null()]),
  approved_by: Type.Union([Name, Type.Null()]),
});
export type LabelMove = Static<typeof LabelMove>;

export const labelMoves = collection({
  name: 'label_moves',
  kind: 'state',
  scope: { tenant: true },
  schema: LabelMove,
  key: 'label_key',
  time: 'requested_at',
  retention: 'as_needed',
  summary: 'Label moves that wait for a second person',
  indexes: { all: [] },
});
