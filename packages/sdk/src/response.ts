// Runs in browsers too.
import type { PromptEventInput } from '@ancilla/contracts';
import { Check } from 'typebox/schema';
import { firstJson, type Candidate } from './hooks.ts';

const WORD = /^[A-Za-z0-9._:/#@+-]{0,128}$/;

/** What may be said of an answer: a count and an id, never a sentence. */
export function toSummary(candidates: readonly Candidate[] | undefined): PromptEventInput['response_summary'] {
  if (candidates === undefined) return {};
  const [top] = candidates;
  return {
    candidates_count: candidates.length,
    ...(top !== undefined && WORD.test(top.id) && { top_candidate: top.id, top_confidence: Math.round(top.confidence * 1e4) / 1e4 }),
  };
}

/** Whether an answer fits the config's output schema. An answer in text is read as the JSON in it. A schema that cannot be read fits nothing. */
export function checkOutput(schema: unknown, output: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  try {
    return Check(schema, typeof output === 'string' ? firstJson(output) : output);
  } catch {
    return false;
  }
}
