// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Count, Name, Sha256Hex, Timestamp, TraceId } from '../fields.ts';
import { Id } from '../ids.ts';
import { ARTIFACTS } from '../storage.ts';

export const artifactCategories = [
  'raw_input',
  'raw_response',
  'structured_output',
  'dataset',
  'archive',
  'model',
  'pack',
  'payload',
  'quarantine',
] as const;
export type ArtifactCategory = (typeof artifactCategories)[number];

/** What is known about raw content: never the content. */
export const Artifact = Closed({
  artifact_id: Id('ar'),
  category: Type.Enum(artifactCategories),
  content_type: Type.String({ pattern: '^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,127}$' }),
  size: Count,
  sha256: Sha256Hex,
  /** `inline`: sealed bytes in the tenant's own file; `object`: in the storage adapter. */
  place: Type.Enum(['inline', 'object']),
  trace_id: TraceId,
  created_by: Name,
  created_at: Timestamp,
});
export type Artifact = Static<typeof Artifact>;

export const artifacts = collection({
  name: ARTIFACTS,
  kind: 'versioned',
  scope: { tenant: true, platform: true },
  schema: Artifact,
  key: 'artifact_id',
  time: 'created_at',
  retention: 'artifacts',
  summary: 'Metadata of raw content; the content is sealed under the tenant’s key',
  indexes: { all: [], by_trace: ['trace_id'], by_category: ['category'] },
});

/** An artifact's own data key, wrapped by the tenant's artifact key. Never in `changes`: destroying it destroys the content. */
export const ArtifactKey = Closed({
  artifact_id: Id('ar'),
  wrapped_key: Type.String({ pattern: '^[A-Za-z0-9+/]{1,512}={0,2}$' }),
  created_at: Timestamp,
});
export const artifactKeys = collection({
  name: 'artifact_keys',
  kind: 'state',
  scope: { tenant: true, platform: true },
  schema: ArtifactKey,
  key: 'artifact_id',
  time: 'created_at',
  retention: 'artifacts',
  summary: 'Wrapped data keys of artifacts',
  indexes: {},
});
