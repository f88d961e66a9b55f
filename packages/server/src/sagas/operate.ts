import { AncillaError, toTimestamp, type Clock, type Io, type Of, type WalEntry } from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { definitionHash, type AnySaga } from './definition.ts';
import { sagaIdOf } from './engine.ts';
import { againKey, carriedOf, outcomeOf, undoOf, verbOf } from './entries.ts';
import type { ExternalSagas } from './external.ts';
import { nextToCompensate, type History } from './history.ts';
import type { HeldSaga, NewEntry, SagaLog } from './log.ts';
import type { Payloads } from './payloads.ts';
import type { Runner } from './runner.ts';

/** Verbs of people: each leaves an entry with its reason, and says which states it takes. */
export const verbs = {
  cancel: { from: ['running', 'waiting', 'needs_attention'], summary: 'Cancel: what was done is undone in reverse' },
  kill: { from: ['running', 'waiting', 'needs_attention', 'compensating'], summary: 'End at once; nothing is undone' },
  resume: { from: ['needs_attention'], summary: 'Go on with a saga that needed attention, where it stood' },
  skip: { from: ['needs_attention'], summary: 'Count what it stands at as done, a step or the undoing of one, and go on' },
} as const satisfies Readonly<Record<string, { readonly from: readonly History['status'][]; readonly summary: string }>>;
export type Verb = keyof typeof verbs;
/** All of them: a constant has no other keys than its own. */
export const verbNames = Object.keys(verbs) as readonly Verb[];

/** The verbs that a saga takes as it stands. */
export const verbsFor = ({ status }: Pick<History, 'status'>): readonly Verb[] =>
  verbNames.filter((verb) => verbs[verb].from.some((each) => each === status));

export interface Operators {
  /** Writes what a person decided, in one commit; then the engine goes on. @throws {AncillaError} `saga.not_found`, `saga.state` */
  operate(of: Of, saga_id: string, verb: Verb, by: string, reason: string, io: Io): Promise<{ saga_id: string; status: string }>;
  /**
   * A new saga, linked to an old one that did not end well: the old log stays as it is. What stands of the steps before the one it begins at is its own from then on.
   * @throws {AncillaError} `saga.state` when the old one may still go on itself, or an earlier step does not stand
   */
  retryFrom(
    of: Of,
    saga_id: string,
    from: { readonly from_step: string; readonly reason: string; readonly by: string; readonly trace_id: string },
    io: Io,
  ): Promise<string>;
}

export function openOperators({
  log,
  runner,
  payloads,
  external,
  clock,
}: {
  readonly log: SagaLog;
  readonly runner: Runner;
  readonly payloads: Payloads;
  readonly external: ExternalSagas;
  readonly clock: Clock;
}): Operators {
  return {
    async operate(of, saga_id, verb, by, reason, io) {
      const held = await log.hold(of, saga_id, by, undefined, io);
      const kept = payloads.prepare(of, { reason }, held.state.doc.trace_id, by);
      const completed_at = toTimestamp(clock.now());
      await held.append(
        (add, history) => {
          if (!verbsFor(history).includes(verb))
            throw new AncillaError('saga.state', `saga ${saga_id} is ${history.status}; ${verb} takes ${verbs[verb].from.join(', ')}`);
          if (verb === 'skip') add({ ...skipped(saga_id, history), completed_at });
          add(verbOf(held, history, verb, { payload_ref: kept.artifact_id, completed_at }));
        },
        { writes: kept.writes },
        io,
      );
      if (verb !== 'kill') runner.wake(of, saga_id);
      return { saga_id, status: held.history.status };
    },

    async retryFrom(of, saga_id, { from_step, reason, by, trace_id }, io) {
      const held = await log.hold(of, saga_id, by, undefined, io);
      const { doc } = held.state;
      const saga = doc.owner_key_id === null ? runner.sagas.get(doc.name) : undefined;
      if (saga === undefined && doc.owner_key_id === null) throw new AncillaError('saga.state', `this server declares no saga ${doc.name}`);
      if (!['compensated', 'killed', 'needs_attention'].includes(doc.status))
        throw new AncillaError('saga.state', `saga ${saga_id} is ${doc.status}`);
      const idempotency_key = againKey(saga_id);
      const kept = payloads.prepare(of, { reason }, trace_id, by);
      const next_id = sagaIdOf(of.tenant_id, idempotency_key);
      const why = verbOf({ saga_id: next_id }, { verbs: {} }, 'retry', { payload_ref: kept.artifact_id });
      const entries = [why, ...standing(held, saga, from_step).map((entry) => carriedOf(next_id, entry))];
      const carried = { parent_saga_id: saga_id, entries, writes: kept.writes };
      if (saga === undefined) return await external.goOn(of, doc, { carried, by, trace_id }, io);
      const { memo } = await payloads.startOf(held, io);
      const request_hash = sha256Hex(canonicalJson({ saga_id, from_step }));
      // The memo is what the saga's own schema accepted when it was started first.
      const from = { ...of, memo: async () => memo, request_hash, trace_id, owner: by, idempotency_key, carried };
      return (await runner.begin(saga, from)).saga_id;
    },
  };
}

/** Intent and outcome of each step before one: all of them must be done and not undone, and no saga's but the new one's to undo. */
function standing({ entries, history }: HeldSaga, saga: AnySaga | undefined, from_step: string): readonly WalEntry[] {
  const names = saga?.steps.map(({ name }) => name) ?? history.steps.map(({ step_name }) => step_name);
  const at = names.indexOf(from_step);
  if (at < 0) throw new AncillaError('saga.state', `the saga has no step of this name; there are ${names.join(', ') || 'none'}`);
  if (at > 0 && history.status === 'needs_attention')
    throw new AncillaError(
      'saga.state',
      'the saga may still go on, or be undone, itself: kill it before a later step than its first is tried again',
    );
  if (at > 0 && saga !== undefined && history.definition_hash !== definitionHash(saga))
    throw new AncillaError('saga.state', `${saga.name} is declared otherwise by now: it is tried again from its first step, ${names[0]}`);
  return names.slice(0, at).flatMap((name) => {
    const { status, compensation } = history.steps.find(({ step_name }) => step_name === name) ?? {};
    if (status !== 'done' || compensation !== 'none')
      throw new AncillaError('saga.state', `step ${name} before it does not stand: the saga is tried again from there or earlier`);
    const intent = entries.findLast(({ kind, step_name }) => kind === 'intent' && step_name === name);
    const outcome = entries.find((entry) => entry.kind === 'outcome' && entry.step_name === name && entry.status === 'done');
    return [intent, outcome].filter((entry) => entry !== undefined);
  });
}

/** Done by a person's word: the step it stands at, or while it is being undone the undoing of one. */
function skipped(saga_id: string, history: History): NewEntry {
  if (history.undoing !== null) {
    const view = nextToCompensate(history);
    if (view === undefined) throw new AncillaError('saga.state', 'there is nothing to skip');
    return undoOf(saga_id, view.step_name, view.compensation_attempts + 1, 'compensate_outcome', { status: 'done' });
  }
  const view = history.steps.find(({ status }) => status !== 'done');
  if (view === undefined) throw new AncillaError('saga.state', 'no step stands open that could be skipped');
  return outcomeOf(saga_id, view.step_name, view.attempts + 1, {});
}
