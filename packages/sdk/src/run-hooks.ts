// Runs in browsers too. The hooks a config lists, in its order.
import { isRecord } from '@ancilla/contracts';
import type { Hook, Values } from './call-options.ts';
import type { AgentConfig, HookSpec } from './config.ts';
import { extractCandidates, normalizeConfidences, summarize, type Candidate } from './hooks.ts';
import { checkOutput } from './response.ts';

/** A hook the config lists failed or does not exist: the model was not called. */
export class HookError extends Error {
  override readonly name = 'HookError';
  readonly code = 'hook.failed';
}

/** Runs one pre-hook other than `redact`. @throws {HookError} */
export async function runPreHook(
  of: { readonly config: AgentConfig; readonly hooks: Readonly<Record<string, Hook>> },
  hook: HookSpec,
  values: Values,
): Promise<Values> {
  if (hook.name === 'summarize') {
    const max = hook.params['max_sentences'];
    if (typeof max !== 'number') throw new HookError('pre-hook summarize wants a number params.max_sentences');
    return { variables: values.variables, inputs: toRecord(summarize(values.inputs, max)) };
  }
  const own = of.hooks[hook.name];
  if (own === undefined)
    throw new HookError(`agent ${of.config.agent_id} lists pre-hook ${hook.name}, which is not bound: the model was not called`);
  try {
    return await own(values, hook.params);
  } catch (error) {
    throw new HookError(`pre-hook ${hook.name} failed: the model was not called`, { cause: error });
  }
}

/** extract_candidates, normalize_confidences, the config's output schema. A failing post-hook is recorded; the answer exists already and is returned. */
export function runPostHooks(config: AgentConfig, output: unknown, elapsed: () => number) {
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

/** Milliseconds to three decimals. */
export const roundMs = (ms: number): number => Math.round(ms * 1000) / 1000;
/** An object's fields; of anything else, none. */
export const toRecord = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
