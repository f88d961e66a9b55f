import { idFrom, type PromptEvent } from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import { messagesOf, promptHash } from '../ingest/index.ts';
import type { Cell, Columns, Vocabulary } from './fields.ts';
import { openSearch } from './search.ts';
import { splitOf } from './split.ts';
import type { InParts } from './turns.ts';

/** A call whose prompt and answer policy let be kept, as they were. */
export interface KeptCall {
  readonly event: PromptEvent;
  readonly prompt: unknown;
  readonly answer: unknown;
  readonly artifact_refs: readonly string[];
}

/** Why a call is no row: it is not a prompt and an answer in text, redaction refuses it, or a value stands in it that was taken out elsewhere. */
type LeftOut = 'no_text' | 'refused' | 'residual';

export interface CallPairParts {
  readonly tenant_scope: string;
  /** Name and version of the redaction policy. */
  readonly policy: string;
  /** A text under that policy, and what was taken out of it. @throws what redaction throws when it refuses the text */
  readonly clean: (text: string) => { readonly text: string; readonly removed: readonly string[] };
  readonly isRefusal: (error: unknown) => boolean;
}

export interface CallPairs {
  readonly columns: Columns;
  readonly rows: number;
  readonly left_out: Readonly<Record<LeftOut, number>>;
  readonly vocabulary: Vocabulary;
  /** All that redaction took out. */
  readonly removed: ReadonlySet<string>;
}

/** What of a call is redacted: its messages, and its answer as one text. Undefined when it is not that. */
function textsOfCall({ prompt, answer }: KeptCall) {
  const messages = messagesOf(prompt);
  const answers = messagesOf(answer);
  return messages && answers && { messages, answer: answers.map(({ content }) => content).join('\n') };
}

/** All texts of calls that are redacted. */
export function* rawTextsOf(calls: readonly KeptCall[]): Generator<string> {
  for (const call of calls) {
    const texts = textsOfCall(call);
    if (texts === undefined) continue;
    for (const { content } of texts.messages) yield content;
    yield texts.answer;
  }
}

/**
 * Calls as rows: prompt and answer after redaction. What redaction found in one text it may have missed in another, where nothing announced it: calls in which such a value
 * still stands are left out. Pure.
 */
export function* toCallPairs(calls: readonly KeptCall[], { tenant_scope, policy, clean, isRefusal }: CallPairParts): InParts<CallPairs> {
  const left_out: Record<LeftOut, number> = { no_text: 0, refused: 0, residual: 0 };
  const removed = new Set<string>();
  const cleaned = calls.flatMap((call) => {
    const texts = textsOfCall(call);
    if (texts === undefined) {
      left_out.no_text += 1;
      return [];
    }
    try {
      const take = (text: string): string => {
        const { text: left, removed: taken } = clean(text);
        for (const value of taken) removed.add(value);
        return left;
      };
      const messages = texts.messages.map(({ role, content }) => ({ role, content: take(content) }));
      return [{ call, messages, answer: take(texts.answer) }];
    } catch (error) {
      if (!isRefusal(error)) throw error;
      left_out.refused += 1;
      return [];
    }
  });
  const search = openSearch(removed);
  const holdsRemoved = (text: string): boolean => search(Buffer.from(text));
  const kept: typeof cleaned = [];
  for (const each of cleaned) {
    if (![...each.messages.map(({ content }) => content), each.answer].some(holdsRemoved)) kept.push(each);
    yield;
  }
  left_out.residual = cleaned.length - kept.length;

  const split = splitOf(kept.map(({ call }) => call.event.trace_id));
  const columns: Record<string, Cell[]> = {};
  for (const { call, messages, answer } of kept) {
    const { event } = call;
    const cells: Readonly<Record<string, Cell>> = {
      example_id: idFrom('ex', sha256(`agent_io/${event.event_id}`)),
      tenant_scope,
      split: split(event.trace_id),
      roles: messages.map(({ role }) => role),
      contents: messages.map(({ content }) => content),
      answer,
      same_as_sent: promptHash(typeof call.prompt === 'string' ? (messages[0]?.content ?? '') : messages) === event.prompt_hash,
      prompt_hash: event.prompt_hash,
      event_id: event.event_id,
      trace_id: event.trace_id,
      artifact_refs: call.artifact_refs,
      ...namesOf(event),
      policy,
      created_at: event.start_ts,
    };
    for (const [name, cell] of Object.entries(cells)) (columns[name] ??= []).push(cell);
  }
  const names = kept.flatMap(({ call }) => Object.values(namesOf(call.event)).filter((name) => name !== null));
  return {
    columns,
    rows: kept.length,
    left_out,
    removed,
    vocabulary: { tenant_scope, terms: new Set(), names: new Set([policy, ...names]), isPublicWord: () => false, holdsRemoved },
  };
}

const namesOf = (event: PromptEvent) => ({
  agent_id: event.agent_id,
  agent_config_id: event.agent_config_id,
  agent_config_version: event.agent_config_version,
  prompt_template_id: event.prompt_template_id,
  prompt_version: event.prompt_version,
  model_id: event.model_id,
  model_version: event.model_version,
});
