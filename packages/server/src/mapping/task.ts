import { mappingHistory, type Task } from '@ancilla/contracts';
import { featureNames } from '@ancilla/ranker';
import { parseFeatures, type FeaturesFile } from './features-file.ts';
import { NONE } from './term-ids.ts';
import { isPublicWord } from './vocabulary.ts';

/** The model that ranks candidates of columns. */
export const MAPPING_MODEL = 'mapping-ranker';

/** Who accepts what no person looked at. */
export const POLICY_REVIEWER = 'policy:review';
/** Whether no person decided: what a model was sure of itself is no evidence, no lesson and no look-alike. */
export const isByPolicy = ({ reviewer_id }: { readonly reviewer_id: string }): boolean => reviewer_id === POLICY_REVIEWER;

/** What can be learned from mapping decisions. */
export const mappingTask: Task<typeof mappingHistory, FeaturesFile> = {
  name: 'mapping',
  model_id: MAPPING_MODEL,
  decisions: mappingHistory,
  feature_names: featureNames,
  cluster: ({ source: { dataset, table } }) => JSON.stringify([dataset, table]),
  terms: ({ candidates, semantic_id }) => [
    ...candidates.map((candidate) => candidate.semantic_id),
    ...(semantic_id === null ? [] : [semantic_id]),
  ],
  isPublicWord,
  supersedes: ({ supersedes }) => supersedes,
  meta: ({ mapping_history_id: id, trace_id, features_ref, agent_config, model, reviewer_id, decided_at }) => ({
    id,
    trace_id,
    features_ref,
    agent_config_id: agent_config.id,
    model_version: model.version,
    reviewer_id,
    decided_at,
  }),
  trials: ({ decision, semantic_id, trials = [], supersedes, reviewer_id, blind = false }) =>
    (isByPolicy({ reviewer_id }) ? [] : trials).map(({ rollout_id, unit, arm, answers, shown, shadow }) => {
      // A bare rejection says that what was shown is wrong, and of another answer nothing: it counts as wrong too, so that a candidate gains nothing by it.
      const isWrong = (answer: string | null | undefined) => decision === 'reject' || answer !== semantic_id;
      return {
        rollout_id,
        unit,
        arm,
        answers,
        isCorrection: supersedes !== undefined,
        isBlind: blind,
        wrong: { stable: arm !== 'candidate' && isWrong(shown), candidate: arm !== 'stable' && isWrong(arm === 'both' ? shadow : shown) },
      };
    }),
  parseFeatures(value) {
    const file = parseFeatures(value);
    // Features of another version of the ranker mean something else.
    return file?.feature_names.join() === featureNames.join() ? file : undefined;
  },
  toExample({ decision, semantic_id, source, reviewer_id }, { columns, prompt_hash }) {
    if (isByPolicy({ reviewer_id })) return undefined;
    const column = columns[source.column];
    if (column === undefined) return undefined;
    const label = decision === 'none_of_these' || decision === 'new_term' ? NONE : semantic_id;
    // A bare rejection says that the suggestion was wrong, not what would have been right.
    if (label === null) return undefined;
    // A term that was not even retrieved teaches the ranker nothing.
    if (!column.candidates.some((candidate) => candidate.semantic_id === label)) return undefined;
    return {
      candidates: column.candidates.map((candidate) => ({ id: candidate.semantic_id, features: candidate.features })),
      label,
      col_name_tokens: column.tokens,
      embedding_vector_ref: column.embedding_id,
      prompt_hash,
    };
  },
};
