import {
  insertReceived,
  isAncillaError,
  promptEvents,
  unstoppable,
  type FieldError,
  type Io,
  type Of,
  type PromptEvent,
  type Receipt,
  type TenantStore,
} from '@ancilla/contracts';

/** An event to be stored, and by its place in what was sent, what the client sent. */
export interface Ready {
  readonly index: number;
  readonly sent: object;
  readonly doc: PromptEvent;
  /** The event was checked, and the gate left it as it was. */
  readonly checked: boolean;
}

/** `conflicts`: events left out, because their ids hold other content. */
export interface Committed {
  readonly receipt: Receipt;
  readonly conflicts: readonly number[];
}

interface Waiting {
  readonly ready: readonly Ready[];
  readonly io: Io;
  resolve(committed: Committed): void;
  reject(error: unknown): void;
}

/** Events of one commit at most. */
const MOST_EVENTS = 512;
/** So many make a commit worth its transaction: it does not wait for more, so that the store works on it while the next are read. */
const ENOUGH_EVENTS = 32;
/** One commit on its way to the disk, and one that is made ready meanwhile if it is worth it: few events wait for the disk, and share what a transaction costs with all that come until then. */
const MOST_UNDER_WAY = 2;

/**
 * Commits the events of requests that come at the same time together, so that they share a transaction's cost. No timer: what comes while two commits are under
 * way is the next one. Each request is answered as if it had been alone.
 */
export function openCommitting(): (of: Of, ready: readonly Ready[], io: Io) => Promise<Committed> {
  const lanes = new Map<string, { readonly waiting: Waiting[]; events: number; underWay: number }>();

  const next = ({ tenant, tenant_id }: Of): void => {
    const lane = lanes.get(tenant_id);
    if (lane === undefined || lane.underWay === MOST_UNDER_WAY || (lane.underWay > 0 && lane.events < ENOUGH_EVENTS)) return;
    const group: Waiting[] = [];
    for (let size = 0; ;) {
      const [first] = lane.waiting;
      if (first === undefined || (group.length > 0 && size + first.ready.length > MOST_EVENTS)) break;
      lane.waiting.shift();
      lane.events -= first.ready.length;
      size += first.ready.length;
      if (first.io.signal.aborted) first.reject(first.io.signal.reason);
      else group.push(first);
    }
    if (group.length === 0) {
      if (lane.underWay === 0) lanes.delete(tenant_id);
      return;
    }
    lane.underWay++;
    void commitGroup(tenant, group).finally(() => {
      lane.underWay--;
      next({ tenant, tenant_id });
    });
  };

  return (of, ready, io) =>
    new Promise((resolve, reject) => {
      let lane = lanes.get(of.tenant_id);
      if (lane === undefined) lanes.set(of.tenant_id, (lane = { waiting: [], events: 0, underWay: 0 }));
      lane.waiting.push({ ready, io, resolve, reject });
      lane.events += ready.length;
      // A few wait for what else arrives in this turn of the event loop.
      if (lane.events >= ENOUGH_EVENTS) next(of);
      else if (lane.waiting.length === 1) setImmediate(next, of);
    });
}

/** Never rejects: each of the group is told. */
async function commitGroup(tenant: TenantStore, group: readonly Waiting[]): Promise<void> {
  if (group.length > 1) {
    try {
      const receipt = await insertAll(
        tenant,
        group.flatMap(({ ready }) => ready),
        unstoppable,
      );
      let from = 0;
      for (const { ready, resolve } of group)
        resolve({ receipt: { ...receipt, writes: receipt.writes.slice(from, (from += ready.length)) }, conflicts: [] });
      return;
    } catch {
      // One of them made the store refuse all: alone, each gets its own answer.
    }
  }
  await Promise.all(group.map(({ ready, io, resolve, reject }) => commitAlone(tenant, ready, io).then(resolve, reject)));
}

/**
 * Commits what it can: an event whose id holds other content is left out and named, the rest goes in. What stands before such an event is a commit of its own, and the
 * next try is as long, so that a thousand of them cost little more than none: an event that is tried again is hashed and sealed again.
 */
async function commitAlone(tenant: TenantStore, ready: readonly Ready[], io: Io): Promise<Committed> {
  const receipts: Receipt[] = [];
  const conflicts: number[] = [];
  let tried = ready.length;
  for (let from = 0; from < ready.length;) {
    const part = ready.slice(from, from + tried);
    try {
      receipts.push(await insertAll(tenant, part, io));
      from += part.length;
      tried *= 2;
    } catch (error) {
      const at = isAncillaError(error, 'store.conflict') ? writeIndex(error.errors) : undefined;
      const conflict = at === undefined ? undefined : part[at];
      if (at === undefined || conflict === undefined || conflicts.length + 1 === ready.length) throw error;
      if (at === 0) {
        conflicts.push(conflict.index);
        from++;
      }
      tried = Math.max(1, at);
    }
  }
  const last = receipts.at(-1);
  if (last === undefined) throw new TypeError('events without a receipt');
  return { receipt: { ...last, writes: receipts.flatMap(({ writes }) => writes) }, conflicts };
}

const insertAll = (tenant: TenantStore, ready: readonly Ready[], io: Io): Promise<Receipt> =>
  tenant.commit(
    ready.map(({ doc, sent, checked }) => insertReceived(promptEvents, doc, sent, checked)),
    [],
    io,
  );

/** Which write a store error names: the first part of its pointer. */
const writeIndex = (errors: readonly FieldError[]): number | undefined => {
  const at = Number(errors[0]?.path.split('/')[1] ?? Number.NaN);
  return Number.isInteger(at) ? at : undefined;
};
