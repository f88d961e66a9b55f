// Runs in browsers too. What a call leaves when it is over, told once: its event, the last attributes of its span, its tools closed.
import type { PromptEventInput, RedactionReceipt } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import type { Span } from '@opentelemetry/api';
import type { CallOptions, CallParts, ModelAnswer } from './call-options.ts';
import type { Message } from './config.ts';
import { hashedForm, rawPair, toEvent, type Finished } from './event.ts';
import { errorCode } from './identity.ts';
import { toSummary } from './response.ts';
import { runPostHooks } from './run-hooks.ts';
import { endAttributes } from './spans.ts';
import type { Toolbox } from './toolbox.ts';

/** What goes to the model, and what was done to it. */
export interface Prepared {
  readonly prompt: string | readonly Message[];
  readonly raw: string | readonly Message[];
  readonly receipt: RedactionReceipt;
  readonly hooks: NonNullable<PromptEventInput['hooks']>;
}
/** A call under way. */
export interface Ongoing extends Prepared {
  readonly at: { readonly trace_id: string; readonly span_id: string };
  readonly span: Span;
  readonly endpoint: string;
}

/** Begins the time that a call is said to have taken. */
export function openTelling(parts: CallParts, options: CallOptions, of: Ongoing, tools: Toolbox) {
  const { config, redactor, now, elapsed } = parts;
  const sent = hashedForm(of.prompt);
  const prompt_hash = sha256Hex(sent);
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
    of.span.setAttributes(endAttributes({ ...event, emitter: { id: 'sdk', seq: 0 } }));
    (options.collect ?? parts.emit)(event, redactor.storeRaw ? rawPair(of.raw, answer) : []);
  };

  return {
    event_id,
    prompt_hash,
    async failed(error: unknown): Promise<void> {
      finish(undefined, { success: false, response_summary: {}, hooks: of.hooks, error_code: errorCode(error) });
      await tools.close(event_id);
    },
    /** What the whole answer is to the hooks and the event. @param isCut - only its beginning was kept: whether the whole fits the schema is not known */
    async answered(answer: ModelAnswer, isCut = false) {
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
    },
  };
}
