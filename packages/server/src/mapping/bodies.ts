import { Candidate, Id, Mapping, MappingSuggestion, Name, RedactionReceipt, SpanId, TraceId, Version } from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Arms } from './live-model.ts';
import type { RankedColumn } from './rank-table.ts';

/** Characters of a name, and of a value. */
export const LONGEST_NAME = 256;
export const LONGEST_VALUE = 2000;
const Text = Type.String({ maxLength: LONGEST_NAME });
/** A table as it is sent: names of columns, and values of some rows. */
export const TableBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: LONGEST_NAME }),
    columns: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: LONGEST_NAME }),
          dtype: Type.Optional(Text),
          samples: Type.Optional(Type.Array(Type.String({ maxLength: LONGEST_VALUE }), { maxItems: 200 })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 500 },
    ),
  },
  { additionalProperties: false },
);
export const tableCheck = Compile(TableBody);

/** What a run works on: cleaned, kept as an artifact with the receipt of the cleaning. */
const Payload = Type.Object({
  dataset: Text,
  table: TableBody,
  glossary: Type.Object({ id: Name, version: Version }),
  receipt: RedactionReceipt,
});
export type Payload = Static<typeof Payload>;
export const payloadCheck = Compile(Payload);

/** Why a language model was not asked, or not heard. */
export const rerankErrors = ['mapping.language_model', 'mapping.price_unknown', 'mapping.max_cost'] as const;
export type RerankError = (typeof rerankErrors)[number];
/** What a run can do without. */
const degradations = ['embedding.provider', ...rerankErrors] as const;
export type Degradation = (typeof degradations)[number];

/** What a run remembers between its steps. */
export const Memo = Type.Object({
  payload_ref: Type.String(),
  sample_ref: Type.Optional(Type.String()),
  span_id: SpanId,
  owner: Name,
  embedding_ids: Type.Optional(Type.Array(Type.String())),
  result_ref: Type.Optional(Type.String()),
  rerank_error: Type.Optional(Type.Enum(rerankErrors)),
  features_ref: Type.Optional(Type.String()),
  suggestion_ids: Type.Optional(Type.Array(Type.String())),
});

/** What the model call leaves for the step that writes: ranked columns, and what they were ranked by. */
const Result = Type.Object({
  model: Mapping.properties.model,
  agent_config: Type.Object({ id: Name, version: Version }),
  prompt_hash: Type.String(),
  columns: Type.Array(
    Type.Object({
      column: Type.String(),
      abstained: Type.Boolean(),
      candidates: Type.Array(Candidate),
      trials: Type.Optional(Mapping.properties.trials),
    }),
  ),
  suggest_at: MappingSuggestion.properties.suggest_at,
  features: Type.Unknown(),
});
export type Result = Static<typeof Result>;
export const resultCheck = Compile(Result);

/** What is answered. */
export const Suggested = Type.Object({
  trace_id: TraceId,
  saga_id: Id('sg'),
  degraded: Type.Array(Type.Object({ code: Type.Enum(degradations), title: Type.String(), fix: Type.String() }), {
    description: 'What the run did without, and what mends it; scores are as the model gives them, with it or without',
  }),
  items: Type.Array(
    Type.Object({
      suggestion_id: Id('su'),
      column: Type.String(),
      abstained: Type.Boolean(),
      model: Type.Object({ id: Name, version: Version, arm: Type.String() }),
      candidates: Type.Array(Candidate),
    }),
  ),
});

/** The agent's answer as its output schema says: candidates of all columns in one list. */
export const best = (ranked: readonly RankedColumn[]) => ({
  candidates: ranked
    .flatMap(({ abstained, candidates }) => (abstained ? [] : candidates.slice(0, 1)))
    .map(({ semantic_id, score }) => ({ semantic_id, score }))
    .slice(0, 20),
});
/** What a model takes a column for; null: none of the glossary's terms. */
const taken = (ranked: RankedColumn | undefined): string | null =>
  ranked === undefined || ranked.abstained ? null : (ranked.candidates[0]?.semantic_id ?? null);

/** What each column's answers say in the rollouts a run is part of, to be judged by what people decide. */
export const trialsOf = (trials: Arms['trials'], ranked: readonly RankedColumn[], shadow: readonly RankedColumn[] | undefined) =>
  ranked.map((column, i) =>
    trials.map((trial) => ({
      ...trial,
      answers: ranked.length,
      shown: taken(column),
      ...(trial.arm === 'both' && { shadow: taken(shadow?.[i]) }),
    })),
  );

/** Ranked columns as they are suggested. */
export const answers = (ranked: readonly RankedColumn[]) =>
  ranked.map(({ column, abstained, candidates }) => ({
    column,
    abstained,
    candidates: candidates.slice(0, 20).map(({ semantic_id, score, reasons }) => ({
      semantic_id,
      score,
      reasons: reasons.slice(0, 5).map(({ feature, value, text }) => ({ feature, value, text: text.slice(0, 300) })),
    })),
  }));
