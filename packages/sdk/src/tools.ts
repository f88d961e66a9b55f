// Runs in browsers too. A tool call is an outside effect: its intent is in the write-ahead log before it runs, its outcome after.
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import type { ToolSpec } from './config.ts';
import type { SagaLease, Transport, WalAppend } from './transport.ts';
import { unlessAborted } from './unless-aborted.ts';

/** What a tool gets beside its arguments: `key` is the same over all attempts, so that the other side can recognise a repetition. */
export interface ToolContext {
  readonly signal: AbortSignal;
  readonly key: string;
  readonly attempt: number;
}
export type BoundTool = (args: Readonly<Record<string, unknown>>, context: ToolContext) => Promise<unknown>;

/** A tool that is not declared, not bound, or failed all its attempts. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code: 'tool.unknown' | 'tool.unbound' | 'tool.timeout' | 'tool.failed';
  constructor(code: ToolError['code'], detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

export interface ToolRun {
  readonly spec: ToolSpec;
  readonly bound: BoundTool;
  readonly args: Readonly<Record<string, unknown>>;
  /** Which call of this tool within the agent call: 1, 2, … */
  readonly ordinal: number;
  readonly lease: SagaLease;
  readonly trace_id: string;
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** Waits before a further attempt; rejects when aborted. */
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Runs a bound tool: intent, attempts under a timeout each, outcome. All attempts carry the same idempotency key, derived from saga, tool, ordinal and arguments.
 * @throws {ToolError} when no attempt succeeded
 */
export async function runTool({ spec, bound, args, ordinal, lease, trace_id, transport, signal, pause }: ToolRun): Promise<unknown> {
  const step_name = `${spec.name}:${ordinal}`.replaceAll(/[^A-Za-z0-9._:-]/g, '-').slice(0, 64);
  const key = `${lease.saga_id}/${step_name}/${sha256Hex(canonicalJson(args)).slice(0, 16)}`;
  const entry = { step_name, idempotency_key: key, payload_ref: null, compensate_ref: null, trace_id } as const;
  for (let attempt = 1; ; attempt++) {
    await transport.appendWal(lease, [{ ...entry, kind: 'intent', status: 'pending', attempt }], { signal });
    const timeout = AbortSignal.timeout(spec.timeout_ms);
    const limited = AbortSignal.any([signal, timeout]);
    // What came of it is written down whether or not the caller still waits; if it cannot be, the log has an intent without an outcome, never another outcome.
    const note = (outcome: Pick<WalAppend, 'status' | 'error_code'>) =>
      transport.appendWal(lease, [{ ...entry, ...outcome, kind: 'outcome', attempt }], { signal: AbortSignal.timeout(10_000) });
    let result: unknown;
    try {
      result = await unlessAborted(bound(args, { signal: limited, key, attempt }), limited);
    } catch (error) {
      const code = timeout.aborted ? 'tool.timeout' : 'tool.failed';
      await note({ status: 'failed', error_code: code });
      if (signal.aborted) throw error;
      if (attempt > spec.retries) throw new ToolError(code, `tool ${spec.name} failed ${attempt} of ${attempt} attempts`, { cause: error });
      await pause(attempt, signal);
      continue;
    }
    await note({ status: 'done' });
    return result;
  }
}
