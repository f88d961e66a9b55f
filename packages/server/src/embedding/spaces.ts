// The life of a space: a new model's vectors are of a new one, which is built up beside the old and takes its place; the old one goes after a while.
import {
  AncillaError,
  DAY_MS,
  embeddings,
  embeddingSpaces,
  insert,
  isAncillaError,
  remove,
  replace,
  saga,
  toTimestamp,
  type Because,
  type Clock,
  type EmbeddingModel,
  type EmbeddingSpace,
  type Io,
  type Job,
  type Of,
  type Reader,
  type SagaRunner,
  type Stored,
  type Tenant,
  type TenantStore,
  type Write,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { spaceId } from './providers/index.ts';

/** So long a space in use is built up, if what the active one has does not come into it before. */
const BUILDING_DAYS = 14;
/** So long vectors of a superseded space are kept: the way back to the model before. */
const KEPT_DAYS = 14;
/** Vectors removed in one commit. */
const BATCH = 500;

/** What the log says of one space. */
interface Count {
  vectors: number;
  /** Of what its vectors were made, as far as it is told. */
  readonly sources: Set<string>;
  /** Vectors of which it is not. */
  unsourced: number;
}
type Row = Stored<typeof embeddingSpaces>;

export interface SpaceParts {
  readonly sagas: SagaRunner;
  readonly storeOf: (tenant_id: string) => TenantStore;
  readonly clock: Clock;
}

export function openSpaces({ sagas, storeOf, clock }: SpaceParts) {
  const noted = new Set<string>();
  const now = (): string => toTimestamp(clock.now());
  const isPast = (since: string, days: number): boolean => Date.parse(since) + days * DAY_MS <= clock.now();

  /** Says that a tenant has vectors of this space, before its first. */
  async function note({ tenant, tenant_id }: Of, meta: EmbeddingModel, trace_id: string, io: Io): Promise<void> {
    const space_id = spaceId(meta);
    const key = `${tenant_id}/${space_id}`;
    if (noted.has(key)) return;
    const was = await tenant.get(embeddingSpaces, space_id, io);
    const inUse = { model_meta: meta, in_use_since: now() };
    const others = await rowsOf(tenant, io);
    const isFirst = !others.some(({ doc }) => doc.status === 'active' && doc.space_id !== space_id);
    // Since when says which one is in use: after a provider that was tried meanwhile, this one is again.
    const isLatest = was !== undefined && others.every(({ doc }) => doc.in_use_since <= was.doc.in_use_since);
    const status = isFirst || was?.doc.status === 'active' ? 'active' : 'building';
    const because: Because = { who: 'embedding', reason: 'the provider in use makes vectors of this space', trace_id };
    const doc: EmbeddingSpace = { space_id, ...inUse, status, vectors: 0, purged: 0, superseded_at: null, changed_at: now() };
    try {
      if (was === undefined) await tenant.commit([insert(embeddingSpaces, doc, because)], [], io);
      else if (was.doc.status !== status || !isLatest)
        await tenant.commit([replace(embeddingSpaces, was, { ...inUse, status, superseded_at: null, changed_at: now() }, because)], [], io);
    } catch (error) {
      // Another request did so at the same time.
      if (!isAncillaError(error, 'store.conflict', 'store.revision_conflict')) throw error;
    }
    noted.add(key);
  }

  /** What changes of the rows, by what the log holds: counts, and the place of the active space once another takes it. */
  async function survey(tenant: TenantStore, because: Because, io: Io): Promise<readonly Write<Tenant>[]> {
    const rows = await rowsOf(tenant, io);
    if (rows.length === 0) return [];
    const counts = await countAll(tenant, io);
    const active = rows.find(({ doc }) => doc.status === 'active');
    const [inUse, ...others] = rows.toSorted((a, b) => (a.doc.in_use_since < b.doc.in_use_since ? 1 : -1));
    const building = inUse?.doc.status === 'building' ? inUse : undefined;
    // A provider that was given up before its space was whole: nothing is added to it, so it takes nobody's place.
    const givenUp = others.filter(({ doc }) => doc.status === 'building');
    const takesOver =
      building !== undefined &&
      active !== undefined &&
      (isPast(building.doc.in_use_since, BUILDING_DAYS) || hasAllOf(counts.get(building.doc.space_id), counts.get(active.doc.space_id)));
    const superseded = { status: 'superseded', superseded_at: now() } as const;
    const turns = new Map<Row, Partial<EmbeddingSpace>>(givenUp.map((row) => [row, superseded]));
    if (takesOver) turns.set(building, { status: 'active' }).set(active, superseded);
    // What was noted of a space may hold no more.
    if (turns.size > 0) noted.clear();
    return rows.flatMap((row) => {
      const vectors = counts.get(row.doc.space_id)?.vectors ?? 0;
      if (vectors === row.doc.vectors && !turns.has(row)) return [];
      return [replace(embeddingSpaces, row, { vectors, ...turns.get(row), changed_at: now() }, because)];
    });
  }

  /** Removes what was superseded long ago, and looks that nothing is left. */
  async function purge(tenant: TenantStore, because: Because, io: Io): Promise<readonly Write<Tenant>[]> {
    const due = (await rowsOf(tenant, io)).filter(
      ({ doc: { status, superseded_at } }) => status === 'superseded' && superseded_at !== null && isPast(superseded_at, KEPT_DAYS),
    );
    const writes: Write<Tenant>[] = [];
    for (const row of due) {
      const { space_id } = row.doc;
      let left = row;
      for (;;) {
        const { items } = await tenant.find(embeddings, { index: 'by_space', equals: { space_id }, limit: BATCH }, io);
        if (items.length === 0) break;
        // Counted in the commit that removes them: whoever goes on after a crash finds neither.
        const { vectors, purged } = left.doc;
        const counted = { vectors: Math.max(0, vectors - items.length), purged: purged + items.length, changed_at: now() };
        const removed = items.map(({ doc }) => remove(embeddings, doc.embedding_id, because));
        await tenant.commit([...removed, replace(embeddingSpaces, left, counted, because)], [], io);
        const found = await tenant.get(embeddingSpaces, space_id, io);
        if (found === undefined) throw new AncillaError('store.corrupt', `space ${space_id} went while it was purged`);
        left = found;
      }
      writes.push(replace(embeddingSpaces, left, { status: 'purged', vectors: 0, changed_at: now() }, because));
    }
    return writes;
  }

  const looking = (trace_id: string): Because => ({
    who: 'embedding',
    reason: `spaces are looked at; a superseded one goes after ${KEPT_DAYS} days`,
    trace_id,
  });
  const step = (name: 'survey' | 'purge', run: typeof survey) => ({
    name,
    attempts: 3,
    // Looking again finds what is still to be done.
    unknown: { on: 'retry' } as const,
    run: async ({
      tenant_id,
      trace_id,
      signal,
    }: {
      readonly tenant_id: string;
      readonly trace_id: string;
      readonly signal: AbortSignal;
    }) => ({
      output: {},
      writes: await run(storeOf(tenant_id), looking(trace_id), { signal }),
    }),
  });
  const spacesSaga = saga({ name: 'embedding.spaces', memo: Type.Object({}), steps: [step('survey', survey), step('purge', purge)] });
  const job: Job = {
    name: 'embedding.spaces',
    what: `Counts vectors by space, lets a space in use take the active one's place when it has all that one has, or after ${BUILDING_DAYS} days, and purges a superseded one after ${KEPT_DAYS}`,
    everyHours: 24,
    async start({ tenant, tenant_id }, { key, by, trace_id }, io) {
      if ((await rowsOf(tenant, io)).length === 0) return undefined;
      const { saga_id } = await sagas.start(spacesSaga, { tenant, tenant_id, memo: {}, trace_id, owner: by, idempotency_key: key });
      return { saga_id };
    },
  };
  return { note, sagas: [spacesSaga], jobs: [job] };
}

/** Few: one for each model there ever was. */
const MOST_SPACES = 500;
/** The spaces of a tenant. */
export const rowsOf = async (tenant: Reader<Tenant>, io: Io): Promise<readonly Row[]> =>
  (await tenant.find(embeddingSpaces, { index: 'all', equals: {}, limit: MOST_SPACES }, io)).items;

/** Refuses a vector that can be near nothing here, and says what could be. @throws {AncillaError} `embedding.space` */
export async function assertInSpace(
  tenant: Reader<Tenant>,
  { space_id, vector }: { readonly space_id: string; readonly vector: readonly number[] },
  io: Io,
): Promise<void> {
  const spaces = (await rowsOf(tenant, io)).flatMap(({ doc }) => (doc.status === 'purged' ? [] : [doc]));
  const space = spaces.find((each) => each.space_id === space_id);
  if (space === undefined) {
    const known = spaces.map((each) => `${each.space_id} (${each.model_meta.dim} numbers)`).join(', ');
    throw new AncillaError(
      'embedding.space',
      `there are no vectors of this space${known === '' ? ' or any other' : `; there are of ${known}`}`,
    );
  }
  const { dim } = space.model_meta;
  if (vector.length !== dim)
    throw new AncillaError('embedding.space', `a vector of this space has ${dim} numbers, this one has ${vector.length}`);
}

async function countAll(tenant: TenantStore, io: Io): Promise<ReadonlyMap<string, Count>> {
  const counts = new Map<string, Count>();
  for await (const { doc } of tenant.feed([embeddings], -1, io)) {
    if (doc === undefined) continue;
    const count = counts.get(doc.space_id) ?? { vectors: 0, sources: new Set<string>(), unsourced: 0 };
    counts.set(doc.space_id, count);
    count.vectors++;
    if (doc.source_artifact_ref === null) count.unsourced++;
    else count.sources.add(doc.source_artifact_ref);
  }
  return counts;
}

/** Whether a space has vectors of all that another has, and as many of what is not told; one that has none has none of it. */
const hasAllOf = (of: Count | undefined, other: Count | undefined): boolean =>
  of !== undefined &&
  of.vectors > 0 &&
  of.unsourced >= (other?.unsourced ?? 0) &&
  [...(other?.sources ?? [])].every((source) => of.sources.has(source));
