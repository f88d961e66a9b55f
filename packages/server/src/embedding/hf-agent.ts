import { AncillaError, type Embedding, type EmbeddingModel, type Io, type Tenant, type Write } from '@ancilla/contracts';
import type { Agents, Of } from '../ingest/index.ts';
import type { EmbeddingProvider } from './providers/index.ts';

/** The config under which the embedding agent runs. */
export const HF_AGENT_ID = 'hf.embedding.v1';

export interface Embedded {
  readonly vector: readonly number[];
  readonly confidence: number;
}

/**
 * The stateless embedding agent: texts in, vectors out. It keeps nothing: what it made and the event of the call are returned as data, for the caller to commit.
 * The texts pass redaction like any prompt, so no provider sees what policy removes.
 * @returns vectors in the order of the texts, and the writes of the call's event
 */
export async function embedTexts(
  { agents, provider }: { readonly agents: Agents; readonly provider: EmbeddingProvider },
  of: Of,
  call: {
    readonly texts: readonly string[];
    readonly trace_id: string;
    readonly span_id: string;
    readonly saga_id?: string;
    readonly input_artifact_refs: readonly string[];
  },
  { signal }: Io,
): Promise<{ readonly items: readonly Embedded[]; readonly meta: EmbeddingModel; readonly writes: readonly Write<Tenant>[] }> {
  const { meta } = provider;
  const collected = agents.collector(of, HF_AGENT_ID);
  const { output } = await agents.agent(of, HF_AGENT_ID).call({
    prompt: call.texts.map((content) => ({ role: 'user', content })),
    model: { id: meta.model, version: meta.revision, endpoint: provider.endpoint, operation: 'embeddings' },
    trace: { trace_id: call.trace_id, span_id: call.span_id },
    input_artifact_refs: call.input_artifact_refs,
    ...(call.saga_id !== undefined && { saga_id: call.saga_id }),
    signal,
    collect: collected.collect,
  })(async ({ prompt, signal: limited }) => ({
    output: await provider.embed(
      typeof prompt === 'string' ? [prompt] : prompt.map(({ content }) => content),
      { signal: limited },
      of.tenant_id,
    ),
  }));
  const items = parseItems(output, meta.dim);
  if (items.length !== call.texts.length)
    throw new AncillaError('embedding.provider', `provider ${meta.provider} gave ${items.length} vectors for ${call.texts.length} texts`);
  return { items, meta, writes: collected.writes() };
}

function parseItems(output: unknown, dim: number): readonly Embedded[] {
  if (!Array.isArray(output)) return [];
  return output.map((item: unknown) => {
    const vector: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, 'vector') : undefined;
    const confidence: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, 'confidence') : undefined;
    if (!(vector instanceof Float32Array) || vector.length !== dim || typeof confidence !== 'number')
      throw new AncillaError('embedding.provider', `a vector is not one of ${dim} numbers`);
    return { vector: Array.from(vector, round), confidence };
  });
}

/** Six digits after the point: what single precision holds, and the same text on every machine. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;

/** The stored form of one vector. */
export const toEmbedding = (
  of: Omit<Embedding, 'embedding_vector' | 'confidence' | 'model_meta'>,
  item: Embedded,
  meta: EmbeddingModel,
): Embedding => ({
  ...of,
  embedding_vector: [...item.vector],
  confidence: Math.min(1, Math.max(0, item.confidence)),
  model_meta: meta,
});
