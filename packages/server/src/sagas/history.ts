import type { WalEntry } from '@ancilla/contracts';

/** What the log says of one step. `pending`: an intent without outcome. */
export interface StepView {
  readonly step_name: string;
  readonly status: 'pending' | 'done' | 'failed';
  readonly attempts: number;
  readonly payload_ref: string | null;
  readonly compensate_ref: string | null;
  readonly on_unknown: WalEntry['on_unknown'];
  readonly created_at: string;
  readonly completed_at: string | null;
  readonly compensation: 'none' | 'pending' | 'failed' | 'done';
  readonly compensation_attempts: number;
}

/** What the log says of a saga: nothing else is needed to know where it stands. */
export interface History {
  readonly epoch: number;
  readonly owner_id: string;
  /** The artifact that says how it started; of the first claim. */
  readonly start_ref: string | null;
  readonly definition_hash: string | null;
  /** The memo after the last outcome. */
  readonly memo_ref: string | null;
  /** In order of first intent. */
  readonly steps: readonly StepView[];
  readonly signals: readonly { readonly name: string; readonly payload_ref: string | null; readonly by: string }[];
  /** The last operator's verb that still counts. */
  readonly ended: 'completed' | 'killed' | undefined;
  readonly cancelled: boolean;
  /** Claims since anything else was written: crashes without progress. */
  readonly claims_without_progress: number;
  readonly last_at: string;
}

/** Computes a saga's history from its entries, oldest first. Pure: a cache that was deleted is rebuilt by this. */
export function toHistory(entries: readonly WalEntry[]): History {
  let epoch = 0;
  let owner_id = '';
  let start_ref: string | null = null;
  let definition_hash: string | null = null;
  let memo_ref: string | null = null;
  let ended: History['ended'];
  let cancelled = false;
  let claims = 0;
  let last_at = '';
  const steps = new Map<string, StepView>();
  const signals: History['signals'][number][] = [];
  for (const entry of entries) {
    last_at = entry.created_at;
    claims = entry.kind === 'claim' ? claims + 1 : 0;
    const was = steps.get(entry.step_name);
    switch (entry.kind) {
      case 'claim':
        epoch = Math.max(epoch, entry.epoch);
        owner_id = entry.owner_id;
        start_ref ??= entry.payload_ref;
        definition_hash ??= entry.definition_hash;
        break;
      case 'intent':
        steps.set(entry.step_name, { ...noStep(entry), created_at: was?.created_at ?? entry.created_at });
        break;
      case 'outcome':
        if (was?.status === 'done') break;
        // A wait has an outcome without an intent: nothing was done, something came.
        steps.set(entry.step_name, {
          ...(was ?? noStep(entry)),
          status: entry.status === 'done' ? 'done' : 'failed',
          payload_ref: entry.payload_ref ?? was?.payload_ref ?? null,
          completed_at: entry.created_at,
        });
        if (entry.status === 'done' && entry.payload_ref !== null) memo_ref = entry.payload_ref;
        break;
      case 'compensate_intent':
        if (was !== undefined) steps.set(entry.step_name, { ...was, compensation: 'pending', compensation_attempts: entry.attempt });
        break;
      case 'compensate_outcome':
        if (was !== undefined) steps.set(entry.step_name, { ...was, compensation: entry.status === 'done' ? 'done' : 'failed' });
        break;
      case 'signal':
        signals.push({ name: entry.step_name, payload_ref: entry.payload_ref, by: entry.owner_id });
        break;
      case 'operator':
        if (entry.step_name === 'complete') ended = 'completed';
        else if (entry.step_name === 'kill') ended = 'killed';
        else if (entry.step_name === 'cancel') cancelled = true;
        break;
    }
  }
  return {
    epoch,
    owner_id,
    start_ref,
    definition_hash,
    memo_ref,
    steps: [...steps.values()],
    signals,
    ended,
    cancelled,
    claims_without_progress: claims,
    last_at,
  };
}

const noStep = ({ step_name, attempt, payload_ref, compensate_ref, on_unknown, created_at }: WalEntry): StepView => ({
  step_name,
  status: 'pending',
  attempts: attempt,
  payload_ref,
  compensate_ref,
  on_unknown,
  created_at,
  completed_at: null,
  compensation: 'none',
  compensation_attempts: 0,
});

/** The next step to undo: strictly the last one that happened, or may have happened, and is not undone yet. */
export const nextToCompensate = ({ steps }: Pick<History, 'steps'>): StepView | undefined =>
  steps.findLast(
    ({ status, compensation, compensate_ref }) =>
      (status === 'done' || status === 'pending') && compensation !== 'done' && compensate_ref !== null,
  );
