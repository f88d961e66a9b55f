// Where vectors come from: the embedded model, or a server behind HTTP.
export { cachedProvider } from './cached.ts';
export { openEmbeddedProvider, similarity, type EmbeddedProvider } from './embedded.ts';
export { openHttpProvider } from './http.ts';
export { spaceId, type EmbeddingProvider } from './provider.ts';
