import { AncillaError, isAncillaError, type Io, type Of, type PromptEvent, type Tenant, type Write } from '@ancilla/contracts';
import { estimateCost, type Message } from '@ancilla/sdk';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Resolved } from '../curator/index.ts';
import { rerankErrors, type Payload, type RerankError } from './bodies.ts';
import type { MappingParts } from './parts.ts';
import type { RankedColumn } from './rank-table.ts';

/** The config under which a language model is asked for an order. */
export const RERANK_AGENT_ID = 'mapping.rerank.v1';

/** What one table may take: columns asked about, terms and values shown of each. What it may cost in money the deployment says. */
const MOST_COLUMNS = 20;
const MOST_TERMS = 10;
const MOST_SAMPLES = 3;
/** A column whose best term is this likely is not asked about. */
const SURE = 0.9;
const LONGEST_DESCRIPTION = 200;
/** What stands in a prompt around each message, in tokens. */
const AROUND_A_MESSAGE = 16;

interface Run {
  readonly trace: { readonly trace_id: string; readonly span_id: string };
  readonly saga_id: string;
  readonly input_artifact_refs: readonly string[];
}
/** Which arm of which rollout a call was on, where its agent's config is on trial. */
export type Drawn = { readonly [F in 'arm' | 'rollout_id']?: PromptEvent[F] | undefined };
/** The order as it is shown, and the event of the call to be committed with it. */
export interface Reranked {
  readonly ranked: readonly RankedColumn[];
  /** Which config of the agent was asked; whether it answered or failed. */
  readonly drawn: Drawn;
  /** Why the ranker's own order stands, where the model was to be asked. */
  readonly failed?: RerankError;
  readonly writes: readonly Write<Tenant>[];
}
type Rerank = (of: Of, payload: Payload, ranked: readonly RankedColumn[], run: Run, io: Io) => Promise<Reranked>;

/**
 * Asks a language model, where the deployment has one, for the order of the likeliest terms of columns that the ranker is unsure of: redacted, captured as any agent's call, one call a
 * table. It moves terms that the ranker found, and adds none; scores stay a promise by place. What it does not answer, or answers wrongly, changes nothing.
 */
export function openRerank({
  agents,
  curator,
  glossaries,
  languageModel,
}: Pick<MappingParts, 'agents' | 'curator' | 'glossaries' | 'languageModel'>): Rerank {
  if (languageModel === undefined) return async (_, __, ranked) => ({ ranked, drawn: {}, writes: [] });
  return async (of, { table, glossary }, ranked, run, { signal }) => {
    const unsure = ranked.filter(isUnsure).slice(0, MOST_COLUMNS);
    if (unsure.length === 0) return { ranked, drawn: {}, writes: [] };
    const { terms } = await glossaries.get(of.tenant, glossary, { signal });
    const termOf = new Map(terms.map((term) => [term.semantic_id, term]));
    const columns = unsure.map(({ column, candidates }) => {
      const { dtype, samples = [] } = table.columns.find(({ name }) => name === column) ?? {};
      return {
        column,
        ...(dtype !== undefined && { dtype }),
        samples: samples.slice(0, MOST_SAMPLES),
        terms: candidates.slice(0, MOST_TERMS).map(({ semantic_id }) => ({
          semantic_id,
          name: termOf.get(semantic_id)?.name ?? '',
          description: (termOf.get(semantic_id)?.description ?? '').slice(0, LONGEST_DESCRIPTION),
        })),
      };
    });
    const { model, maxCost } = languageModel;
    const wholeAnswer = {
      columns: Object.fromEntries(columns.map(({ column, terms: shown }) => [column, shown.map(({ semantic_id }) => semantic_id)])),
    };
    const bounds =
      maxCost === undefined
        ? undefined
        : {
            model,
            maxCost,
            maxTokens: Buffer.byteLength(JSON.stringify(wholeAnswer)),
            prices: await curator.resolve(of.tenant, 'price_lists', 'default', { label: 'production' }, { signal }),
          };
    const collected = agents.collector(of, RERANK_AGENT_ID);
    let drawn: Drawn = {};
    try {
      const { output } = await agents.agent(of, RERANK_AGENT_ID).call({
        variables: { table: table.name, columns: JSON.stringify(columns) },
        model: { id: model, endpoint: languageModel.endpoint, operation: 'chat' },
        ...run,
        signal,
        collect(event, attachments) {
          drawn = { arm: event.arm, rollout_id: event.rollout_id };
          collected.collect(event, attachments);
        },
      })(async ({ prompt, signal: limited }) => {
        const messages = typeof prompt === 'string' ? [{ role: 'user' as const, content: prompt }] : prompt;
        if (bounds !== undefined) assertAffordable(bounds, messages);
        const { model_version, ...answer } = await languageModel.answer(messages, bounds?.maxTokens, { signal: limited });
        return { ...answer, ...(model_version !== undefined && { model_version }) };
      });
      const asked = new Set(unsure);
      const shown = ranked.map((column) => (asked.has(column) ? reorder(column, wishOf(output, column), model) : column));
      return { ranked: shown, drawn, writes: await collected.writes({ signal }) };
    } catch (error) {
      // The call is in the evidence as a failed one; the ranker's own order stands.
      const failed = rerankErrors.find((code) => isAncillaError(error, code));
      if (failed === undefined) throw error;
      return { ranked, drawn, failed, writes: await collected.writes({ signal }) };
    }
  };
}

