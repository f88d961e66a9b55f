import { isDeepStrictEqual } from 'node:util';
import { AncillaError, Name, Version, type Egress, type EmbeddingModel, type Io } from '@ancilla/contracts';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { EmbeddingProvider } from './provider.ts';

export interface HttpProviderOptions {
  /** Base URL of the server. */
  readonly url: string;
  readonly model: string;
  /** The model's revision, where the server does not tell it. */
  readonly revision: string | undefined;
  /** `openai`: POST /v1/embeddings. `tei`: POST /embed, GET /info. `hf`: POST /models/{model}/pipeline/feature-extraction. */
  readonly shape: 'openai' | 'tei' | 'hf';
  readonly apiKey: string | undefined;
  readonly fetch: Egress;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly timeoutMs: number;
  /** Texts asked for at once. */
  readonly batch?: number;
}

const ATTEMPTS = 4;
const MOST_WAIT_MS = 10_000;
/** How often a status is answered by asking again: that of a busy server, of a gateway before one, and of one whose model's backend failed. */
const attemptsAt: Readonly<Record<number, number>> = { 424: 2, 429: ATTEMPTS, 502: ATTEMPTS, 503: ATTEMPTS, 504: ATTEMPTS };

const Vector = Type.Array(Type.Number(), { minItems: 1 });
const Vectors = Compile(Type.Array(Vector));
const OpenAiVectors = Compile(Type.Object({ data: Type.Array(Type.Object({ index: Type.Integer(), embedding: Vector })) }));
const TeiInfo = Compile(
  Type.Object({
    model_sha: Type.Optional(Type.Union([Version, Type.Null()])),
    model_type: Type.Object({ embedding: Type.Object({ pooling: Name }) }),
  }),
);

/** An answer that came whole: a connection may be lost in the middle of one, too. */
interface Whole extends Pick<Response, 'ok' | 'status'> {
  readonly retryAfter: string | null;
  readonly text: string;
}
const whole = async (answer: Response): Promise<Whole> => ({
  ok: answer.ok,
  status: answer.status,
  retryAfter: answer.headers.get('retry-after'),
  text: await answer.text(),
});

/** An embedding server behind HTTP. A busy one and a lost connection are tried again; a batch that is too large is halved. */
export function openHttpProvider(options: HttpProviderOptions): EmbeddingProvider {
  const { model, shape, apiKey, fetch, sleep, timeoutMs, batch = 32 } = options;
  const base = options.url.replace(/\/+$/, '');
  const { origin } = new URL(base);
  const path = { openai: '/v1/embeddings', tei: '/embed', hf: `/models/${model}/pipeline/feature-extraction` }[shape];
  // Without its address, which the call's event has: redaction would take that out, and a failed saga keeps no detail that has anything to take out.
  const fail = (what: string) => new AncillaError('embedding.provider', `the ${shape} server: ${what}`);

  async function ask(to: string, init: RequestInit, io: Io): Promise<Whole> {
    for (let attempt = 1; ; attempt++) {
      const late = AbortSignal.timeout(timeoutMs);
      const answer = await fetch(base + to, {
        ...init,
        headers: { 'content-type': 'application/json', ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) },
        signal: AbortSignal.any([io.signal, late]),
      })
        .then(whole)
        .catch((error: unknown) => {
          if (error instanceof AncillaError || io.signal.aborted) throw error;
          // Whoever waits would wait so long again, for as many texts as were too many now.
          if (late.aborted) throw fail(`no answer within ${timeoutMs / 1000} s`);
          return undefined;
        });
      if (answer?.ok || answer?.status === 413) return answer;
      const what = answer === undefined ? 'no answer' : `status ${answer.status}`;
      if (attempt >= (answer === undefined ? ATTEMPTS : (attemptsAt[answer.status] ?? 1))) throw fail(`${what} in attempt ${attempt}`);
      await sleep(Math.min(MOST_WAIT_MS, Number(answer?.retryAfter ?? 0.5) * 1000 || 1000), io.signal);
    }
  }

  async function vectorsOf(texts: readonly string[], io: Io): Promise<readonly (readonly number[])[]> {
    // Nothing is cut off: texts that begin alike would get one vector.
    const body =
      shape === 'openai' ? { model, input: texts, encoding_format: 'float' } : { inputs: texts, normalize: true, truncate: false };
    const answer = await ask(path, { method: 'POST', body: JSON.stringify(body) }, io);
    if (answer.status === 413) {
      if (texts.length === 1) throw fail('a text is too long for it');
      const half = Math.ceil(texts.length / 2);
      return [...(await vectorsOf(texts.slice(0, half), io)), ...(await vectorsOf(texts.slice(half), io))];
    }
    const vectors = toVectors(json(answer));
    if (vectors.length !== texts.length) throw fail(`${vectors.length} vectors for ${texts.length} texts`);
    return vectors;
  }

  function json({ text }: Whole): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw fail('an answer that is not JSON');
    }
  }
  function toVectors(body: unknown): readonly (readonly number[])[] {
    if (shape === 'openai' && OpenAiVectors.Check(body))
      return body.data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
    if (shape !== 'openai' && Vectors.Check(body)) return body;
    throw fail('no list of vectors, each of numbers (token-level answers are not pooled here)');
  }

  async function told(io: Io): Promise<Pick<EmbeddingModel, 'revision' | 'pooling'>> {
    const { revision = 'unpinned' } = options;
    if (shape !== 'tei') return { revision, pooling: 'server' };
    const info = json(await ask('/info', {}, io));
    if (!TeiInfo.Check(info)) throw fail('/info tells of no embedding model');
    return { revision: info.model_sha ?? revision, pooling: info.model_type.embedding.pooling };
  }

  let first: EmbeddingModel | undefined;
  return {
    model,
    endpoint: origin,
    async embed(texts, io) {
      const shaped = await told(io);
      const vectors: (readonly number[])[] = [];
      for (let at = 0; at < texts.length; at += batch) vectors.push(...(await vectorsOf(texts.slice(at, at + batch), io)));
      const dim = first?.dim ?? vectors[0]?.length ?? 0;
      const strange = vectors.find(({ length }) => length !== dim);
      if (strange !== undefined)
        throw fail(
          `a vector of ${strange.length} numbers in a space of ${dim}; with another model it gets a space of its own once Ancilla is started again`,
        );
      const meta = { provider: shape, model, ...shaped, dim, normalise: true, prefix: null, quantisation: 'float32' };
      // What was kept of the first model is not mixed with the vectors of another.
      if (!isDeepStrictEqual((first ??= meta), meta))
        throw fail('it has another model now: start Ancilla again, and it gets a space of its own');
      return {
        meta,
        texts: vectors.map((vector) => {
          const norm = Math.hypot(...vector) || 1;
          // The server does not tell what it saw; it was told to cut nothing off, so all of it.
          return { vector: Float32Array.from(vector, (value) => value / norm), confidence: 1 };
        }),
      };
    },
  };
}
