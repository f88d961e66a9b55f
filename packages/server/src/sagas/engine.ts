import {
  AncillaError,
  idFrom,
  insert,
  isAncillaError,
  replace,
  sagaState,
  tenantWal,
  toTimestamp,
  type Clock,
  type Io,
  type NewId,
  type Random,
  type SagaOutcome,
  type SagaState,
  type Step,
  type Tenant,
  type Wait,
  type Write,
} from '@ancilla/contracts';
import { canonicalJson, sha256, sha256Hex } from '@ancilla/evidence';
import { Value } from 'typebox/value';
import type { Artifacts } from '../artifacts/index.ts';
import { definitionHash, isWait, type AnySaga, type AnyStep } from './definition.ts';
import { nextToCompensate, type StepView } from './history.ts';
import type { HeldSaga, NewEntry, Of, SagaLog } from './log.ts';

type Memo = Record<string, unknown>;
export type Outcome = SagaOutcome<Memo>;

export interface EngineParts {
  readonly artifacts: Artifacts;
  readonly log: SagaLog;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  /** Unique for each start of a process. */
  readonly owner_id: string;
  /** Resolves after a time; rejects when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly later: (ms: number, run: () => void) => () => void;
  readonly leaseMs: number;
}

const FIRST_BACKOFF_MS = 200;
const MOST_BACKOFF_MS = 60_000;
const COMPENSATION_ATTEMPTS = 3;
/** A saga that was taken over so often without writing anything is not tried again. */
const MOST_IDLE_CLAIMS = 5;

/** What a saga started with: the payload of its first claim. */
export interface StartPayload {
  readonly name: string;
  readonly owner: string;
  readonly memo: Memo;
}

/** Runs declared sagas: intent, effect, outcome, in N + 1 commits for N steps. */
export interface Engine {
  start(
    saga: AnySaga,
    from: Of & { readonly memo: Memo; readonly trace_id: string; readonly owner: string; readonly idempotency_key: string },
    io: Io,
  ): Promise<HeldSaga | undefined>;
  /** Takes a saga over: epoch + 1, in a commit that fails for all but one. */
  claim(of: Of, state: SagaState, io: Io): Promise<HeldSaga>;
  /** Goes on until the saga ends, waits, or needs a person. */
  drive(saga: AnySaga, held: HeldSaga, io: Io): Promise<Outcome>;
  /** How a saga stands, from its entries. */
  outcomeOf(held: HeldSaga, io: Io): Promise<Outcome>;
}

/** The id of the saga an idempotency key names: the same key is the same saga. */
export const sagaIdOf = (tenant_id: string, key: string): `sg_${string}` => idFrom('sg', sha256(canonicalJson(['saga', tenant_id, key])));

export function openEngine(parts: EngineParts): Engine {
  const { artifacts, log, clock, owner_id, sleep, random, leaseMs, later } = parts;
  const timestamp = (inMs = 0): string => toTimestamp(clock.now() + inMs);

  const payload = (of: Of, value: unknown, trace_id: string) =>
    artifacts.prepare(of, {
      category: 'payload',
      content_type: 'application/json',
      bytes: Buffer.from(canonicalJson(value)),
      trace_id,
      created_by: owner_id,
    });
  const readJson = async (of: Of, ref: string, io: Io): Promise<unknown> =>
    JSON.parse(Buffer.from(await artifacts.bytes(of, ref, io)).toString('utf8'));
  const startOf = async ({ of, history }: HeldSaga, io: Io): Promise<StartPayload> => {
    if (history.start_ref === null) throw new AncillaError('saga.state', 'the saga has no beginning');
    // Written by start() below.
    return (await readJson(of, history.start_ref, io)) as StartPayload;
  };
  const memoOf = async (held: HeldSaga, io: Io): Promise<Memo> =>
    held.history.memo_ref === null ? (await startOf(held, io)).memo : ((await readJson(held.of, held.history.memo_ref, io)) as Memo);

  /** Constant over attempts: what a step hands to whatever it calls. */
  const keyOf = (saga_id: string, step: string): string => `${saga_id}/${step}`;
  const intent = (saga_id: string, step: Step<Memo>, attempt: number): NewEntry => ({
    step_name: step.name,
    kind: 'intent',
    status: 'pending',
    idempotency_key: keyOf(saga_id, step.name),
    attempt,
    compensate_ref: step.compensate?.ref ?? null,
    on_unknown: step.unknown.on,
  });
  const running = (step: AnyStep | undefined): Partial<SagaState> => ({
    status: 'running',
    current_step: step?.name ?? null,
    wake_at: null,
    lease_until: timestamp(leaseMs),
  });
  const backoffMs = (attempt: number): number =>
    (Math.min(MOST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt) * ((random.bytes(1)[0] ?? 0) + 1)) / 256;

  async function start(saga: AnySaga, from: Parameters<Engine['start']>[1], io: Io): Promise<HeldSaga | undefined> {
    const { tenant, tenant_id, memo, trace_id, owner, idempotency_key } = from;
    const of: Of = { tenant, tenant_id };
    const saga_id = sagaIdOf(tenant_id, idempotency_key);
    const begun: StartPayload = { name: saga.name, owner, memo };
    const payload_hash = sha256Hex(canonicalJson(begun));
    if ((await tenant.get(sagaState, saga_id, io)) !== undefined) {
      const [first] = await log.entriesOf(tenant, saga_id, io);
      if (first?.payload_hash !== payload_hash)
        throw new AncillaError('saga.payload_conflict', `idempotency key of saga ${saga_id} came with another payload`);
      return undefined;
    }
    const begin = payload(of, begun, trace_id);
    const [first] = saga.steps;
    const state: SagaState = {
      saga_id,
      name: saga.name,
      trace_id,
      current_step: first?.name ?? null,
      status: 'running',
      owner_agent_id: owner,
      owner_key_id: null,
      idempotency_key,
      epoch: 1,
      lease_until: timestamp(leaseMs),
      retries: 0,
      wake_at: null,
      cancel_requested: false,
      memo_ref: null,
      last_update_ts: timestamp(),
    };
    const claim: NewEntry = {
      step_name: 'start',
      kind: 'claim',
      status: 'done',
      idempotency_key: keyOf(saga_id, 'start'),
      attempt: 1,
      payload_ref: begin.artifact_id,
      payload_hash,
      definition_hash: definitionHash(saga),
    };
    const entries = [claim, ...(first === undefined || isWait(first) ? [] : [intent(saga_id, first, 1)])];
    await tenant.commit(
      [
        ...begin.writes,
        insert(sagaState, state),
        ...entries.map((entry) => insert(tenantWal, log.toEntry(of, saga_id, trace_id, owner_id, 1, entry))),
      ],
      [{ of: sagaState, id: saga_id, revision: 'absent' }],
      io,
    );
    return await log.hold(of, saga_id, owner_id, 1, io);
  }

  async function claim(of: Of, was: SagaState, io: Io): Promise<HeldSaga> {
    const epoch = was.epoch + 1;
    const stored = await of.tenant.get(sagaState, was.saga_id, io);
    if (stored === undefined || stored.doc.epoch !== was.epoch)
      throw new AncillaError('saga.stale_owner', `saga ${was.saga_id} was taken by someone else`);
    const entry = log.toEntry(of, was.saga_id, was.trace_id, owner_id, epoch, {
      step_name: 'claim',
      kind: 'claim',
      status: 'done',
      idempotency_key: keyOf(was.saga_id, 'claim'),
      attempt: epoch,
    });
    await of.tenant.commit(
      [insert(tenantWal, entry), replace(sagaState, stored, { epoch, lease_until: timestamp(leaseMs), last_update_ts: timestamp() })],
      [],
      io,
    );
    return await log.hold(of, was.saga_id, owner_id, epoch, io);
  }

  /** Keeps the lease while a step takes its time; a lost lease stops the step. */
  function heartbeat(held: HeldSaga, stop: AbortController): () => void {
    let cancel = () => {};
    const beat = () => {
      cancel = later(leaseMs / 3, () => {
        held
          .append([], { lease_until: timestamp(leaseMs) }, [], { signal: stop.signal })
          .then(beat, (error: unknown) => isAncillaError(error, 'saga.stale_owner') && stop.abort(error));
      });
    };
    beat();
    return () => cancel();
  }

  const at = async (held: HeldSaga, step: string, attempt: number, memo: Memo, signal: AbortSignal) => ({
    saga_id: held.saga_id,
    trace_id: held.state.doc.trace_id,
    tenant_id: held.of.tenant_id,
    memo,
    key: keyOf(held.saga_id, step),
    attempt,
    tenant: held.of.tenant,
    signal,
  });

  /** The outcome of a step with what comes next, in one commit. */
  async function complete(
    saga: AnySaga,
    held: HeldSaga,
    step: AnyStep,
    attempt: number,
    memo: Memo,
    output: Memo,
    writes: readonly Write<Tenant>[],
    by: string,
    io: Io,
  ): Promise<void> {
    const next = saga.steps[saga.steps.indexOf(step) + 1];
    const merged = { ...memo, ...output };
    const changed = Object.keys(output).length > 0;
    if (!Value.Check(saga.memo, memoFor(saga, merged)))
      throw new AncillaError('schema.invalid', `step ${step.name} put out what the memo of ${saga.name} does not take`);
    const kept = changed ? payload(held.of, merged, held.state.doc.trace_id) : undefined;
    const outcome: NewEntry = {
      step_name: step.name,
      kind: 'outcome',
      status: 'done',
      idempotency_key: keyOf(held.saga_id, step.name),
      attempt,
      payload_ref: kept?.artifact_id ?? null,
      completed_at: timestamp(),
      ...(by !== owner_id && { owner_id: by }),
    };
    const following = next === undefined || isWait(next) ? [] : [intent(held.saga_id, next, 1)];
    const state: Partial<SagaState> =
      next === undefined ? { status: 'done', current_step: null, wake_at: null } : { ...running(next), retries: 0 };
    await held.append(
      [outcome, ...following],
      { ...state, ...(kept && { memo_ref: kept.artifact_id }) },
      [...(kept?.writes ?? []), ...writes],
      io,
    );
  }

  async function drive(saga: AnySaga, held: HeldSaga, io: Io): Promise<Outcome> {
    if (held.history.definition_hash !== definitionHash(saga)) return await park(held, 'definition_changed', io);
    if (held.history.claims_without_progress > MOST_IDLE_CLAIMS) return await park(held, 'no_progress', io);
    // Of an intent that another life of this process wrote nothing is known: not whether its effect happened.
    let unknown = held.state.doc.epoch > 1 ? held.history.steps.find(({ status }) => status === 'pending')?.step_name : undefined;
    for (;;) {
      io.signal.throwIfAborted();
      const { history, state } = held;
      if (['done', 'compensated', 'killed', 'needs_attention'].includes(state.doc.status)) return await outcomeOf(held, io);
      if (history.ended === 'killed') return await settle(held, { status: 'killed' }, io);
      if (state.doc.status === 'compensating' || history.cancelled || state.doc.cancel_requested || isPast(state.doc.deadline))
        return await compensate(saga, held, io);
      const step = saga.steps.find(({ name }) => !isDone(history.steps, name));
      if (step === undefined) return await settle(held, { status: 'done', current_step: null }, io);
      if (isWait(step)) {
        if (!(await advanceWait(saga, held, step, io))) return await outcomeOf(held, io);
        continue;
      }
      const view = history.steps.find(({ step_name }) => step_name === step.name);
      if (unknown === step.name) {
        unknown = undefined;
        const verdict = await resolveUnknown(saga, held, step, view, io);
        if (verdict === 'parked') return await park(held, 'unknown_outcome', io);
        if (verdict === 'compensate') return await compensate(saga, held, io);
        if (verdict === 'done') continue;
      }
      const attempt = await freshIntent(held, step, view, io);
      const failure = await attemptStep(saga, held, step, attempt, io);
      if (failure === undefined) continue;
      if (isAncillaError(failure, 'saga.stale_owner')) throw failure;
      io.signal.throwIfAborted();
      const last = attempt >= step.attempts || !isRetryable(failure);
      const failed: NewEntry = {
        step_name: step.name,
        kind: 'outcome',
        status: 'failed',
        idempotency_key: keyOf(held.saga_id, step.name),
        attempt,
        error_code: codeOf(failure),
      };
      await held.append([failed], last ? { status: 'compensating', reason: codeOf(failure) } : { retries: attempt }, [], io);
      if (!last) await sleep(backoffMs(attempt), io.signal);
    }
  }

  const isDone = (steps: readonly StepView[], name: string): boolean =>
    steps.some(({ step_name, status }) => step_name === name && status === 'done');
  const isPast = (deadline: string | undefined): boolean => deadline !== undefined && Date.parse(deadline) <= clock.now();

  /** The attempt whose intent stands in the log and has no outcome; a further one is written when the last failed. */
  async function freshIntent(held: HeldSaga, step: Step<Memo>, view: StepView | undefined, io: Io): Promise<number> {
    if (view?.status === 'pending') return view.attempts;
    const attempt = (view?.attempts ?? 0) + 1;
    await held.append([intent(held.saga_id, step, attempt)], running(step), [], io);
    return attempt;
  }

  /** Runs a step once. @returns what went wrong, or undefined */
  async function attemptStep(saga: AnySaga, held: HeldSaga, step: Step<Memo>, attempt: number, io: Io): Promise<unknown> {
    const stop = new AbortController();
    const signal = AbortSignal.any([io.signal, stop.signal]);
    const rest = heartbeat(held, stop);
    try {
      const memo = await memoOf(held, io);
      const { output, writes = [] } = await step.run(await at(held, step.name, attempt, memo, signal));
      await complete(saga, held, step, attempt, memo, output, writes, owner_id, io);
      return undefined;
    } catch (error) {
      return stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      rest();
    }
  }

  /** What to do about an intent whose outcome nobody knows, as the step declared it. */
  async function resolveUnknown(
    saga: AnySaga,
    held: HeldSaga,
    step: Step<Memo>,
    view: StepView | undefined,
    io: Io,
  ): Promise<'parked' | 'compensate' | 'done' | 'again'> {
    const { unknown } = step;
    if (!('query' in unknown)) return ({ park: 'parked', compensate: 'compensate', retry: 'again' } as const)[unknown.on];
    const memo = await memoOf(held, io);
    const attempt = view?.attempts ?? 1;
    const said = await unknown.query(await at(held, step.name, attempt, memo, io.signal));
    if (said === 'unknown') return 'parked';
    if (said === 'not_done') return 'again';
    await complete(saga, held, step, attempt, memo, {}, [], owner_id, io);
    return 'done';
  }

  /** Goes past a wait whose signal has come; otherwise lets the saga wait. */
  async function advanceWait(saga: AnySaga, held: HeldSaga, step: Wait, io: Io): Promise<boolean> {
    const { history, state } = held;
    const signal = history.signals.find(({ name }) => name === step.signal);
    if (signal !== undefined) {
      const given = signal.payload_ref === null ? {} : await readJson(held.of, signal.payload_ref, io);
      if (!Value.Check(step.payload, given)) {
        await held.append([], { status: 'needs_attention', reason: 'signal_payload' }, [], io);
        return false;
      }
      await complete(saga, held, step, 1, await memoOf(held, io), { [step.name]: given }, [], signal.by, io);
      return true;
    }
    if (state.doc.status !== 'waiting') {
      const wake_at = step.deadlineSeconds === undefined ? null : timestamp(step.deadlineSeconds * 1000);
      await held.append([], { status: 'waiting', current_step: step.name, wake_at }, [], io);
    } else if (state.doc.wake_at !== null && Date.parse(state.doc.wake_at) <= clock.now()) {
      await held.append([], { status: 'compensating', reason: 'wait_deadline', wake_at: null }, [], io);
      return true;
    }
    return false;
  }

  /** Undoes in strict reverse what happened or may have happened. */
  async function compensate(saga: AnySaga, held: HeldSaga, io: Io): Promise<Outcome> {
    if (held.state.doc.status !== 'compensating')
      await held.append(
        [],
        { status: 'compensating', wake_at: null, ...(held.state.doc.reason === undefined && { reason: 'cancelled' }) },
        [],
        io,
      );
    for (let view = nextToCompensate(held.history); view !== undefined; view = nextToCompensate(held.history)) {
      const { step_name } = view;
      const step = saga.steps.find((each): each is Step<Memo> => !isWait(each) && each.name === step_name);
      const handler = step?.compensate;
      if (handler === undefined) return await park(held, 'no_compensation', io);
      const attempt = view.compensation_attempts + (view.compensation === 'pending' ? 0 : 1);
      if (attempt > COMPENSATION_ATTEMPTS) return await park(held, 'compensation_failed', io);
      const entry = {
        step_name,
        idempotency_key: `${keyOf(held.saga_id, step_name)}/undo`,
        attempt: Math.max(1, attempt),
        compensate_ref: handler.ref,
      };
      if (view.compensation !== 'pending')
        await held.append(
          [{ ...entry, kind: 'compensate_intent', status: 'pending' }],
          { current_step: step_name, lease_until: timestamp(leaseMs) },
          [],
          io,
        );
      try {
        const writes = await handler.run({
          ...(await at(held, step_name, entry.attempt, await memoOf(held, io), io.signal)),
          key: entry.idempotency_key,
        });
        await held.append([{ ...entry, kind: 'compensate_outcome', status: 'done', completed_at: timestamp() }], {}, writes, io);
      } catch (error) {
        if (isAncillaError(error, 'saga.stale_owner')) throw error;
        io.signal.throwIfAborted();
        await held.append([{ ...entry, kind: 'compensate_outcome', status: 'failed', error_code: codeOf(error) }], {}, [], io);
        await sleep(backoffMs(entry.attempt), io.signal);
      }
    }
    return await settle(held, { status: 'compensated', current_step: null }, io);
  }

  const settle = async (held: HeldSaga, change: Partial<SagaState>, io: Io): Promise<Outcome> => {
    await held.append([], { ...change, wake_at: null }, [], io);
    return await outcomeOf(held, io);
  };
  const park = (held: HeldSaga, reason: string, io: Io): Promise<Outcome> => settle(held, { status: 'needs_attention', reason }, io);

  async function outcomeOf(held: HeldSaga, io: Io): Promise<Outcome> {
    const { status, saga_id, reason } = held.state.doc;
    const memo = await memoOf(held, io);
    const error =
      reason === undefined || status === 'done' ? undefined : { code: reason, detail: `saga ${saga_id} ended ${status}: ${reason}` };
    // running and compensating are not ends: whoever asks meanwhile is told that it still waits.
    const ended = status === 'running' || status === 'compensating' ? 'waiting' : status;
    return { saga_id, status: ended, memo, ...(error && { error }) };
  }

  return { start, claim, drive, outcomeOf };
}

/** A wait's payload stands in the memo under the wait's name, beside what the memo's schema declares. */
const memoFor = (saga: AnySaga, memo: Memo): Memo => {
  const waits = new Set(saga.steps.flatMap((step) => (isWait(step) && !(step.name in saga.memo.properties) ? [step.name] : [])));
  return Object.fromEntries(Object.entries(memo).filter(([name]) => !waits.has(name)));
};

const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const codeOf = (error: unknown): string => {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  const name: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'name') : undefined;
  return [code, name].find((word): word is string => typeof word === 'string' && CODE.test(word)) ?? 'error';
};
/** What is wrong with the request itself stays wrong. */
const isRetryable = (error: unknown): boolean =>
  !isAncillaError(error) ||
  ['internal', 'embedding.provider', 'store.unavailable', 'store.revision_conflict', 'redaction.failed', 'egress.refused'].includes(
    error.code,
  );
