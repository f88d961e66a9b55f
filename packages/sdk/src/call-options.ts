// Runs in browsers too. What a caller hands to one call, what the agent's own code gets and answers, and what the SDK hands along.
import type { Later, NewId, PromptEventInput, RedactionReceipt } from '@ancilla/contracts';
import type { Tracer } from '@opentelemetry/api';
import type { AgentConfig, HookSpec, Message, Template } from './config.ts';
import type { Attachment, OnProblem } from './delivery.ts';
import type { Candidate } from './hooks.ts';
import type { BoundTool } from './tools.ts';
import type { Governed, Redacted, SagaLease, Transport } from './transport.ts';

/** Redacts under the tenant's policy or throws: there is no third way. `storeRaw`: policy lets the raw pair be kept, sealed. */
export interface CallRedactor {
  readonly storeRaw: boolean;
  redact(value: unknown): Redacted | Promise<Redacted>;
}

/** An event before the queue gives it its number. */
export type NewEvent = Omit<PromptEventInput, 'emitter'>;

/** What a template's places are filled with. */
export interface Values {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What a caller gives to one call. Without `prompt`, the config's template is rendered from variables and inputs. */
export interface CallOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly prompt?: string | readonly Message[];
  readonly model: { readonly id: string; readonly version?: string; readonly endpoint: string; readonly operation?: string };
  /** The saga of the caller's that the call's tools write to. */
  readonly saga?: SagaLease;
  /** The saga the call is part of, where no tool of it writes there. */
  readonly saga_id?: string;
  /** The trace this call belongs to; otherwise the active one, otherwise a new one. */
  readonly trace?: { readonly trace_id: string; readonly span_id: string };
  /** The trace of the call this one was caused by, when it is another. */
  readonly parent_trace_id?: string;
  readonly input_artifact_refs?: readonly string[];
  readonly subject_refs?: readonly string[];
  /** Receipts of what was redacted before the call, so that the event counts it too. */
  readonly redacted?: readonly RedactionReceipt[];
  readonly signal?: AbortSignal;
  /** Takes the event instead of the delivery queue: for callers that store it in a commit of their own. */
  readonly collect?: (event: NewEvent, attachments: readonly Attachment[]) => void;
}

/** What the agent's own code is called with: the redacted prompt only. */
export interface ModelInput {
  readonly prompt: string | readonly Message[];
  readonly signal: AbortSignal;
  readonly trace: { readonly trace_id: string; readonly span_id: string };
  tool(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** One try of several, as a span of its own below the call's: a retry, or another model that steps in. */
  attempt<T>(model_id: string, run: () => Promise<T>): Promise<T>;
}

/** What the agent's own code answers. Counts are the provider's; what it does not tell is null. */
export interface ModelAnswer {
  /** A value, or a stream of text: then the call is over when the stream is. */
  readonly output: unknown;
  /** What is known only when a stream has ended. */
  readonly atEnd?: () => Pick<ModelAnswer, 'token_count_in' | 'token_count_out' | 'model_id' | 'model_version' | 'inference_ms'>;
  readonly token_count_in?: number | null;
  readonly token_count_out?: number | null;
  /** The model that answered, where another one stepped in. */
  readonly model_id?: string;
  readonly model_version?: string;
  readonly inference_ms?: number;
}

/** What came of a call whose model answered. */
export interface CallResult {
  /** Of a streamed answer the same stream, of text: reading it to its end, or leaving it, is what ends the call. */
  readonly output: unknown;
  /** The version of the config that was used, and the arm of the rollout it is on while there is one. */
  readonly agent_config: { readonly id: string; readonly version: string };
  readonly arm?: 'stable' | 'canary';
  readonly rollout_id?: string;
  readonly candidates?: readonly Candidate[];
  readonly event_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly prompt_hash: string;
}

/** A pre-hook of the agent's own: what it answers takes the place of what it was given. */
export type Hook = (values: Values, params: HookSpec['params']) => Promise<Values>;

/** What a version of an agent's config brings along. */
export interface Configured {
  readonly config: AgentConfig;
  readonly template: Template | undefined;
  readonly prices: Governed | undefined;
  readonly redactor: CallRedactor;
  /** Which arm of which rollout this is, while there is one. */
  readonly arm?: 'stable' | 'canary';
  readonly rollout_id?: string;
}

/** Everything one call runs on: resolved documents and the SDK's parts. */
export interface CallParts extends Configured {
  readonly tools: Readonly<Record<string, BoundTool>>;
  readonly hooks: Readonly<Record<string, Hook>>;
  readonly transport: Transport;
  readonly tracer: Tracer;
  readonly tenant_id: string | undefined;
  readonly env: { readonly realm: string; readonly node_id: string; readonly sdk: string; readonly sdk_version: string };
  readonly now: () => number;
  /** Milliseconds that never step back, for durations. */
  readonly elapsed: () => number;
  readonly newId: NewId;
  readonly newTraceId: () => string;
  readonly newSpanId: () => string;
  readonly later: Later;
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
  readonly emit: (event: NewEvent, attachments: readonly Attachment[]) => void;
  readonly onProblem: OnProblem;
}
