import {
  AncillaError,
  DAY_MS,
  insert,
  isAncillaError,
  quarantine,
  remove,
  toTimestamp,
  type Clock,
  type Io,
  type Later,
  type NewId,
  type Of,
  type QuarantineItem,
} from '@ancilla/contracts';
import { INLINE_BYTES, type Artifacts } from '../artifacts/index.ts';
import type { Gates, TenantGate } from './gates.ts';

/** A body as it was received. `bytes` is asked for only when it must be kept. */
export interface ReceivedBody extends Pick<QuarantineItem, 'route' | 'media' | 'encoding' | 'received_by' | 'trace_id'> {
  readonly bytes: () => Uint8Array;
}

export interface Quarantine {
  /**
   * Does what needs redaction. When redaction is unavailable, and policy says so, the body is sealed and kept for later instead.
   * @throws {AncillaError} `redaction.refused` when it is this input that redaction cannot take: such input is never kept; `redaction.failed` when redaction is
   * unavailable and policy does not let it be kept, or the quarantine is full
   */
  guard<T>(
    of: Of,
    received: ReceivedBody,
    work: () => Promise<T>,
    io: Io,
  ): Promise<{ readonly done: T } | { readonly quarantined: string }>;
}

/** Reads a body again, as its route would have. */
export type Replay = (of: Of, item: QuarantineItem, bytes: Uint8Array, io: Io) => Promise<void>;

/** A tenant's quota: an outage of redaction must not fill the disk with raw content. Requests at once may pass it by their own number. */
const MOST_ITEMS = 500;
const MOST_BYTES = 64 * 1024 ** 2;
/** What was not replayed by then is gone. */
const KEPT_MS = 3 * DAY_MS;
const RETRY_MS = 10_000;
/** A large body is on its way no longer than this; an entry without one is left of a server that was killed meanwhile. */
const ON_ITS_WAY_MS = 10 * 60_000;
const ROOM = 'ancilla.quarantine';

interface Parts {
  readonly gates: Gates;
  readonly artifacts: Artifacts;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Told of each body that is kept, and of what became of it: for metrics. */
  readonly observe: (tenant_id: string, outcome: 'kept' | 'replayed' | 'refused' | 'lost') => void;
}

/** An engine that works and still fails would fail on this input again. */
const judged = (error: unknown, gate: TenantGate): unknown =>
  isAncillaError(error, 'redaction.failed') && gate.works()
    ? new AncillaError('redaction.refused', 'redaction cannot take this input', { cause: error })
    : error;

/** @param onKept - told of a tenant that has something to replay */
export function openQuarantine({
  gates,
  artifacts,
  clock,
  newId,
  observe,
  onKept,
}: Parts & { readonly onKept: (tenant_id: string) => void }): Quarantine {
  async function keep(of: Of, { bytes: read, ...received }: ReceivedBody, io: Io): Promise<string> {
    const bytes = read();
    const { items } = await of.tenant.find(quarantine, { index: 'all', equals: {}, limit: MOST_ITEMS }, io);
    const held = items.reduce((sum, { doc }) => sum + doc.size, 0);
    if (items.length >= MOST_ITEMS || held + bytes.byteLength > MOST_BYTES)
      throw new AncillaError(
        'redaction.failed',
        'redaction is unavailable and the quarantine is full: nothing was kept, send it again later',
      );
    const quarantine_id = newId('qu');
    const now = clock.now();
    const { trace_id, received_by } = received;
    const artifact_id = newId('ar');
    const sealed = {
      category: 'quarantine',
      content_type: 'application/octet-stream',
      artifact_id,
      trace_id,
      created_by: received_by,
      bytes,
    } as const;
    const item: QuarantineItem = {
      ...received,
      quarantine_id,
      artifact_id,
      size: bytes.byteLength,
      received_at: toTimestamp(now),
      expires_at: toTimestamp(now + KEPT_MS),
    };
    const entry = insert(quarantine, item, { who: received_by, reason: 'redaction was unavailable', trace_id });
    // Nothing sealed may be left that no entry leads to: in one commit, or the entry first.
    const isSmall = bytes.byteLength <= INLINE_BYTES;
    await of.tenant.commit([entry, ...(isSmall ? artifacts.prepare(of, sealed).writes : [])], [], io);
    if (!isSmall) await artifacts.put(of, sealed, io);
    observe(of.tenant_id, 'kept');
    onKept(of.tenant_id);
    return quarantine_id;
  }

  return {
    async guard(of, received, work, io) {
      try {
        return { done: await work() };
      } catch (error) {
        if (!isAncillaError(error, 'redaction.failed')) throw error;
        // Without a policy there is none that lets anything be kept.
        const gate = await gates.of(of, io);
        const cause = judged(error, gate);
        if (cause !== error || gate.onEngineFailure === 'reject') throw cause;
        return { quarantined: await keep(of, received, io) };
      }
    },
  };
}

