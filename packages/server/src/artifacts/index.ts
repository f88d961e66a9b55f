// The only home of raw content: sealed under its tenant's key, read only with a trace of the reading.
import type { ArtifactCategory, Clock, Io, NewId, Of, Random, Room } from '@ancilla/contracts';
import { openArtifactStore, type Artifacts as ArtifactStore } from './artifacts.ts';
import { artifactRoutes } from './routes.ts';
import { sampleStrings } from './sample-strings.ts';
import type { StorageAdapter } from './storage-adapter.ts';

export { collect } from './byte-stream.ts';
export { INLINE_BYTES, PLATFORM, type About } from './artifacts.ts';
export { keep } from './keep.ts';
export { openFileAdapter } from './file-adapter.ts';
export { admitReading, PurposeHeader, purposeOf } from './raw-access.ts';
export { type StorageAdapter, type StoredObject } from './storage-adapter.ts';

/** What other rooms ask of the artifacts. */
export interface Artifacts extends ArtifactStore {
  /** The values that raw content of some traces holds, each once: what a leak test looks for elsewhere. Bounded. */
  sampleStrings(
    of: Of,
    from: { readonly trace_ids: Iterable<string>; readonly categories: readonly ArtifactCategory[] },
    io: Io,
  ): Promise<readonly string[]>;
}

/** The largest artifact where a deployment does not say otherwise. */
const DEFAULT_MAX_BYTES = 1024 ** 3;

/** Opens the room. `keys` gives a tenant's artifact key, which wraps each artifact's own. */
export const openArtifacts = ({
  maxBytes = DEFAULT_MAX_BYTES,
  ...parts
}: {
  readonly adapter: StorageAdapter;
  readonly keys: (tenant_id: string) => { readonly artifact_key: Uint8Array };
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  readonly maxBytes?: number;
}): Room & Artifacts => {
  const store = openArtifactStore({ ...parts, maxBytes });
  return {
    ...store,
    sampleStrings: (of, from, io) => sampleStrings(store, of, from, io),
    routes: artifactRoutes({ store, maxBytes, ...parts }),
  };
};
