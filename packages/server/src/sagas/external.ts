import {
  AncillaError,
  DAY_MS,
  invalidAt,
  sagaState,
  tenantWal,
  toTimestamp,
  type Clock,
  type Io,
  type KeyedHash,
  type Of,
  type SagaState,
  type Who,
} from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { openAppends, type Append } from './appends.ts';
import { sagaIdOf } from './engine.ts';
import { againKey, keyOf, verbOf } from './entries.ts';
import { toCache, toHistory } from './history.ts';
import type { Carried, HeldSaga, NewEntry, SagaLog } from './log.ts';
import type { Offered } from './offered.ts';
import type { Payloads, StartPayload } from './payloads.ts';
import type { Said } from './said.ts';

export interface Lease {
  readonly saga_id: string;
  readonly epoch: number;
  readonly lease_token: string;
  readonly lease_until: string;
}

/** What a caller shows to act on a saga. */
type Own = Pick<Lease, 'saga_id' | 'epoch' | 'lease_token'>;

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
    lease: Own & { readonly progress?: number },
    io: Io,
  ): Promise<{ readonly lease_until: string; readonly cancel_requested: boolean }>;
  complete(of: Of, who: Who, lease: Own, io: Io): Promise<void>;
  /** Begins the saga that goes on from one that has ended. Its owner comes to it by starting the old one again. @returns its id */
  goOn(
    of: Of,
    old: SagaState,
    from: { readonly carried: Carried; readonly by: string; readonly trace_id: string },
    io: Io,
  ): Promise<string>;
}

const LEASE_MS = 60_000;
/** So long a saga that was tried again waits for its owner. */
const TRIED_AGAIN_MS = DAY_MS;
const MOST_STEPS = 1000;

