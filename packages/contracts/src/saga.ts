// Runs in browsers too.
import type { Static, TObject, TSchema } from 'typebox';
import type { Tenant } from './collection.ts';
import type { Guard, Reader, TenantStore, Write } from './store.ts';

/** What a step sees. `key` is its idempotency key: the same over all attempts, to be handed to whatever the step calls. */
export interface At<M> {
  readonly saga_id: string;
  readonly trace_id: string;
  readonly tenant_id: string;
  readonly memo: M;
  readonly key: string;
  readonly attempt: number;
  readonly tenant: Reader<Tenant>;
  /** Aborted when the saga is cancelled or taken over, or the step's time is up. */
  readonly signal: AbortSignal;
  /** Says how far a long step is, from 0 to 1: shown with the saga from its next heartbeat on. */
  progress(share: number): void;
}

/**
 * One outside effect: its intent is durable before `run` is called; its outcome, its output (merged into the memo) and `writes` are one commit. It is made only where
 * `guards` hold; where one does not any more, the attempt failed, and the next one looks again.
 * The memo holds references and ids, never raw content.
 */
export interface Step<M> {
  readonly name: string;
  /** How often it is tried before the saga compensates; backoff with jitter between. */
  readonly attempts: number;
  /** How long one attempt may take. Then its signal is aborted and its outcome counts as unknown. */
  readonly deadlineSeconds?: number;
  run(at: At<M>): Promise<{
    readonly output: Partial<M>;
    readonly writes?: readonly Write<Tenant>[];
    readonly guards?: readonly Guard[];
  }>;
  /** After a crash between intent and outcome: ask (`query`), undo (`compensate`), wait for a person (`park`), or run again under the same key (`retry`: the effect is idempotent by its key). */
  readonly unknown:
    | { readonly on: 'park' | 'compensate' | 'retry' }
    | { readonly on: 'query'; query(at: At<M>): Promise<'done' | 'not_done' | 'unknown'> };
  /** Undoes the effect; must tolerate that there is nothing to undo. */
  readonly compensate?: { readonly ref: `handler:${string}`; run(at: At<M>): Promise<readonly Write<Tenant>[]> };
}

/** Waits for a person's or a system's signal; its payload is merged into the memo under the wait's name. */
export interface Wait {
  readonly name: string;
  readonly signal: string;
  readonly payload: TSchema;
  readonly deadlineSeconds?: number;
}

/** Declared steps, not replayed code. The hash of names, order and policies is checked on resume. Undo is in strict reverse, and includes steps that failed or whose outcome is unknown. */
export interface Saga<M extends TObject = TObject> {
  readonly name: string;
  readonly memo: M;
  readonly steps: readonly (Step<Static<M>> | Wait)[];
}

/** Declares a saga. */
export const saga = <M extends TObject>(declared: Saga<M>): Saga<M> => declared;

/** How a saga ended, or why it stands still. `memo` is what its steps put out. */
export interface SagaOutcome<M> {
  readonly saga_id: string;
  readonly status: 'done' | 'compensated' | 'killed' | 'waiting' | 'needs_attention';
  readonly memo: M;
  readonly error?: { readonly code: string; readonly detail: string };
}

/**
 * What a saga remembers from its beginning. Or how that is made, asked only of a key that is new: then `request_hash` (SHA-256) tells a repetition from another request
 * under the same key, as the memo's own does otherwise.
 */
export type StartMemo<M> =
  | { readonly memo: M; readonly request_hash?: undefined }
  | { readonly memo: () => Promise<M>; readonly request_hash: string };

/** What rooms may ask of the saga engine. */
export interface SagaRunner {
  /** Starts it (intent of the first step durable when this resolves); the same idempotency key gives the same saga. `settled` resolves when it ends, waits or needs attention. */
  start<M extends TObject>(
    of: Saga<M>,
    from: StartMemo<Static<M>> & {
      readonly tenant: TenantStore;
      readonly tenant_id: string;
      readonly trace_id: string;
      readonly owner: string;
      readonly idempotency_key: string;
      /** RFC 3339. A saga that is not done by then is compensated. */
      readonly deadline?: string;
    },
  ): Promise<{ readonly saga_id: string; readonly settled: Promise<SagaOutcome<Static<M>>> }>;
  /**
   * Delivers a signal once per `signal_id`; early ones wait for the saga.
   * @throws {AncillaError} `saga.state` when nothing can wait for it any more, `saga.payload_conflict` when the id came with another payload
   */
  signal(
    at: { readonly tenant: TenantStore; readonly tenant_id: string; readonly saga_id: string },
    signal: { readonly signal_id: string; readonly name: string; readonly payload: object; readonly by: string },
  ): Promise<void>;
}
