import {
  AncillaError,
  insert,
  OnUnknown,
  replace,
  sagaState,
  tenantWal,
  toTimestamp,
  WalEntry,
  type Clock,
  type Io,
  type SagaState,
  type Who,
} from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { Type, type Static } from 'typebox';
import type { Artifacts } from '../artifacts/index.ts';
import { sagaIdOf } from './engine.ts';
import { toHistory } from './history.ts';
import type { Of, SagaLog } from './log.ts';

const own = WalEntry.properties;
/** What an agent appends: the server adds ids and times. */
export const Append = Type.Object(
  {
    saga_id: own.saga_id,
    epoch: own.epoch,
    lease_token: Type.String({ minLength: 16, maxLength: 128 }),
    step_name: own.step_name,
    kind: Type.Enum(['intent', 'outcome']),
    status: own.status,
    idempotency_key: own.idempotency_key,
    attempt: Type.Optional(own.attempt),
    payload_ref: Type.Optional(own.payload_ref),
    payload_hash: Type.Optional(own.payload_hash),
    compensate_ref: Type.Optional(own.compensate_ref),
    on_unknown: Type.Optional(OnUnknown),
    trace_id: Type.Optional(own.trace_id),
    error_code: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' })),
  },
  { additionalProperties: false },
);
export type Append = Static<typeof Append>;

export interface Lease {
  readonly saga_id: string;
  readonly epoch: number;
  readonly lease_token: string;
  readonly lease_until: string;
}

/** Sagas that agents in any language drive themselves, over HTTP. */
export interface ExternalSagas {
  start(
    of: Of,
    who: Who,
    asked: {
      readonly name: string;
      readonly trace_id: string;
      readonly owner_agent_id: string;
      readonly deadline?: string;
      readonly idempotency_key: string;
    },
    io: Io,
  ): Promise<{ readonly lease: Lease; readonly created: boolean }>;
  append(
    of: Of,
    who: Who,
    appends: readonly Append[],
    io: Io,
  ): Promise<readonly { readonly wal_id: string; readonly seq: number; readonly created_at: string }[]>;
  heartbeat(
    of: Of,
    who: Who,
    lease: Pick<Lease, 'saga_id' | 'epoch' | 'lease_token'> & { readonly progress?: number },
    io: Io,
  ): Promise<{ readonly lease_until: string; readonly cancel_requested: boolean }>;
  complete(of: Of, who: Who, lease: Pick<Lease, 'saga_id' | 'epoch' | 'lease_token'>, io: Io): Promise<void>;
}

const LEASE_MS = 60_000;
const MOST_STEPS = 1000;

