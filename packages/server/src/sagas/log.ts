import {
  AncillaError,
  insert,
  isAncillaError,
  replace,
  sagaState,
  tenantWal,
  toTimestamp,
  type Clock,
  type Io,
  type NewId,
  type SagaState,
  type Stored,
  type Tenant,
  type TenantStore,
  type WalEntry,
  type Write,
} from '@ancilla/contracts';
import { toHistory, type History } from './history.ts';

/** Whose sagas. */
export interface Of {
  readonly tenant: TenantStore;
  readonly tenant_id: string;
}

/** What an entry says beyond whose it is and when. */
export type NewEntry = Pick<WalEntry, 'step_name' | 'kind' | 'status' | 'idempotency_key' | 'attempt'> & Partial<WalEntry>;

/** Entries of one saga read at most. */
const MOST_ENTRIES = 5000;

/** One saga, held: its entries, its cached state, and the only way to write to either. */
export interface HeldSaga {
  readonly of: Of;
  readonly saga_id: string;
  readonly entries: readonly WalEntry[];
  readonly state: Stored<typeof sagaState>;
  readonly history: History;
  /**
   * Appends entries and changes the cached state in one commit, with whatever else is to happen with them. The epoch is compared in that commit.
   * @throws {AncillaError} `saga.stale_owner` when someone took it over
   */
  append(entries: readonly NewEntry[], change: Partial<SagaState>, writes: readonly Write<Tenant>[], io: Io): Promise<void>;
}

export interface SagaLog {
  entriesOf(tenant: TenantStore, saga_id: string, io: Io): Promise<readonly WalEntry[]>;
  /** @param epoch - the epoch one holds it at */
  hold(of: Of, saga_id: string, owner_id: string, epoch: number, io: Io): Promise<HeldSaga>;
  toEntry(of: Of, saga_id: string, trace_id: string, owner_id: string, epoch: number, entry: NewEntry): WalEntry;
}

export function openSagaLog({ clock, newId }: { readonly clock: Clock; readonly newId: NewId }): SagaLog {
  const now = (): string => toTimestamp(clock.now());

  const entriesOf: SagaLog['entriesOf'] = async (tenant, saga_id, io) => {
    const all: WalEntry[] = [];
    for (let cursor: string | null | undefined; cursor !== null && all.length < MOST_ENTRIES;) {
      const page = await tenant.find(
        tenantWal,
        { index: 'by_saga', equals: { saga_id }, limit: 500, oldest_first: true, ...(cursor !== undefined && { cursor }) },
        io,
      );
      all.push(...page.items.map(({ doc }) => doc));
      cursor = page.next_cursor;
    }
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
    async hold(of, saga_id, owner_id, epoch, io) {
      const read = async () => {
        const state = await of.tenant.get(sagaState, saga_id, io);
        if (state === undefined) throw new AncillaError('saga.not_found', `no saga ${saga_id}`);
        return state;
      };
      let state = await read();
      let entries = await entriesOf(of.tenant, saga_id, io);
      let history = toHistory(entries);
      return {
        of,
        saga_id,
        get entries() {
          return entries;
        },
        get state() {
          return state;
        },
        get history() {
          return history;
        },
        async append(added, change, writes, { signal }) {
          const made = added.map((entry) => toEntry(of, saga_id, state.doc.trace_id, owner_id, epoch, entry));
          for (;;) {
            if (state.doc.epoch !== epoch)
              throw new AncillaError('saga.stale_owner', `saga ${saga_id} is at epoch ${state.doc.epoch}, this owner at ${epoch}`);
            const changed: Partial<SagaState> = { ...change, last_update_ts: now() };
            try {
              // Replacing the state at the revision it was read at is the fence: a stale owner's commit cannot succeed.
              const { revision } = await of.tenant.commit(
                [...writes, ...made.map((entry) => insert(tenantWal, entry)), replace(sagaState, state, changed)],
                [],
                { signal },
              );
              state = { doc: { ...state.doc, ...changed }, seq: undefined, revision };
              entries = [...entries, ...made];
              history = toHistory(entries);
              return;
            } catch (error) {
              if (!isAncillaError(error, 'store.revision_conflict')) throw error;
              // Someone wrote beside us, for instance a request to cancel: look again, and go on only while the saga is ours. What is not about the saga fails again.
              const before = state.revision;
              state = await read();
              if (state.revision === before) throw error;
              entries = await entriesOf(of.tenant, saga_id, io);
              history = toHistory(entries);
            }
          }
        },
      };
    },
  };
}
