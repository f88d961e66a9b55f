// The HF agent and what is near what: texts become vectors of a named space; a search touches one space.
import {
  AncillaError,
  Embedding,
  embeddings,
  insert,
  invalidAt,
  Ref,
  route,
  saga,
  Sha256Hex,
  toTimestamp,
  TraceId,
  SpanId,
  type Clock,
  type Io,
  type NewId,
  type Of,
  type Room,
  type SagaRunner,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { keep, type Artifacts } from '../artifacts/index.ts';
import type { Agents, Gates } from '../ingest/index.ts';
import { embedTexts, HF_AGENT_ID, toEmbedding } from './hf-agent.ts';
import { spaceId, type EmbeddingProvider } from './providers/index.ts';
import { assertInSpace, openSpaces } from './spaces.ts';
import type { VectorIndex } from './vector-index.ts';

export { embedTexts, toEmbedding } from './hf-agent.ts';
export { openVectorIndex } from './vector-index.ts';

const Texts = Type.Array(Type.String({ minLength: 1, maxLength: 8192 }), { minItems: 1, maxItems: 256 });
const parseTexts = (json: string): readonly string[] => {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.map(String) : [];
};

/** What the saga remembers: references and ids, never a text. */
const Memo = Type.Object({
  texts_ref: Ref,
  source_artifact_ref: Type.Union([Ref, Type.Null()]),
  span_id: SpanId,
  embedding_ids: Type.Optional(Type.Array(Type.String())),
});

export interface EmbeddingParts {
  readonly agents: Agents;
  readonly gates: Gates;
  readonly artifacts: Artifacts;
  readonly provider: EmbeddingProvider;
  readonly index: VectorIndex;
  readonly sagas: SagaRunner;
  readonly storeOf: (tenant_id: string) => Of['tenant'];
  readonly clock: Clock;
  readonly newId: NewId;
}

export function openEmbedding({ agents, gates, artifacts, provider, index, sagas, storeOf, clock, newId }: EmbeddingParts) {
  const spaces = openSpaces({ sagas, storeOf, clock });

  /** Embedding is an outside effect when the provider is: intent first, vectors and the pointer to them with the outcome. */
  const embedSaga = saga({
    name: 'embedding.embed',
    memo: Memo,
    steps: [
      {
        name: 'embed',
        attempts: 3,
        // Asking a model for vectors again changes nothing outside: the same texts give the same vectors.
        unknown: { on: 'retry' },
        async run({ memo, saga_id, trace_id, tenant_id, key, signal }) {
          const of: Of = { tenant: storeOf(tenant_id), tenant_id };
          const texts = parseTexts(Buffer.from(await artifacts.bytes(of, memo.texts_ref, { signal })).toString('utf8'));
          const made = await embedTexts(
            { agents, provider },
            of,
            { texts, trace_id, span_id: memo.span_id, saga_id, input_artifact_refs: [memo.texts_ref] },
            { signal },
          );
          const about = { category: 'structured_output', content_type: 'application/json', trace_id, created_by: HF_AGENT_ID } as const;
          const bytes = Buffer.from(JSON.stringify(made.items.map(({ vector }) => vector)));
          const response = await keep(of, artifacts, key, { ...about, bytes }, { signal });
          const created_at = toTimestamp(clock.now());
          await spaces.note(of, made.meta, trace_id, { signal });
          const docs = made.items.map((item) =>
            toEmbedding(
              {
                embedding_id: newId('em'),
                // Of the answer: a server's vectors have a length only once it has given some.
                space_id: spaceId(made.meta),
                trace_id,
                source_artifact_ref: memo.source_artifact_ref,
                response_artifact_ref: response.artifact_id,
                created_at,
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
    ],
  });

  async function embed(
    of: Of,
    call: {
      readonly texts: readonly string[];
      readonly source_artifact_ref: string | null;
      readonly trace_id: string;
      readonly span_id: string;
      readonly owner: string;
    },
    io: Io,
  ) {
    // What the saga works on is clean already: whether raw text may be kept is the policy's decision, not this route's.
    const { value: texts } = await (await gates.of(of, io)).clean(call.texts, io);
    const { artifact_id: texts_ref } = await artifacts.put(
      of,
      {
        category: 'payload',
        content_type: 'application/json',
        bytes: Buffer.from(JSON.stringify(texts)),
        trace_id: call.trace_id,
        created_by: call.owner,
      },
      io,
    );
    const { saga_id, settled } = await sagas.start(embedSaga, {
      ...of,
      memo: { texts_ref, source_artifact_ref: call.source_artifact_ref, span_id: call.span_id },
      trace_id: call.trace_id,
      owner: call.owner,
      idempotency_key: `embedding/${texts_ref}`,
    });
    const outcome = await settled;
    if (outcome.status !== 'done')
      throw new AncillaError(
        'saga.failed',
        `embedding ended ${outcome.status}${outcome.error === undefined ? '' : `: ${outcome.error.code}`}; see GET /dif/wal?saga_id=${saga_id}`,
      );
    const stored = await Promise.all((outcome.memo.embedding_ids ?? []).map((id) => of.tenant.get(embeddings, id, io)));
    return stored.flatMap((each) => (each === undefined ? [] : [each.doc]));
  }

  const routes = [
    route({
      method: 'POST',
      path: '/dif/embeddings',
      action: 'evidence.write',
      summary: 'Embed texts in the space in use; vectors and the pointer to them are stored',
      params: Type.Object({}),
      query: Type.Object({}),
      body: Type.Object(
        { texts: Texts, space: Type.Optional(Type.Literal('default')), source_artifact_ref: Type.Optional(Ref) },
        { additionalProperties: false },
      ),
      bodyLimitBytes: 4 * 1024 * 1024,
      answers: { 200: Type.Object({ items: Type.Array(Embedding) }) },
      async handle({ tenant, tenant_id, who, body, trace, signal }) {
        const call = { texts: body.texts, source_artifact_ref: body.source_artifact_ref ?? null, ...trace, owner: who.id };
        return [200, { items: await embed({ tenant, tenant_id }, call, { signal }) }] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/dif/embeddings/search',
      action: 'evidence.read',
      summary: 'The nearest stored vectors of one space, to a text or to a vector of that space',
      params: Type.Object({}),
      query: Type.Object({}),
      body: Type.Object(
        {
          text: Type.Optional(Type.String({ minLength: 1, maxLength: 8192 })),
          vector: Type.Optional(Type.Array(Type.Number(), { minItems: 1, maxItems: 65_536 })),
          space_id: Type.Optional(Sha256Hex),
          k: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        },
        { additionalProperties: false },
      ),
      answers: {
        200: Type.Object({
          items: Type.Array(
            Type.Object({ embedding_id: Type.String(), score: Type.Number(), source_artifact_ref: Type.Union([Ref, Type.Null()]) }),
          ),
          trace_id: TraceId,
        }),
      },
      async handle({ tenant, tenant_id, body, trace, signal }) {
        const of: Of = { tenant, tenant_id };
        const io: Io = { signal };
        if ((body.text === undefined) === (body.vector === undefined))
          throw invalidAt('/text', 'must be there, or vector, and not both', 'send either `text` or `vector`');
        if (body.vector !== undefined && body.space_id === undefined)
          throw invalidAt('/space_id', 'must be there: a vector needs the space it belongs to');
        const given =
          body.vector !== undefined && body.space_id !== undefined ? { vector: body.vector, space_id: body.space_id } : undefined;
        if (given !== undefined) await assertInSpace(tenant, given, io);
        const query = given ?? (await embedQuery(of, body.text ?? '', trace, io));
        if (body.space_id !== undefined && body.space_id !== query.space_id)
          throw new AncillaError('embedding.space', `a text is embedded in the space in use, which is ${query.space_id}`);
        const items = [...(await index.search(of, { ...query, k: body.k ?? 10 }, io))];
        return [200, { items, trace_id: trace.trace_id }] as const;
      },
    }),
  ];

  /** A query is embedded like anything else, with its event, but its vector is not kept. */
  async function embedQuery(
    of: Of,
    text: string,
    trace: { readonly trace_id: string; readonly span_id: string },
    io: Io,
  ): Promise<{ readonly vector: readonly number[]; readonly space_id: string }> {
    const { items, meta, writes } = await embedTexts({ agents, provider }, of, { texts: [text], ...trace, input_artifact_refs: [] }, io);
    await of.tenant.commit(writes, [], io);
    return { vector: items[0]?.vector ?? [], space_id: spaceId(meta) };
  }

  return { routes, sagas: [embedSaga, ...spaces.sagas], jobs: spaces.jobs, embed, noteSpace: spaces.note } satisfies Room & {
    embed: typeof embed;
    noteSpace: typeof spaces.note;
  };
}
