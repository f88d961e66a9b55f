// Runs in browsers too. One governed call: resolve, hooks, render, redact, hash, span, model, hooks, event. The only caller of redact() on the agent's side.
import type { PromptEventInput, RedactionReceipt } from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { context, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import type { CallOptions, CallParts, CallResult, Configured, ModelAnswer, ModelInput, Values } from './call-options.ts';
import { attempts } from './attempts.ts';
import { render, type Message } from './config.ts';
import { mergeReceipts, rawPair, toEvent, type Finished } from './event.ts';
import { errorCode, identity, parentContext, toOrigin } from './identity.ts';
import { toSummary } from './response.ts';
import { isStream, through } from './stream.ts';
import { HookError, roundMs, runPostHooks, runPreHook, toRecord } from './run-hooks.ts';
import { configAttributes, endAttributes, startAttributes } from './spans.ts';
import { toolbox } from './toolbox.ts';
import { ToolError } from './tools.ts';
import { wellFormed } from './well-formed.ts';

/** The form of a prompt that is hashed: a string as it is, messages as RFC 8785 JSON of role and content. */
export const hashedForm = (prompt: string | readonly Message[]): string =>
  typeof prompt === 'string' ? prompt : canonicalJson(prompt.map(({ role, content }) => ({ role, content })));

/** All but what depends on the config's version: which one it is follows from the call's trace. */
export type UnconfiguredParts = Omit<CallParts, keyof Configured> & {
  readonly agent_id: string;
  configured(trace_id: string): Configured;
};

/**
 * @throws what redaction throws (then nothing was hashed, sent or stored), {@link HookError}, {@link ToolError}, and whatever `model` throws, after the event of the failure
 */
export async function runCall(
  given: UnconfiguredParts,
  options: CallOptions,
  model: (input: ModelInput) => Promise<ModelAnswer>,
): Promise<CallResult> {
  const { agent_id, tracer } = given;
  const signal = options.signal ?? new AbortController().signal;
  const endpoint = toOrigin(options.model.endpoint);
  const operation = options.model.operation ?? 'chat';
  const parent = parentContext(options.trace);
  const attributes = startAttributes({
    agent_id,
    model_id: options.model.id,
    endpoint,
    operation,
    saga_id: options.saga?.saga_id ?? options.saga_id,
    tenant_id: given.tenant_id,
  });
  const span = tracer.startSpan(`${operation} ${options.model.id}`, { kind: SpanKind.CLIENT, attributes }, parent);
  const at = identity(span, parent, given);
  try {
    const parts: CallParts = { ...given, ...given.configured(at.trace_id) };
    span.setAttributes(configAttributes(parts.config));
    const unbound = parts.config.tools.find(({ name, required }) => required && parts.tools[name] === undefined);
    if (unbound !== undefined)
      throw new ToolError('tool.unbound', `agent ${agent_id} requires tool ${unbound.name}, which is not bound: the model was not called`);
    return await context.with(trace.setSpan(parent, span), async () => {
      const prepared = await prepare(parts, options);
      return await callModel(parts, options, model, { ...prepared, at, span, signal, endpoint });
    });
  } catch (error) {
    failed(span, error);
    span.end();
    throw error;
  }
}

/** The text of an error may quote the prompt: a span gets its code only. */
const failed = (span: Span, error: unknown): unknown => span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode(error) });

interface Prepared {
  readonly prompt: string | readonly Message[];
  readonly raw: string | readonly Message[];
  readonly receipt: RedactionReceipt;
  readonly hooks: NonNullable<PromptEventInput['hooks']>;
}