/** What a call may cost, and what it is reckoned by. */
interface Bounds {
  readonly model: string;
  /** USD cents. */
  readonly maxCost: number;
  /** Of the answer. How many tokens a text has only its model knows; it has no more than bytes. */
  readonly maxTokens: number;
  readonly prices: Resolved | undefined;
}
/** Holds a call to what it may cost, before it is made. @throws {AncillaError} `mapping.price_unknown`, `mapping.max_cost` */
function assertAffordable({ model, maxCost, maxTokens, prices }: Bounds, messages: readonly Message[]): void {
  const tokensIn = messages.reduce((sum, { content }) => sum + AROUND_A_MESSAGE + Buffer.byteLength(content), 0);
  const most = estimateCost(prices, model, tokensIn, maxTokens);
  if (most === null) throw new AncillaError('mapping.price_unknown', `price_lists/default has no price of ${model}`);
  if (most > maxCost) throw new AncillaError('mapping.max_cost', `it may cost ${most} cents, and at most ${maxCost} are allowed`);
}

const isUnsure = ({ blind, candidates }: RankedColumn): boolean => !blind && candidates.length > 1 && (candidates[0]?.score ?? 0) < SURE;

/** Ids by column; a column answered wrongly spoils no other. */
const Answer = Compile(Type.Object({ columns: Type.Record(Type.String(), Type.Unknown()) }));
const Ids = Compile(Type.Array(Type.String()));

/** The ids the answer names for a column, of those it was shown, each once. */
function wishOf(output: unknown, { column, candidates }: RankedColumn): readonly string[] {
  const ids = Answer.Check(output) ? output.columns[column] : undefined;
  if (!Ids.Check(ids)) return [];
  const shown = candidates.slice(0, MOST_TERMS).map(({ semantic_id }) => semantic_id);
  return shown.filter((id) => ids.includes(id)).toSorted((a, b) => ids.indexOf(a) - ids.indexOf(b));
}

/** The wished ones first, in their order; scores go with places, so that a list stays in the order of its scores. */
function reorder(ranked: RankedColumn, wish: readonly string[], model: string): RankedColumn {
  const placeOf = (id: string): number => (wish.includes(id) ? wish.indexOf(id) : wish.length);
  const moved = ranked.candidates.toSorted((a, b) => placeOf(a.semantic_id) - placeOf(b.semantic_id));
  const [best] = moved;
  if (best === undefined || best.semantic_id === ranked.candidates[0]?.semantic_id) return ranked;
  const why = { feature: 'reranked', value: 1, text: `${model} puts it first` };
  return {
    ...ranked,
    candidates: moved.map((candidate, at) => ({
      ...candidate,
      score: ranked.candidates[at]?.score ?? 0,
      reasons: candidate === best ? [why, ...candidate.reasons] : candidate.reasons,
    })),
  };
}
