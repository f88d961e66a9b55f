// Runs in browsers too.
import type { ArtifactCategory, GovernedKind, Io, PromptEventInput, RedactionReceipt } from '@ancilla/contracts';

/** A governed document as the server resolved it. */
export interface Governed {
  readonly id: string;
  readonly version: string;
  readonly content: unknown;
}

/** Which version is asked for: an exact one, or whatever a label names now. */
export type Ref = { readonly version: string } | { readonly label: string };

/** A version that gets a share of an agent's calls, beside the one labelled `production`. */
export interface Serving {
  readonly rollout_id: string;
  readonly stage: 'shadow' | 'canary';
  readonly version: string;
  readonly share: number;
  /** What arms are drawn by, 64 hex digits. */
  readonly key: string;
}

/** What the server answers to a batch of events. */
export interface Delivered {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly detail: string }[];
}

/** The lease an agent holds on a saga it started. */
export interface SagaLease {
  readonly saga_id: string;
  readonly epoch: number;
  readonly lease_token: string;
}

/** One entry to be appended to the write-ahead log, as `POST /dif/wal/append` takes it. */
export interface WalAppend {
  readonly step_name: string;
  readonly kind: 'intent' | 'outcome';
  readonly status: 'pending' | 'done' | 'failed';
  readonly idempotency_key: string;
  readonly attempt: number;
  readonly payload_ref: string | null;
  readonly compensate_ref: string | null;
  readonly trace_id: string;
  readonly error_code?: string;
}

/** A clean value and what was done to get it. */
export interface Redacted {
  readonly value: unknown;
  readonly receipt: RedactionReceipt;
}

/** How the SDK reaches Ancilla: over HTTP, or in process for the server's own agents. */
export interface Transport {
  resolve(kind: GovernedKind, id: string, ref: Ref, io: Io): Promise<Governed | undefined>;
  /** Candidates of a document that get traffic now. */
  serving(kind: GovernedKind, id: string, io: Io): Promise<readonly Serving[]>;
  /** Has the server redact, for callers without the tenant's token key. */
  redact(value: unknown, policyId: string, io: Io): Promise<Redacted>;
  sendEvents(events: readonly PromptEventInput[], io: Io): Promise<Delivered>;
  putArtifact(
    artifact: { readonly category: ArtifactCategory; readonly content_type: string; readonly bytes: Uint8Array; readonly trace_id: string },
    io: Io,
  ): Promise<string>;
  startSaga(
    of: { readonly name: string; readonly trace_id: string; readonly owner_agent_id: string; readonly idempotency_key: string },
    io: Io,
  ): Promise<SagaLease>;
  appendWal(lease: SagaLease, entries: readonly WalAppend[], io: Io): Promise<void>;
  /** Keeps the lease of a saga, a minute from now. */
  heartbeat(lease: SagaLease, io: Io): Promise<void>;
  completeSaga(lease: SagaLease, io: Io): Promise<void>;
}
