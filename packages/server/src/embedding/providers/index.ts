// Where vectors come from: the embedded model, a model in a folder, or a server behind HTTP.
export { cachedProvider } from './cached.ts';
export { configuredProvider } from './configured.ts';
export { openEmbeddedProvider, type EmbeddedProvider } from './embedded.ts';
export { openHttpProvider } from './http.ts';
export { spaceId, type EmbeddedTexts, type EmbeddingProvider } from './provider.ts';
