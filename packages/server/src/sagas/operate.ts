import { AncillaError, toTimestamp, type Clock, type Io, type NewId } from '@ancilla/contracts';
import { outcomeOf, undoOf, verbOf } from './entries.ts';
import { nextToCompensate, type History } from './history.ts';
import type { NewEntry, Of, SagaLog } from './log.ts';
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

/** The verbs that a saga takes as it stands. */
export const verbsFor = ({ status }: Pick<History, 'status'>): readonly Verb[] =>
  (Object.keys(verbs) as Verb[]).filter((verb) => verbs[verb].from.some((each) => each === status));

export interface Operators {
  /** Writes what a person decided, in one commit; then the engine goes on. @throws {AncillaError} `saga.not_found`, `saga.state` */
  operate(of: Of, saga_id: string, verb: Verb, by: string, reason: string, io: Io): Promise<{ saga_id: string; status: string }>;
  /** A new saga, linked to an old one that did not end well: the old log stays as it is. */
  retryFrom(
    of: Of,
    saga_id: string,
    from: { readonly from_step: string; readonly by: string; readonly trace_id: string },
    io: Io,
  ): Promise<string>;
}

export function openOperators({
  log,
  runner,
  payloads,
  clock,
  newId,
}: {
  readonly log: SagaLog;
  readonly runner: Runner;
  readonly payloads: Payloads;
  readonly clock: Clock;
  readonly newId: NewId;
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

    async retryFrom(of, saga_id, { from_step, by, trace_id }, io) {
      const held = await log.hold(of, saga_id, by, undefined, io);
      const { doc } = held.state;
      const saga = doc.owner_key_id === null ? runner.sagas.get(doc.name) : undefined;
      if (saga === undefined) throw new AncillaError('saga.state', 'only sagas the server runs itself can be tried again');
      if (!['compensated', 'killed', 'needs_attention'].includes(doc.status))
        throw new AncillaError('saga.state', `saga ${saga_id} is ${doc.status}`);
      const [first] = saga.steps;
      if (first?.name !== from_step)
        throw new AncillaError(
          'saga.state',
          `saga ${doc.name} is tried again from its first step, ${first?.name ?? 'none'}: what came later was undone`,
        );
      const { memo } = await payloads.startOf(held, io);
      const started = await runner.start(saga, {
        ...of,
        // What the saga's own schema accepted when it was started first.
        memo,
        trace_id,
        owner: by,
        idempotency_key: `retry/${saga_id}/${newId('sg')}`,
        parent_saga_id: saga_id,
      });
      return started.saga_id;
    },
  };
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
