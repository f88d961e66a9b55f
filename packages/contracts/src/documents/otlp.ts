// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Count, Timestamp, TraceId } from '../fields.ts';
import { Id } from '../ids.ts';

/** An attribute key of an instrumentation that was left out, as it came first: how an upgrade that sends more is noticed. Nothing of its values stands here. */
export const OtlpKey = Closed({
  otlp_key_id: Id('ok'),
  /** The library's own name; empty where it was none. */
  library: Type.String({ pattern: '^(?:[A-Za-z0-9@][A-Za-z0-9._:@/-]{0,127})?$' }),
  /** Or `key:` and a keyed hash, where it could be what a person wrote. */
  key: Type.String({ pattern: '^[A-Za-z0-9._:-]{1,64}$' }),
  type: Type.Enum(['string', 'number', 'boolean', 'list', 'map', 'bytes', 'empty']),
  /** Of its first value. */
  bytes: Count,
  trace_id: TraceId,
  first_seen: Timestamp,
});
export type OtlpKey = Static<typeof OtlpKey>;

export const otlpKeys = collection({
  name: 'otlp_keys',
  kind: 'state',
  scope: { tenant: true },
  schema: OtlpKey,
  key: 'otlp_key_id',
  time: 'first_seen',
  retention: 'as_needed',
  summary: 'Attribute keys that instrumentations were first seen to send and that are left out',
  indexes: { all: [] },
  read: { path: '/dif/otlp_keys', action: 'evidence.read' },
});
