import {
  embeddings,
  idFrom,
  insert,
  isAncillaError,
  mappingSuggestions,
  replace,
  saga,
  toTimestamp,
  type Io,
  type MappingSuggestion,
  type Of,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import { draw } from '@ancilla/sdk';
import type { Arms } from './live-model.ts';
import { embedTexts, toEmbedding } from '../embedding/index.ts';
import { spaceId } from '../embedding/providers/index.ts';
import { answers, best, Memo, trialsOf, type Result } from './bodies.ts';
import { MAPPING_AGENT_ID, type MappingParts } from './parts.ts';
import { openRankRun, toFeaturesFile, type RankRun } from './rank-run.ts';
import { abstainingBelow, suggestAt } from './review-policy.ts';
import { openRejections } from './rejections.ts';
import { openRerank, RERANK_AGENT_ID, type Drawn, type Reranked } from './rerank.ts';
import { openRunArtifacts } from './run-artifacts.ts';

/** What the mapping agent's call makes besides its answer. */
interface Ranking {
  readonly byModel: Awaited<ReturnType<RankRun>>;
  readonly reranked: Reranked;
}

const aStep = (): Promise<never> => Promise.reject(new TypeError('a step of the saga, not a tool to call'));

/** The saga of one table: embed its names, ask the agent, leave suggestions for people to decide on. */
export function openMapSaga(parts: MappingParts) {
  const { agents, curator, models, provider, noteSpace, storeOf, clock, newId } = parts;
  const files = openRunArtifacts(parts.artifacts);
  const rejections = openRejections();
  const rank = openRankRun({ ...parts, rejections });
  const rerank = openRerank(parts);
  const now = (): string => toTimestamp(clock.now());

  /** The canary of an agent's config its call was part of; the unit is the trace. */
  async function configTrials(of: Of, id: string, trace_id: string, { arm, rollout_id: drawnIn }: Drawn, io: Io): Promise<Arms['trials']> {
    if (arm === undefined) return [];
    const serving = await curator.serving(of.tenant, { kind: 'agent_configs', id }, io);
    return serving
      .filter(({ rollout_id }) => rollout_id === drawnIn)
      .map(({ rollout_id, key }) => ({
        rollout_id,
        unit: draw(key, trace_id).unit,
        arm: arm === 'canary' ? 'candidate' : 'stable',
      }));
  }

  return saga({
    name: 'mapping.suggest',
    memo: Memo,
    steps: [
      {
        name: 'embed',
        attempts: 3,
        // The same texts give the same vectors: asking again changes nothing outside.
        unknown: { on: 'retry' },
        async run({ memo, saga_id, trace_id, tenant_id, key, signal }) {
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          const { table } = await files.payload(of, memo.payload_ref, { signal });
          const texts = table.columns.map(({ name }) => `${table.name} ${name}`);
          const made = await embedTexts(
            { agents, provider },
            of,
            { texts, trace_id, span_id: memo.span_id, saga_id, input_artifact_refs: [memo.payload_ref] },
            { signal },
          ).catch((error: unknown) => {
            // These vectors are for search: ranking compares names with those of the embedded provider. The failed call is in the evidence, and the answer says it.
            if (!isAncillaError(error, 'embedding.provider')) throw error;
            return undefined;
          });
          if (made === undefined) return { output: { embedding_ids: [] } };
          await noteSpace(of, made.meta, trace_id, { signal });
          const vectors = made.items.map(({ vector }) => vector);
          const response = await files.keep(of, key, { category: 'structured_output', value: vectors, trace_id }, { signal });
          const docs = made.items.map((item) =>
            toEmbedding(
              {
                embedding_id: newId('em'),
                space_id: spaceId(made.meta),
                trace_id,
                source_artifact_ref: memo.payload_ref,
                response_artifact_ref: response.artifact_id,
                created_at: now(),
              },
              item,
              made.meta,
            ),
          );
          return {
            output: { embedding_ids: docs.map(({ embedding_id }) => embedding_id) },
            writes: [...made.writes, ...response.writes, ...docs.map((doc) => insert(embeddings, doc))],
          };
        },
      },
      {
        name: 'suggest',
        attempts: 3,
        unknown: { on: 'retry' },
        async run({ memo, saga_id, trace_id, tenant_id, key, signal }) {
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          const payload = await files.payload(of, memo.payload_ref, { signal });
          const { table, dataset, glossary } = payload;
          const [arms, suggest_at] = await Promise.all([
            models.arms(of, { dataset, table: table.name }, { signal }),
            suggestAt(curator, of.tenant, { signal }),
          ]);
          const run = { trace: { trace_id, span_id: memo.span_id }, saga_id, input_artifact_refs: [memo.payload_ref] };
          const live = arms.shown;
          const collected = agents.collector(of, MAPPING_AGENT_ID);
          // A config may require them: they are this saga's steps, and nothing calls them.
          const tools = { 'dif.semantic_match': aStep, 'arango.upsert_mapping': aStep };
          const ranking = Promise.withResolvers<Ranking>();
          const { prompt_hash, agent_config, ...drawn } = await agents.agent(of, MAPPING_AGENT_ID, { tools }).call({
            variables: { table: table.name },
            // The glossary by its version: one question has one hash, whichever model answers.
            inputs: { column: table.columns, candidates: glossary },
            model: { id: live.id, version: live.version, endpoint: 'embedded:ranker' },
            ...run,
            redacted: [payload.receipt],
            signal,
            collect: collected.collect,
          })(async (asked) => {
            const { ranked: own, shadow } = await rank(of, payload, arms, asked);
            // Before models are compared: each is judged by what it would have shown.
            const byModel = {
              ranked: abstainingBelow(suggest_at?.score, own),
              shadow: shadow && abstainingBelow(suggest_at?.score, shadow),
            };
            const reranked = await rerank(of, payload, byModel.ranked, { ...run, trace: asked.trace }, asked);
            ranking.resolve({ byModel, reranked });
            return { output: best(reranked.ranked), token_count_in: null, token_count_out: null };
          });
          const {
            byModel,
            reranked: { ranked, writes, drawn: drawnForRerank, failed },
          } = await ranking.promise;
          const configs = await Promise.all([
            configTrials(of, MAPPING_AGENT_ID, trace_id, drawn, { signal }),
            configTrials(of, RERANK_AGENT_ID, trace_id, drawnForRerank, { signal }),
          ]);
          // Models are compared by what they say themselves, configs by what people saw.
          const ofModels = trialsOf(arms.trials, byModel.ranked, byModel.shadow);
          const ofConfigs = trialsOf(configs.flat(), ranked, undefined);
          const trials = ofModels.map((each, i) => [...each, ...(ofConfigs[i] ?? [])]);
          const result: Result = {
            model: { id: live.id, version: live.version, arm: live.arm },
            agent_config,
            prompt_hash,
            columns: answers(ranked).map((column, i) => ({ ...column, ...((trials[i]?.length ?? 0) > 0 && { trials: trials[i] }) })),
            ...(suggest_at !== undefined && { suggest_at }),
            features: toFeaturesFile(ranked, { prompt_hash, embedding_ids: memo.embedding_ids ?? [] }),
          };
          const kept = await files.keep(of, key, { category: 'payload', value: result, trace_id }, { signal });
          return {
            output: { result_ref: kept.artifact_id, ...(failed !== undefined && { rerank_error: failed }) },
            writes: [...writes, ...(await collected.writes({ signal })), ...kept.writes],
          };
        },
      },
      {
        name: 'store',
        attempts: 3,
        unknown: { on: 'retry' },
        async run({ memo, saga_id, trace_id, tenant_id, tenant, key, signal }) {
          const io = { signal };
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          const { dataset, table, glossary } = await files.payload(of, memo.payload_ref, io);
          const result = await files.result(of, memo.result_ref ?? '', io);
          const features = await files.keep(of, key, { category: 'structured_output', value: result.features, trace_id }, io);
          const rejected = await rejections.of(of, { dataset, table: table.name }, io);
          const superseded: Write<Tenant>[] = [];
          const docs = await Promise.all(
            result.columns.map(async ({ column, abstained, candidates, trials }): Promise<MappingSuggestion> => {
              const { items } = await tenant.find(
                mappingSuggestions,
                { index: 'by_column', equals: { dataset, table: table.name, column, status: 'open' }, limit: 50 },
                io,
              );
              // What people decided stays; what was still open is replaced.
              for (const was of items) superseded.push(replace(mappingSuggestions, was, { status: 'superseded' }));
              // What was rejected while the models were at it is not offered either, nor the next one in its place.
              const left = candidates.filter(({ semantic_id }) => rejected.get(column)?.has(semantic_id) !== true);
              return {
                // From the saga, so that a step that is tried again writes the same suggestions.
                suggestion_id: idFrom('su', sha256(`${saga_id}/${column}`)),
                trace_id,
                saga_id,
                dataset,
                table: table.name,
                column,
                status: 'open',
                abstained: abstained || left[0] !== candidates[0],
                candidates: left,
                ...(result.suggest_at !== undefined && { suggest_at: result.suggest_at }),
                model: result.model,
                agent_config: result.agent_config,
                glossary,
                ...(trials !== undefined && { trials }),
                features_ref: features.artifact_id,
                ...(memo.sample_ref !== undefined && { sample_ref: memo.sample_ref }),
                span_id: memo.span_id,
                created_at: now(),
              };
            }),
          );
          return {
            output: { features_ref: features.artifact_id, suggestion_ids: docs.map(({ suggestion_id }) => suggestion_id) },
            writes: [...features.writes, ...superseded, ...docs.map((doc) => insert(mappingSuggestions, doc))],
          };
        },
        compensate: {
          ref: 'handler:unwrite_mapping',
          async run({ memo, tenant, signal }) {
            const found = await Promise.all((memo.suggestion_ids ?? []).map((id) => tenant.get(mappingSuggestions, id, { signal })));
            return found.flatMap((was) => (was?.doc.status === 'open' ? [replace(mappingSuggestions, was, { status: 'superseded' })] : []));
          },
        },
      },
    ],
  });
}
