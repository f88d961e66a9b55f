// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Confidence, Name, Ref, Sha256Hex, Timestamp, TraceId, Version } from '../fields.ts';
import { Id } from '../ids.ts';

export const EmbeddingModel = Closed({
  provider: Name,
  model: Name,
  revision: Version,
  dim: Type.Integer({ minimum: 1, maximum: 65_536 }),
  pooling: Name,
  normalise: Type.Boolean(),
  prefix: Type.Union([Name, Type.Null()]),
  quantisation: Name,
});
export type EmbeddingModel = Static<typeof EmbeddingModel>;

export const Embedding = Closed({
  embedding_id: Id('em'),
  embedding_vector: Type.Array(Type.Number(), { minItems: 1, maxItems: 65_536 }),
  space_id: Sha256Hex,
  trace_id: TraceId,
  source_artifact_ref: Type.Union([Ref, Type.Null()]),
  response_artifact_ref: Type.Union([Ref, Type.Null()]),
  confidence: Confidence,
  model_meta: EmbeddingModel,
  created_at: Timestamp,
});
export type Embedding = Static<typeof Embedding>;

export const embeddings = collection({
  name: 'embeddings',
  kind: 'log',
  scope: { tenant: true },
  schema: Embedding,
  key: 'embedding_id',
  time: 'created_at',
  retention: 'embeddings',
  summary: 'Vectors with the space they belong to',
  indexes: { all: [], by_trace: ['trace_id'], by_space: ['space_id'] },
  read: { path: '/dif/embeddings', action: 'evidence.read' },
  trace: { kind: 'embedding', index: 'by_trace', summary: ['space_id', 'confidence', 'response_artifact_ref'] },
});
