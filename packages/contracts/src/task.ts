// Runs in browsers too.
import type { TObject } from 'typebox';
import type { Collection, Doc, Tenant } from './collection.ts';

/** One decision as something to learn from: similarities and ids, never a raw value. */
export interface TaskExample {
  /** What was decided among; the first fields of a row of training data. */
  readonly candidates: readonly { readonly id: string; readonly features: readonly number[] }[];
  /** The candidate that was right, or `none`. */
  readonly label: string;
  /** Words of the column's name: in clear only from the shipped public list, else keyed hashes. */
  readonly col_name_tokens: readonly string[];
  readonly embedding_vector_ref: string | null;
  readonly prompt_hash: string | null;
}

/** One decision as evidence about a candidate and what is live. */
export interface Trial {
  readonly rollout_id: string;
  /** What falls on one arm as a whole. */
  readonly unit: string;
  /** How many answers there were to decide on together with this one. */
  readonly answers: number;
  readonly arm: 'stable' | 'candidate' | 'both';
  /** Whether it corrects a decision that was counted. */
  readonly isCorrection: boolean;
  /** Whether it was made without seeing an answer. */
  readonly isBlind: boolean;
  /** Whether the arm's answer was wrong; false for an arm that gave none. */
  readonly wrong: { readonly stable: boolean; readonly candidate: boolean };
}

/** A log of decisions, of one tenant. */
export type DecisionLog = Collection<'log', TObject, { readonly [index: string]: readonly string[] }, Tenant>;

/**
 * A kind of decision people make that a model learns from. Review, training and rollout know only Tasks.
 * `C`: the log of its decisions; `F`: what was known when they were made, as its artifact holds it.
 */
export interface Task<C extends DecisionLog = DecisionLog, F = unknown> {
  readonly name: string;
  readonly model_id: string;
  /** The log of its decisions. */
  readonly decisions: C;
  /** What the numbers of an example mean, in order. */
  readonly feature_names: readonly string[];
  /** Ties a decision to what else must be on the same side of a train/test split: its table. */
  cluster(decision: Doc<C>): string;
  /** Ids that the decision was made among or for: only these may stand in training data. */
  terms(decision: Doc<C>): readonly string[];
  /** Whether a word of a name is everybody's, so that it may stand there in the clear. */
  isPublicWord(word: string): boolean;
  /** Which earlier decision this one corrects. */
  supersedes(decision: Doc<C>): string | undefined;
  /** Links of a decision that every example keeps. */
  meta(decision: Doc<C>): {
    readonly id: string;
    readonly trace_id: string;
    readonly features_ref: string;
    readonly agent_config_id: string;
    readonly model_version: string;
    readonly reviewer_id: string;
    readonly decided_at: string;
  };
  /** Reads the JSON at a features_ref, once for all decisions that refer to it; undefined when it is nothing to learn from. */
  parseFeatures(value: unknown): F | undefined;
  /** What it says about rollouts it was part of. */
  trials(decision: Doc<C>): readonly Trial[];
  /** @returns undefined when there is nothing to learn from it */
  toExample(decision: Doc<C>, features: F): TaskExample | undefined;
}
