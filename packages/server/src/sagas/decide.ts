import type { Step, Wait } from '@ancilla/contracts';
import { definitionHash, isWait, type AnySaga } from './definition.ts';
import { isOver, nextToCompensate, signalFor, type History, type Signal, type StepView } from './history.ts';

type Work = Step<Record<string, unknown>>;

/** What is to be done next about a saga. */
export type Action =
  /** Nothing: it ended, waits, or needs a person. */
  | { readonly do: 'rest' }
  | { readonly do: 'park' | 'turn_around'; readonly reason: string }
  | { readonly do: 'pause'; readonly until: number }
  | { readonly do: 'finish'; readonly verb: 'complete' | 'compensated' }
  /** `begin_undo` writes a compensation's intent; `undo` runs the one that is open. */
  | { readonly do: 'begin_undo' | 'undo'; readonly step: StepView }
  /** `begin` writes the step's next intent; `run` runs the one that is open. */
  | { readonly do: 'begin'; readonly step: Work | Wait; readonly attempt: number }
  | { readonly do: 'run' | 'ask'; readonly step: Work; readonly attempt: number }
  | { readonly do: 'take'; readonly step: Wait; readonly signal: Signal };

/** A saga that was taken over so often without writing anything is not tried again. */
const MOST_IDLE_CLAIMS = 5;
const COMPENSATION_ATTEMPTS = 3;

/**
 * Decides what comes next, from the log, the declaration and the time alone.
 * @param saga - undefined for one that an agent drove and whose lease ran out
 */
export function decide(
  saga: AnySaga | undefined,
  history: History,
  { now, deadline }: { readonly now: number; readonly deadline: string | undefined },
): Action {
  const isDue = (at: string | null | undefined): boolean => typeof at === 'string' && Date.parse(at) <= now;
  const { status, wake_at } = history;
  if (isOver(history) || status === 'needs_attention') return { do: 'rest' };
  if (history.claims_without_progress > MOST_IDLE_CLAIMS) return { do: 'park', reason: 'no_progress' };
  if (status === 'compensating') return undo(history, now);
  if (isDue(deadline)) return { do: 'turn_around', reason: 'deadline' };
  if (saga === undefined) return takeFromAgent(history);
  if (history.definition_hash !== definitionHash(saga)) return { do: 'park', reason: 'definition_changed' };

  const viewOf = ({ name }: { readonly name: string }) => history.steps.find(({ step_name }) => step_name === name);
  const step = saga.steps.find((each) => viewOf(each)?.status !== 'done');
  if (step === undefined) return { do: 'finish', verb: 'complete' };
  const view = viewOf(step);
  if (view?.status !== 'pending') {
    if (wake_at !== null && !isDue(wake_at)) return { do: 'pause', until: Date.parse(wake_at) };
    return { do: 'begin', step, attempt: (view?.attempts ?? 0) + 1 };
  }
  if (isWait(step)) {
    const signal = signalFor(history, view);
    if (signal !== undefined) return { do: 'take', step, signal };
    return isDue(wake_at) ? { do: 'turn_around', reason: 'wait_deadline' } : { do: 'rest' };
  }
  return view.unknown ? afterUnknown(step, view.attempts, 'unknown_outcome') : { do: 'run', step, attempt: view.attempts };
}

/** What to do about an intent whose outcome nobody knows, as its step declared it. */
export function afterUnknown(step: Work, attempt: number, reason: string): Action {
  switch (step.unknown.on) {
    case 'retry':
      return { do: 'run', step, attempt };
    case 'query':
      return { do: 'ask', step, attempt };
    case 'compensate':
      return { do: 'turn_around', reason };
    case 'park':
      return { do: 'park', reason };
  }
}

/** Undoes in strict reverse; one that cannot be undone stops it, since what was done earlier must not be undone before. */
function undo(history: History, now: number): Action {
  const step = nextToCompensate(history);
  if (step === undefined) return { do: 'finish', verb: 'compensated' };
  if (step.compensate_ref === null) return { do: 'park', reason: step.status === 'pending' ? 'unknown_outcome' : 'no_compensation' };
  if (step.compensation_failures >= COMPENSATION_ATTEMPTS) return { do: 'park', reason: 'compensation_failed' };
  const until = history.wake_at === null ? now : Date.parse(history.wake_at);
  if (until > now) return { do: 'pause', until };
  return { do: step.compensation === 'pending' ? 'undo' : 'begin_undo', step };
}

/** An agent that let its lease run out is gone. What it began is undone if all of it can be; otherwise a person looks. */
function takeFromAgent({ steps }: History): Action {
  const open = steps.find(({ status }) => status === 'pending');
  if (open !== undefined && open.on_unknown !== 'compensate') return { do: 'park', reason: 'unknown_outcome' };
  const canUndo = steps.length > 0 && steps.every(({ compensate_ref }) => compensate_ref !== null);
  return canUndo ? { do: 'turn_around', reason: 'owner_gone' } : { do: 'park', reason: 'owner_gone' };
}
