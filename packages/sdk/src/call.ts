// Runs in browsers too. One governed call: resolve, hooks, render, redact, hash, span, model, hooks, event. The only caller of redact() on the agent's side.
import type { NewId, PromptEventInput, RedactionReceipt } from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { context, SpanKind, SpanStatusCode, trace, type Context, type Span, type Tracer } from '@opentelemetry/api';
import type { AgentConfig, HookSpec, Message, Template } from './config.ts';
import { render } from './config.ts';
import type { Attachment } from './delivery.ts';
import { extractCandidates, normalizeConfidences, summarize, type Candidate } from './hooks.ts';
import { estimateCost } from './prices.ts';
import { checkOutput, toSummary } from './response.ts';
import { endAttributes, startAttributes } from './spans.ts';
import { runTool, ToolError, type BoundTool } from './tools.ts';
import type { Governed, Redacted, SagaLease, Transport } from './transport.ts';

/** Redacts under the tenant's policy or throws: there is no third way. `storeRaw`: policy lets the raw pair be kept, sealed. */
export interface CallRedactor {
  readonly storeRaw: boolean;
  redact(value: unknown): Redacted | Promise<Redacted>;
}

/** What a caller gives to one call. Without `prompt`, the config's template is rendered from variables and inputs. */
export interface CallOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly prompt?: string | readonly Message[];
  readonly model: { readonly id: string; readonly version?: string; readonly endpoint: string; readonly operation?: string };
  readonly saga?: SagaLease;
  /** The trace this call belongs to; otherwise the active one, otherwise a new one. */
  readonly trace?: { readonly trace_id: string; readonly span_id: string };
  /** The trace of the call this one was caused by, when it is another. */
  readonly parent_trace_id?: string;
  readonly input_artifact_refs?: readonly string[];
  readonly subject_refs?: readonly string[];
  /** Receipts of what was redacted before the call, so that the event counts it too. */
  readonly redacted?: readonly RedactionReceipt[];
  readonly arm?: 'stable' | 'canary' | 'shadow';
  readonly signal?: AbortSignal;
  /** Takes the event instead of the delivery queue: for callers that store it in a commit of their own. */
  readonly collect?: (event: Omit<PromptEventInput, 'emitter'>, attachments: readonly Attachment[]) => void;
}

/** What the agent's own code is called with: the redacted prompt only. */
export interface ModelInput {
  readonly prompt: string | readonly Message[];
  readonly signal: AbortSignal;
  readonly trace: { readonly trace_id: string; readonly span_id: string };
  tool(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** What the agent's own code answers. Counts are the provider's; what it does not tell is null. */
export interface ModelAnswer {
  readonly output: unknown;
  readonly token_count_in?: number | null;
  readonly token_count_out?: number | null;
  readonly model_version?: string;
  readonly inference_ms?: number;
}

export interface CallResult {
  readonly output: unknown;
  readonly candidates?: readonly Candidate[];
  readonly event_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly prompt_hash: string;
}

export type Hook = (
  value: { readonly variables: Readonly<Record<string, unknown>>; readonly inputs: Readonly<Record<string, unknown>> },
  params: HookSpec['params'],
) => Promise<{
  readonly variables: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, unknown>>;
}>;

/** A hook the config lists failed or does not exist: the model was not called. */
export class HookError extends Error {
  override readonly name = 'HookError';
  readonly code = 'hook.failed';
}

/** Everything one call runs on: resolved documents and the SDK's parts. */
export interface CallParts {
  readonly config: AgentConfig;
  readonly template: Template | undefined;
  readonly prices: Governed | undefined;
  readonly redactor: CallRedactor;
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
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
  readonly emit: (event: Omit<PromptEventInput, 'emitter'>, attachments: readonly Attachment[]) => void;
}

const utf8 = new TextEncoder();
const byteLength = (text: string): number => utf8.encode(text).length;
/** The form of a prompt that is hashed: a string as it is, messages as RFC 8785 JSON of role and content. */
const hashedForm = (prompt: string | readonly Message[]): string =>
  typeof prompt === 'string' ? prompt : canonicalJson(prompt.map(({ role, content }) => ({ role, content })));

/**
 * @throws what redaction throws (then nothing was hashed, sent or stored), {@link HookError}, {@link ToolError}, and whatever `model` throws, after the event of the failure
 */
export async function runCall(
  parts: CallParts,
  options: CallOptions,
  model: (input: ModelInput) => Promise<ModelAnswer>,
): Promise<CallResult> {
  const { config, tracer } = parts;
  const unbound = config.tools.find(({ name, required }) => required && parts.tools[name] === undefined);
  if (unbound !== undefined)
    throw new ToolError(
      'tool.unbound',
      `agent ${config.agent_id} requires tool ${unbound.name}, which is not bound: the model was not called`,
    );
  const signal = options.signal ?? new AbortController().signal;
  const endpoint = toOrigin(options.model.endpoint);
  const operation = options.model.operation ?? 'chat';
  const parent = parentContext(options.trace);
  const span = tracer.startSpan(
    `${operation} ${options.model.id}`,
    {
      kind: SpanKind.CLIENT,
      attributes: startAttributes({
        agent_id: config.agent_id,
        agent_config_id: config.agent_id,
        agent_config_version: config.version,
        model_id: options.model.id,
        endpoint,
        operation,
        saga_id: options.saga?.saga_id,
        tenant_id: parts.tenant_id,
      }),
    },
    parent,
  );
  const at = identity(span, parent, parts);
  try {
    return await context.with(trace.setSpan(parent, span), async () => {
      const prepared = await prepare(parts, options);
      return await callModel(parts, options, model, { ...prepared, at, span, signal, endpoint });
    });
  } catch (error) {
    // The text of an error may quote the prompt: a span gets its code only.
    span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode(error) });
    throw error;
  } finally {
    span.end();
  }
}

