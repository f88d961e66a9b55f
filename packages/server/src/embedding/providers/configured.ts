import type { Egress } from '@ancilla/contracts';
import { cachedProvider } from './cached.ts';
import { openHttpProvider, type HttpProviderOptions } from './http.ts';
import type { EmbeddingProvider } from './provider.ts';
import { openTransformersProvider } from './transformers-js.ts';

/** What a site says of its embedding model: a folder, or a server and its model's name. */
export interface ProviderConfig {
  readonly embeddingFolder: string | undefined;
  readonly embeddingUrl: string | undefined;
  readonly embeddingModel: string | undefined;
  readonly embeddingShape: HttpProviderOptions['shape'];
  readonly embeddingApiKey: string | undefined;
}

/** The provider that a site asks for; undefined where it asks for none. @throws {AncillaError} `config.invalid` */
export async function configuredProvider(
  { embeddingFolder, embeddingUrl: url, embeddingModel: model = '', embeddingShape: shape, embeddingApiKey: apiKey }: ProviderConfig,
  fetch: Egress,
): Promise<EmbeddingProvider | undefined> {
  if (embeddingFolder !== undefined) return cachedProvider(await openTransformersProvider(embeddingFolder));
  if (url === undefined) return undefined;
  return cachedProvider(openHttpProvider({ url, model, shape, fetch, timeoutMs: 30_000, ...(apiKey !== undefined && { apiKey }) }));
}
