import type { Clock, PlatformStore } from '@ancilla/contracts';
import { unlessAborted } from '@ancilla/sdk';

/** Anyone may ask, so it is not looked at more often. */
const BELIEVED_MS = 1000;
const STORE_ANSWERS_WITHIN_MS = 2000;
/** Room for a checkpoint and some hundred events: with less, the next write may be the one that finds none. */
const LEAST_FREE_BYTES = 8 * 1024 * 1024;

/**
 * Redaction does not count: while it is down, what a policy wants in quarantine must still reach it.
 * @returns why the server should get no traffic now, in words for whoever operates it; nothing when it can serve
 */
export function openReadiness({
  platform,
  freeBytes,
  clock,
}: {
  readonly platform: Pick<PlatformStore, 'ledger'>;
  /** Of the disk that the data folder lies on. */
  readonly freeBytes: () => Promise<number>;
  readonly clock: Clock;
}): () => Promise<readonly string[]> {
  const storeAnswers = async (): Promise<boolean> => {
    const signal = AbortSignal.timeout(STORE_ANSWERS_WITHIN_MS);
    return unlessAborted(platform.ledger.head({ signal }), signal).then(
      () => true,
      () => false,
    );
  };
  const look = async (): Promise<readonly string[]> => {
    const [answers, free] = await Promise.all([storeAnswers(), freeBytes().catch(() => undefined)]);
    return [
      ...(answers ? [] : ['the store does not answer']),
      ...(free === undefined ? ['the data folder cannot be read'] : []),
      ...(free === undefined || free >= LEAST_FREE_BYTES ? [] : ['the disk of the data folder is full']),
    ];
  };
  let believed: { readonly until: number; readonly reasons: Promise<readonly string[]> } | undefined;
  return () => {
    const now = clock.now();
    if (believed === undefined || now >= believed.until || now < believed.until - BELIEVED_MS)
      believed = { until: now + BELIEVED_MS, reasons: look() };
    return believed.reasons;
  };
}
