// Runs in browsers too.

/** Milliseconds since the Unix epoch. Below the entry nothing reads the machine's clock. */
export interface Clock {
  now(): number;
}

/** Cryptographically strong randomness. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** Runs something after a time, keeping no process alive for it; the answer cancels it. */
export type Later = (ms: number, run: () => void) => () => void;

/** A hash keyed by a tenant's own key, another key for each purpose: nobody outside can make it, and no other tenant or purpose has the same. */
export type KeyedHash = (tenant_id: string, purpose: string, value: string) => Uint8Array;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** RFC 3339, UTC, milliseconds: the one form of time on the wire. */
export const toTimestamp = (ms: number): string => new Date(ms).toISOString();

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);
/** Whether a host is this machine, as a URL or a setting names it: what goes there may go without TLS. */
export const isLoopback = (host: string): boolean => LOOPBACK.has(host);

/** The only way out: verifies TLS, refuses plaintext except to loopback (or where the operator allows it), bounds time. */
export type Egress = (url: string | URL, init?: RequestInit) => Promise<Response>;
