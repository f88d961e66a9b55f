// Runs in browsers too. Governed documents, fetched once and kept for a while: a call costs no round trip, a moved label is seen within the time to live.
import { unstoppable, type Clock, type GovernedKind, type Io } from '@ancilla/contracts';
import type { Governed, Ref, Serving, Transport } from './transport.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface Resolver {
  get(kind: GovernedKind, id: string, ref: Ref, io: Io): Promise<Governed | undefined>;
  /** The version in canary, if there is one. */
  canary(kind: GovernedKind, id: string, io: Io): Promise<Serving | undefined>;
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
  /** Answers by what was asked; what is missing or failed is asked for again at the next call. An answer is for all who wait for it: one of them that is aborted waits no longer, and takes it from nobody. */
  const keeping = <T>(found: (answer: T) => boolean) => {
    const kept = new Map<string, { readonly until: number; readonly answer: Promise<T> }>();
    return (key: string, until: (now: number) => number, ask: (io: Io) => Promise<T>, { signal }: Io): Promise<T> => {
      const now = clock.now();
      const hit = kept.get(key);
      if (hit !== undefined && hit.until > now) return unlessAborted(hit.answer, signal);
      // The transport has a time limit of its own.
      const answer = ask(unstoppable);
      if (kept.size >= KEPT_AT_MOST) kept.delete(kept.keys().next().value ?? '');
      kept.set(key, { until: until(now), answer });
      const forget = () => kept.get(key)?.answer === answer && kept.delete(key);
      void answer.then((said) => !found(said) && forget(), forget);
      return unlessAborted(answer, signal);
    };
  };
  const documents = keeping<Governed | undefined>((said) => said !== undefined);
  const canaries = keeping<Serving | undefined>(() => true);
  return {
    get: (kind, id, ref, io) =>
      documents(
        'version' in ref ? `${kind}/${id}@${ref.version}` : `${kind}/${id}#${ref.label}`,
        (now) => ('version' in ref ? Infinity : now + ttlMs),
        (asking) => transport.resolve(kind, id, ref, asking),
        io,
      ),
    canary: (kind, id, io) =>
      canaries(
        `${kind}/${id}`,
        (now) => now + ttlMs,
        async (asking) => (await transport.serving(kind, id, asking)).find(({ stage }) => stage === 'canary'),
        io,
      ),
  };
}
