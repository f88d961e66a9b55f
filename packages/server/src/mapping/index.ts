// Which term of a glossary does a column mean: a saga that embeds, asks the agent, and leaves suggestions for people to decide on.
import {
  AncillaError,
  Candidate,
  embeddings,
  Id,
  idFrom,
  insert,
  mappingSuggestions,
  Name,
  replace,
  route,
  saga,
  SpanId,
  toTimestamp,
  TraceId,
  Version,
  type Clock,
  type Doc,
  type Io,
  type MappingSuggestion,
  type NewId,
  type Room,
  type SagaRunner,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import { featureNames } from '@ancilla/ranker';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Artifacts } from '../artifacts/index.ts';
import type { Curator } from '../curator/index.ts';
import { embedTexts, toEmbedding } from '../embedding/index.ts';
import { spaceId, type EmbeddedProvider, type EmbeddingProvider } from '../embedding/providers/index.ts';
import type { Agents, Gates, Of } from '../ingest/index.ts';
import type { FeaturesFile } from './features-file.ts';
import type { Glossaries } from './glossaries.ts';
import type { LiveModels } from './live-model.ts';
import { openMemory } from './memory.ts';
import { openRejections } from './rejections.ts';
import { rankTable, type RankedColumn, type Table } from './rank-table.ts';

export { openGlossaries, type Glossaries, type Term } from './glossaries.ts';
export { openLiveModels, type LiveModels } from './live-model.ts';
export { learnFrom, toApproved } from './learn.ts';
export { rankTable, type Approved, type Table } from './rank-table.ts';
export { readTable } from './read-table.ts';
export { mappingTask } from './task.ts';

/** The agent that suggests. */
export const MAPPING_AGENT_ID = 'mapping.agent.v1';

const Text = Type.String({ maxLength: 256 });
const TableBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 256 }),
    columns: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 256 }),
          dtype: Type.Optional(Text),
          samples: Type.Optional(Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 200 })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 500 },
    ),
  },
  { additionalProperties: false },
);
const Payload = Type.Object({ dataset: Text, table: TableBody, glossary: Type.Object({ id: Name, version: Version }) });
type Payload = Static<typeof Payload>;
const payloadCheck = Compile(Payload);

const Memo = Type.Object({
  payload_ref: Type.String(),
  span_id: SpanId,
  owner: Name,
  embedding_ids: Type.Optional(Type.Array(Type.String())),
  result_ref: Type.Optional(Type.String()),
  features_ref: Type.Optional(Type.String()),
  suggestion_ids: Type.Optional(Type.Array(Type.String())),
});

/** What the model call leaves for the step that writes: ranked columns, and what they were ranked by. */
const Result = Type.Object({
  model: Type.Object({ id: Name, version: Version }),
  agent_config: Type.Object({ id: Name, version: Version }),
  prompt_hash: Type.String(),
  columns: Type.Array(Type.Object({ column: Type.String(), abstained: Type.Boolean(), candidates: Type.Array(Candidate) })),
  features: Type.Unknown(),
});
const resultCheck = Compile(Result);

