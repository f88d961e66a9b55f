// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Count, Name, Timestamp, TraceId } from '../fields.ts';
import { Id } from '../ids.ts';

export const quarantineRoutes = ['prompt_events', 'otlp'] as const;
/** A body that came while redaction was unavailable: sealed as it was received, to be read once redaction is back. Nothing of it stands here. */
export const QuarantineItem = Closed({
  quarantine_id: Id('qu'),
  artifact_id: Id('ar'),
  route: Type.Enum(quarantineRoutes),
  media: Type.Enum(['application/json', 'application/x-protobuf']),
  encoding: Type.Optional(Type.Enum(['gzip'])),
  size: Count,
  received_by: Name,
  trace_id: TraceId,
  received_at: Timestamp,
  expires_at: Timestamp,
});
export type QuarantineItem = Static<typeof QuarantineItem>;
export const quarantine = collection({
  name: 'quarantine',
  kind: 'versioned',
  scope: { tenant: true },
  schema: QuarantineItem,
  key: 'quarantine_id',
  time: 'received_at',
  retention: 'as_needed',
  summary: 'What came while redaction was unavailable, until it is replayed or its time is up',
  indexes: { all: [] },
});
