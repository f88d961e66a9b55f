import { AncillaError, type Embedding, type EmbeddingModel, type Io, type Of, type Tenant, type Write } from '@ancilla/contracts';
import type { Agents } from '../ingest/index.ts';
import type { EmbeddingProvider } from './providers/index.ts';

/** The config under which the embedding agent runs. */
export const HF_AGENT_ID = 'hf.embedding.v1';

export interface Embedded {
  readonly vector: readonly number[];
  readonly confidence: number;
}

/** So long a failed call's event may take to be kept, whatever becomes of its caller meanwhile. */
const EVIDENCE_MS = 10_000;

/**
 * The stateless embedding agent: texts in, vectors out. It keeps nothing of them: what it made and the event of the call are returned as data, for the caller to commit.
 * The texts pass redaction like any prompt, so no provider sees what policy removes.
 * @returns vectors in the order of the texts, and the writes of the call's event
 * @throws {AncillaError} `embedding.provider`, after the event of the failed call is kept
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
  const { trace_id, span_id, saga_id, input_artifact_refs } = call;
  const collected = agents.collector(of, HF_AGENT_ID);
  const made = Promise.withResolvers<{ readonly items: readonly Embedded[]; readonly meta: EmbeddingModel }>();
  try {
    await agents.agent(of, HF_AGENT_ID).call({
      prompt: call.texts.map((content) => ({ role: 'user', content })),
      model: { id: provider.model, endpoint: provider.endpoint, operation: 'embeddings' },
      trace: { trace_id, span_id },
      input_artifact_refs,
      ...(saga_id !== undefined && { saga_id }),
      signal,
      collect: collected.collect,
    })(async ({ prompt, signal: limited }) => {
      const asked = typeof prompt === 'string' ? [prompt] : prompt.map(({ content }) => content);
      const { meta, texts } = await provider.embed(asked, { signal: limited }, of.tenant_id);
      if (texts.length !== asked.length)
        throw new AncillaError('embedding.provider', `${meta.provider} gave ${texts.length} vectors for ${asked.length} texts`);
      const items = texts.map(({ vector, confidence }) => ({ vector: Array.from(vector, round), confidence }));
      made.resolve({ items, meta });
      return { output: items, model_version: meta.revision };
    });
  } catch (error) {
    // Nobody else commits it: callers get vectors or an error.
    const io = { signal: AbortSignal.timeout(EVIDENCE_MS) };
    await of.tenant.commit(await collected.writes(io), [], io);
    throw error;
  }
  return { ...(await made.promise), writes: await collected.writes({ signal }) };
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
