import {
  AncillaError,
  idFrom,
  insert,
  isAncillaError,
  replace,
  sagaState,
  tenantWal,
  toTimestamp,
  unstoppable,
  type Io,
  type Of,
  type SagaOutcome,
  type SagaState,
  type StartMemo,
} from '@ancilla/contracts';
import { canonicalJson, sha256, sha256Hex } from '@ancilla/evidence';
import { decide, type Action } from './decide.ts';
import { definitionHash, isWait, type AnySaga, type AnyStep } from './definition.ts';
import { LEASE_MS, openEffects, type Came, type EffectParts } from './effects.ts';
import { intentOf, keyOf, undoOf, verbOf } from './entries.ts';
import { advance, toCache, toHistory, type History } from './history.ts';
import type { Add, Carried, HeldSaga, NewEntry, SagaLog } from './log.ts';
import type { Memo, StartPayload } from './payloads.ts';

export type Outcome = SagaOutcome<Memo>;

export interface EngineParts extends EffectParts {
  readonly log: SagaLog;
  /** Resolves after a time; rejects when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Who starts a saga, for what. */
export type From = Of &
  StartMemo<Memo> & {
    readonly trace_id: string;
    readonly owner: string;
    readonly idempotency_key: string;
    readonly deadline?: string;
    readonly carried?: Carried;
  };

/** Runs declared sagas: intent, effect, outcome, in N + 1 commits for N steps. */
export interface Engine {
  /** @returns undefined when it was started before */
  start(saga: AnySaga, from: From, io: Io): Promise<HeldSaga | undefined>;
  /** Takes a saga over: epoch + 1, in a commit that fails for all but one. */
  claim(of: Of, state: SagaState, io: Io): Promise<HeldSaga>;
  /**
   * Goes on until the saga ends, waits, or needs a person.
   * @param saga - undefined for one that an agent drove
   * @param ending - begins no further step: what is under way is finished and written down, so that the next owner knows what became of it
   */
  drive(saga: AnySaga | undefined, held: HeldSaga, io: Io, ending: AbortSignal): Promise<Outcome>;
  /** Someone wrote to the log of a saga that may be running: its step learns of it now, not at the next heartbeat. */
  look(saga_id: string): void;
  /** Gives a saga up that was driven here, so that whoever takes it over need not wait for the lease to end. */
  release(held: HeldSaga): Promise<void>;
  /** How a saga stands, from its entries. */
  outcomeOf(held: HeldSaga, io: Io): Promise<Outcome>;
}

/** The id of the saga an idempotency key names: the same key is the same saga. */
export const sagaIdOf = (tenant_id: string, key: string): `sg_${string}` => idFrom('sg', sha256(canonicalJson(['saga', tenant_id, key])));

/** What a step that was told to stop may still take. */
const STOPPING_MS = 1000;

export function openEngine(parts: EngineParts): Engine {
  const { payloads, log, clock, owner_id, sleep } = parts;
  const effects = openEffects(parts);
  const timestamp = (inMs = 0): string => toTimestamp(clock.now() + inMs);

  /** The entry that an action is, where it is nothing but an entry. */
  function entryOf(held: Pick<HeldSaga, 'saga_id'>, history: History, action: Action): NewEntry | undefined {
    switch (action.do) {
      case 'begin':
        return intentOf(held.saga_id, action.step, action.attempt, wakeOf(action.step));
      case 'begin_undo':
        return undoOf(held.saga_id, action.step.step_name, action.step.compensation_attempts + 1, 'compensate_intent', {
          status: 'pending',
          compensate_ref: action.step.compensate_ref,
        });
      case 'finish':
        return verbOf(held, history, action.verb);
      case 'park':
        return verbOf(held, history, 'park', { error_code: action.reason });
      case 'turn_around':
        return verbOf(held, history, 'compensate', { error_code: action.reason });
      default:
        return undefined;
    }
  }
  const wakeOf = (step: AnyStep): string | undefined =>
    isWait(step) && step.deadlineSeconds !== undefined ? timestamp(step.deadlineSeconds * 1000) : undefined;
  const next = (saga: AnySaga | undefined, history: History, deadline: string | undefined): Action =>
    decide(saga, history, { now: clock.now(), deadline });

  /** Adds what was done, and all that follows without touching the world: an outcome's commit holds the next intent, or the end. */
  const follow =
    (saga: AnySaga | undefined, held: HeldSaga, entries: readonly NewEntry[]) =>
    (add: Add, known: History): void => {
      let history = known;
      for (const entry of entries) history = add(entry);
      for (;;) {
        const entry = entryOf(held, history, next(saga, history, held.state.doc.deadline));
        if (entry === undefined) return;
        history = add(entry);
      }
    };

  /** Adds what was done and nothing else: an intent that nobody follows would be one whose outcome nobody knows. */
  const only =
    (entries: readonly NewEntry[]) =>
    (add: Add): void => {
      for (const entry of entries) add(entry);
    };

  async function start(saga: AnySaga, from: From, io: Io): Promise<HeldSaga | undefined> {
    const { tenant, tenant_id, trace_id, owner, idempotency_key, deadline, carried } = from;
    const of: Of = { tenant, tenant_id };
    const saga_id = sagaIdOf(tenant_id, idempotency_key);
    const begun = (memo: Memo): StartPayload => ({ name: saga.name, owner, memo });
    const payload_hash = from.request_hash === undefined ? sha256Hex(canonicalJson(begun(from.memo))) : from.request_hash;
    const make = async () => {
      const begin = payloads.prepare(of, begun(from.request_hash === undefined ? from.memo : await from.memo()), trace_id, owner_id);
      const toEntry = (entry: NewEntry) => log.toEntry(of, saga_id, trace_id, owner_id, 1, entry);
      const claimed = toEntry({
        step_name: 'start',
        kind: 'claim',
        status: 'done',
        idempotency_key: keyOf(saga_id, 'start'),
        attempt: 1,
        payload_ref: begin.artifact_id,
        payload_hash,
        definition_hash: definitionHash(saga),
      });
      const known = [claimed, ...(carried?.entries ?? []).map(toEntry)];
      const history = toHistory(known);
      const first = entryOf({ saga_id }, history, next(saga, history, deadline));
      const entries = first === undefined ? known : [...known, toEntry(first)];
      const state: SagaState = {
        saga_id,
        name: saga.name,
        trace_id,
        owner_agent_id: owner,
        owner_key_id: null,
        idempotency_key,
        lease_until: timestamp(LEASE_MS),
        last_update_ts: timestamp(),
        ...(deadline !== undefined && { deadline }),
        ...(carried !== undefined && { parent_saga_id: carried.parent_saga_id }),
        ...toCache(toHistory(entries)),
      };
      return { state, entries, writes: [...begin.writes, ...(carried?.writes ?? [])] };
    };
    const { isNew } = await log.begin(of, { saga_id, payload_hash }, make, io);
    return isNew ? await log.hold(of, saga_id, owner_id, 1, io) : undefined;
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
    const history = advance(toHistory(await log.entriesOf(of.tenant, was.saga_id, io)), entry);
    await of.tenant.commit(
      [
        insert(tenantWal, entry),
        replace(sagaState, stored, { ...toCache(history), lease_until: timestamp(LEASE_MS), last_update_ts: timestamp() }),
      ],
      [],
      io,
    );
    return await log.hold(of, was.saga_id, owner_id, epoch, io);
  }

  /** Does what was decided. @returns undefined when nothing is left to do now */
  async function perform(saga: AnySaga | undefined, held: HeldSaga, action: Action, io: Io): Promise<Came | undefined> {
    switch (action.do) {
      case 'rest':
        return undefined;
      case 'undo':
        return await effects.undo(saga, held, action.step, io);
      case 'run':
      case 'ask':
      case 'take': {
        // Only a declared saga is decided so.
        if (saga === undefined) throw new TypeError('a step of a saga without a declaration');
        if (action.do === 'take') return await effects.take(saga, held, action.step, action.signal, io);
        const known = action.do === 'ask' ? await effects.ask(saga, held, action.step, action.attempt, io) : undefined;
        return known ?? (await effects.run(saga, held, action.step, action.attempt, io));
      }
      default:
        // What is only an entry follows by itself.
        return { entries: [] };
    }
  }

  async function drive(saga: AnySaga | undefined, held: HeldSaga, io: Io, ending: AbortSignal): Promise<Outcome> {
    for (;;) {
      io.signal.throwIfAborted();
      ending.throwIfAborted();
      const action = next(saga, held.history, held.state.doc.deadline);
      if (action.do === 'pause') {
        const rest = effects.keepLease(held, new AbortController(), { turned: false });
        await sleep(Math.max(1, action.until - clock.now()), AbortSignal.any([io.signal, ending])).finally(rest);
        continue;
      }
      const came = await perform(saga, held, action, io);
      if (came === undefined) return await outcomeOf(held, io);
      const append = ({ entries, writes = [], guards = [] }: Came) =>
        held.append(ending.aborted ? only(entries) : follow(saga, held, entries), { lease_until: timestamp(LEASE_MS), writes, guards }, io);
      await append(came).catch(async (error: unknown) => {
        // Killed meanwhile: what came of it is not wanted any more.
        if (isAncillaError(error, 'saga.state')) return;
        const refused =
          isAncillaError(error, 'saga.stale_owner') || io.signal.aborted ? undefined : await effects.refused(held, action, error, io);
        if (refused === undefined) throw error;
        await append(refused);
      });
    }
  }

  async function release(held: HeldSaga): Promise<void> {
    // Where a step does not listen its code still runs: then the lease ends by itself, in its time.
    if (!(await effects.atRest(held.saga_id, STOPPING_MS))) return;
    try {
      // The process ends: this one write still goes through.
      await held.append(() => {}, { lease_until: timestamp() }, unstoppable);
    } catch (error) {
      if (!isAncillaError(error, 'saga.stale_owner', 'saga.state')) throw error;
    }
  }

  async function outcomeOf(held: HeldSaga, io: Io): Promise<Outcome> {
    const { saga_id, history } = held;
    const { status, reason } = history;
    const memo = await payloads.memoOf(held, io);
    const error =
      reason === undefined || status === 'done' ? undefined : { code: reason, detail: `saga ${saga_id} ended ${status}: ${reason}` };
    // running and compensating are not ends: whoever asks meanwhile is told that it still waits.
    const ended = status === 'running' || status === 'compensating' ? 'waiting' : status;
    return { saga_id, status: ended, memo, ...(error && { error }) };
  }

  return { start, claim, drive, look: effects.look, release, outcomeOf };
}
