import {
  AncillaError,
  everyOf,
  isAncillaError,
  put,
  remove,
  sagaState,
  toTimestamp,
  wakeups,
  type Clock,
  type Io,
  type Later,
  type Of,
  type PlatformStore,
  type Saga,
  type SagaRunner,
  type SagaState,
  type TenantStore,
} from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { toAnySaga, type AnySaga } from './definition.ts';
import { sagaIdOf, type Engine, type From, type Outcome } from './engine.ts';
import { isOver, toHistory, type History } from './history.ts';
import type { HeldSaga, SagaLog } from './log.ts';
import type { Payloads } from './payloads.ts';

export interface RunnerParts {
  readonly engine: Engine;
  readonly log: SagaLog;
  readonly payloads: Payloads;
  readonly platform: PlatformStore;
  readonly tenantStore: (tenant_id: string) => TenantStore;
  readonly clock: Clock;
  readonly owner_id: string;
  readonly later: Later;
  readonly onError: (error: unknown) => void;
  /** What steps that are under way may still take when the process ends. */
  readonly graceMs: number;
  /** One process holds the store, so whoever owned a saga before this process is gone: no lease is waited for at start. */
  readonly exclusive: boolean;
}

export interface Runner extends SagaRunner, AsyncDisposable {
  /** Tells which sagas there are, and takes up what an earlier process left. */
  serve(sagas: readonly Saga[]): Promise<void>;
  /** Looks once for sagas whose owner is gone or whose time has come. */
  sweep(): Promise<void>;
  /** Another server wrote to a tenant's store: a saga there may be free now. */
  heard(tenant_id: string): void;
  /** Goes on with one saga now: after a signal or an operator's verb. */
  wake(of: Of, saga_id: string): void;
  readonly sagas: ReadonlyMap<string, AnySaga>;
  /** Starts a declared saga, from where another one stood if it carries that on. */
  begin(saga: AnySaga, from: From): Promise<{ readonly saga_id: string; readonly settled: Promise<Outcome> }>;
  /** Says durably that a tenant has sagas, before the first of them exists. */
  noteActive(tenant_id: string, io: Io): Promise<void>;
}

const SWEEP_MS = 1000;
/** News of a tenant come often: one look answers all that came meanwhile. */
const HEARD_MS = 100;
/** So long a process relies on its note that a tenant has sagas; each may take notes away that are much older. */
const NOTED_MS = 30_000;
const KEPT_MS = 4 * NOTED_MS;
/** Sagas of one tenant driven at once: a busy tenant does not keep the others waiting. */
const AT_ONCE = 8;
const ACTIVE = ['running', 'compensating', 'waiting'] as const;