export function openExternalSagas({
  log,
  artifacts,
  clock,
  hmac,
  handlers,
  noteActive,
}: {
  readonly log: SagaLog;
  readonly artifacts: Artifacts;
  readonly clock: Clock;
  /** Keyed by the tenant. */
  readonly hmac: (tenant_id: string, purpose: string, data: string) => Uint8Array;
  /** The compensations that are registered. */
  readonly handlers: () => ReadonlySet<string>;
  readonly noteActive: (tenant_id: string, io: Io) => Promise<void>;
}): ExternalSagas {
  const timestamp = (inMs = 0): string => toTimestamp(clock.now() + inMs);
  /** Made from saga, epoch and credential, so that it need not be kept to be compared, and a repeated start can show it again. */
  const tokenOf = (of: Of, saga_id: string, epoch: number, key_id: string): string =>
    Buffer.from(hmac(of.tenant_id, 'saga-lease', `${saga_id}/${epoch}/${key_id}`)).toString('base64url');

  /** The saga, if this caller holds it now. */
  async function held(of: Of, who: Who, { saga_id, epoch, lease_token }: Pick<Lease, 'saga_id' | 'epoch' | 'lease_token'>, io: Io) {
    const state = await of.tenant.get(sagaState, saga_id, io);
    if (state === undefined) throw new AncillaError('saga.not_found', `no saga ${saga_id}`);
    if (state.doc.owner_key_id !== who.key_id) throw new AncillaError('saga.lease', 'the saga belongs to another credential');
    if (state.doc.epoch !== epoch) throw new AncillaError('saga.stale_owner', `saga ${saga_id} is at epoch ${state.doc.epoch}`);
    if (lease_token !== tokenOf(of, saga_id, epoch, who.key_id))
      throw new AncillaError('saga.lease', 'the lease token is not the one of this saga and epoch');
    if (!['running', 'waiting'].includes(state.doc.status)) throw new AncillaError('saga.state', `saga ${saga_id} is ${state.doc.status}`);
    return state;
  }

  return {
    async start(of, who, asked, io) {
      await noteActive(of.tenant_id, io);
      // Keys of agents and of the server's own sagas never meet.
      const saga_id = sagaIdOf(of.tenant_id, `external/${who.key_id}/${asked.idempotency_key}`);
      const begun = { name: asked.name, owner: asked.owner_agent_id, memo: {}, deadline: asked.deadline ?? null };
      const payload_hash = sha256Hex(canonicalJson(begun));
      const was = await of.tenant.get(sagaState, saga_id, io);
      if (was !== undefined) {
        const [first] = await log.entriesOf(of.tenant, saga_id, io);
        if (first?.payload_hash !== payload_hash)
          throw new AncillaError('saga.payload_conflict', 'this idempotency key started another saga');
        const { epoch, lease_until } = was.doc;
        return { lease: { saga_id, epoch, lease_token: tokenOf(of, saga_id, epoch, who.key_id), lease_until }, created: false };
      }
      const begin = artifacts.prepare(of, {
        category: 'payload',
        content_type: 'application/json',
        bytes: Buffer.from(canonicalJson(begun)),
        trace_id: asked.trace_id,
        created_by: who.id,
      });
      const state: SagaState = {
        saga_id,
        name: asked.name,
        trace_id: asked.trace_id,
        current_step: null,
        status: 'running',
        owner_agent_id: asked.owner_agent_id,
        owner_key_id: who.key_id,
        idempotency_key: `external/${who.key_id}/${asked.idempotency_key}`,
        epoch: 1,
        lease_until: timestamp(LEASE_MS),
        retries: 0,
        wake_at: null,
        ...(asked.deadline !== undefined && { deadline: asked.deadline }),
        cancel_requested: false,
        memo_ref: null,
        last_update_ts: timestamp(),
      };
      const claim = log.toEntry(of, saga_id, asked.trace_id, who.key_id, 1, {
        step_name: 'start',
        kind: 'claim',
        status: 'done',
        idempotency_key: `${saga_id}/start`,
        attempt: 1,
        payload_ref: begin.artifact_id,
        payload_hash,
      });
      await of.tenant.commit(
        [...begin.writes, insert(sagaState, state), insert(tenantWal, claim)],
        [{ of: sagaState, id: saga_id, revision: 'absent' }],
        io,
      );
      return {
        lease: { saga_id, epoch: 1, lease_token: tokenOf(of, saga_id, 1, who.key_id), lease_until: state.lease_until },
        created: true,
      };
    },

    async append(of, who, appends, io) {
      const [first] = appends;
      if (first === undefined) return [];
      if (appends.some(({ saga_id }) => saga_id !== first.saga_id))
        throw new AncillaError('schema.invalid', 'entries of one request belong to one saga');
      const state = await held(of, who, first, io);
      const { saga_id, epoch } = first;
      const existing = await log.entriesOf(of.tenant, saga_id, io);
      if (existing.length + appends.length > MOST_STEPS * 4) throw new AncillaError('saga.state', `a saga has at most ${MOST_STEPS} steps`);
      const all = [...existing];
      const made: WalEntry[] = [];
      const answers: { index: number; entry: WalEntry }[] = [];
      for (const [index, append] of appends.entries()) {
        if (append.epoch !== epoch || append.lease_token !== first.lease_token)
          throw new AncillaError('saga.lease', 'entries of one request are of one lease');
        const entry = toEntry(of, who, state.doc, append, all);
        const known = all.find(
          (each) => each.idempotency_key === entry.idempotency_key && each.kind === entry.kind && each.attempt === entry.attempt,
        );
        const sameKey = all.find((each) => each.idempotency_key === entry.idempotency_key && each.kind === entry.kind);
        if (sameKey !== undefined && sameKey.payload_hash !== entry.payload_hash)
          throw new AncillaError('saga.payload_conflict', `entry ${index}: this idempotency key came with another payload`);
        if (known !== undefined && (known.status !== entry.status || known.step_name !== entry.step_name))
          throw new AncillaError('saga.payload_conflict', `entry ${index}: the log has another entry of this key, kind and attempt`);
        answers.push({ index, entry: known ?? entry });
        if (known === undefined) {
          made.push(entry);
          all.push(entry);
        }
      }
      if (made.length > 0) {
        const current_step = made.at(-1)?.step_name ?? null;
        await of.tenant.commit(
          [
            ...made.map((entry) => insert(tenantWal, entry)),
            replace(sagaState, state, { current_step, lease_until: timestamp(LEASE_MS), last_update_ts: timestamp() }),
          ],
          [],
          io,
        );
      }
      return await Promise.all(
        answers.map(async ({ entry }) => {
          const stored = await of.tenant.get(tenantWal, entry.wal_id, io);
          return { wal_id: entry.wal_id, seq: stored?.seq ?? -1, created_at: entry.created_at };
        }),
      );
    },

    async heartbeat(of, who, lease, io) {
      const state = await held(of, who, lease, io);
      const lease_until = timestamp(LEASE_MS);
      await of.tenant.commit(
        [
          replace(sagaState, state, {
            lease_until,
            last_update_ts: timestamp(),
            ...(lease.progress !== undefined && { progress: lease.progress }),
          }),
        ],
        [],
        io,
      );
      return { lease_until, cancel_requested: state.doc.cancel_requested };
    },

    async complete(of, who, lease, io) {
      const state = await held(of, who, lease, io);
      const open = toHistory(await log.entriesOf(of.tenant, lease.saga_id, io)).steps.find(({ status }) => status === 'pending');
      if (open !== undefined) throw new AncillaError('saga.state', `step ${open.step_name} has an intent without an outcome`);
      const entry = log.toEntry(of, lease.saga_id, state.doc.trace_id, who.key_id, lease.epoch, {
        step_name: 'complete',
        kind: 'operator',
        status: 'done',
        idempotency_key: `${lease.saga_id}/complete`,
        attempt: 1,
        completed_at: timestamp(),
      });
      await of.tenant.commit(
        [insert(tenantWal, entry), replace(sagaState, state, { status: 'done', current_step: null, last_update_ts: timestamp() })],
        [],
        io,
      );
    },
  };

  /** An append as an entry: its kind and status fit, its outcome has an intent, its compensation exists. */
  function toEntry(of: Of, who: Who, state: SagaState, append: Append, all: readonly WalEntry[]): WalEntry {
    const { step_name, kind, status, idempotency_key, payload_ref = null, compensate_ref = null, on_unknown, error_code } = append;
    const wrong = (path: string, message: string) =>
      new AncillaError('schema.invalid', `${kind} of ${step_name}: ${message}`, { errors: [{ path, message }] });
    if ((kind === 'intent') !== (status === 'pending'))
      throw wrong('/status', kind === 'intent' ? 'an intent is pending' : 'an outcome is done or failed');
    if (compensate_ref !== null && !handlers().has(compensate_ref))
      throw wrong('/compensate_ref', `no such registered handler; there are ${[...handlers()].toSorted().join(', ') || 'none'}`);
    const intents = all.filter(
      (each) => each.kind === 'intent' && each.idempotency_key === idempotency_key && each.step_name === step_name,
    );
    const attempt = append.attempt ?? (kind === 'intent' ? 1 : (intents.at(-1)?.attempt ?? 1));
    if (kind === 'outcome' && !intents.some((each) => each.attempt === attempt))
      throw wrong('/idempotency_key', 'there is no intent of this step, key and attempt');
    return log.toEntry(of, state.saga_id, append.trace_id ?? state.trace_id, who.key_id, state.epoch, {
      step_name,
      kind,
      status,
      idempotency_key,
      attempt,
      payload_ref,
      compensate_ref,
      payload_hash: append.payload_hash ?? (payload_ref === null ? null : sha256Hex(payload_ref)),
      ...(on_unknown !== undefined && { on_unknown }),
      ...(error_code !== undefined && { error_code }),
      ...(kind === 'outcome' && { completed_at: timestamp() }),
    });
  }
}
