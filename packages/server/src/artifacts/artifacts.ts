import { createHash } from 'node:crypto';
import {
  AncillaError,
  artifactKeys,
  artifacts,
  blob,
  insert,
  isAncillaError,
  remove,
  toTimestamp,
  unstoppable,
  type Artifact,
  type ArtifactCategory,
  type Because,
  type Clock,
  type Io,
  type NewId,
  type Platform,
  type Random,
  type Store,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { chunked, collect, peek } from './byte-stream.ts';
import { contextOf, unwrapDataKey, wrapDataKey, wrapTag } from './data-key.ts';
import { KEY_BYTES, seal, sealAll, sealedBytes, unseal } from './envelope.ts';
import { checked, measure, startReading } from './reading.ts';
import type { StorageAdapter } from './storage-adapter.ts';

/** Sealed, so many bytes ride in a commit at most; what is larger becomes an object. */
const SEALED_INLINE_BYTES = 256 * 1024;
const OVERHEAD_BYTES = sealedBytes(SEALED_INLINE_BYTES) - SEALED_INLINE_BYTES;
/** The largest content that rides in a commit: 256 KiB less what sealing adds. */
export const INLINE_BYTES = SEALED_INLINE_BYTES - OVERHEAD_BYTES;

/** What both a tenant's store and the platform's take. */
type Anyones = Tenant & Platform;
/** The id the platform's keys go by: no tenant's has a colon. */
export const PLATFORM = 'platform:';
/** Whose artifacts: a store, a tenant's or the platform's, and the id its keys go by. */
export interface Owner {
  readonly tenant: Store<Anyones>;
  readonly tenant_id: string;
}

/** What is known of an artifact before it is stored. A chosen `artifact_id` makes storing it idempotent. */
export interface About {
  readonly category: ArtifactCategory;
  readonly content_type: string;
  readonly trace_id: string;
  readonly created_by: string;
  readonly artifact_id?: string;
}

/** Raw content, sealed under its tenant's key. */
export interface Artifacts {
  /**
   * Stores content; durable when it resolves. Up to 256 KiB it is one commit; what is larger streams through, never whole in memory.
   * @throws {AncillaError} `store.conflict` when the id holds other content, `request.too_large` over the deployment's limit
   */
  put(of: Owner, what: About & { readonly bytes: Uint8Array | AsyncIterable<Uint8Array> }, io: Io): Promise<Artifact>;
  /** Seals at most `INLINE_BYTES` for a commit of the caller's. */
  prepare(
    of: Pick<Owner, 'tenant_id'>,
    what: About & { readonly bytes: Uint8Array },
  ): { readonly artifact_id: string; readonly sha256: string; readonly writes: readonly Write<Anyones>[] };
  /**
   * Opens content for the server's own use: no role is asked and nothing is logged. When it resolves the first segment is authenticated; the rest is as it comes.
   * The stream is read to its end or closed.
   * @throws {AncillaError} `not_found`, `artifact.corrupt`
   */
  open(of: Owner, artifact_id: string, io: Io): Promise<{ readonly meta: Artifact; readonly bytes: AsyncIterable<Uint8Array> }>;
  /**
   * Takes short-lived content away: `writes` remove document and key, `after` the object, once they are committed. What is left without its key is noise.
   * Only quarantined bodies go so; all else leaves by retention.
   * @throws {AncillaError} `not_found`
   */
  discard(
    of: Owner,
    artifact_id: string,
    because: Because,
    io: Io,
  ): Promise<{ readonly writes: readonly Write<Anyones>[]; after(): Promise<void> }>;
  /** All of an artifact's content. For what is known to be small. */
  bytes(of: Owner, artifact_id: string, io: Io): Promise<Uint8Array>;
}

interface Parts {
  readonly adapter: StorageAdapter;
  /** A tenant's key for wrapping data keys. */
  readonly keys: (tenant_id: string) => { readonly artifact_key: Uint8Array };
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  readonly maxBytes: number;
}

/** After these nothing was written; after any other error the commit may still have happened. */
const refused = (error: unknown) =>
  isAncillaError(error, 'store.conflict', 'store.revision_conflict', 'store.invalid', 'store.read_only', 'store.full');

/** An artifact’s document and its key, in one commit. */
const writesOf = (doc: Artifact, wrapped_key: string): readonly Write<Anyones>[] => [
  insert(artifacts, doc, { who: doc.created_by, reason: `stored ${doc.category}`, trace_id: doc.trace_id }),
  insert(artifactKeys, { artifact_id: doc.artifact_id, wrapped_key, created_at: doc.created_at }),
];

/** The document of an earlier upload of the same content under the same id. */
const same = async ({ tenant }: Owner, what: Pick<Artifact, 'artifact_id' | 'category' | 'content_type' | 'size' | 'sha256'>, io: Io) => {
  const doc = (await tenant.get(artifacts, what.artifact_id, io))?.doc;
  if (doc === undefined) return undefined;
  if ((['category', 'content_type', 'size', 'sha256'] as const).some((field) => doc[field] !== what[field]))
    throw new AncillaError('store.conflict', `artifact ${what.artifact_id} holds other content`);
  return doc;
};

/** Random names only: an object store learns nothing of the tenant. */
const objectKey = async ({ tenant }: Owner, artifact_id: string, wrapped_key: string, io: Io) =>
  `${await tenant.ledger.logId(io)}/${artifact_id}.${wrapTag(wrapped_key)}`;

/** Opens the artifacts of all tenants over one storage adapter. */
export const openArtifactStore = ({ adapter, keys, clock, newId, random, maxBytes }: Parts): Artifacts => {
  const newKey = (tenant_id: string, artifact_id: string) => {
    const context = contextOf(tenant_id, artifact_id);
    const key = random.bytes(KEY_BYTES);
    return { envelope: { key, context }, wrapped_key: wrapDataKey(keys(tenant_id).artifact_key, context, key, random) };
  };

  const prepare = (tenant_id: string, { bytes, artifact_id = newId('ar'), ...about }: About & { readonly bytes: Uint8Array }) => {
    if (bytes.length > INLINE_BYTES)
      throw new AncillaError('request.too_large', `content in a commit is at most ${INLINE_BYTES} bytes, this has ${bytes.length}`);
    const { envelope, wrapped_key } = newKey(tenant_id, artifact_id);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const doc: Artifact = {
      ...about,
      artifact_id,
      size: bytes.length,
      sha256,
      place: 'inline',
      created_at: toTimestamp(clock.now()),
    };
    return { doc, artifact_id, sha256, writes: [...writesOf(doc, wrapped_key), blob(artifact_id, sealAll(envelope, bytes, random))] };
  };

  const putObject = async (of: Owner, { artifact_id = newId('ar'), ...about }: About, bytes: AsyncIterable<Uint8Array>, io: Io) => {
    const { envelope, wrapped_key } = newKey(of.tenant_id, artifact_id);
    const measured = measure(bytes, maxBytes);
    const key = await objectKey(of, artifact_id, wrapped_key, io);
    await adapter.put(key, seal(envelope, measured.bytes, random), io);
    const doc: Artifact = { ...about, artifact_id, ...measured.result(), place: 'object', created_at: toTimestamp(clock.now()) };
    try {
      // Not the caller's signal: a commit that goes on unseen would name an object that was removed below.
      await of.tenant.commit(writesOf(doc, wrapped_key), [], unstoppable);
      return doc;
    } catch (error) {
      if (!refused(error)) throw error;
      await adapter.delete(key, unstoppable);
      const earlier = await same(of, doc, unstoppable);
      if (earlier === undefined) throw error;
      return earlier;
    }
  };

  const putInline = async (of: Owner, what: About, bytes: Uint8Array, io: Io) => {
    const { doc, writes } = prepare(of.tenant_id, { ...what, bytes });
    try {
      await of.tenant.commit(writes, [], io);
      return doc;
    } catch (error) {
      if (!isAncillaError(error, 'store.conflict')) throw error;
      const earlier = await same(of, doc, io);
      if (earlier === undefined) throw error;
      return earlier;
    }
  };

  const open: Artifacts['open'] = async (of, artifact_id, io) => {
    const meta = (await of.tenant.get(artifacts, artifact_id, io))?.doc;
    if (meta === undefined) throw new AncillaError('not_found', 'no such artifact');
    const wrapped = (await of.tenant.get(artifactKeys, artifact_id, io))?.doc;
    if (wrapped === undefined) throw new AncillaError('artifact.corrupt', 'the artifact’s key is gone');
    const context = contextOf(of.tenant_id, artifact_id);
    const key = unwrapDataKey(keys(of.tenant_id).artifact_key, context, wrapped.wrapped_key);
    const sealed =
      meta.place === 'inline'
        ? chunked((await of.tenant.blob(artifact_id, io)) ?? new Uint8Array())
        : adapter.get(await objectKey(of, artifact_id, wrapped.wrapped_key, io), {}, io);
    return { meta, bytes: await startReading(checked(unseal({ key, context }, sealed), meta)) };
  };

  return {
    open,
    async put(of, { bytes, ...what }, io) {
      const stream = bytes instanceof Uint8Array ? chunked(bytes) : bytes;
      if (what.artifact_id !== undefined && (await of.tenant.get(artifacts, what.artifact_id, io)) !== undefined) {
        const measured = measure(stream, maxBytes);
        for await (const chunk of measured.bytes) void chunk; // Only its hash is wanted.
        const earlier = await same(of, { ...what, artifact_id: what.artifact_id, ...measured.result() }, io);
        if (earlier !== undefined) return earlier;
        throw new AncillaError('store.conflict', 'the artifact was removed meanwhile');
      }
      const { head, ended, all } = await peek(stream, Math.min(INLINE_BYTES, maxBytes));
      if (head.length > maxBytes) throw new AncillaError('request.too_large', `an artifact is at most ${maxBytes} bytes`);
      return ended && head.length <= INLINE_BYTES ? putInline(of, what, head, io) : putObject(of, what, all, io);
    },
    prepare(of, what) {
      const { artifact_id, sha256, writes } = prepare(of.tenant_id, what);
      return { artifact_id, sha256, writes };
    },
    async discard(of, artifact_id, because, io) {
      const found = await of.tenant.get(artifacts, artifact_id, io);
      const key = await of.tenant.get(artifactKeys, artifact_id, io);
      if (found?.doc.category !== 'quarantine' || key === undefined) throw new AncillaError('not_found', 'no such quarantined artifact');
      return {
        writes: [remove(artifacts, artifact_id, because), remove(artifactKeys, artifact_id)],
        async after() {
          if (found.doc.place === 'object')
            await adapter.delete(await objectKey(of, artifact_id, key.doc.wrapped_key, unstoppable), unstoppable);
        },
      };
    },
    async bytes(of, artifact_id, io) {
      return collect((await open(of, artifact_id, io)).bytes);
    },
  };
};
