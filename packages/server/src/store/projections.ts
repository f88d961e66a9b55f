import {
  cursors,
  insert,
  isAncillaError,
  replace,
  toTimestamp,
  type Clock,
  type Collection,
  type Entry,
  type Io,
  type Projection,
  type TenantStore,
} from '@ancilla/contracts';
import type { Stores } from './stores.ts';

/** Entries a projection gets at once at most. */
const BATCH = 2000;
/** A busy tenant's projections rest so long between two looks: what was written meanwhile is one batch and one commit more, instead of one each. */
const REST_MS = 500;
/** Where others write too, all tenants are looked at so often: news of a commit may not have come through. */
const LOOK_MS = 30_000;
/** So often other writers may get in between before a projection counts as failed. */
const MAX_CONFLICTS = 20;

/** Keeps projections up with the logs they are computed from. */
export interface ProjectionRunner extends AsyncDisposable {
  /** Looks at a tenant again, as after a commit: for a delivery that failed and may go through now. */
  wake(tenant_id: string): void;
  /** Resolves when every tenant that was woken has been looked at; none rests meanwhile. */
  settled(): Promise<void>;
  /** For the end: hears of no more commits, so that other servers that go on writing hold nothing up, and settles. */
  drain(): Promise<void>;
}

interface Parts {
  readonly stores: Stores;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  /** Calls back after a time, unless cancelled. */
  readonly later: (ms: number, run: () => void) => () => void;
  /** Told of a projection that failed; it is tried again at the tenant's next commit or `wake`. */
  readonly onError: (error: unknown, of: { readonly tenant_id: string; readonly projection: string }) => void;
  /** Tenants worked on at the same time. */
  readonly parallel?: number;
}

/**
 * Runs all projections for all tenants, woken by commits. The cursor is committed with the output, at its revision, so each entry counts exactly once whatever
 * crashes, and of two runners one is refused. What is delivered elsewhere is at least once.
 */
export async function runProjections({ stores, projections, clock, later, onError, parallel = 4 }: Parts): Promise<ProjectionRunner> {
  const stop = new AbortController();
  const io: Io = { signal: stop.signal };
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  /** Tenants that were looked at just now, with how to end their rest. */
  const resting = new Map<string, () => void>();
  /** Size of a tenant's ledger when nothing was left to do: a commit of states alone does not change it. */
  const done = new Map<string, number>();
  let idle = Promise.withResolvers<void>();
  /** Someone waits until all is done: nobody rests. */
  let hurry = false;

  const next = () => {
    for (const tenant_id of waiting) {
      if (running.size >= parallel) return;
      // A tenant is worked on once at a time: what comes meanwhile waits for its turn.
      if (running.has(tenant_id) || resting.has(tenant_id)) continue;
      waiting.delete(tenant_id);
      const work = catchUp(tenant_id).finally(() => {
        running.delete(tenant_id);
        if (!hurry) rest(tenant_id);
        next();
      });
      running.set(tenant_id, work);
    }
    if (running.size > 0 || waiting.size > 0) return;
    hurry = false;
    idle.resolve();
  };
  const rest = (tenant_id: string) => {
    const rise = () => {
      resting.delete(tenant_id);
      next();
    };
    resting.set(tenant_id, later(REST_MS, rise));
  };
  const wake = (tenant_id: string) => {
    if (stop.signal.aborted) return;
    if (waiting.size === 0 && running.size === 0) idle = Promise.withResolvers();
    waiting.add(tenant_id);
    next();
  };

  const catchUp = async (tenant_id: string): Promise<void> => {
    const tenant = stores.tenant(tenant_id);
    let failed = false;
    const attempt = async (projection: string, run: () => Promise<void>) => {
      try {
        await run();
      } catch (error) {
        failed = true;
        if (!stop.signal.aborted) onError(error, { tenant_id, projection });
      }
    };
    await attempt('*', async () => {
      const { size } = await tenant.ledger.head(io);
      if (done.get(tenant_id) === size) return;
      const isOurs = await stores.alone(tenant_id, async () => {
        // Side by side: they read the same entries while these are at hand, and what they write is one commit group.
        await Promise.all(
          projections.map((projection) => attempt(projection.name, () => project({ tenant, tenant_id, size }, projection, clock, io))),
        );
      });
      // What another server is at may end just before what woke us.
      if (!isOurs) later(REST_MS, () => wake(tenant_id));
      else if (!failed) done.set(tenant_id, size);
    });
    if (failed) done.delete(tenant_id);
  };

  const unsubscribe = stores.onCommit((tenant_id) => {
    if (tenant_id !== null) wake(tenant_id);
  });
  idle.resolve();
  let cancelLook = () => {};
  const lookAtAll = async (): Promise<void> => {
    for (const tenant_id of await stores.tenantIds(io)) wake(tenant_id);
  };
  const lookAgain = () => {
    cancelLook = later(
      LOOK_MS,
      () =>
        void lookAtAll()
          .catch((error: unknown) => onError(error, { tenant_id: '*', projection: '*' }))
          .finally(lookAgain),
    );
  };
  await lookAtAll();
  if (stores.isShared) lookAgain();
  const settled = () => {
    hurry = true;
    for (const cancel of resting.values()) cancel();
    resting.clear();
    next();
    return idle.promise;
  };
  const hearNoMore = () => {
    unsubscribe();
    cancelLook();
  };
  return {
    wake,
    settled,
    drain() {
      hearNoMore();
      return settled();
    },
    async [Symbol.asyncDispose]() {
      hearNoMore();
      waiting.clear();
      for (const cancel of resting.values()) cancel();
      stop.abort();
      await Promise.all(running.values());
    },
  };
}

interface Upto {
  readonly tenant: TenantStore;
  readonly tenant_id: string;
  readonly size: number;
}

/** Brings one projection of one tenant up to a size of its ledger; what is written meanwhile is for the next turn, or a busy tenant would have no end. */
async function project({ tenant, tenant_id, size }: Upto, projection: Projection, clock: Clock, io: Io): Promise<void> {
  for (let conflicts = 0; ;) {
    const cursor = await tenant.get(cursors, projection.name, io);
    const entries = await take({ tenant, size }, projection.from, cursor?.doc.after_seq ?? -1, io);
    const last = entries.at(-1);
    if (!last) return;
    const output = 'apply' in projection ? await projection.apply(entries, tenant, io) : [];
    if ('deliver' in projection) await projection.deliver(entries, { tenant_id }, io);
    const moved = { projection: projection.name, after_seq: last.seq, at: toTimestamp(clock.now()) };
    try {
      await tenant.commit([...output, cursor ? replace(cursors, cursor, moved) : insert(cursors, moved)], [], io);
    } catch (error) {
      // Someone else wrote what was read: what they wrote is read, and it is computed again; unless it is never otherwise.
      if (!isAncillaError(error, 'store.revision_conflict', 'store.conflict') || ++conflicts > MAX_CONFLICTS) throw error;
    }
  }
}

async function take(
  { tenant, size }: Pick<Upto, 'tenant' | 'size'>,
  from: readonly Collection<'log'>[],
  after: number,
  io: Io,
): Promise<readonly Entry<Collection<'log'>>[]> {
  const entries: Entry<Collection<'log'>>[] = [];
  // A projection takes logs that tenants hold; those it is declared over say so by their types.
  const feed: AsyncIterable<Entry<Collection<'log'>>> = tenant.feed(from as readonly never[], after, io);
  for await (const entry of feed) {
    if (entry.seq >= size) break;
    entries.push(entry);
    if (entries.length === BATCH) break;
  }
  return entries;
}
