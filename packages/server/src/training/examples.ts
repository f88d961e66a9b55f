import { idFrom, type Doc, type Collection, type Task } from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import type { Row } from './dataset-file.ts';

/** Decisions that stand: what a later one corrects is left out. */
export function inForce<C extends Collection<'log'>>(task: Task<C>, decisions: readonly Doc<C>[]): readonly Doc<C>[] {
  const corrected = new Set(decisions.map((decision) => task.supersedes(decision)));
  return decisions.filter((decision) => !corrected.has(task.meta(decision).id));
}

export interface ExampleParts {
  readonly tenant_scope: string;
  readonly trainer_version: string;
  /** Keyed per dataset: a pseudonym that cannot be joined across datasets, nor guessed without the key. */
  readonly pseudonym: (what: 'reviewer' | 'cluster', value: string) => string;
  /** Whether references to vectors may be in the dataset. */
  readonly vectors: boolean;
}

export interface Link {
  readonly example_id: string;
  readonly mapping_history_id: string;
  readonly trace_id: string;
}

/**
 * Decisions as rows of training data, de-identified by construction: similarities, ids, pseudonyms; sample values are not replaced but left out.
 * @param features - the parsed artifact at a decision's features_ref
 */
export function toRows<C extends Collection<'log'>>(
  task: Task<C>,
  decisions: readonly Doc<C>[],
  features: ReadonlyMap<string, unknown>,
  { tenant_scope, trainer_version, pseudonym, vectors }: ExampleParts,
): { readonly rows: readonly Row[]; readonly links: readonly Link[] } {
  const rows: Row[] = [];
  const links: Link[] = [];
  for (const decision of inForce(task, decisions)) {
    const meta = task.meta(decision);
    const example = task.toExample(decision, features.get(meta.features_ref));
    if (example === undefined) continue;
    const example_id = idFrom('ex', sha256(`${task.name}/${meta.id}`));
    links.push({ example_id, mapping_history_id: meta.id, trace_id: meta.trace_id });
    for (const candidate of example.candidates) {
      rows.push({
        example_id,
        tenant_scope,
        cluster: pseudonym('cluster', task.cluster(decision)),
        label: example.label,
        candidate: candidate.id,
        chosen: candidate.id === example.label,
        col_name_tokens: example.col_name_tokens,
        embedding_vector_ref: vectors ? example.embedding_vector_ref : null,
        ...Object.fromEntries(task.feature_names.map((name, i) => [name, candidate.features[i] ?? 0])),
        mapping_history_id: meta.id,
        trace_id: meta.trace_id,
        prompt_hash: example.prompt_hash,
        agent_config_id: meta.agent_config_id,
        model_version: meta.model_version,
        trainer_version,
        approved_by: pseudonym('reviewer', meta.reviewer_id),
        created_at: meta.decided_at,
      });
    }
  }
  return { rows, links };
}
