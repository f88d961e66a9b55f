import { idFrom, type DecisionLog, type Doc, type Task, type TaskExample } from '@ancilla/contracts';
import { sha256, sha256Hex } from '@ancilla/evidence';
import type { Cell, Columns, Vocabulary } from './fields.ts';
import type { InParts } from './turns.ts';
import { splitOf } from './split.ts';

/** Why a decision is no example: a later one corrects it, its features are gone, or newer than itself, or there is nothing to learn from it. */
type LeftOut = 'corrected' | 'erased' | 'late' | 'no_signal';

/** The artifact at a decision's features_ref, as its task reads it, and when it was made. */
export interface Features<F = unknown> {
  readonly value: F | undefined;
  readonly created_at: string;
}

export interface ExampleParts {
  readonly tenant_scope: string;
  readonly trainer_version: string;
  /** Whether references to vectors may be in the dataset. */
  readonly vectors: boolean;
  /** Keyed by the tenant. */
  readonly hmac: (purpose: string, value: string) => Uint8Array;
}

/** The way back from an example. */
export interface Link {
  readonly example_id: string;
  readonly mapping_history_id: string;
  readonly trace_id: string;
}

export interface Examples {
  readonly columns: Columns;
  readonly links: readonly Link[];
  readonly left_out: Readonly<Record<LeftOut, number>>;
  readonly vocabulary: Vocabulary;
}

/** Decisions that are turned into examples without a break. */
const PART = 100;

/** What an example in which no candidate is right is labelled. */
const NONE = 'none';

/**
 * Decisions as rows of training data. De-identified by construction: similarities, ids, pseudonyms and words of closed lists; sample values are not replaced but left
 * out. Pure: the same decisions, features and keys give the same rows.
 */
export function* toExamples<C extends DecisionLog, F>(
  task: Task<C, F>,
  decisions: readonly Doc<C>[],
  features: ReadonlyMap<string, Features<F>>,
  { tenant_scope, trainer_version, vectors, hmac }: ExampleParts,
): InParts<Examples> {
  const left_out = { corrected: 0, erased: 0, late: 0, no_signal: 0 };
  const corrected = new Set(decisions.map((decision) => task.supersedes(decision)));
  const toChosen = (decision: Doc<C>) => {
    const meta = task.meta(decision);
    const example = corrected.has(meta.id) ? 'corrected' : exampleOf(task, decision, features.get(meta.features_ref));
    if (typeof example !== 'string')
      return [{ ...example, meta, cluster: task.cluster(decision), example_id: idFrom('ex', sha256(`${task.name}/${meta.id}`)) }];
    left_out[example] += 1;
    return [];
  };
  const chosen: ReturnType<typeof toChosen> = [];
  for (const [i, decision] of decisions.entries()) {
    chosen.push(...toChosen(decision));
    if (i % PART === 0) yield;
  }
  // In the order of all decisions: a correction makes no table newer.
  const withExamples = new Set(chosen.map(({ cluster }) => cluster));
  const split = splitOf(decisions.map((decision) => task.cluster(decision)).filter((cluster) => withExamples.has(cluster)));
  // Other examples, other pseudonyms: nobody can be followed from one dataset to the next, and the same dataset built again is the same.
  const edition = sha256Hex(chosen.map(({ example_id }) => example_id).join('\n'));
  const pseudonym = (what: 'reviewer' | 'cluster', value: string): string =>
    `${what.slice(0, 1)}-${Buffer.from(hmac(`training/${what}`, `${edition}/${value}`))
      .toString('hex')
      .slice(0, 32)}`;
  const columns: Record<string, Cell[]> = {};
  const column = (name: string): Cell[] => (columns[name] ??= []);
  const similarities = task.feature_names.map(column);
  for (const [at, { example_id, meta, cluster, candidates, label, ...example }] of chosen.entries()) {
    if (at % PART === 0) yield;
    // The same for all candidates.
    const cells: Readonly<Record<string, Cell>> = {
      example_id,
      tenant_scope,
      split: split(cluster),
      cluster: pseudonym('cluster', cluster),
      label,
      col_name_tokens: example.col_name_tokens,
      embedding_vector_ref: vectors ? example.embedding_vector_ref : null,
      mapping_history_id: meta.id,
      trace_id: meta.trace_id,
      prompt_hash: example.prompt_hash,
      artifact_refs: [meta.features_ref],
      agent_config_id: meta.agent_config_id,
      model_version: meta.model_version,
      trainer_version,
      approved_by: pseudonym('reviewer', meta.reviewer_id),
      created_at: meta.decided_at,
    };
    for (const [name, cell] of Object.entries(cells)) {
      const to = column(name);
      for (let i = 0; i < candidates.length; i++) to.push(cell);
    }
    for (const { id, features: numbers } of candidates) {
      column('candidate').push(id);
      column('chosen').push(id === label);
      for (const [i, to] of similarities.entries()) to.push(numbers[i] ?? 0);
    }
  }
  const names = chosen.flatMap(({ meta }) => [meta.agent_config_id, meta.model_version]);
  return {
    columns,
    links: chosen.map(({ example_id, meta }) => ({ example_id, mapping_history_id: meta.id, trace_id: meta.trace_id })),
    left_out,
    vocabulary: {
      tenant_scope,
      terms: new Set([NONE, ...decisions.flatMap((decision) => task.terms(decision))]),
      names: new Set([trainer_version, ...names]),
      isPublicWord: task.isPublicWord,
      // No field of an example holds a text of a call.
      holdsRemoved: () => true,
    },
  };
}

/** One decision as an example, or why it is none. */
function exampleOf<C extends DecisionLog, F>(task: Task<C, F>, decision: Doc<C>, found: Features<F> | undefined): TaskExample | LeftOut {
  if (found === undefined) return 'erased';
  // What was learned after the decision was not there to decide on.
  if (found.created_at > task.meta(decision).decided_at) return 'late';
  return (found.value === undefined ? undefined : task.toExample(decision, found.value)) ?? 'no_signal';
}
