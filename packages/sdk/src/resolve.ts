// Runs in browsers too. Governed documents, fetched once and kept for a while: a call costs no round trip, a moved label is seen within the time to live.
import type { Clock, GovernedKind, Io } from '@ancilla/contracts';
import type { Governed, Ref, Transport } from './transport.ts';

export interface Resolver {
  get(kind: GovernedKind, id: string, ref: Ref, io: Io): Promise<Governed | undefined>;
}

interface Kept {
  readonly until: number;
  readonly document: Promise<Governed | undefined>;
}
const KEPT_AT_MOST = 1000;

/** @param ttlMs - how long a label's answer is kept; an exact version never changes and stays */
export function openResolver({
  transport,
  clock,
  ttlMs,
}: {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly ttlMs: number;
}): Resolver {
  const kept = new Map<string, Kept>();
  return {
    get(kind, id, ref, io) {
      const key = `${kind}/${id}${'version' in ref ? `@${ref.version}` : `#${ref.label}`}`;
      const now = clock.now();
      const hit = kept.get(key);
      if (hit !== undefined && hit.until > now) return hit.document;
      const document = transport.resolve(kind, id, ref, io);
      if (kept.size >= KEPT_AT_MOST) kept.delete(kept.keys().next().value ?? '');
      kept.set(key, { until: 'version' in ref ? Infinity : now + ttlMs, document });
      // What is missing or failed is asked for again at the next call.
      const forget = () => kept.get(key)?.document === document && kept.delete(key);
      void document.then((found) => found === undefined && forget(), forget);
      return document;
    },
  };
}
