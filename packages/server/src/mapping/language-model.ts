import { AncillaError, type Egress, type Io } from '@ancilla/contracts';
import type { Message } from '@ancilla/sdk';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** A model that answers messages with JSON. */
export interface LanguageModel {
  readonly model: string;
  /** Scheme, host and port; never a path, which may hold a key. */
  readonly endpoint: string;
  /** USD cents that one question may cost, its answer included; undefined where nothing bounds it. */
  readonly maxCost: number | undefined;
  /**
   * @param maxTokens - of the answer, at most
   * @throws {AncillaError} `mapping.language_model` when it does not answer, or not with JSON
   */
  answer(messages: readonly Message[], maxTokens: number | undefined, io: Io): Promise<LanguageAnswer>;
}
interface LanguageAnswer {
  readonly output: unknown;
  readonly model_version: string | undefined;
  readonly token_count_in: number | null;
  readonly token_count_out: number | null;
}

/** Twenty columns with ten ids each need a tenth of it; what is said beyond would be kept with the call. */
const LONGEST_ANSWER = 256 * 1024;
const Count = Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]);
const Completion = Compile(
  Type.Object({
    model: Type.Optional(Type.String()),
    choices: Type.Array(Type.Object({ message: Type.Object({ content: Type.Union([Type.String(), Type.Null()]) }) }), { minItems: 1 }),
    usage: Type.Optional(Type.Object({ prompt_tokens: Type.Optional(Count), completion_tokens: Type.Optional(Count) })),
  }),
);

/** Any server that speaks OpenAI's chat completions. Asked once: what it gives is welcome, not needed. @param options - `url`: up to and with `/v1` */
export function openLanguageModel({
  url,
  model,
  apiKey,
  maxCost,
  fetch,
  timeoutMs,
}: {
  readonly url: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  readonly maxCost: number | undefined;
  readonly fetch: Egress;
  readonly timeoutMs: number;
}): LanguageModel {
  const base = url.replace(/\/+$/, '');
  const { origin, host } = new URL(base);
  const fail = (what: string, cause?: unknown) =>
    new AncillaError('mapping.language_model', `language model at ${host}: ${what}`, { cause });
  return {
    model,
    endpoint: origin,
    maxCost,
    async answer(messages, maxTokens, { signal }) {
      let answer: Response;
      try {
        answer = await fetch(`${base}/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) },
          body: JSON.stringify({
            model,
            messages,
            temperature: 0,
            response_format: { type: 'json_object' },
            ...(maxTokens !== undefined && { max_tokens: maxTokens }),
          }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
      } catch (error) {
        signal.throwIfAborted();
        throw fail('no answer', error);
      }
      if (!answer.ok) throw fail(`status ${answer.status}`);
      const body: unknown = await answer.json().catch(() => undefined);
      if (!Completion.Check(body)) throw fail('no chat completion');
      const { choices, usage, model: model_version } = body;
      const content = choices[0]?.message.content ?? '';
      if (content.length > LONGEST_ANSWER) throw fail(`an answer of ${content.length} characters`);
      try {
        const output: unknown = JSON.parse(content);
        return { output, model_version, token_count_in: usage?.prompt_tokens ?? null, token_count_out: usage?.completion_tokens ?? null };
      } catch {
        throw fail('an answer that is not JSON');
      }
    },
  };
}
