import type { SagaState, WalEntry } from '@ancilla/contracts';

/** What the log says of one step. `pending`: an intent without outcome. */
export interface StepView {
  readonly step_name: string;
  readonly status: 'pending' | 'done' | 'failed';
  readonly attempts: number;
  readonly payload_ref: string | null;
  readonly compensate_ref: string | null;
  readonly on_unknown: WalEntry['on_unknown'];
  /** The signal it waits for; null for a step with an effect. */
  readonly awaits: string | null;
  readonly created_at: string;
  readonly completed_at: string | null;
  /** An earlier effect of this name was done, under another key: it stays, whatever comes of this one. */
  readonly stands: boolean;
  /** An owner that is gone may have run the open intent: nobody knows whether its effect happened. */
  readonly unknown: boolean;
  /** The open intent may have been run by the present owner. A person's `resume` takes that back. */
  readonly tried: boolean;
  readonly compensation: 'none' | 'pending' | 'failed' | 'done';
  readonly compensation_attempts: number;
  /** Compensations that failed since a person last looked. */
  readonly compensation_failures: number;
}

export interface Signal {
  /** Names the saga and the signal's id: the same signal twice is one. */
  readonly key: string;
  readonly name: string;
  readonly payload_ref: string | null;
  readonly payload_hash: string | null;
  readonly by: string;
  /** A wait has taken it. */
  readonly used: boolean;
}

/** What the log says of a saga: nothing else is needed to know where it stands. */
export interface History {
  readonly status: SagaState['status'];
  readonly current_step: string | null;
  readonly epoch: number;
  readonly owner_id: string;
  /** The artifact that says how it started; of the first claim. */
  readonly start_ref: string | null;
  /** Null for a saga that an agent drives over HTTP. */
  readonly definition_hash: string | null;
  /** The memo after the last outcome. */
  readonly memo_ref: string | null;
  /** In order of first intent. */
  readonly steps: readonly StepView[];
  readonly signals: readonly Signal[];
  readonly cancelled: boolean;
  /** How often each verb stands in the log. */
  readonly verbs: Readonly<Record<string, number>>;
  /** Why it turned around: what was done is being undone, or was, until it needed a person. */
  readonly undoing: string | null;
  readonly reason: string | undefined;
  readonly retries: number;
  readonly wake_at: string | null;
  /** Claims since anything else was written: crashes without progress. */
  readonly claims_without_progress: number;
  readonly last_at: string;
}

const unwritten: History = {
  status: 'running',
  current_step: null,
  epoch: 0,
  owner_id: '',
  start_ref: null,
  definition_hash: null,
  memo_ref: null,
  steps: [],
  signals: [],
  cancelled: false,
  verbs: {},
  undoing: null,
  reason: undefined,
  retries: 0,
  wake_at: null,
  claims_without_progress: 0,
  last_at: '',
};

/** Whether a saga has ended: such a status never changes again. */
export const isOver = ({ status }: Pick<History, 'status'>): boolean => ['done', 'compensated', 'killed'].includes(status);

/** Computes a saga's history from its entries, oldest first. Pure: a cache that was deleted is rebuilt by this. */
export const toHistory = (entries: readonly WalEntry[]): History => entries.reduce(advance, unwritten);

/** What is known once one more entry stands in the log. */
export const advance = (was: History, entry: WalEntry): History => ({
  ...was,
  epoch: Math.max(was.epoch, entry.epoch),
  claims_without_progress: entry.kind === 'claim' ? was.claims_without_progress + 1 : 0,
  last_at: entry.created_at,
  // What stands after the end changes nothing; the log refuses to write it.
  ...(isOver(was) ? {} : told[entry.kind](was, entry)),
});

type Teller = (was: History, entry: WalEntry) => Partial<History>;

/** What each kind of entry says. */
const told: { readonly [K in WalEntry['kind']]: Teller } = {
  claim: (was, { owner_id, payload_ref, definition_hash }) => ({
    owner_id,
    steps: was.steps.map((step) => (isOpen(step) ? { ...step, unknown: step.tried, tried: true } : step)),
    ...(was.epoch === 0 && { start_ref: payload_ref, definition_hash }),
  }),
  intent: (was, entry) => ({
    ...(was.undoing === null && { status: entry.awaits === undefined ? 'running' : 'waiting' }),
    current_step: entry.step_name,
    retries: entry.attempt - 1,
    wake_at: entry.wake_at ?? null,
    steps: put(was.steps, {
      ...toStep(entry),
      created_at: stepOf(was, entry)?.created_at ?? entry.created_at,
      stands: stepOf(was, entry)?.status === 'done' || stepOf(was, entry)?.stands === true,
    }),
  }),
  outcome: (was, entry) => {
    const step = stepOf(was, entry) ?? toStep(entry);
    // That an earlier attempt failed says nothing of one that was begun since.
    if (step.status === 'done' || (entry.status === 'failed' && entry.attempt < step.attempts)) return {};
    const { status, payload_ref, created_at } = entry;
    const steps = put(was.steps, {
      ...step,
      status: status === 'done' || step.stands ? 'done' : 'failed',
      payload_ref: payload_ref ?? step.payload_ref,
      completed_at: created_at,
      unknown: false,
      tried: false,
    });
    if (status === 'failed') return { steps, retries: entry.attempt, wake_at: entry.wake_at ?? null };
    const taken = was.signals.find((signal) => isFor(step, signal));
    return {
      steps,
      ...(was.undoing === null && { status: 'running' }),
      ...(payload_ref !== null && { memo_ref: payload_ref }),
      retries: 0,
      wake_at: null,
      signals: was.signals.map((signal) => (signal === taken ? { ...signal, used: true } : signal)),
    };
  },
  compensate_intent: (was, { step_name, attempt }) => ({
    current_step: step_name,
    wake_at: null,
    steps: was.steps.map((step) =>
      step.step_name === step_name ? { ...step, compensation: 'pending', compensation_attempts: attempt } : step,
    ),
  }),
  compensate_outcome: (was, { step_name, status, wake_at = null }) => ({
    wake_at,
    steps: was.steps.map((step) => {
      if (step.step_name !== step_name) return step;
      if (status === 'done') return { ...step, compensation: 'done' };
      return { ...step, compensation: 'failed', compensation_failures: step.compensation_failures + 1 };
    }),
  }),
  signal: (was, { idempotency_key, step_name, payload_ref, payload_hash, owner_id }) => ({
    signals: [...was.signals, { key: idempotency_key, name: step_name, payload_ref, payload_hash, by: owner_id, used: false }],
  }),
  operator: (was, entry) => ({
    verbs: { ...was.verbs, [entry.step_name]: (was.verbs[entry.step_name] ?? 0) + 1 },
    ...verbs[entry.step_name]?.(was, entry),
  }),
};