interface Prepared {
  readonly prompt: string | readonly Message[];
  readonly raw: string | readonly Message[];
  readonly receipt: RedactionReceipt;
  readonly hooks: NonNullable<PromptEventInput['hooks']>;
}

/** Pre-hooks in listed order, rendering, and the redaction of what was rendered: a value that only its surroundings reveal is caught there. */
async function prepare(parts: CallParts, options: CallOptions): Promise<Prepared> {
  const { config, template, redactor, elapsed } = parts;
  const persona = config.instructions === undefined ? {} : { 'persona.instructions': config.instructions };
  const rendered = (of: { readonly variables: Readonly<Record<string, unknown>>; readonly inputs: Readonly<Record<string, unknown>> }) => {
    if (options.prompt !== undefined) return options.prompt;
    if (template === undefined) throw new TypeError(`agent ${config.agent_id} has no prompt template: give the call a prompt`);
    return render(template, { ...persona, ...of.variables, ...of.inputs });
  };

  let values = { variables: options.variables ?? {}, inputs: options.inputs ?? {} };
  // The raw prompt is what would have been sent without redaction: same hooks, no cleaning.
  let raw = values;
  const ran: NonNullable<PromptEventInput['hooks']>[number][] = [];
  const receipts: RedactionReceipt[] = [...(options.redacted ?? [])];
  for (const hook of config.pre_hooks) {
    const began = elapsed();
    if (hook.name === 'redact') {
      const { value, receipt } = await redactor.redact(values);
      values = toValues(value);
      receipts.push(receipt);
    } else {
      values = await runPreHook(parts, hook, values);
      if (redactor.storeRaw) raw = hook.name === 'summarize' ? await runPreHook(parts, hook, raw) : raw;
    }
    ran.push({ name: hook.name, kind: 'pre', ok: true, ms: roundMs(elapsed() - began) });
  }
  const whole = rendered(values);
  const { value: prompt, receipt } = await redactor.redact(whole);
  receipts.push(receipt);
  if (!isPrompt(prompt)) throw new HookError('redaction returned something other than a prompt');
  const rawPrompt = redactor.storeRaw ? rendered(raw) : whole;
  return { prompt, raw: rawPrompt, receipt: mergeReceipts(receipts, receipt), hooks: ran };
}

async function runPreHook(parts: CallParts, hook: HookSpec, values: Parameters<Hook>[0]): Promise<Parameters<Hook>[0]> {
  if (hook.name === 'summarize') {
    const max = hook.params['max_sentences'];
    if (typeof max !== 'number') throw new HookError('pre-hook summarize wants a number params.max_sentences');
    return { variables: values.variables, inputs: toRecord(summarize(values.inputs, max)) };
  }
  const own = parts.hooks[hook.name];
  if (own === undefined)
    throw new HookError(`agent ${parts.config.agent_id} lists pre-hook ${hook.name}, which is not bound: the model was not called`);
  try {
    return await own(values, hook.params);
  } catch (error) {
    throw new HookError(`pre-hook ${hook.name} failed: the model was not called`, { cause: error });
  }
}

