import { AncillaError, type Egress, type EmbeddingModel, type Io } from '@ancilla/contracts';
import type { EmbeddedText, EmbeddingProvider } from './provider.ts';

export interface HttpProviderOptions {
  /** Base URL of the server. */
  readonly url: string;
  readonly model: string;
  readonly revision?: string;
  readonly dim?: number;
  /** `openai`: POST /v1/embeddings. `tei`: POST /embed. `hf`: POST /models/{model}/pipeline/feature-extraction. */
  readonly shape: 'openai' | 'tei' | 'hf';
  readonly apiKey?: string;
  readonly fetch: Egress;
  readonly timeoutMs: number;
  /** Texts asked for at once. */
  readonly batch?: number;
}

const ATTEMPTS = 4;
const MOST_WAIT_MS = 10_000;

class Retry extends Error {
  readonly afterMs: number;
  constructor(afterMs: number) {
    super('try again');
    this.afterMs = afterMs;
  }
}

/** An embedding server behind HTTP. Only 429, 503 and lost connections are tried again; a batch that is too large is halved. */
export function openHttpProvider(options: HttpProviderOptions): EmbeddingProvider {
  const { model, shape, apiKey, fetch, timeoutMs, batch = 32 } = options;
  const base = options.url.replace(/\/+$/, '');
  const path = { openai: '/v1/embeddings', tei: '/embed', hf: `/models/${model}/pipeline/feature-extraction` }[shape];
  const fail = (what: string) => new AncillaError('embedding.provider', `${shape} server ${new URL(base).host}: ${what}`);
  let dim = options.dim;

  const bodyOf = (texts: readonly string[]): object =>
    shape === 'openai' ? { model, input: texts, encoding_format: 'float' } : { inputs: texts, normalize: true, truncate: shape === 'hf' };

  async function ask(texts: readonly string[], io: Io): Promise<readonly (readonly number[])[]> {
    let answer: Response;
    try {
      answer = await fetch(base + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) },
        body: JSON.stringify(bodyOf(texts)),
        signal: AbortSignal.any([io.signal, AbortSignal.timeout(timeoutMs)]),
      });
    } catch (error) {
      if (error instanceof AncillaError || io.signal.aborted) throw error;
      throw new Retry(500);
    }
    if (answer.status === 429 || answer.status === 503)
      throw new Retry(Math.min(MOST_WAIT_MS, Number(answer.headers.get('retry-after') ?? 1) * 1000 || 1000));
    if (answer.status === 413 && texts.length > 1) {
      const half = Math.ceil(texts.length / 2);
      return [...(await patiently(texts.slice(0, half), io)), ...(await patiently(texts.slice(half), io))];
    }
    if (!answer.ok) throw fail(`status ${answer.status}`);
    return toVectors(await answer.json().catch(() => undefined), texts.length);
  }

  async function patiently(texts: readonly string[], io: Io): Promise<readonly (readonly number[])[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(texts, io);
      } catch (error) {
        if (!(error instanceof Retry)) throw error;
        if (attempt === ATTEMPTS) throw fail(`no answer in ${ATTEMPTS} attempts`);
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, error.afterMs);
          io.signal.addEventListener(
            'abort',
            () => (clearTimeout(timer), reject(io.signal.reason instanceof Error ? io.signal.reason : new Error('aborted'))),
            { once: true },
          );
        });
      }
    }
  }

  function toVectors(body: unknown, count: number): readonly (readonly number[])[] {
    const data: unknown = shape === 'openai' && typeof body === 'object' && body !== null ? Reflect.get(body, 'data') : body;
    if (!Array.isArray(data) || data.length !== count) throw fail(`no list of ${count} vectors`);
    const inOrder =
      shape === 'openai'
        ? data.toSorted((a, b) => Number(field(a, 'index')) - Number(field(b, 'index'))).map((item) => field(item, 'embedding'))
        : data;
    return inOrder.map((vector: unknown) => {
      if (!Array.isArray(vector) || !vector.every((value) => typeof value === 'number' && Number.isFinite(value)))
        throw fail('a vector is not a list of numbers (token-level answers are not pooled here)');
      dim ??= vector.length;
      if (vector.length !== dim) throw fail(`a vector of ${vector.length} numbers in a space of ${dim}`);
      return vector as readonly number[];
    });
  }

  return {
    get meta(): EmbeddingModel {
      return {
        provider: shape,
        model,
        revision: options.revision ?? 'unpinned',
        dim: dim ?? 1,
        pooling: 'server',
        normalise: true,
        prefix: null,
        quantisation: 'float32',
      };
    },
    endpoint: new URL(base).origin,
    async embed(texts, io) {
      const made: EmbeddedText[] = [];
      for (let at = 0; at < texts.length; at += batch) {
        for (const vector of await patiently(texts.slice(at, at + batch), io)) {
          const norm = Math.hypot(...vector) || 1;
          // The server does not tell what it saw: it answered without truncating, so all of it.
          made.push({ vector: Float32Array.from(vector, (value) => value / norm), confidence: 1 });
        }
      }
      return made;
    },
  };
}

const field = (item: unknown, name: string): unknown => (typeof item === 'object' && item !== null ? Reflect.get(item, name) : undefined);
