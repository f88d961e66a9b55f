import { cachedProvider } from './cached.ts';
import { openHttpProvider, type HttpProviderOptions } from './http.ts';
import type { EmbeddingProvider } from './provider.ts';
import { openTransformersProvider } from './transformers-js.ts';

/** What a site says of its embedding model: a folder, or a server and its model's name. */
export interface ProviderConfig {
  readonly embeddingFolder: string | undefined;
  readonly embeddingUrl: string | undefined;
  readonly embeddingModel: string | undefined;
  readonly embeddingRevision: string | undefined;
  readonly embeddingShape: HttpProviderOptions['shape'];
  readonly embeddingApiKey: string | undefined;
}

/** The provider that a site asks for; undefined where it asks for none. @throws {AncillaError} `config.invalid` */
export async function configuredProvider(
  config: ProviderConfig,
  parts: Pick<HttpProviderOptions, 'fetch' | 'sleep'>,
): Promise<EmbeddingProvider | undefined> {
  const { embeddingFolder, embeddingUrl: url, embeddingModel: model = '', embeddingRevision: revision } = config;
  const { embeddingShape: shape, embeddingApiKey: apiKey } = config;
  if (embeddingFolder !== undefined) return cachedProvider(await openTransformersProvider(embeddingFolder));
  if (url === undefined) return undefined;
  return cachedProvider(openHttpProvider({ ...parts, url, model, revision, shape, apiKey, timeoutMs: 30_000 }));
}