async function callModel(
  parts: CallParts,
  options: CallOptions,
  model: (input: ModelInput) => Promise<ModelAnswer>,
  of: Prepared & {
    readonly at: { readonly trace_id: string; readonly span_id: string };
    readonly span: Span;
    readonly signal: AbortSignal;
    readonly endpoint: string;
  },
): Promise<CallResult> {
  const { config, template, redactor, now, elapsed } = parts;
  const { prompt, at, span, signal } = of;
  const sent = hashedForm(prompt);
  const prompt_hash = sha256Hex(sent);
  const tools = toolbox(parts, options, at, signal);
  const event_id = parts.newId('pe');
  const start = now();
  const began = elapsed();

  const finish = (
    answer: ModelAnswer | undefined,
    rest: Pick<PromptEventInput, 'success' | 'response_summary'> & { readonly hooks?: Prepared['hooks']; readonly error_code?: string },
  ) => {
    const latency_ms = Math.max(0, Math.round(elapsed() - began));
    const tokens = { token_count_in: answer?.token_count_in ?? null, token_count_out: answer?.token_count_out ?? null };
    const said = answer === undefined ? undefined : outputText(answer.output);
    const saga = options.saga ?? tools.lease();
    const event: Omit<PromptEventInput, 'emitter'> = {
      event_id,
      trace_id: at.trace_id,
      span_id: at.span_id,
      ...(options.parent_trace_id !== undefined && { parent_trace_id: options.parent_trace_id }),
      ...(saga !== undefined && { saga_id: saga.saga_id }),
      agent_id: config.agent_id,
      agent_config_id: config.agent_id,
      agent_config_version: config.version,
      prompt_template_id: options.prompt === undefined ? (template?.id ?? null) : null,
      prompt_version: options.prompt === undefined ? (template?.version ?? null) : null,
      prompt_hash,
      redaction_applied: true,
      redaction_receipt: of.receipt,
      input_artifact_refs: [...(options.input_artifact_refs ?? [])],
      model_id: options.model.id,
      model_version: answer?.model_version ?? options.model.version ?? null,
      endpoint: of.endpoint,
      start_ts: new Date(start).toISOString(),
      end_ts: new Date(start + latency_ms).toISOString(),
      latency_ms,
      cost_estimate: estimateCost(parts.prices, options.model.id, tokens.token_count_in, tokens.token_count_out),
      ...(parts.prices !== undefined && { price_list_version: parts.prices.version }),
      response_summary: rest.response_summary,
      success: rest.success,
      ...(rest.error_code !== undefined && { error_code: rest.error_code }),
      metrics: {
        ...tokens,
        bytes_sent: byteLength(sent),
        ...(said !== undefined && { bytes_received: byteLength(said) }),
        ...(answer?.inference_ms !== undefined && { inference_ms: Math.round(answer.inference_ms) }),
      },
      execution_env: parts.env,
      ...(config.tools.length > 0 && { toolset: config.tools.map(({ name }) => name) }),
      hooks: [...of.hooks, ...(rest.hooks ?? [])],
      ...(options.arm !== undefined && { arm: options.arm }),
      ...(options.subject_refs !== undefined && { subject_refs: [...options.subject_refs] }),
    };
    span.setAttributes(endAttributes({ ...event, emitter: { id: 'sdk', seq: 0 } }));
    (options.collect ?? parts.emit)(event, redactor.storeRaw ? rawPair(of.raw, said) : []);
  };

  let answer: ModelAnswer;
  try {
    answer = await model({ prompt, signal, trace: at, tool: tools.run });
  } catch (error) {
    finish(undefined, { success: false, response_summary: {}, error_code: errorCode(error) });
    await tools.close();
    throw error;
  }
  await tools.close();
  const post = runPostHooks(config, answer.output, elapsed);
  finish(answer, {
    success: post.ok,
    response_summary: toSummary(post.candidates),
    hooks: post.ran,
    ...(!post.ok && { error_code: 'output.invalid' }),
  });
  return {
    output: answer.output,
    ...(post.candidates !== undefined && { candidates: post.candidates }),
    event_id,
    ...at,
    prompt_hash,
  };
}

/** extract_candidates, normalize_confidences, the config's output schema. A failing post-hook is recorded; the answer exists already and is returned. */
function runPostHooks(config: AgentConfig, output: unknown, elapsed: () => number) {
  let candidates: readonly Candidate[] | undefined;
  const ran: { name: string; kind: 'post'; ok: boolean; ms: number }[] = [];
  const timed = (name: string, run: () => boolean) => {
    const began = elapsed();
    const ok = run();
    ran.push({ name, kind: 'post', ok, ms: roundMs(elapsed() - began) });
    return ok;
  };
  for (const { name } of config.post_hooks) {
    timed(name, () => {
      if (name === 'extract_candidates') return (candidates = extractCandidates(output)) !== undefined;
      if (name === 'normalize_confidences')
        return candidates !== undefined && (candidates = normalizeConfidences(candidates)) !== undefined;
      return false;
    });
  }
  const ok = config.output_schema === undefined || timed('output_schema', () => checkOutput(config.output_schema, output));
  return { candidates, ran, ok };
}

