import type { WalEntry } from '@ancilla/contracts';
import type { HeldSaga, NewEntry } from './log.ts';
import type { History } from './history.ts';
import { isWait, type AnyStep } from './definition.ts';

/** Constant over attempts: what a step hands to whatever it calls. */
export const keyOf = (saga_id: string, step: string): string => `${saga_id}/${step}`;

/** Of the saga that goes on for one: there is one at most, so that what was done is undone once. */
export const againKey = (saga_id: string): string => `retry/${saga_id}`;

/** What is about to be done, or waited for. @param wake_at - when a wait ends by itself */
export const intentOf = (saga_id: string, step: AnyStep, attempt: number, wake_at: string | undefined): NewEntry => ({
  step_name: step.name,
  kind: 'intent',
  status: 'pending',
  idempotency_key: keyOf(saga_id, step.name),
  attempt,
  ...(isWait(step)
    ? { awaits: step.signal, ...(wake_at !== undefined && { wake_at }) }
    : { compensate_ref: step.compensate?.ref ?? null, on_unknown: step.unknown.on }),
});

export const outcomeOf = (saga_id: string, step_name: string, attempt: number, more: Partial<NewEntry>): NewEntry => ({
  step_name,
  kind: 'outcome',
  status: 'done',
  idempotency_key: keyOf(saga_id, step_name),
  attempt,
  ...more,
});

/** A compensation's intent or outcome. */
export const undoOf = (
  saga_id: string,
  step_name: string,
  attempt: number,
  kind: 'compensate_intent' | 'compensate_outcome',
  more: Partial<NewEntry> & Pick<NewEntry, 'status'>,
): NewEntry => ({ step_name, kind, idempotency_key: `${keyOf(saga_id, step_name)}/undo`, attempt, ...more });

/** What a verb of people, agents or the engine itself leaves in the log; the same verb again is its next attempt. */
export const verbOf = (
  { saga_id }: Pick<HeldSaga, 'saga_id'>,
  { verbs }: Pick<History, 'verbs'>,
  verb: string,
  more: Partial<NewEntry> = {},
): NewEntry => ({
  step_name: verb,
  kind: 'operator',
  status: 'done',
  idempotency_key: `${saga_id}/${verb}`,
  attempt: (verbs[verb] ?? 0) + 1,
  ...more,
});

/** An entry of one saga's log in the log of the saga that goes on from there: what was done, and its undo, are that one's now. */
export const carriedOf = (
  saga_id: string,
  { step_name, kind, status, payload_ref, payload_hash, compensate_ref, on_unknown, awaits }: WalEntry,
): NewEntry => ({
  step_name,
  kind,
  status,
  idempotency_key: keyOf(saga_id, step_name),
  attempt: 1,
  payload_ref,
  payload_hash,
  compensate_ref,
  ...(on_unknown !== undefined && { on_unknown }),
  ...(awaits !== undefined && { awaits }),
});