const Suggested = Type.Object({
  trace_id: TraceId,
  saga_id: Id('sg'),
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

export interface MappingParts {
  readonly agents: Agents;
  readonly gates: Gates;
  readonly artifacts: Artifacts;
  readonly curator: Curator;
  readonly glossaries: Glossaries;
  readonly models: LiveModels;
  /** Makes the vectors that are stored. */
  readonly provider: EmbeddingProvider;
  /** Compares names and terms while ranking, in process. */
  readonly similarity: EmbeddedProvider;
  readonly sagas: SagaRunner;
  readonly storeOf: (tenant_id: string) => Of['tenant'];
  readonly hmac: (tenant_id: string, purpose: string, value: string) => Uint8Array;
  readonly clock: Clock;
  readonly newId: NewId;
}

export function openMapping(parts: MappingParts) {
  const { agents, gates, artifacts, curator, glossaries, models, provider, similarity, sagas, storeOf, hmac, clock, newId } = parts;
  const memory = openMemory({ artifacts });
  const rejections = openRejections();
  const now = (): string => toTimestamp(clock.now());
  const readJson = async (of: Of, ref: string, io: Io): Promise<unknown> =>
    JSON.parse(Buffer.from(await artifacts.bytes(of, ref, io)).toString('utf8'));
  const payloadOf = async (of: Of, ref: string, io: Io): Promise<Payload> => {
    const found = await readJson(of, ref, io);
    if (!payloadCheck.Check(found)) throw new AncillaError('store.corrupt', 'the payload of a mapping run is not one');
    return found;
  };
  const json = (of: Of, category: 'payload' | 'structured_output', value: unknown, trace_id: string) =>
    artifacts.prepare(of, {
      category,
      content_type: 'application/json',
      bytes: Buffer.from(JSON.stringify(value)),
      trace_id,
      created_by: MAPPING_AGENT_ID,
    });
  /** Keyed by the tenant: equal words can be compared within it, and not guessed outside. */
  const keyed = (tenant_id: string) => (text: string) =>
    Buffer.from(hmac(tenant_id, 'mapping-feature', text))
      .toString('hex')
      .slice(0, 16);

  /** Ranks all columns of a table as it would be suggested now. */
  async function rank(of: Of, { table, glossary, dataset }: Payload, io: Io) {
    const [live, { terms }, approved, rejected] = await Promise.all([
      models.production(of, io),
      glossaries.get(of.tenant, glossary, io),
      memory.of(of, glossary.id, { dataset, table: table.name }, io),
      rejections.of(of, { dataset, table: table.name }, io),
    ]);
    const ranked = rankTable({
      table: toTable(table),
      terms,
      model: live.model,
      similarity,
      memory: approved,
      rejected,
      keyed: keyed(of.tenant_id),
    });
    return { live, ranked };
  }

  const mapSaga = saga({
    name: 'mapping.suggest',
    memo: Memo,
    steps: [
      {
        name: 'embed',
        attempts: 3,
        // The same texts give the same vectors: asking again changes nothing outside.
        unknown: { on: 'retry' },
        async run({ memo, saga_id, trace_id, tenant_id, signal }) {
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          const { table } = await payloadOf(of, memo.payload_ref, { signal });
          const texts = table.columns.map(({ name }) => `${table.name} ${name}`);
          const made = await embedTexts(
            { agents, provider },
            of,
            { texts, trace_id, span_id: memo.span_id, saga_id, input_artifact_refs: [memo.payload_ref] },
            { signal },
          );
          const response = json(
            of,
            'structured_output',
            made.items.map(({ vector }) => vector),
            trace_id,
          );
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
        async run({ memo, saga_id, trace_id, tenant_id, signal }) {
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          const payload = await payloadOf(of, memo.payload_ref, { signal });
          const { live, ranked } = await rank(of, payload, { signal });
          const agent_config = await configOf(of, { signal });
          const collected = agents.collector(of, MAPPING_AGENT_ID);
          const tools = {
            'dif.semantic_match': async () => answers(ranked),
            'arango.upsert_mapping': async () => ({ stored_by: 'mapping.suggest' }),
          };
          const { prompt_hash } = await agents.agent(of, MAPPING_AGENT_ID, { tools }).call({
            variables: { instructions: agent_config.instructions, table: payload.table.name },
            inputs: {
              column: payload.table.columns,
              candidates: Object.fromEntries(
                ranked.map(({ column, candidates }) => [column, candidates.map(({ semantic_id }) => semantic_id)]),
              ),
            },
            model: { id: live.id, version: live.version, endpoint: 'embedded:ranker' },
            trace: { trace_id, span_id: memo.span_id },
            saga: { saga_id, epoch: 1, lease_token: '' },
            input_artifact_refs: [memo.payload_ref],
            signal,
            collect: collected.collect,
          })(async () => ({ output: best(ranked), token_count_in: null, token_count_out: null }));
          const features: FeaturesFile = {
            feature_names: [...featureNames],
            prompt_hash,
            columns: Object.fromEntries(
              ranked.map(({ column, tokens, features: each, profile }, i) => [
                column,
                {
                  tokens: [...tokens],
                  embedding_id: memo.embedding_ids?.[i] ?? null,
                  candidates: each.map((candidate) => ({ semantic_id: candidate.semantic_id, features: [...candidate.features] })),
                  profile,
                },
              ]),
            ),
          };
          const result: Static<typeof Result> = {
            model: { id: live.id, version: live.version },
            agent_config: { id: agent_config.id, version: agent_config.version },
            prompt_hash,
            columns: answers(ranked),
            features,
          };
          const kept = json(of, 'payload', result, trace_id);
          return { output: { result_ref: kept.artifact_id }, writes: [...collected.writes(), ...kept.writes] };
        },
      },
      {
        name: 'store',
        attempts: 3,
        unknown: { on: 'retry' },
        async run({ memo, saga_id, trace_id, tenant_id, tenant, signal }) {
          const io = { signal };
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          const { dataset, table, glossary } = await payloadOf(of, memo.payload_ref, io);
          const result = await readJson(of, memo.result_ref ?? '', io);
          if (!resultCheck.Check(result)) throw new AncillaError('store.corrupt', 'the result of a mapping run is not one');
          const features = json(of, 'structured_output', result.features, trace_id);
          const superseded: Write<Tenant>[] = [];
          const docs = await Promise.all(
            result.columns.map(async ({ column, abstained, candidates }): Promise<MappingSuggestion> => {
              const { items } = await tenant.find(
                mappingSuggestions,
                { index: 'by_column', equals: { dataset, table: table.name, column }, limit: 50 },
                io,
              );
              // What people decided stays; what was still open is replaced.
              for (const was of items)
                if (was.doc.status === 'open') superseded.push(replace(mappingSuggestions, was, { status: 'superseded' }));
              return {
                // From the saga, so that a step that is tried again writes the same suggestions.
                suggestion_id: idFrom('su', sha256(`${saga_id}/${column}`)),
                trace_id,
                saga_id,
                dataset,
                table: table.name,
                column,
                status: 'open',
                abstained,
                candidates,
                model: { ...result.model, arm: 'stable' },
                agent_config: result.agent_config,
                glossary,
                features_ref: features.artifact_id,
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

  /** Which version of the agent's config is live, and what it instructs. */
  async function configOf(of: Of, io: Io): Promise<{ readonly id: string; readonly version: string; readonly instructions: string }> {
    const found = await curator.resolve(of.tenant, 'agent_configs', MAPPING_AGENT_ID, { label: 'production' }, io);
    if (found === undefined) throw new AncillaError('agent.unknown', `no config of ${MAPPING_AGENT_ID} is labelled production`);
    const persona: unknown =
      typeof found.content === 'object' && found.content !== null ? Reflect.get(found.content, 'persona') : undefined;
    const instructions: unknown = typeof persona === 'object' && persona !== null ? Reflect.get(persona, 'instructions') : undefined;
    return { id: MAPPING_AGENT_ID, version: found.version, instructions: typeof instructions === 'string' ? instructions : '' };
  }

  /** Suggests for one table; waits for the saga to end. */
  async function suggest(
    of: Of,
    asked: { readonly dataset: string; readonly table: Static<typeof TableBody>; readonly glossary: string },
    at: { readonly trace_id: string; readonly span_id: string; readonly owner: string; readonly idempotency_key?: string },
    io: Io,
  ) {
    const glossary = await glossaries.get(of.tenant, { id: asked.glossary }, io);
    const names = asked.table.columns.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      throw new AncillaError('csv.header', 'a column name stands twice', {
        errors: [{ path: `/table/columns/${names.lastIndexOf(twice)}/name`, message: 'stands twice' }],
      });
    // What the run works on is clean before anything is written.
    const { value } = (await gates.of(of, io)).clean({ dataset: asked.dataset, table: asked.table });
    const payload: unknown = Object.assign({}, value, { glossary: { id: glossary.id, version: glossary.version } });
    if (!payloadCheck.Check(payload)) throw new AncillaError('redaction.failed', 'what redaction left of the table is no table');
    const { artifact_id: payload_ref } = await artifacts.put(
      of,
      {
        category: 'payload',
        content_type: 'application/json',
        bytes: Buffer.from(JSON.stringify({ ...payload, table: unique(payload.table) })),
        trace_id: at.trace_id,
        created_by: at.owner,
      },
      io,
    );
    const { saga_id, settled } = await sagas.start(mapSaga, {
      ...of,
      memo: { payload_ref, span_id: at.span_id, owner: at.owner },
      trace_id: at.trace_id,
      owner: at.owner,
      idempotency_key: at.idempotency_key ?? `mapping/${payload_ref}`,
    });
    const outcome = await settled;
    if (outcome.status !== 'done')
      throw new AncillaError(
        'saga.failed',
        `mapping ended ${outcome.status}${outcome.error === undefined ? '' : `: ${outcome.error.code}`}; see GET /dif/wal?saga_id=${saga_id}`,
      );
    const stored = await Promise.all((outcome.memo.suggestion_ids ?? []).map((id) => of.tenant.get(mappingSuggestions, id, io)));
    return {
      saga_id: saga_id as `sg_${string}`,
      suggestions: stored.flatMap((each): readonly Doc<typeof mappingSuggestions>[] => (each === undefined ? [] : [each.doc])),
    };
  }

  const routes = [
    route({
      method: 'POST',
      path: '/mapping/suggest',
      action: 'mapping.suggest',
      summary: 'Ranked, explained suggestions for every column of a table; each waits in the review queue',
      params: Type.Object({}),
      query: Type.Object({}),
      body: Type.Object(
        { dataset: Type.String({ minLength: 1, maxLength: 256 }), table: TableBody, glossary: Name },
        { additionalProperties: false },
      ),
      bodyLimitBytes: 8 * 1024 * 1024,
      answers: { 200: Suggested },
      async handle({ tenant, tenant_id, who, body, trace, signal }) {
        const { saga_id, suggestions } = await suggest({ tenant, tenant_id }, body, { ...trace, owner: who.id }, { signal });
        const items = suggestions.map(({ suggestion_id, column, abstained, model, candidates }) => ({
          suggestion_id,
          column,
          abstained,
          model,
          candidates,
        }));
        return [200, { trace_id: trace.trace_id, saga_id, items }] as const;
      },
    }),
  ];
  return { routes, sagas: [mapSaga], suggest } satisfies Room & { suggest: typeof suggest };
}

/** The agent's answer as its output schema says: candidates of all columns in one list. */
const best = (ranked: readonly RankedColumn[]) => ({
  candidates: ranked
    .flatMap(({ abstained, candidates }) => (abstained ? [] : candidates.slice(0, 1)))
    .map(({ semantic_id, score }) => ({ semantic_id, score }))
    .slice(0, 20),
});
const answers = (ranked: readonly RankedColumn[]) =>
  ranked.map(({ column, abstained, candidates }) => ({
    column,
    abstained,
    candidates: candidates.slice(0, 20).map(({ semantic_id, score, reasons }) => ({
      semantic_id,
      score,
      reasons: reasons.slice(0, 5).map(({ feature, value, text }) => ({ feature, value, text: text.slice(0, 300) })),
    })),
  }));

const toTable = ({ name, columns }: Static<typeof TableBody>): Table => ({
  name,
  columns: columns.map(({ name: column, dtype, samples = [] }) => ({ name: column, samples, ...(dtype !== undefined && { dtype }) })),
});
/** Two different names may be the same after redaction: they stay apart by a number. */
const unique = (table: Static<typeof TableBody>): Static<typeof TableBody> => {
  const seen = new Map<string, number>();
  return {
    ...table,
    columns: table.columns.map((column) => {
      const count = (seen.get(column.name) ?? 0) + 1;
      seen.set(column.name, count);
      return count === 1 ? column : { ...column, name: `${column.name}_${count}` };
    }),
  };
};
