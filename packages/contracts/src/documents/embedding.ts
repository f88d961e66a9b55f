// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Confidence, Count, Name, Ref, Sha256Hex, Timestamp, TraceId, Version } from '../fields.ts';
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

/** A space a tenant has vectors of. Every revision stands in `changes`: when it came, took over, was superseded, and how many vectors were purged. */
export const EmbeddingSpace = Closed({
  space_id: Sha256Hex,
  model_meta: EmbeddingModel,
  /** `building`: not all that the active one has is in it yet. */
  status: Type.Enum(['building', 'active', 'superseded', 'purged']),
  /** When they were last counted. */
  vectors: Count,
  purged: Count,
  in_use_since: Timestamp,
  superseded_at: Type.Union([Timestamp, Type.Null()]),
  changed_at: Timestamp,
});
export type EmbeddingSpace = Static<typeof EmbeddingSpace>;

export const embeddingSpaces = collection({
  name: 'embedding_spaces',
  kind: 'versioned',
  scope: { tenant: true },
  schema: EmbeddingSpace,
  key: 'space_id',
  time: 'changed_at',
  retention: 'for_ever',
  summary: 'Spaces of vectors, from the first vector to the last that is purged',
  indexes: { all: [] },
  read: { path: '/dif/embedding_spaces', action: 'evidence.read' },
});
