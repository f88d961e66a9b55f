import {
  AncillaError,
  isAncillaError,
  toTimestamp,
  type At,
  type Clock,
  type Guard,
  type Io,
  type Later,
  type Random,
  type Step,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { errorCode, unlessAborted } from '@ancilla/sdk';
import { Value } from 'typebox/value';
import { isWait, type AnySaga } from './definition.ts';
import { afterUnknown, type Action } from './decide.ts';
import { keyOf, outcomeOf, undoOf, verbOf } from './entries.ts';
import type { Signal, StepView } from './history.ts';
import type { HeldSaga, NewEntry } from './log.ts';
import type { Offered } from './offered.ts';
import type { Memo, Payloads } from './payloads.ts';

type Work = Step<Memo>;

/** What an effect came to: entries and writes of one commit, and on what it stands. */
export interface Came {
  readonly entries: readonly NewEntry[];
  readonly writes?: readonly Write<Tenant>[];
  readonly guards?: readonly Guard[];
}

export interface EffectParts {
  readonly payloads: Payloads;
  readonly clock: Clock;
  readonly random: Random;
  readonly owner_id: string;
  readonly later: Later;
  /** The compensations of all sagas. */
  readonly handlerOf: (ref: string) => NonNullable<Work['compensate']>['run'] | undefined;
  /** Those of them that an agent's saga may have run. */
  readonly offered: Readonly<Record<string, Offered>>;
  /** Whether a tenant's redaction would change a text. @throws {AncillaError} `redaction.failed` */
  readonly isRedacted: (of: HeldSaga['of'], text: string, io: Io) => Promise<boolean>;
}

/** So long a saga is its owner's without a word of theirs; while code of a step runs, word comes three times as often. */
export const LEASE_MS = 30_000;
const FIRST_BACKOFF_MS = 200;
const MOST_BACKOFF_MS = 60_000;
const TIMED_OUT = 'step_timeout';
const LONGEST_DETAIL = 1000;

/** Everything that may touch the world outside: each runs under an intent that stands in the log. */
export function openEffects({ payloads, clock, random, owner_id, later, handlerOf, offered, isRedacted }: EffectParts) {
  const inMs = (ms: number): string => toTimestamp(clock.now() + ms);
  /** Doubled each time, with jitter. */
  const backoff = (attempt: number): string =>
    inMs((Math.min(MOST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt) * ((random.bytes(1)[0] ?? 0) + 1)) / 256);

  /** How to have the saga that is being worked on looked at now: someone wrote to its log. */
  const looks = new Map<string, () => void>();
  /** Code of steps that runs, though it may not be waited for any more. */
  const working = new Map<string, Promise<unknown>>();

  /** Whether no code of a saga's step runs, or ends within a time. */
  async function atRest(saga_id: string, withinMs: number): Promise<boolean> {
    const work = working.get(saga_id);
    if (work === undefined) return true;
    let cancel = () => {};
    const tooLong = new Promise<void>((resolve) => (cancel = later(withinMs, resolve)));
    await Promise.race([Promise.allSettled([work]), tooLong]).finally(cancel);
    return !working.has(saga_id);
  }

  /** Keeps the lease while something takes its time; stops it when the saga is someone else's or has ended, and on `turned` when it turned around. */
  function keepLease(
    held: HeldSaga,
    stop: AbortController,
    { turned, share }: { readonly turned: boolean; readonly share?: () => number | undefined },
  ): () => void {
    let cancel = () => {};
    const beat = () => {
      const progress = share?.();
      held
        .append(() => {}, { lease_until: inMs(LEASE_MS), ...(progress !== undefined && { progress }) }, { signal: stop.signal })
        .then(
          () => (turned && held.history.undoing !== null ? stop.abort(new TurnedAround()) : rest()),
          (error: unknown) => isAncillaError(error, 'saga.stale_owner', 'saga.state') && stop.abort(error),
        );
    };
    let over = false;
    // A beat that is under way when the work ends begins no other.
    const rest = () => over || (cancel = later(LEASE_MS / 3, beat));
    looks.set(held.saga_id, () => (cancel(), beat()));
    rest();
    return () => {
      over = true;
      cancel();
      looks.delete(held.saga_id);
    };
  }

  const at = (held: HeldSaga, step: string, attempt: number, memo: Memo, signal: AbortSignal): At<Memo> => ({
    saga_id: held.saga_id,
    trace_id: held.state.doc.trace_id,
    tenant_id: held.of.tenant_id,
    memo,
    key: keyOf(held.saga_id, step),
    attempt,
    tenant: held.of.tenant,
    signal,
    progress() {},
  });

  /** A step's outcome with what it put out, merged into the memo. */
  function succeeded(
    saga: AnySaga,
    held: HeldSaga,
    {
      step_name,
      attempt,
      memo,
      output = {},
      writes = [],
      by = owner_id,
    }: {
      readonly step_name: string;
      readonly attempt: number;
      readonly memo: Memo;
      readonly output?: Memo;
      readonly writes?: readonly Write<Tenant>[];
      readonly by?: string;
    },
  ): Came {
    const merged = { ...memo, ...output };
    if (!Value.Check(saga.memo, declaredPart(saga, merged)))
      throw new AncillaError('schema.invalid', `step ${step_name} put out what the memo of ${saga.name} does not take`);
    const kept = Object.keys(output).length > 0 ? payloads.prepare(held.of, merged, held.state.doc.trace_id, owner_id) : undefined;
    const entry = outcomeOf(held.saga_id, step_name, attempt, {
      payload_ref: kept?.artifact_id ?? null,
      completed_at: inMs(0),
      ...(by !== owner_id && { owner_id: by }),
    });
    return { entries: [entry], writes: [...(kept?.writes ?? []), ...writes] };
  }

  function failed(held: HeldSaga, step: Work, attempt: number, code: string, again: boolean): Came {
    const last = !again || attempt >= step.attempts;
    const entry = outcomeOf(held.saga_id, step.name, attempt, {
      status: 'failed',
      error_code: code,
      ...(!last && { wake_at: backoff(attempt) }),
    });
    return { entries: last ? [entry, verbOf(held, held.history, 'compensate', { error_code: code })] : [entry] };
  }

  /**
   * What an attempt came to that threw. What an error of ours says to callers is kept with the last one, beside the log, which stands for good; unless redaction would
   * take something out, or cannot say: then its code must do.
   */
  async function threw(held: HeldSaga, step: Work, attempt: number, error: unknown, io: Io): Promise<Came> {
    const came = failed(held, step, attempt, errorCode(error), isRetryable(error));
    const [outcome, ...more] = came.entries;
    if (outcome === undefined || more.length === 0 || !isAncillaError(error)) return came;
    const detail = error.message.slice(0, LONGEST_DETAIL);
    if (await isRedacted(held.of, detail, io).catch(() => true)) return came;
    const { artifact_id, writes } = payloads.prepare(held.of, { detail }, held.state.doc.trace_id, owner_id);
    return { entries: [{ ...outcome, payload_ref: artifact_id }, ...more], writes };
  }

  /** Runs a step once. What it throws is an outcome, too; only a lost lease and the end of the process are not. */
  async function run(saga: AnySaga, held: HeldSaga, step: Work, attempt: number, io: Io): Promise<Came> {
    const stop = new AbortController();
    const signal = AbortSignal.any([io.signal, stop.signal]);
    let share: number | undefined;
    const rest = keepLease(held, stop, { turned: true, share: () => share });
    const { deadlineSeconds } = step;
    const cancelLimit =
      deadlineSeconds === undefined
        ? () => {}
        : later(deadlineSeconds * 1000, () => stop.abort(new AncillaError('saga.failed', TIMED_OUT)));
    try {
      const memo = await payloads.memoOf(held, io);
      const here: At<Memo> = {
        ...at(held, step.name, attempt, memo, signal),
        progress: (now) => void (share = Math.min(1, Math.max(0, now))),
      };
      // Of a step that was given up and tried again, the code of the first try may end after the second began.
      const work = step.run(here).finally(() => working.get(held.saga_id) === work && working.delete(held.saga_id));
      working.set(held.saga_id, work);
      // A step that does not listen is not waited for.
      const { output, writes = [], guards = [] } = await unlessAborted(work, signal);
      return { ...succeeded(saga, held, { step_name: step.name, attempt, memo, output, writes }), guards };
    } catch (error) {
      io.signal.throwIfAborted();
      const { aborted, reason } = stop.signal;
      if (!aborted) return await threw(held, step, attempt, error, io);
      if (reason instanceof TurnedAround || isAncillaError(reason, 'saga.state')) return { entries: [] };
      if (isAncillaError(reason, 'saga.stale_owner')) throw reason;
      return await unknown(saga, held, step, attempt, TIMED_OUT, io);
    } finally {
      rest();
      cancelLimit();
    }
  }

  /** What an outcome that nobody knows comes to, as the step declared it. */
  async function unknown(saga: AnySaga, held: HeldSaga, step: Work, attempt: number, reason: string, io: Io): Promise<Came> {
    const action = afterUnknown(step, attempt, reason);
    if (action.do === 'ask') return (await ask(saga, held, step, attempt, io)) ?? failed(held, step, attempt, reason, true);
    if (action.do === 'turn_around') return { entries: [verbOf(held, held.history, 'compensate', { error_code: reason })] };
    if (action.do === 'park') return { entries: [verbOf(held, held.history, 'park', { error_code: reason })] };
    return failed(held, step, attempt, reason, true);
  }

  /** Asks whether an effect happened. @returns undefined when it did not, so that it may be run */
  async function ask(saga: AnySaga, held: HeldSaga, step: Work, attempt: number, io: Io): Promise<Came | undefined> {
    if (step.unknown.on !== 'query') return undefined;
    const memo = await payloads.memoOf(held, io);
    const said = await step.unknown.query(at(held, step.name, attempt, memo, io.signal)).catch(() => 'unknown' as const);
    io.signal.throwIfAborted();
    if (said === 'not_done') return undefined;
    if (said === 'done') return succeeded(saga, held, { step_name: step.name, attempt, memo });
    return { entries: [verbOf(held, held.history, 'park', { error_code: 'unknown_outcome' })] };
  }

  /** Goes past a wait with what its signal brought, in the name of who sent it. */
  async function take(saga: AnySaga, held: HeldSaga, step: AnySaga['steps'][number], signal: Signal, io: Io): Promise<Came> {
    const given = signal.payload_ref === null ? {} : await payloads.readJson(held.of, signal.payload_ref, io);
    if (isWait(step) && !Value.Check(step.payload, given))
      return { entries: [verbOf(held, held.history, 'park', { error_code: 'signal_payload' })] };
    const memo = await payloads.memoOf(held, io);
    return succeeded(saga, held, { step_name: step.name, attempt: 1, memo, output: { [step.name]: given }, by: signal.by });
  }

  /** Undoes one step. An agent's saga has no memo: its handler gets the payload of the step. */
  async function undo(saga: AnySaga | undefined, held: HeldSaga, view: StepView, io: Io): Promise<Came> {
    const { step_name, compensation_attempts: attempt } = view;
    const ref = view.compensate_ref ?? '';
    const handler = saga === undefined && !Object.hasOwn(offered, ref) ? undefined : handlerOf(ref);
    if (handler === undefined) return { entries: [verbOf(held, held.history, 'park', { error_code: 'no_compensation' })] };
    const stop = new AbortController();
    const rest = keepLease(held, stop, { turned: false });
    try {
      const memo = saga === undefined ? await payloadOf(held, view, io) : await payloads.memoOf(held, io);
      const here = at(held, step_name, attempt, memo, AbortSignal.any([io.signal, stop.signal]));
      const writes = await handler({ ...here, key: `${here.key}/undo` });
      return {
        entries: [undoOf(held.saga_id, step_name, attempt, 'compensate_outcome', { status: 'done', completed_at: inMs(0) })],
        writes,
      };
    } catch (error) {
      io.signal.throwIfAborted();
      if (isAncillaError(stop.signal.reason, 'saga.stale_owner')) throw stop.signal.reason;
      return undoFailed(held, view, error);
    } finally {
      rest();
    }
  }
  const undoFailed = (held: HeldSaga, { step_name, compensation_attempts: attempt }: StepView, error: unknown): Came => ({
    entries: [
      undoOf(held.saga_id, step_name, attempt, 'compensate_outcome', {
        status: 'failed',
        error_code: errorCode(error),
        wake_at: backoff(attempt),
      }),
    ],
  });
  const payloadOf = async (held: HeldSaga, { payload_ref }: StepView, io: Io): Promise<Memo> => {
    const found = payload_ref === null ? {} : await payloads.readJson(held.of, payload_ref, io);
    return typeof found === 'object' && found !== null ? { ...found } : {};
  };

  /** The store refused what an effect came to: the attempt failed. @returns undefined for what was no effect */
  async function refused(held: HeldSaga, action: Action, error: unknown, io: Io): Promise<Came | undefined> {
    if (action.do === 'run' || action.do === 'ask') return await threw(held, action.step, action.attempt, error, io);
    return action.do === 'undo' ? undoFailed(held, action.step, error) : undefined;
  }

  return { run, ask, take, undo, refused, keepLease, atRest, look: (saga_id: string) => looks.get(saga_id)?.() };
}
export type Effects = ReturnType<typeof openEffects>;

/** The saga is being undone: what ran is to stop. */
class TurnedAround extends Error {
  override readonly name = 'TurnedAround';
}

/** A wait's payload stands in the memo under the wait's name, beside what the memo's schema declares. */
const declaredPart = (saga: AnySaga, memo: Memo): Memo => {
  const waits = new Set(saga.steps.flatMap((step) => (isWait(step) && !(step.name in saga.memo.properties) ? [step.name] : [])));
  return Object.fromEntries(Object.entries(memo).filter(([name]) => !waits.has(name)));
};

/** What is wrong with the request itself stays wrong. */
const RETRYABLE = [
  'internal',
  'embedding.provider',
  'store.unavailable',
  'store.full',
  'store.revision_conflict',
  'redaction.failed',
  'egress.refused',
] as const;
const isRetryable = (error: unknown): boolean => !isAncillaError(error) || isAncillaError(error, ...RETRYABLE);