export function openExternalSagas({
  log,
  payloads,
  clock,
  hmac,
  said,
  offered,
  noteActive,
}: {
  readonly log: SagaLog;
  readonly payloads: Payloads;
  readonly clock: Clock;
  readonly hmac: KeyedHash;
  readonly said: Said;
  readonly offered: Readonly<Record<string, Offered>>;
  readonly noteActive: (tenant_id: string, io: Io) => Promise<void>;
}): ExternalSagas {
  const timestamp = (inMs = 0): string => toTimestamp(clock.now() + inMs);
  const { plan, admitNew } = openAppends({ payloads, said, offered, timestamp });
  /** Made from saga, epoch and credential, so that it need not be kept to be compared, and a repeated start can show it again. */
  const tokenOf = (of: Of, saga_id: string, epoch: number, key_id: string): string =>
    Buffer.from(hmac(of.tenant_id, 'saga-lease', `${saga_id}/${epoch}/${key_id}`)).toString('base64url');

  /** The saga, if this caller is its last owner. */
  async function recognise(of: Of, who: Who, { saga_id, epoch, lease_token }: Own, io: Io): Promise<HeldSaga> {
    const held = await log.hold(of, saga_id, who.key_id, epoch, io);
    const { doc } = held.state;
    if (doc.owner_key_id !== who.key_id) throw new AncillaError('saga.lease', 'the saga belongs to another credential');
    if (doc.epoch !== epoch) throw new AncillaError('saga.stale_owner', `saga ${saga_id} is at epoch ${doc.epoch}`);
    if (lease_token !== tokenOf(of, saga_id, epoch, who.key_id))
      throw new AncillaError('saga.lease', 'the lease token is not the one of this saga and epoch');
    return held;
  }

  /** The saga, if this caller holds it now. One that is cancelled still takes outcomes, so that what was under way is known. */
  async function hold(of: Of, who: Who, lease: Own, io: Io): Promise<HeldSaga> {
    return assertGoingOn(await recognise(of, who, lease, io));
  }
  function assertGoingOn(held: HeldSaga): HeldSaga {
    const { status } = held.state.doc;
    if (!['running', 'waiting', 'compensating'].includes(status)) throw new AncillaError('saga.state', `saga ${held.saga_id} is ${status}`);
    return held;
  }

  /** Keys of agents, of sagas tried again and of the server’s own never meet. @param admit - asked only when the key is new */
  async function begin(
    of: Of,
    from: {
      readonly begun: StartPayload;
      readonly key_id: string | null;
      readonly by: string;
      readonly trace_id: string;
      readonly idempotency_key: string;
      readonly lease_ms: number;
      readonly deadline?: string | undefined;
      readonly carried?: Carried;
    },
    admit: () => Promise<void>,
    io: Io,
  ): Promise<{ readonly state: SagaState; readonly isNew: boolean }> {
    const { begun, key_id, by, trace_id, idempotency_key, lease_ms, deadline, carried } = from;
    await noteActive(of.tenant_id, io);
    const saga_id = sagaIdOf(of.tenant_id, idempotency_key);
    const payload_hash = sha256Hex(canonicalJson(begun));
    const make = async () => {
      await admit();
      const kept = payloads.prepare(of, begun, trace_id, by);
      const claim: NewEntry = {
        step_name: 'start',
        kind: 'claim',
        status: 'done',
        idempotency_key: keyOf(saga_id, 'start'),
        attempt: 1,
        payload_ref: kept.artifact_id,
        payload_hash,
      };
      const entries = [claim, ...(carried?.entries ?? [])].map((entry) => log.toEntry(of, saga_id, trace_id, key_id ?? by, 1, entry));
      const state: SagaState = {
        saga_id,
        name: begun.name,
        trace_id,
        owner_agent_id: begun.owner,
        owner_key_id: key_id,
        idempotency_key,
        lease_until: timestamp(lease_ms),
        ...(deadline !== undefined && { deadline }),
        ...(carried !== undefined && { parent_saga_id: carried.parent_saga_id }),
        last_update_ts: timestamp(),
        ...toCache(toHistory(entries)),
      };
      return { state, entries, writes: [...kept.writes, ...(carried?.writes ?? [])] };
    };
    return await log.begin(of, { saga_id, payload_hash }, make, io);
  }

  /** The saga that goes on for one, if it was tried again. */
  async function lastOf(of: Of, state: SagaState, io: Io): Promise<SagaState> {
    const again = await of.tenant.get(sagaState, sagaIdOf(of.tenant_id, againKey(state.saga_id)), io);
    return again === undefined ? state : await lastOf(of, again.doc, io);
  }

  return {
    async start(of, who, asked, io) {
      const { name, trace_id, owner_agent_id: owner, deadline } = asked;
      const idempotency_key = `external/${said.keptKey(of, who.key_id, asked.idempotency_key)}`;
      const names = { '/name': name, '/owner_agent_id': owner };
      const begun = { name, owner, memo: {}, deadline: deadline ?? null };
      const from = { begun, key_id: who.key_id, by: who.id, trace_id, idempotency_key, lease_ms: LEASE_MS, deadline };
      const { state, isNew } = await begin(of, from, () => said.checkNames(of, names, io), io);
      const { saga_id, epoch, lease_until } = isNew ? state : await lastOf(of, state, io);
      return { lease: { saga_id, epoch, lease_token: tokenOf(of, saga_id, epoch, who.key_id), lease_until }, created: isNew };
    },

    async goOn(of, { saga_id, name, owner_agent_id: owner, owner_key_id }, { carried, by, trace_id }, io) {
      const begun = { name, owner, memo: {}, steps: carried.entries.map(({ step_name }) => step_name) };
      const from = { begun, key_id: owner_key_id, by, trace_id, idempotency_key: againKey(saga_id), lease_ms: TRIED_AGAIN_MS, carried };
      return (await begin(of, from, async () => {}, io)).state.saga_id;
    },

    async append(of, who, appends, io) {
      const [first] = appends;
      if (first === undefined) return [];
      if (appends.some(({ saga_id }) => saga_id !== first.saga_id))
        throw invalidAt('/saga_id', 'must be the same in all entries', 'entries of one request belong to one saga');
      if (appends.some(({ epoch, lease_token }) => epoch !== first.epoch || lease_token !== first.lease_token))
        throw new AncillaError('saga.lease', 'entries of one request are of one lease');
      const held = await hold(of, who, first, io);
      if (held.entries.length + appends.length > MOST_STEPS * 4)
        throw new AncillaError('saga.state', `a saga has at most ${MOST_STEPS} steps`);
      let planned = plan(held, appends);
      await admitNew({ ...of, who }, held, planned, io);
      const made = planned.every(({ known }) => known !== undefined)
        ? []
        : await held.append(
            (add) => {
              planned = plan(held, appends);
              for (const { known, entry } of planned) if (known === undefined) add(entry);
            },
            { lease_until: timestamp(LEASE_MS) },
            io,
          );
      const fresh = made.values();
      const entries = planned.flatMap(({ known }) => known ?? fresh.next().value ?? []);
      return await Promise.all(
        entries.map(async ({ wal_id, created_at }) => ({
          wal_id,
          seq: (await of.tenant.get(tenantWal, wal_id, io))?.seq ?? -1,
          created_at,
        })),
      );
    },

    async heartbeat(of, who, { progress, ...lease }, io) {
      const held = await hold(of, who, lease, io);
      const lease_until = timestamp(LEASE_MS);
      await held.append(() => {}, { lease_until, ...(progress !== undefined && { progress }) }, io);
      return { lease_until, cancel_requested: held.history.cancelled };
    },

    async complete(of, who, lease, io) {
      // Said again because the answer was lost: nobody but its owner ends a saga as done.
      const held = await recognise(of, who, lease, io);
      if (held.history.status === 'done') return;
      assertGoingOn(held);
      await held.append(
        (add, history) => {
          if (history.undoing !== null) throw new AncillaError('saga.state', `saga ${lease.saga_id} is being undone: ${history.undoing}`);
          const open = history.steps.find(({ status }) => status === 'pending');
          if (open !== undefined) throw new AncillaError('saga.state', `step ${open.step_name} has an intent without an outcome`);
          add(verbOf(held, history, 'complete', { completed_at: timestamp() }));
        },
        {},
        io,
      );
    },
  };
}
