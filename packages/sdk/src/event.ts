// Runs in browsers too. What a call leaves: its event, and the raw pair where policy keeps it.
import { toName, toVersion, type PromptEventInput, type RedactionReceipt } from '@ancilla/contracts';
import { canonicalJson } from '@ancilla/evidence';
import type { CallOptions, CallParts, ModelAnswer, NewEvent } from './call-options.ts';
import type { Message } from './config.ts';
import type { Attachment } from './delivery.ts';
import { estimateCost } from './prices.ts';

/** The form of a prompt that is hashed: a string as it is, messages as RFC 8785 JSON of role and content. */
export const hashedForm = (prompt: string | readonly Message[]): string =>
  typeof prompt === 'string' ? prompt : canonicalJson(prompt.map(({ role, content }) => ({ role, content })));

type Hooks = NonNullable<PromptEventInput['hooks']>;

/** What is known of a call when it is over. */
export interface Finished {
  readonly event_id: string;
  readonly at: { readonly trace_id: string; readonly span_id: string };
  /** The redacted prompt in the form that is hashed. */
  readonly sent: string;
  readonly prompt_hash: string;
  readonly receipt: RedactionReceipt;
  readonly endpoint: string;
  readonly saga_id: string | undefined;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly latency_ms: number;
  /** Undefined when the model failed. */
  readonly answer: ModelAnswer | undefined;
  readonly outcome: Pick<PromptEventInput, 'success' | 'response_summary'> & { readonly hooks: Hooks; readonly error_code?: string };
}

const utf8 = new TextEncoder();
const byteLength = (text: string): number => utf8.encode(text).length;
/** An answer as text. One that is no JSON has none: the call happened all the same, and leaves its event. */
export function outputText(output: unknown): string {
  if (typeof output === 'string') return output;
  try {
    return JSON.stringify(output) ?? '';
  } catch {
    return '';
  }
}

/** The event of a call: hashes, counts and pointers; nothing of what was said. */
export function toEvent({ config, template, prices, env, arm, rollout_id }: CallParts, options: CallOptions, call: Finished): NewEvent {
  const { at, answer, outcome, saga_id, start, latency_ms } = call;
  const tokens = { token_count_in: answer?.token_count_in ?? null, token_count_out: answer?.token_count_out ?? null };
  const model_id = answer?.model_id ?? options.model.id;
  const model_version = answer?.model_version ?? (model_id === options.model.id ? options.model.version : undefined);
  const isRendered = options.prompt === undefined;
  return {
    event_id: call.event_id,
    trace_id: at.trace_id,
    span_id: at.span_id,
    ...(options.parent_trace_id !== undefined && { parent_trace_id: options.parent_trace_id }),
    ...(saga_id !== undefined && { saga_id }),
    agent_id: config.agent_id,
    agent_config_id: config.agent_id,
    agent_config_version: config.version,
    prompt_template_id: isRendered ? (template?.id ?? null) : null,
    prompt_version: isRendered ? (template?.version ?? null) : null,
    prompt_hash: call.prompt_hash,
    redaction_applied: true,
    redaction_receipt: call.receipt,
    input_artifact_refs: [...(options.input_artifact_refs ?? [])],
    model_id: toName(model_id, 'unknown'),
    model_version: toVersion(model_version),
    endpoint: call.endpoint,
    start_ts: new Date(start).toISOString(),
    end_ts: new Date(start + latency_ms).toISOString(),
    latency_ms,
    cost_estimate: estimateCost(prices, model_id, tokens.token_count_in, tokens.token_count_out),
    ...(prices !== undefined && { price_list_version: prices.version }),
    response_summary: outcome.response_summary,
    success: outcome.success,
    ...(outcome.error_code !== undefined && { error_code: outcome.error_code }),
    metrics: {
      ...tokens,
      bytes_sent: byteLength(call.sent),
      ...(answer !== undefined && { bytes_received: byteLength(outputText(answer.output)) }),
      ...(answer?.inference_ms !== undefined && { inference_ms: Math.round(answer.inference_ms) }),
    },
    execution_env: env,
    ...(config.tools.length > 0 && { toolset: config.tools.map(({ name }) => name) }),
    hooks: [...outcome.hooks],
    ...(arm !== undefined && { arm }),
    ...(rollout_id !== undefined && { rollout_id }),
    ...(options.subject_refs !== undefined && { subject_refs: [...options.subject_refs] }),
  };
}

/** Raw prompt and answer as artifacts, for a policy that keeps them. */
export function rawPair(prompt: string | readonly Message[], answer: ModelAnswer | undefined): readonly Attachment[] {
  const input: Attachment = {
    category: 'raw_input',
    bytes: utf8.encode(JSON.stringify(prompt)),
    refer: (event, id) => ({ ...event, input_artifact_refs: [...event.input_artifact_refs, id] }),
  };
  if (answer === undefined) return [input];
  return [
    input,
    {
      category: 'raw_response',
      bytes: utf8.encode(JSON.stringify(outputText(answer.output))),
      refer: (event, id) => ({ ...event, response_artifact_ref: id }),
    },
  ];
}

/** Counts add up over the passes; a token found again is no second finding, since tokens pass unchanged. */
export function mergeReceipts(all: readonly RedactionReceipt[], last: RedactionReceipt): RedactionReceipt {
  const counts: Record<string, number> = {};
  for (const { counts: each } of all) for (const [type, count] of Object.entries(each)) counts[type] = (counts[type] ?? 0) + count;
  const first = all[0] ?? last;
  // Bytes before are the last pass's, plus what earlier passes took away.
  const removed = all.slice(0, -1).reduce((sum, { bytes_in, bytes_out }) => sum + bytes_in - bytes_out, 0);
  return { ...first, counts, bytes_in: Math.max(0, last.bytes_in + removed), bytes_out: last.bytes_out };
}