/** Pre-hooks in listed order, rendering, and the redaction of what was rendered: a value that only its surroundings reveal is caught there. */
async function prepare(parts: CallParts, options: CallOptions): Promise<Prepared> {
  const { config, template, redactor, elapsed } = parts;
  const redact = (value: unknown) => redactor.redact(wellFormed(value));
  const persona =
    config.instructions === undefined ? {} : { instructions: config.instructions, 'persona.instructions': config.instructions };
  const rendered = (of: Values) => {
    if (options.prompt !== undefined) return options.prompt;
    if (template === undefined) throw new TypeError(`agent ${config.agent_id} has no prompt template: give the call a prompt`);
    return render(template, { ...persona, ...of.variables, ...of.inputs });
  };

  let values: Values = { variables: options.variables ?? {}, inputs: options.inputs ?? {} };
  // The raw prompt is what would have been sent without redaction: same hooks, no cleaning.
  let raw = values;
  const ran: NonNullable<PromptEventInput['hooks']>[number][] = [];
  const receipts: RedactionReceipt[] = [...(options.redacted ?? [])];
  for (const hook of config.pre_hooks) {
    const began = elapsed();
    if (hook.name === 'redact') {
      const { value, receipt } = await redact(values);
      values = toValues(value);
      receipts.push(receipt);
    } else {
      values = await runPreHook(parts, hook, values);
      if (redactor.storeRaw && hook.name === 'summarize') raw = await runPreHook(parts, hook, raw);
    }
    ran.push({ name: hook.name, kind: 'pre', ok: true, ms: roundMs(elapsed() - began) });
  }
  const whole = rendered(values);
  const { value: prompt, receipt } = await redact(whole);
  receipts.push(receipt);
  if (!isPrompt(prompt)) throw new HookError('redaction returned something other than a prompt');
  const rawPrompt = redactor.storeRaw ? rendered(raw) : whole;
  return { prompt, raw: rawPrompt, receipt: mergeReceipts(receipts, receipt), hooks: ran };
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
  const { config, redactor, now, elapsed } = parts;
  const { prompt, raw, at, span, signal } = of;
  const sent = hashedForm(prompt);
  const prompt_hash = sha256Hex(sent);
  const tools = toolbox(parts, options, at, signal);
  const event_id = parts.newId('pe');
  const start = now();
  const began = elapsed();

  const finish = (answer: ModelAnswer | undefined, outcome: Finished['outcome']): void => {
    const latency_ms = Math.max(0, Math.round(elapsed() - began));
    const saga_id = tools.lease()?.saga_id ?? options.saga_id;
    const model_id = answer?.model_id ?? options.model.id;
    const event = toEvent(parts, options, { ...of, event_id, sent, prompt_hash, saga_id, start, latency_ms, answer, outcome });
    if (event.model_id !== model_id)
      parts.onProblem({
        code: 'model.renamed',
        detail: `a model's id is a name without spaces, at most 128 characters: the event has ${event.model_id}`,
        event_id,
      });
    span.setAttributes(endAttributes({ ...event, emitter: { id: 'sdk', seq: 0 } }));
    (options.collect ?? parts.emit)(event, redactor.storeRaw ? rawPair(raw, answer) : []);
  };

  const refused = async (error: unknown): Promise<void> => {
    finish(undefined, { success: false, response_summary: {}, hooks: of.hooks, error_code: errorCode(error) });
    await tools.close(event_id);
  };
  /** What the whole answer is to the hooks and the event. @param isCut - only its beginning was kept: whether the whole fits the schema is not known */
  const answered = async (answer: ModelAnswer, isCut = false) => {
    const post = runPostHooks(config, answer.output, elapsed);
    const error_code = isCut ? 'output.too_long' : post.ok ? undefined : 'output.invalid';
    finish(answer, {
      success: error_code === undefined,
      response_summary: toSummary(post.candidates),
      hooks: [...of.hooks, ...post.ran],
      ...(error_code !== undefined && { error_code }),
    });
    await tools.close(event_id);
    return post.candidates;
  };
  const result = {
    agent_config: { id: config.agent_id, version: config.version },
    ...(parts.arm !== undefined && { arm: parts.arm }),
    ...(parts.rollout_id !== undefined && { rollout_id: parts.rollout_id }),
    event_id,
    ...at,
    prompt_hash,
  };

  let answer: ModelAnswer;
  try {
    answer = await model({
      prompt,
      signal,
      trace: at,
      tool: tools.run,
      attempt: attempts(parts.tracer, options.model.operation ?? 'chat'),
    });
    assertAnswer(answer);
  } catch (error) {
    await refused(error);
    throw error;
  }
  const { output, atEnd } = answer;
  if (isStream(output)) {
    const stream = through(within(context.active(), output), signal, (how) => {
      const over =
        'text' in how ? answered({ ...answer, ...atEnd?.(), output: how.text }, how.isCut) : (failed(span, how.error), refused(how.error));
      void over
        .catch((error: unknown) => parts.onProblem({ code: errorCode(error), detail: 'the event of a streamed answer failed', event_id }))
        .finally(() => span.end());
    });
    return { ...result, output: stream };
  }
  const candidates = await answered(answer);
  span.end();
  return { ...result, output, ...(candidates !== undefined && { candidates }) };
}

/** Functions in plain JavaScript may answer anything; the model was called all the same, so its call is told of. */
function assertAnswer(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('output' in answer))
    throw new TypeError('the model function must answer { output }, with what the model said');
}

/** A stream whose pieces are made in the context of its call, whoever asks for them: what the model does meanwhile stands below the call's span. */
const within = (at: Context, stream: AsyncIterable<unknown>): AsyncIterable<unknown> => ({
  [Symbol.asyncIterator]() {
    const pieces = stream[Symbol.asyncIterator]();
    return {
      next: () => context.with(at, () => pieces.next()),
      return: async () => context.with(at, () => pieces.return?.() ?? Promise.resolve({ done: true as const, value: undefined })),
    };
  },
});

const toValues = (value: unknown): Values => ({
  variables: toRecord(toRecord(value)['variables']),
  inputs: toRecord(toRecord(value)['inputs']),
});
const isPrompt = (value: unknown): value is string | readonly Message[] =>
  typeof value === 'string' ||
  (Array.isArray(value) &&
    value.every((each) => typeof toRecord(each)['role'] === 'string' && typeof toRecord(each)['content'] === 'string'));