/** Replays what is in quarantine once redaction is back. */
export interface Replays extends AsyncDisposable {
  wake(tenant_id: string): void;
  /** One tenant's items, oldest first, now; one that fails is left for the next time and holds up none behind it. @returns how many are left */
  replay(tenant_id: string, io: Io): Promise<number>;
}

/**
 * @param handlers - how each route reads a body; reading one twice has no second effect, so that a crash between the replay and the removal does no harm
 */
export function openReplays({
  gates,
  artifacts,
  clock,
  observe,
  handlers,
  storeOf,
  later,
  onError,
}: Omit<Parts, 'newId'> & {
  readonly handlers: Readonly<Record<QuarantineItem['route'], Replay>>;
  readonly storeOf: (tenant_id: string) => Of['tenant'];
  readonly later: Later;
  readonly onError: (error: unknown) => void;
}): Replays {
  const stop = new AbortController();
  const waiting = new Map<string, () => void>();
  let running = Promise.resolve();

  async function take(of: Of, item: QuarantineItem, reason: string, io: Io): Promise<void> {
    const because = { who: ROOM, reason, trace_id: item.trace_id };
    const { writes, after } = await artifacts.discard(of, item.artifact_id, because, io).catch((error: unknown) => {
      if (!isAncillaError(error, 'not_found')) throw error;
      return { writes: [], after: async () => {} };
    });
    await of.tenant.commit([remove(quarantine, item.quarantine_id, because), ...writes], [], io);
    await after();
  }

  async function replay(tenant_id: string, io: Io): Promise<number> {
    const of: Of = { tenant: storeOf(tenant_id), tenant_id };
    const { items } = await of.tenant.find(quarantine, { index: 'all', equals: {}, limit: MOST_ITEMS, oldest_first: true }, io);
    if (items.length === 0) return 0;
    const gate = await gates.of(of, io);
    const isBack = gate.works();
    let left = 0;
    for (const { doc } of items) {
      const isOver = doc.expires_at <= toTimestamp(clock.now());
      if (!isBack && !isOver) {
        left++;
        continue;
      }
      try {
        const [outcome, reason] = isOver ? (['lost', 'not replayed in time: lost'] as const) : await read(of, gate, doc, io);
        await take(of, doc, reason, io);
        observe(tenant_id, outcome);
      } catch (error) {
        if (io.signal.aborted) throw error;
        onError(error);
        left++;
      }
    }
    return left;
  }

  /** @returns what became of it */
  async function read(of: Of, gate: TenantGate, item: QuarantineItem, io: Io): Promise<readonly ['replayed' | 'refused' | 'lost', string]> {
    try {
      await handlers[item.route](of, item, await artifacts.bytes(of, item.artifact_id, io), io);
      return ['replayed', 'replayed'];
    } catch (thrown) {
      const error = judged(thrown, gate);
      // Whoever sent it was never told that it was kept.
      if (isAncillaError(error, 'not_found') && Date.parse(item.received_at) + ON_ITS_WAY_MS <= clock.now())
        return ['lost', 'never came whole: the server ended meanwhile'];
      // What would have been refused then is refused now. Anything else is tried again.
      if (
        !isAncillaError(
          error,
          'redaction.refused',
          'schema.invalid',
          'store.conflict',
          'request.malformed',
          'request.too_large',
          'request.too_deep',
        )
      )
        throw error;
      return ['refused', `refused on replay: ${error.code}`];
    }
  }

  const wake = (tenant_id: string): void => {
    if (stop.signal.aborted || waiting.has(tenant_id)) return;
    const cancel = later(RETRY_MS, () => {
      waiting.delete(tenant_id);
      running = running
        .then(() => replay(tenant_id, { signal: stop.signal }))
        .then((left) => void (left > 0 && wake(tenant_id)))
        .catch((error: unknown) => {
          if (stop.signal.aborted) return;
          onError(error);
          wake(tenant_id);
        });
    });
    waiting.set(tenant_id, cancel);
  };
  return {
    wake,
    replay,
    async [Symbol.asyncDispose]() {
      stop.abort();
      for (const cancel of waiting.values()) cancel();
      await running;
    },
  };
}