export function openRunner(parts: RunnerParts): Runner {
  const { engine, log, payloads, platform, tenantStore, clock, later, onError, graceMs, exclusive } = parts;
  const definitions = new Map<string, AnySaga>();
  const driving = new Map<string, { readonly held: HeldSaga; readonly done: Promise<Outcome> }>();
  /** Tenants that had sagas when all were looked at last, and of those, the ones that are looked at next for what was heard. */
  const active = new Set<string>();
  const listening = new Map<string, () => void>();
  const starting = new Map<string, Promise<unknown>>();
  const busy = new Set<string>();
  const again = new Set<string>();
  const notedUntil = new Map<string, number>();
  const ending = new AbortController();
  const stop = new AbortController();
  const io: Io = { signal: stop.signal };
  let cancelSweep = () => {};
  let sweeping: Promise<void> = Promise.resolve();

  const isPast = (at: string | null | undefined): boolean => typeof at === 'string' && Date.parse(at) <= clock.now();
  const leaseExpired = ({ lease_until }: SagaState): boolean => isPast(lease_until);

  async function noteActive(tenant_id: string, io_: Io): Promise<void> {
    while ((notedUntil.get(tenant_id) ?? 0) <= clock.now()) {
      const now = clock.now();
      const note = await platform.get(wakeups, tenant_id, io_);
      const fresh = { tenant_id, due_at: toTimestamp(now) };
      try {
        await platform.commit([put(wakeups, note, fresh)], [], io_);
        notedUntil.set(tenant_id, now + NOTED_MS);
      } catch (error) {
        // Another process wrote it, or took it away: seen at the next look.
        if (!isAncillaError(error, 'store.conflict', 'store.revision_conflict')) throw error;
      }
    }
  }

  /** One at a time a saga: who comes meanwhile is served when it is through, since what they came for may have been overlooked. */
  async function alone(of: Of, saga_id: string, work: () => Promise<void>): Promise<void> {
    if (busy.has(saga_id)) {
      again.add(saga_id);
      return;
    }
    busy.add(saga_id);
    try {
      await work();
    } catch (error) {
      if (!isAncillaError(error, 'saga.stale_owner', 'store.revision_conflict', 'store.conflict') && !ending.signal.aborted) onError(error);
    } finally {
      busy.delete(saga_id);
      if (again.delete(saga_id) && !ending.signal.aborted) runner.wake(of, saga_id);
    }
  }

  function drive(saga: AnySaga | undefined, held: HeldSaga): Promise<Outcome> {
    const done = engine.drive(saga, held, io, ending.signal).finally(() => driving.delete(held.saga_id));
    driving.set(held.saga_id, { held, done });
    return done;
  }

  /** One of another release is left to that. An agent’s saga needs no declaration. */
  const isDeclared = ({ owner_key_id, name }: SagaState): boolean => owner_key_id !== null || definitions.has(name);

  /** Takes over and goes on; whoever lost the race leaves it to the winner. */
  const takeUp = (of: Of, saga_id: string): Promise<void> =>
    alone(of, saga_id, async () => {
      if (ending.signal.aborted) return;
      const state = await of.tenant.get(sagaState, saga_id, io);
      if (state === undefined || !ACTIVE.some((status) => status === state.doc.status)) return;
      const isAgents = state.doc.owner_key_id !== null;
      const saga = isAgents ? undefined : definitions.get(state.doc.name);
      // An agent's saga is its own as long as it keeps the lease or the saga has time.
      if (!isDeclared(state.doc) || (isAgents && !leaseExpired(state.doc) && !isPast(state.doc.deadline))) return;
      await drive(saga, await engine.claim(of, state.doc, io));
    });

  async function sweepTenant(tenant_id: string, expired: (state: SagaState) => boolean): Promise<void> {
    const of: Of = { tenant: tenantStore(tenant_id), tenant_id };
    let any = false;
    for (const status of ACTIVE) {
      const { items } = await of.tenant.find(sagaState, { index: 'by_status', equals: { status }, limit: 500, oldest_first: true }, io);
      any ||= items.length > 0;
      const isDue = (doc: SagaState) => isPast(doc.deadline) || (doc.status === 'waiting' ? isPast(doc.wake_at) : expired(doc));
      // What this server cannot take up takes no place from what it can.
      const due = items.filter(({ doc }) => isDeclared(doc) && isDue(doc));
      for (const { doc } of due.slice(0, AT_ONCE)) void takeUp(of, doc.saga_id);
    }
    if (any) return;
    const note = await platform.get(wakeups, tenant_id, io);
    // Whoever is about to start a saga relies on a note that is not old, and renews one that is: then this removal is refused.
    if (note === undefined || Date.parse(note.doc.due_at) + KEPT_MS > clock.now()) return;
    try {
      await platform.commit([remove(wakeups, tenant_id)], [{ of: wakeups, id: tenant_id, revision: note.revision }], io);
    } catch (error) {
      if (!isAncillaError(error, 'store.revision_conflict')) throw error;
    }
  }

  async function sweepAll(expired: (state: SagaState) => boolean): Promise<void> {
    active.clear();
    for await (const { doc } of everyOf((page) => platform.find(wakeups, { index: 'all', equals: {}, ...page }, io))) {
      active.add(doc.tenant_id);
      try {
        await sweepTenant(doc.tenant_id, expired);
      } catch (error) {
        // One tenant's trouble is not another's.
        if (!stop.signal.aborted) onError(error);
      }
    }
  }
  const schedule = (): void => {
    // A sweep that was under way when the engine stopped begins no other.
    if (ending.signal.aborted) return;
    cancelSweep = later(SWEEP_MS, () => {
      sweeping = sweepAll(leaseExpired)
        .catch((error: unknown) => stop.signal.aborted || onError(error))
        .then(schedule);
    });
  };

  const runner: Runner = {
    sagas: definitions,
    noteActive,
    async serve(sagas) {
      for (const saga of sagas) definitions.set(saga.name, toAnySaga(saga));
      const ours = (state: SagaState) => state.owner_key_id === null;
      await sweepAll((state) => (exclusive && ours(state)) || leaseExpired(state));
      schedule();
    },
    sweep: () => sweepAll(leaseExpired),
    async start(saga, from) {
      const { saga_id, settled } = await runner.begin(toAnySaga(saga), from);
      // The memo that comes back is what the saga's own schema accepted.
      return { saga_id, settled: settled as Promise<never> };
    },
    async begin(saga, from) {
      ending.signal.throwIfAborted();
      await noteActive(from.tenant_id, io);
      const of: Of = { tenant: from.tenant, tenant_id: from.tenant_id };
      const saga_id = sagaIdOf(from.tenant_id, from.idempotency_key);
      // Whoever asks for the same while it begins joins it.
      for (let other = starting.get(saga_id); other !== undefined; other = starting.get(saga_id)) await other.catch(() => {});
      const begun = engine.start(saga, from, io);
      starting.set(saga_id, begun);
      const held = await begun.finally(() => starting.delete(saga_id));
      // Free, unless this process stood still for so long that its note may be gone.
      await noteActive(from.tenant_id, io);
      let settled: Promise<Outcome>;
      if (held === undefined)
        settled =
          driving.get(saga_id)?.done ?? log.hold(of, saga_id, parts.owner_id, undefined, io).then((seen) => engine.outcomeOf(seen, io));
      else {
        settled = drive(saga, held);
        const driven = settled;
        void alone(of, saga_id, () => driven.then(() => {}));
      }
      // Whoever does not wait for the end is not told of it by an unhandled rejection.
      settled.catch(() => {});
      return { saga_id, settled };
    },
    async signal({ tenant, tenant_id, saga_id }, { signal_id, name, payload, by }) {
      const of: Of = { tenant, tenant_id };
      const held = await log.hold(of, saga_id, by, undefined, io);
      const key = `${saga_id}/signal/${signal_id}`;
      const payload_hash = sha256Hex(canonicalJson(payload));
      const isDelivered = ({ signals }: History) => {
        const known = signals.find((each) => each.key === key);
        if (known !== undefined && known.payload_hash !== payload_hash)
          throw new AncillaError('saga.payload_conflict', 'this signal came before with another payload');
        return known !== undefined;
      };
      if (!isDelivered(held.history)) {
        if (isOver(held.history) || held.history.undoing !== null)
          throw new AncillaError('saga.state', `saga ${saga_id} is ${held.history.status}: a signal comes too late`);
        const kept = payloads.prepare(of, payload, held.state.doc.trace_id, by);
        const entry = {
          step_name: name,
          kind: 'signal',
          status: 'done',
          idempotency_key: key,
          attempt: 1,
          payload_ref: kept.artifact_id,
          payload_hash,
        } as const;
        try {
          await held.append((add) => void add(entry), { writes: kept.writes }, io);
        } catch (error) {
          // The same signal twice at once: the other one has delivered it.
          if (!isAncillaError(error, 'store.conflict') || !isDelivered(toHistory(await log.entriesOf(tenant, saga_id, io)))) throw error;
        }
      }
      runner.wake(of, saga_id);
    },
    heard(tenant_id) {
      if (ending.signal.aborted || !active.has(tenant_id) || listening.has(tenant_id)) return;
      const look = () => {
        listening.delete(tenant_id);
        sweepTenant(tenant_id, leaseExpired).catch((error: unknown) => stop.signal.aborted || onError(error));
      };
      listening.set(tenant_id, later(HEARD_MS, look));
    },
    wake(of, saga_id) {
      engine.look(saga_id);
      void takeUp(of, saga_id);
    },
    async [Symbol.asyncDispose]() {
      cancelSweep();
      for (const cancel of listening.values()) cancel();
      const left = [...driving.values()];
      const why = new AncillaError('server.draining', 'the saga engine stops');
      ending.abort(why);
      const all = Promise.allSettled(left.map(({ done }) => done));
      let cancelGrace = () => {};
      const grace = new Promise<void>((resolve) => (cancelGrace = later(graceMs, resolve)));
      await Promise.race([all, grace]).finally(cancelGrace);
      stop.abort(why);
      await Promise.allSettled([all, sweeping]);
      await Promise.all(left.map(({ held }) => engine.release(held).catch(onError)));
    },
  };
  return runner;
}
