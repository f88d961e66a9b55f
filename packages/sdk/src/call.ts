// Runs in browsers too. One governed call: resolve, hooks, render, redact, hash, span, model, hooks, event. The only caller of redact() on the agent's side.
import type { PromptEventInput, RedactionReceipt } from '@ancilla/contracts';
import { context, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import type { CallOptions, CallParts, CallResult, Configured, ModelAnswer, ModelInput, Values } from './call-options.ts';
import { attempts } from './attempts.ts';
import { render, type Message } from './config.ts';
import { mergeReceipts } from './event.ts';
import { errorCode, identity, parentContext, toOrigin } from './identity.ts';
import { HookError, roundMs, runPreHook, toRecord } from './run-hooks.ts';
import { configAttributes, startAttributes } from './spans.ts';
import { isStream, through, type Ended } from './stream.ts';
import { openTelling, type Ongoing, type Prepared } from './telling.ts';
import { toolbox } from './toolbox.ts';
import { ToolError } from './tools.ts';
import { wellFormed } from './well-formed.ts';

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

/** Asks the model, and tells what came of it: at once, or when a streamed answer is over. */
async function callModel(
  parts: CallParts,
  options: CallOptions,
  model: (input: ModelInput) => Promise<ModelAnswer>,
  of: Ongoing & { readonly signal: AbortSignal },
): Promise<CallResult> {
  const { prompt, at, span, signal } = of;
  const tools = toolbox(parts, options, at, signal);
  const telling = openTelling(parts, options, of, tools);
  const { event_id, prompt_hash } = telling;
  const result = {
    agent_config: { id: parts.config.agent_id, version: parts.config.version },
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
    await telling.failed(error);
    throw error;
  }
  const { output, atEnd } = answer;
  if (!isStream(output)) {
    const candidates = await telling.answered(answer);
    span.end();
    return { ...result, output, ...(candidates !== undefined && { candidates }) };
  }
  const tell = async (how: Ended): Promise<void> => {
    if ('text' in how) return void (await telling.answered({ ...answer, ...atEnd?.(), output: how.text }, how.isCut));
    failed(span, how.error);
    await telling.failed(how.error);
  };
  const stream = through(within(context.active(), output), signal, (how) => {
    void tell(how)
      .catch((error: unknown) => parts.onProblem({ code: errorCode(error), detail: 'the event of a streamed answer failed', event_id }))
      .finally(() => span.end());
  });
  return { ...result, output: stream };
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
