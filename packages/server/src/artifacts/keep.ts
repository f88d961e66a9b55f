import { idFrom, type Io, type Of, type Tenant, type Write } from '@ancilla/contracts';
import { sha256, sha256Hex } from '@ancilla/evidence';
import { INLINE_BYTES, type About, type Artifacts } from './artifacts.ts';

/**
 * Content to be kept by a commit of the caller's. What fits rides in it; what is larger is stored first, under an id that key and content give: tried again after a crash,
 * the same content is the same artifact. Without the commit it goes as unreferenced.
 * @param key - of a saga's step its idempotency key
 */
export async function keep(
  of: Of,
  artifacts: Artifacts,
  key: string,
  what: Omit<About, 'artifact_id'> & { readonly bytes: Uint8Array },
  io: Io,
): Promise<{ readonly artifact_id: string; readonly writes: readonly Write<Tenant>[] }> {
  const artifact_id = idFrom('ar', sha256(`${key}/${sha256Hex(what.bytes)}`));
  if (what.bytes.byteLength <= INLINE_BYTES) return artifacts.prepare(of, { ...what, artifact_id });
  await artifacts.put(of, { ...what, artifact_id }, io);
  return { artifact_id, writes: [] };
}
