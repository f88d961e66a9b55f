import {
  AncillaError,
  insert,
  isAncillaError,
  quarantine,
  remove,
  toTimestamp,
  type Clock,
  type Io,
  type NewId,
  type QuarantineItem,
} from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import type { Of } from './agents.ts';
import type { Gates } from './gates.ts';

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
const KEPT_MS = 3 * 24 * 3_600_000;
const RETRY_MS = 10_000;
const ROOM = 'ancilla.quarantine';

interface Parts {
  readonly gates: Gates;
  readonly artifacts: Artifacts;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** @param onKept - told of a tenant that has something to replay */
export function openQuarantine({
  gates,
  artifacts,
  clock,
  newId,
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
    const { artifact_id } = await artifacts.put(
      of,
      { category: 'quarantine', content_type: 'application/octet-stream', trace_id, created_by: received_by, bytes },
      io,
    );
    const item: QuarantineItem = {
      ...received,
      quarantine_id,
      artifact_id,
      size: bytes.byteLength,
      received_at: toTimestamp(now),
      expires_at: toTimestamp(now + KEPT_MS),
    };
    await of.tenant.commit([insert(quarantine, item, { who: received_by, reason: 'redaction was unavailable', trace_id })], [], io);
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
        if (gate.works()) throw new AncillaError('redaction.refused', 'redaction cannot take this input', { cause: error });
        if (gate.onEngineFailure === 'reject') throw error;
        return { quarantined: await keep(of, received, io) };
      }
    },
  };
}

/** Replays what is in quarantine once redaction is back. */
export interface Replays extends AsyncDisposable {
  wake(tenant_id: string): void;
  /** One tenant's items, oldest first, now. @returns how many are left */
  replay(tenant_id: string, io: Io): Promise<number>;
}

/**
 * @param handlers - how each route reads a body; reading one twice has no second effect, so that a crash between the replay and the removal does no harm
 */
export function openReplays({
  gates,
  artifacts,
  clock,
  handlers,
  storeOf,
  later,
  onError,
}: Omit<Parts, 'newId'> & {
  readonly handlers: Readonly<Record<QuarantineItem['route'], Replay>>;
  readonly storeOf: (tenant_id: string) => Of['tenant'];
  readonly later: (ms: number, run: () => void) => () => void;
  readonly onError: (error: unknown) => void;
}): Replays {
  const stop = new AbortController();
  const waiting = new Map<string, () => void>();
  let running = Promise.resolve();

  async function take(of: Of, item: QuarantineItem, reason: string, io: Io): Promise<void> {
    const because = { who: ROOM, reason, trace_id: item.trace_id };
    const { writes, after } = await artifacts.discard(of, item.artifact_id, because, io);
    await of.tenant.commit([remove(quarantine, item.quarantine_id, because), ...writes], [], io);
    await after();
  }

  async function replay(tenant_id: string, io: Io): Promise<number> {
    const of: Of = { tenant: storeOf(tenant_id), tenant_id };
    const { items } = await of.tenant.find(quarantine, { index: 'all', equals: {}, limit: MOST_ITEMS, oldest_first: true }, io);
    if (items.length === 0) return 0;
    const isBack = (await gates.of(of, io)).works();
    let left = 0;
    for (const { doc } of items) {
      const isOver = doc.expires_at <= toTimestamp(clock.now());
      if (!isBack && !isOver) left++;
      else await take(of, doc, isOver ? 'not replayed in time: lost' : await read(of, doc, io), io);
    }
    return left;
  }

  /** @returns what became of it */
  async function read(of: Of, item: QuarantineItem, io: Io): Promise<string> {
    try {
      await handlers[item.route](of, item, await artifacts.bytes(of, item.artifact_id, io), io);
      return 'replayed';
    } catch (error) {
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
      return `refused on replay: ${error.code}`;
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
