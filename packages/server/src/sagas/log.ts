import {
  AncillaError,
  everyOf,
  insert,
  isAncillaError,
  replace,
  sagaState,
  tenantWal,
  toTimestamp,
  type Clock,
  type Guard,
  type Io,
  type NewId,
  type Of,
  type SagaState,
  type Stored,
  type Tenant,
  type TenantStore,
  type WalEntry,
  type Write,
} from '@ancilla/contracts';
import { advance, isOver, toCache, toHistory, type History } from './history.ts';

/** What an entry says beyond whose it is and when. */
export type NewEntry = Pick<WalEntry, 'step_name' | 'kind' | 'status' | 'idempotency_key' | 'attempt'> & Partial<WalEntry>;

/** Adds an entry to those of one commit, and tells what is known then. */
export type Add = (entry: NewEntry) => History;

/** With what a saga begins that goes on from where another one stood. */
export interface Carried {
  readonly parent_saga_id: string;
  readonly entries: readonly NewEntry[];
  readonly writes: readonly Write<Tenant>[];
}

/** Entries of one saga read at most. */
const MOST_ENTRIES = 5000;

/** One saga, held: its entries, what they say, and the only way to write to it. */
export interface HeldSaga {
  readonly of: Of;
  readonly saga_id: string;
  readonly entries: readonly WalEntry[];
  readonly state: Stored<typeof sagaState>;
  readonly history: History;
  /**
   * Appends entries in one commit with whatever else is to happen with them; the cache follows from the entries. The epoch is compared in that commit.
   * @param build - adds the entries; called again on what is known by then when someone wrote beside, for instance a request to cancel
   * @throws {AncillaError} `saga.stale_owner` when someone took the saga over, `saga.state` when it has ended
   */
  append(
    build: (add: Add, history: History) => void,
    also: {
      readonly lease_until?: string;
      readonly progress?: number;
      readonly writes?: readonly Write<Tenant>[];
      readonly guards?: readonly Guard[];
    },
    io: Io,
  ): Promise<readonly WalEntry[]>;
}

/** A saga's state and first entries, and what is written with them. */
interface Beginning {
  readonly state: SagaState;
  readonly entries: readonly WalEntry[];
  readonly writes: readonly Write<Tenant>[];
}

export interface SagaLog {
  /**
   * Begins a saga in one commit, unless it was begun; of those that ask at once one does.
   * @param make - asked only when it was not begun
   * @returns where it stands, and whether this began it
   * @throws {AncillaError} `saga.payload_conflict` when its key came with another payload
   */
  begin(
    of: Of,
    saga: { readonly saga_id: string; readonly payload_hash: string },
    make: () => Promise<Beginning>,
    io: Io,
  ): Promise<{ readonly state: SagaState; readonly isNew: boolean }>;
  entriesOf(tenant: TenantStore, saga_id: string, io: Io): Promise<readonly WalEntry[]>;
  /** @param epoch - the epoch one holds it at; without one, whatever it is at: for signals and people */
  hold(of: Of, saga_id: string, owner_id: string, epoch: number | undefined, io: Io): Promise<HeldSaga>;
  toEntry(of: Of, saga_id: string, trace_id: string, owner_id: string, epoch: number, entry: NewEntry): WalEntry;
}

export function openSagaLog({ clock, newId }: { readonly clock: Clock; readonly newId: NewId }): SagaLog {
  const now = (): string => toTimestamp(clock.now());

  const entriesOf: SagaLog['entriesOf'] = async (tenant, saga_id, io) => {
    const all: WalEntry[] = [];
    const entries = everyOf((page) => tenant.find(tenantWal, { index: 'by_saga', equals: { saga_id }, oldest_first: true, ...page }, io));
    for await (const { doc } of entries) if (all.push(doc) === MOST_ENTRIES) break;
    return all;
  };

  const toEntry: SagaLog['toEntry'] = (of, saga_id, trace_id, owner_id, epoch, entry) => ({
    wal_id: newId('wal'),
    saga_id,
    tenant_id: of.tenant_id,
    payload_ref: null,
    compensate_ref: null,
    payload_hash: null,
    definition_hash: null,
    epoch,
    owner_id,
    trace_id,
    created_at: now(),
    ...entry,
  });

  return {
    entriesOf,
    toEntry,
    async begin({ tenant }, { saga_id, payload_hash }, make, io) {
      const begun = async () => {
        const was = await tenant.get(sagaState, saga_id, io);
        if (was === undefined) return undefined;
        const [first] = await entriesOf(tenant, saga_id, io);
        if (first?.payload_hash !== payload_hash)
          throw new AncillaError('saga.payload_conflict', `idempotency key of saga ${saga_id} came with another payload`);
        return { state: was.doc, isNew: false };
      };
      const was = await begun();
      if (was !== undefined) return was;
      const { state, entries, writes } = await make();
      try {
        await tenant.commit(
          [...writes, insert(sagaState, state), ...entries.map((entry) => insert(tenantWal, entry))],
          [{ of: sagaState, id: saga_id, revision: 'absent' }],
          io,
        );
        return { state, isNew: true };
      } catch (error) {
        const other = isAncillaError(error, 'store.revision_conflict', 'store.conflict') ? await begun() : undefined;
        if (other === undefined) throw error;
        return other;
      }
    },
    async hold(of, saga_id, owner_id, epoch, io) {
      const read = async () => {
        const state = await of.tenant.get(sagaState, saga_id, io);
        if (state === undefined) throw new AncillaError('saga.not_found', `no saga ${saga_id}`);
        const entries = await entriesOf(of.tenant, saga_id, io);
        return { state, entries, history: toHistory(entries) };
      };
      let known = await read();
      return {
        of,
        saga_id,
        get entries() {
          return known.entries;
        },
        get state() {
          return known.state;
        },
        get history() {
          return known.history;
        },
        async append(build, { writes = [], guards = [], ...also }, { signal }) {
          for (;;) {
            const { state, entries } = known;
            if (epoch !== undefined && state.doc.epoch !== epoch)
              throw new AncillaError('saga.stale_owner', `saga ${saga_id} is at epoch ${state.doc.epoch}, this owner at ${epoch}`);
            if (isOver(known.history)) throw new AncillaError('saga.state', `saga ${saga_id} is ${known.history.status}`);
            let { history } = known;
            const made: WalEntry[] = [];
            build((entry) => {
              const full = toEntry(of, saga_id, state.doc.trace_id, owner_id, state.doc.epoch, entry);
              made.push(full);
              return (history = advance(history, full));
            }, history);
            const { reason: _, ...kept } = state.doc;
            const doc: SagaState = { ...kept, ...toCache(history), ...also, last_update_ts: now() };
            try {
              // Replacing the state at the revision it was read at is the fence: a stale owner's commit cannot succeed.
              const { revision } = await of.tenant.commit(
                [...writes, ...made.map((entry) => insert(tenantWal, entry)), replace(sagaState, { ...state, doc: kept }, doc)],
                guards,
                { signal },
              );
              known = { state: { doc, seq: undefined, revision }, entries: [...entries, ...made], history };
              return made;
            } catch (error) {
              if (!isAncillaError(error, 'store.revision_conflict', 'store.conflict')) throw error;
              // Someone wrote beside, the same entry even: look again, and go on only while the saga is ours. What is not about the saga fails again.
              known = await read();
              if (known.state.revision === state.revision) throw error;
            }
          }
        },
      };
    },
  };
}