/** The tools of one call. Without a saga of the caller's, the first tool starts one, since no effect may happen without its intent in the log. */
function toolbox(parts: CallParts, options: CallOptions, at: { readonly trace_id: string; readonly span_id: string }, signal: AbortSignal) {
  const { config, tools, transport, tracer } = parts;
  const used = new Map<string, number>();
  let own: Promise<SagaLease> | undefined;
  let lease: SagaLease | undefined = options.saga;
  const obtain = async (): Promise<SagaLease> => {
    if (lease !== undefined) return lease;
    own ??= transport.startSaga(
      { name: 'agent.call', trace_id: at.trace_id, owner_agent_id: config.agent_id, idempotency_key: `call/${at.trace_id}/${at.span_id}` },
      { signal },
    );
    lease = await own;
    return lease;
  };
  return {
    lease: () => lease,
    async run(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
      const spec = config.tools.find((tool) => tool.name === name);
      if (spec === undefined) throw new ToolError('tool.unknown', `agent ${config.agent_id} declares no tool ${name}`);
      const bound = tools[name];
      if (bound === undefined) throw new ToolError('tool.unbound', `tool ${name} is declared but not bound`);
      const ordinal = (used.get(name) ?? 0) + 1;
      used.set(name, ordinal);
      return await tracer.startActiveSpan(
        `execute_tool ${name}`,
        { kind: SpanKind.INTERNAL, attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name } },
        async (span) => {
          try {
            return await runTool({
              spec,
              bound,
              args,
              ordinal,
              lease: await obtain(),
              trace_id: at.trace_id,
              transport,
              signal,
              pause: parts.pause,
            });
          } catch (error) {
            span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode(error) });
            throw error;
          } finally {
            span.end();
          }
        },
      );
    },
    async close() {
      if (own !== undefined && lease !== undefined) await transport.completeSaga(lease, { signal: AbortSignal.timeout(10_000) });
    },
  };
}

function rawPair(prompt: string | readonly Message[], answer: string | undefined): readonly Attachment[] {
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
      bytes: utf8.encode(JSON.stringify(answer)),
      refer: (event, id) => ({ ...event, response_artifact_ref: id }),
    },
  ];
}

/** Counts add up over the passes; a token found again is no second finding, since tokens pass unchanged. */
function mergeReceipts(all: readonly RedactionReceipt[], last: RedactionReceipt): RedactionReceipt {
  const counts: Record<string, number> = {};
  for (const { counts: each } of all) for (const [type, count] of Object.entries(each)) counts[type] = (counts[type] ?? 0) + count;
  const first = all[0] ?? last;
  // Bytes before are the last pass's, plus what earlier passes took away.
  const removed = all.slice(0, -1).reduce((sum, { bytes_in, bytes_out }) => sum + bytes_in - bytes_out, 0);
  return { ...first, counts, bytes_in: Math.max(0, last.bytes_in + removed), bytes_out: last.bytes_out };
}

const parentContext = (of: CallOptions['trace']): Context =>
  of === undefined
    ? context.active()
    : trace.setSpanContext(context.active(), { traceId: of.trace_id, spanId: of.span_id, traceFlags: 1, isRemote: true });

/** The span's own ids; without an OpenTelemetry provider, ids of our own, so that evidence has them all the same. */
function identity(
  span: Span,
  parent: Context,
  { newTraceId, newSpanId }: CallParts,
): { readonly trace_id: string; readonly span_id: string } {
  if (span.isRecording()) return { trace_id: span.spanContext().traceId, span_id: span.spanContext().spanId };
  return { trace_id: trace.getSpanContext(parent)?.traceId ?? newTraceId(), span_id: newSpanId() };
}

const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A stable word for an error: its code or its class, never its text. */
function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'error';
  const code: unknown = Reflect.get(error, 'code');
  const name: unknown = Reflect.get(error, 'name');
  return [code, name].find((word): word is string => typeof word === 'string' && CODE.test(word)) ?? 'error';
}

const LOCAL_SCHEME = /^[a-z][a-z0-9+.-]{0,31}:[A-Za-z0-9._-]{1,64}$/;
/** Origin only: user, path and query of an endpoint may hold secrets. */
function toOrigin(endpoint: string): string {
  const url = URL.parse(endpoint);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin;
  if (LOCAL_SCHEME.test(endpoint)) return endpoint;
  throw new TypeError('model.endpoint is an http(s) URL, or a local name such as embedded:glove');
}

const roundMs = (ms: number): number => Math.round(ms * 1000) / 1000;
const outputText = (output: unknown): string => (typeof output === 'string' ? output : (JSON.stringify(output) ?? ''));
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const toRecord = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
const toValues = (value: unknown) => ({ variables: toRecord(toRecord(value)['variables']), inputs: toRecord(toRecord(value)['inputs']) });
const isPrompt = (value: unknown): value is string | readonly Message[] =>
  typeof value === 'string' ||
  (Array.isArray(value) &&
    value.every((each) => isRecord(each) && typeof each['role'] === 'string' && typeof each['content'] === 'string'));
