import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AncillaError, type EmbeddingModel } from '@ancilla/contracts';
import type { EmbeddingProvider } from './provider.ts';

/** The library is the site's own: with its native parts it is larger than all of Ancilla. */
const LIBRARY = '@huggingface/transformers';
const BATCH = 32;
/** Files a model may lie in, the most exact first: what the library calls their type, and what we call it. */
const FORMS = [
  ['model.onnx', 'fp32', 'float32'],
  ['model_fp16.onnx', 'fp16', 'float16'],
  ['model_quantized.onnx', 'q8', 'int8'],
] as const;

/** What of the library is used. */
interface Library {
  readonly env: { allowRemoteModels: boolean };
  pipeline(
    task: 'feature-extraction',
    model: string,
    options: { readonly dtype: string; readonly local_files_only: true },
  ): Promise<Extractor>;
}
interface Extractor {
  (
    texts: readonly string[],
    options: { readonly pooling: string; readonly normalize: true },
  ): Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }>;
  readonly tokenizer: {
    /** Left out where a model sets no limit. */
    readonly model_max_length?: number;
    readonly unk_token_id?: number;
    encode(text: string, options?: { readonly add_special_tokens: boolean }): readonly number[];
  };
}

/**
 * A sentence-embedding model in a folder, as Hugging Face lays it out (`config.json`, `tokenizer.json`, `onnx/model.onnx`), run in this process by Transformers.js. Nothing is
 * fetched: what is not in the folder is not there.
 * @throws {AncillaError} `config.invalid` where the library or a file is missing
 */
export async function openTransformersProvider(folder: string): Promise<EmbeddingProvider> {
  const path = resolve(folder);
  const refuse = (what: string, cause?: unknown) => new AncillaError('config.invalid', `ANCILLA_EMBEDDING_FOLDER: ${what}`, { cause });
  const form = await firstThere(path);
  if (form === undefined) throw refuse(`no ${FORMS.map(([file]) => `onnx/${file}`).join(', ')} in it`);
  const [file, dtype, quantisation] = form;
  const { env, pipeline } = await load().catch((cause: unknown) => {
    throw refuse(`needs the package ${LIBRARY}: npm install ${LIBRARY} in the folder the server starts in`, cause);
  });
  env.allowRemoteModels = false;
  const pooling = await poolingOf(path);
  let extract: Extractor;
  let dim: number;
  let revision: string;
  try {
    extract = await pipeline('feature-extraction', path, { dtype, local_files_only: true });
    const { dims } = await extract(['dimension'], { pooling, normalize: true });
    dim = dims[1] ?? 0;
    revision = await digestOf(['config.json', 'tokenizer.json', join('onnx', file)].map((name) => join(path, name)));
  } catch (cause) {
    throw refuse('not a model that gives a vector for a text', cause);
  }
  const meta: EmbeddingModel = {
    provider: 'transformers.js',
    // As events take names.
    model: basename(path).replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9._-]/g, '') || 'model',
    revision,
    dim,
    pooling,
    normalise: true,
    prefix: null,
    quantisation,
  };
  const { tokenizer } = extract;
  const window = Math.max(0, (tokenizer.model_max_length ?? Infinity) - tokenizer.encode('').length);
  /** Words the model does not know, and those beyond its window, were not seen. */
  const confidenceOf = (text: string): number => {
    const tokens = tokenizer.encode(text, { add_special_tokens: false });
    const seen = tokens.slice(0, window).filter((token) => token !== tokenizer.unk_token_id).length;
    return tokens.length === 0 ? 0 : seen / tokens.length;
  };

  return {
    model: meta.model,
    endpoint: `transformers.js:${meta.model}`,
    async embed(texts, { signal }) {
      const made: { readonly vector: Float32Array; readonly confidence: number }[] = [];
      for (let at = 0; at < texts.length; at += BATCH) {
        signal.throwIfAborted();
        const batch = texts.slice(at, at + BATCH);
        // The cause could quote a text.
        const { data, dims } = await extract(batch, { pooling, normalize: true }).catch(() => {
          throw new AncillaError('embedding.provider', `${meta.model} failed on a batch of ${batch.length} texts`);
        });
        if (dims[0] !== batch.length || dims[1] !== dim)
          throw new AncillaError('embedding.provider', `${meta.model} gave ${dims.join(' × ')} numbers`);
        for (const [i, text] of batch.entries()) made.push({ vector: data.slice(i * dim, (i + 1) * dim), confidence: confidenceOf(text) });
      }
      return { meta, texts: made };
    },
  };
}

async function firstThere(path: string): Promise<(typeof FORMS)[number] | undefined> {
  for (const form of FORMS) {
    const isThere = await access(join(path, 'onnx', form[0])).then(
      () => true,
      () => false,
    );
    if (isThere) return form;
  }
  return undefined;
}

/** As a package beside ours, or in the folder the server was started in. */
async function load(): Promise<Library> {
  const specifier: string = LIBRARY;
  const loaded: unknown = await import(specifier).catch(
    () => import(pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve(specifier)).href),
  );
  if (!isLibrary(loaded)) throw new TypeError('not the library that was expected');
  return loaded;
}
const isLibrary = (loaded: unknown): loaded is Library =>
  typeof loaded === 'object' &&
  loaded !== null &&
  typeof Reflect.get(loaded, 'pipeline') === 'function' &&
  typeof Reflect.get(loaded, 'env') === 'object';

/** As sentence-transformers writes it down; the mean of all words where nothing is said. */
async function poolingOf(path: string): Promise<string> {
  const said: unknown = await readFile(join(path, '1_Pooling', 'config.json'), 'utf8').then(JSON.parse, () => undefined);
  return typeof said === 'object' && said !== null && Reflect.get(said, 'pooling_mode_cls_token') === true ? 'cls' : 'mean';
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex').slice(0, 12);
}
