// Where vectors come from: the embedded model, or a server behind HTTP.
export { openEmbeddedProvider, similarity, type EmbeddedProvider } from './embedded.ts';
export { openHttpProvider } from './http.ts';
export { spaceId, type EmbeddingProvider } from './provider.ts';
