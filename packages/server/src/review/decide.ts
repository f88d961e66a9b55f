import {
  AncillaError,
  idFrom,
  insert,
  invalidAt,
  mappingHistory,
  mappingSuggestions,
  replace,
  type Decision,
  type Mapping,
  type MappingSuggestion,
  type Stored,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';

/** What a person says about a suggestion. Who and when come from the credential and the clock. */
export interface Verdict {
  readonly decision: Decision;
  readonly semantic_id?: string;
  /** Redacted. */
  readonly justification?: string;
  readonly supersedes?: string;
  readonly lead_time_ms?: number;
}

/** Who decides, when, on which trace, and by which glossary. */
export interface Deciding {
  readonly reviewer_id: string;
  readonly review_trace_id: string;
  readonly decided_at: string;
  readonly isTerm: (id: string) => boolean;
  /** The person was not shown what was suggested. */
  readonly blind: boolean;
}

type Suggested = Stored<typeof mappingSuggestions>;

/** A decision in force on the same column, and the suggestion it was made on. */
export interface InForce {
  readonly was: Suggested;
  readonly mapping: Mapping;
}

const wrong = ({ decision }: Verdict, path: string, message: string): AncillaError =>
  invalidAt(path, message, `${decision}: ${path} ${message}`);

/** Which semantic id a decision names: the five decisions are five different signals. @throws {AncillaError} `schema.invalid` when it does not fit the decision */
function chosenId(verdict: Verdict, candidates: MappingSuggestion['candidates'], isTerm: (id: string) => boolean): string | null {
  const { decision, semantic_id, justification } = verdict;
  switch (decision) {
    case 'accept': {
      const id = semantic_id ?? candidates[0]?.semantic_id;
      if (id === undefined || !candidates.some((each) => each.semantic_id === id))
        throw wrong(verdict, '/semantic_id', 'must be one of the candidates; use override for another');
      return id;
    }
    case 'override':
      if (semantic_id === undefined || !isTerm(semantic_id)) throw wrong(verdict, '/semantic_id', 'must be an id of the glossary');
      return semantic_id;
    case 'reject':
    case 'none_of_these':
      if (semantic_id !== undefined) throw wrong(verdict, '/semantic_id', 'must be left out');
      return null;
    case 'new_term':
      if (semantic_id !== undefined) throw wrong(verdict, '/semantic_id', 'must be left out: the term does not exist yet');
      if (justification === undefined) throw wrong(verdict, '/justification', 'must say which term is missing');
      return null;
  }
}

/** Whether a decision takes the place of an answer given before: by another answer, or by refusing that one. A rejection speaks of the best candidate, `none_of_these` of all. */
const takesPlaceOf = (answer: string, { decision }: Verdict, chosen: string | null, candidates: MappingSuggestion['candidates']): boolean =>
  chosen !== null ||
  decision === 'new_term' ||
  (decision === 'reject' ? candidates.slice(0, 1) : candidates).some(({ semantic_id }) => semantic_id === answer);

/**
 * What a decision corrects beside its own suggestion: an earlier decision on the same column, which it names or whose answer it takes the place
 * of, so that no column has two answers in force.
 * @throws {AncillaError} `review.decided`, `schema.invalid` when it names another than the decision in force that it corrects
 */
function corrected({ doc }: Suggested, verdict: Verdict, chosen: string | null, earlier: readonly InForce[]): InForce | undefined {
  const { supersedes } = verdict;
  if (doc.status === 'superseded') throw new AncillaError('review.decided', `suggestion ${doc.suggestion_id} was replaced by a newer one`);
  const isOwn = supersedes !== undefined && supersedes === doc.mapping_history_id;
  if (doc.status === 'decided' && !isOwn)
    throw new AncillaError(
      'review.decided',
      `suggestion ${doc.suggestion_id} is decided by ${doc.mapping_history_id ?? 'another request'}`,
    );
  const answer = earlier.find(
    ({ mapping: { semantic_id } }) => semantic_id !== null && takesPlaceOf(semantic_id, verdict, chosen, doc.candidates),
  );
  if (supersedes === undefined) return answer;
  const named = isOwn ? undefined : earlier.find(({ mapping }) => mapping.mapping_history_id === supersedes);
  if (answer !== undefined && answer !== named)
    throw wrong(
      verdict,
      '/supersedes',
      // This suggestion has its own decision: the answer is corrected where it was given.
      `must be ${answer.mapping.mapping_history_id}, the answer in force on this column${isOwn ? `: correct it on suggestion ${answer.was.doc.suggestion_id}` : ''}`,
    );
  if (!isOwn && named === undefined) throw wrong(verdict, '/supersedes', 'must be the decision in force on this column');
  return named;
}

/** The same suggestion at the same revision is decided once. */
export const decisionId = (suggestion_id: string, revision: number): string => idFrom('mh', sha256(`${suggestion_id}/${revision}`));

/**
 * A decision as writes. Its id comes from (suggestion, revision), so a repeated request cannot decide twice. A correction is a new entry that names what it supersedes.
 * @param earlier - decisions in force on the same column, made on other suggestions
 * @throws {AncillaError} `review.decided` when it is decided and this is no correction of the decision in force, `schema.invalid`
 */
export function decide(
  was: Suggested,
  verdict: Verdict,
  by: Deciding,
  earlier: readonly InForce[] = [],
): { readonly mapping: Mapping; readonly writes: readonly Write<Tenant>[] } {
  const { doc } = was;
  if (by.blind && (verdict.decision === 'accept' || verdict.decision === 'reject'))
    throw wrong(
      verdict,
      '/decision',
      'must be another: this column is decided without seeing what was suggested; name the term with override, or say none_of_these',
    );
  const chosen = chosenId(verdict, doc.candidates, by.isTerm);
  const replaced = corrected(was, verdict, chosen, earlier);
  const supersedes = verdict.supersedes ?? replaced?.mapping.mapping_history_id;
  const mapping: Mapping = {
    mapping_history_id: decisionId(doc.suggestion_id, was.revision),
    trace_id: doc.trace_id,
    review_trace_id: by.review_trace_id,
    suggestion_id: doc.suggestion_id,
    source: { dataset: doc.dataset, table: doc.table, column: doc.column },
    decision: verdict.decision,
    semantic_id: chosen,
    candidates: doc.candidates.map(({ semantic_id, score }) => ({ semantic_id, score })),
    features_ref: doc.features_ref,
    ...(doc.sample_ref !== undefined && { sample_ref: doc.sample_ref }),
    reviewer_id: by.reviewer_id,
    ...(verdict.justification !== undefined && { justification: verdict.justification }),
    model: doc.model,
    agent_config: doc.agent_config,
    glossary: doc.glossary,
    ...(doc.trials !== undefined && { trials: doc.trials }),
    ...(by.blind && { blind: true }),
    ...(verdict.lead_time_ms !== undefined && { lead_time_ms: verdict.lead_time_ms }),
    decided_at: by.decided_at,
    ...(supersedes !== undefined && { supersedes }),
  };
  return {
    mapping,
    writes: [
      insert(mappingHistory, mapping),
      replace(mappingSuggestions, was, { status: 'decided', mapping_history_id: mapping.mapping_history_id }),
      ...(replaced === undefined ? [] : [replace(mappingSuggestions, replaced.was, { status: 'superseded' })]),
    ],
  };
}

/** Whether a request says what was decided already: then it is answered again, not refused. */
export const repeats = (mapping: Mapping, verdict: Verdict, reviewer_id: string): boolean =>
  mapping.reviewer_id === reviewer_id &&
  mapping.decision === verdict.decision &&
  (verdict.semantic_id === undefined || mapping.semantic_id === verdict.semantic_id) &&
  mapping.justification === verdict.justification &&
  (verdict.supersedes === undefined || mapping.supersedes === verdict.supersedes);
