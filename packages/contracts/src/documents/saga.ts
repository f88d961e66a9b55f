// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Code, Count, Name, Ref, Sha256Hex, TenantId, Timestamp, TraceId } from '../fields.ts';
import { Id } from '../ids.ts';

const StepName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$' });
const Key = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/#@+-]{0,255}$', description: 'Idempotency key: the same over all attempts' });
const CompensateRef = Type.String({ pattern: '^(?:handler|webhook):[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$' });

export const WalKind = Type.Enum(['intent', 'outcome', 'signal', 'operator', 'claim', 'compensate_intent', 'compensate_outcome']);
export const OnUnknown = Type.Enum(['query', 'compensate', 'park', 'retry']);

/** One entry of a tenant's write-ahead log. Entries are the truth about a saga; everything else about it is computed from them. */
export const WalEntry = Closed({
  wal_id: Id('wal'),
  saga_id: Id('sg'),
  tenant_id: TenantId,
  step_name: StepName,
  kind: WalKind,
  status: Type.Enum(['pending', 'done', 'failed']),
  payload_ref: Type.Union([Ref, Type.Null()]),
  compensate_ref: Type.Union([CompensateRef, Type.Null()]),
  on_unknown: Type.Optional(OnUnknown),
  idempotency_key: Key,
  attempt: Type.Integer({ minimum: 1, maximum: 1000 }),
  epoch: Type.Integer({ minimum: 1 }),
  owner_id: Name,
  payload_hash: Type.Union([Sha256Hex, Type.Null()]),
  definition_hash: Type.Union([Sha256Hex, Type.Null()]),
  trace_id: TraceId,
  created_at: Timestamp,
  completed_at: Type.Optional(Timestamp),
  error_code: Type.Optional(Code),
  /** The signal an intent waits for: such a step has no effect of its own. */
  awaits: Type.Optional(Name),
  /** When the saga goes on by itself: a wait's deadline, the next attempt. */
  wake_at: Type.Optional(Timestamp),
});
export type WalEntry = Static<typeof WalEntry>;

export const tenantWal = collection({
  name: 'tenant_wal',
  kind: 'log',
  scope: { tenant: true },
  schema: WalEntry,
  key: 'wal_id',
  time: 'created_at',
  retention: 'tenant_wal',
  summary: 'Intents, outcomes, signals and operator entries of sagas',
  indexes: { all: [], by_saga: ['saga_id'], by_trace: ['trace_id'] },
  unique: [['idempotency_key', 'kind', 'attempt']],
  trace: { kind: 'wal', index: 'by_trace', summary: ['saga_id', 'step_name', 'kind', 'status', 'attempt', 'payload_ref'] },
});

export const SagaStatus = Type.Enum(['running', 'waiting', 'compensating', 'needs_attention', 'done', 'compensated', 'killed']);

/** A cache of what the write-ahead log says of a saga; it may be deleted and is rebuilt. */
export const SagaState = Closed({
  saga_id: Id('sg'),
  name: Name,
  trace_id: TraceId,
  current_step: Type.Union([StepName, Type.Null()]),
  status: SagaStatus,
  owner_agent_id: Name,
  /** The credential a saga started over HTTP belongs to; null for the server's own. */
  owner_key_id: Type.Union([Name, Type.Null()]),
  idempotency_key: Key,
  epoch: Type.Integer({ minimum: 1 }),
  lease_until: Timestamp,
  retries: Count,
  wake_at: Type.Union([Timestamp, Type.Null()]),
  deadline: Type.Optional(Timestamp),
  cancel_requested: Type.Boolean(),
  progress: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  reason: Type.Optional(Code),
  parent_saga_id: Type.Optional(Id('sg')),
  /** The memo as of the last outcome: an artifact's reference. */
  memo_ref: Type.Union([Ref, Type.Null()]),
  last_update_ts: Timestamp,
});
export type SagaState = Static<typeof SagaState>;

export const sagaState = collection({
  name: 'saga_state',
  kind: 'state',
  scope: { tenant: true },
  schema: SagaState,
  key: 'saga_id',
  time: 'last_update_ts',
  retention: 'tenant_wal',
  summary: 'Where each saga stands: a cache computed from tenant_wal',
  indexes: { all: [], by_status: ['status'], by_name: ['name'], by_trace: ['trace_id'], by_idempotency_key: ['idempotency_key'] },
  unique: [['idempotency_key']],
  read: { path: '/dif/sagas', action: 'saga.read', hidden: ['owner_key_id'] },
});

/** When a tenant's sagas should be looked at next: a hint, rebuilt at start, so that closed tenant files stay closed. */
export const Wakeup = Closed({ tenant_id: TenantId, due_at: Timestamp });
export const wakeups = collection({
  name: 'wakeups',
  kind: 'state',
  scope: { platform: true },
  schema: Wakeup,
  key: 'tenant_id',
  time: 'due_at',
  retention: 'as_needed',
  summary: 'When each tenant’s sagas are due',
  indexes: { all: [] },
});