const ends =
  (status: History['status']): Teller =>
  () => ({ status, current_step: null, wake_at: null });
const turnsAround: Teller = (_, { step_name, error_code = step_name }) => ({
  status: 'compensating',
  undoing: error_code,
  reason: error_code,
  ...(step_name === 'cancel' && { cancelled: true }),
  wake_at: null,
});
/** A person has looked: it goes on where it stood, and what was open may be run. */
const goesOn: Teller = ({ undoing, steps }) => ({
  status: undoing !== null ? 'compensating' : steps.some((step) => isOpen(step) && step.awaits !== null) ? 'waiting' : 'running',
  reason: undoing ?? undefined,
  wake_at: null,
  steps: steps.map((step) => ({ ...step, unknown: false, tried: false, compensation_failures: 0 })),
});

/** What the verbs of people, agents and the engine itself do: the step name of an operator entry. */
const verbs: { readonly [verb: string]: Teller } = {
  complete: ends('done'),
  compensated: ends('compensated'),
  kill: ends('killed'),
  cancel: turnsAround,
  compensate: turnsAround,
  park: (_, { error_code }) => ({ status: 'needs_attention', reason: error_code, wake_at: null }),
  resume: goesOn,
  skip: goesOn,
};

const stepOf = ({ steps }: Pick<History, 'steps'>, { step_name }: Pick<WalEntry, 'step_name'>): StepView | undefined =>
  steps.find((step) => step.step_name === step_name);
const put = (steps: readonly StepView[], step: StepView): readonly StepView[] =>
  steps.some(({ step_name }) => step_name === step.step_name)
    ? steps.map((each) => (each.step_name === step.step_name ? step : each))
    : [...steps, step];
const isOpen = ({ status }: StepView): boolean => status === 'pending';
const isFor = ({ awaits }: Pick<StepView, 'awaits'>, { name, used }: Signal): boolean => !used && name === awaits;

const toStep = ({ step_name, attempt, payload_ref, compensate_ref, on_unknown, awaits, created_at }: WalEntry): StepView => ({
  step_name,
  status: 'pending',
  attempts: attempt,
  payload_ref,
  compensate_ref,
  on_unknown,
  awaits: awaits ?? null,
  created_at,
  completed_at: null,
  stands: false,
  unknown: false,
  tried: awaits === undefined,
  compensation: 'none',
  compensation_attempts: 0,
  compensation_failures: 0,
});

/** The next step to undo: strictly the last that was begun and is not undone. One that failed may have had its effect, too. */
export const nextToCompensate = ({ steps, definition_hash }: Pick<History, 'steps' | 'definition_hash'>): StepView | undefined =>
  steps.findLast((step) => step.compensation !== 'done' && (step.compensate_ref !== null || isLeft(step, definition_hash === null)));

/**
 * Whether a step without an undo leaves something behind. A step of the server's own has none where nothing needs undoing, though one that was declared so may still ask
 * that a person judges what nobody knows. Of what an agent did, or may have done, nobody said that it needs none.
 */
const isLeft = ({ status, awaits, on_unknown }: StepView, isAgents: boolean): boolean =>
  status === 'pending' ? awaits === null && (isAgents || on_unknown === 'park') : isAgents && status === 'done';

/** What the cache says of a saga: all of it computed. */
export const toCache = ({ status, current_step, epoch, retries, wake_at, cancelled, reason, memo_ref }: History) => ({
  status,
  current_step,
  epoch,
  retries,
  wake_at,
  cancel_requested: cancelled,
  memo_ref,
  ...(reason !== undefined && { reason }),
});

/** The signal a wait can take now. */
export const signalFor = ({ signals }: Pick<History, 'signals'>, step: Pick<StepView, 'awaits'>): Signal | undefined =>
  signals.find((signal) => isFor(step, signal));
