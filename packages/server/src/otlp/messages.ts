// Content in any dialect as the one list of messages that is redacted, hashed and sealed: [{role, content}].
import { isRecord } from '@ancilla/contracts';
import { wellFormed } from '@ancilla/sdk';
import { inputKeys, messageEvents, numbered, outputKeys } from './dialects.ts';
import { Octets, toJson, type Attributes, type Span, type Value } from './spans.ts';

export interface Message {
  readonly role: string;
  readonly content: unknown;
}

export interface Content {
  readonly input: readonly Message[];
  readonly output: readonly Message[];
}

const ROLE = /^[a-z][a-z_]{0,19}$/;
const roleOf = (of: unknown, otherwise: string): string => {
  const role = typeof of === 'string' ? of.toLowerCase() : '';
  // What LangChain's classes are called.
  const known = ({ human: 'user', ai: 'assistant', humanmessage: 'user', aimessage: 'assistant', systemmessage: 'system' } as const)[role];
  return known ?? (ROLE.test(role) ? role : otherwise);
};

/** An escape of half a pair of surrogates, maybe without the other half: a text was cut off inside an emoji before it was written as JSON. */
const HALF = /\\u[dD][89a-fA-F]/;

/** A text that is JSON as what it says. */
export function parsed(of: unknown): unknown {
  if (typeof of !== 'string' || !/^\s*[[{"]/.test(of)) return of;
  try {
    const said: unknown = JSON.parse(of);
    return HALF.test(of) ? wellFormed(said) : said;
  } catch {
    return of; // A text that begins like JSON.
  }
}

/** What a span's content keys, numbered keys and events hold. Every source is read, the first that holds messages counts. */
export function contentOf({ attributes, events }: Span): Content {
  const all: Attributes[] = [attributes, ...events.map((event) => event.attributes)];
  const side = (is: 'input' | 'output', keys: readonly string[], otherwise: string): readonly Message[] => {
    const fromEvents = eventMessages(events, is);
    if (fromEvents.length > 0) return fromEvents;
    for (const each of all) {
      for (const spread of numbered[is]) {
        const messages = numberedMessages(each, spread, otherwise);
        if (messages.length > 0) return messages;
      }
      for (const key of keys) {
        const value = each.get(key);
        if (value === undefined || value === null || value === '') continue;
        const messages = toMessages(parsed(toJson(value)), otherwise);
        if (messages.length > 0) return messages;
      }
    }
    return [];
  };
  const input = side('input', inputKeys, 'user');
  const system = all.flatMap((each) => systemMessages(each.get('gen_ai.system_instructions')));
  return { input: [...system, ...input], output: side('output', outputKeys, 'assistant') };
}

const systemMessages = (value: Value | undefined): readonly Message[] =>
  value === undefined || value === null ? [] : [{ role: 'system', content: toContent(parsed(toJson(value))) }];

function eventMessages(events: Span['events'], is: 'input' | 'output'): readonly Message[] {
  return events.flatMap(({ name, attributes }) => {
    const known = messageEvents.get(name);
    if (known === undefined || known.is !== is) return [];
    const whole = attributes.get(is === 'input' ? 'gen_ai.prompt' : 'gen_ai.completion') ?? attributes.get('message');
    if (whole !== undefined && whole !== null) return toMessages(parsed(toJson(whole)), known.role);
    const content = attributes.get('content') ?? attributes.get('tool_calls');
    return content === undefined || content === null
      ? []
      : [{ role: roleOf(attributes.get('role'), known.role), content: toContent(parsed(toJson(content))) }];
  });
}

interface Spread {
  readonly prefix: string;
  readonly role: string;
  readonly content: string;
  readonly parts?: string;
}
const MOST_MESSAGES = 10_000;

function numberedMessages(attributes: Attributes, { prefix, role, content, parts }: Spread, otherwise: string): readonly Message[] {
  const messages = new Map<number, { role: string; content: unknown; rest: unknown[] }>();
  for (const [key, value] of attributes) {
    if (!key.startsWith(prefix)) continue;
    const dot = key.indexOf('.', prefix.length);
    const index = Number(key.slice(prefix.length, dot < 0 ? undefined : dot));
    if (dot < 0 || !Number.isInteger(index) || index < 0 || index >= MOST_MESSAGES) continue;
    const field = key.slice(dot + 1);
    let message = messages.get(index);
    if (message === undefined) messages.set(index, (message = { role: otherwise, content: undefined, rest: [] }));
    if (field === role) message.role = roleOf(value, otherwise);
    else if (field === content) message.content = toContent(parsed(toJson(value)));
    else if (parts !== undefined && field.startsWith(parts) && field.endsWith('.text')) message.rest.push(toJson(value));
    else if (!/\.type$|finish_reason$/.test(field)) message.rest.push({ [field]: toJson(value) });
  }
  return [...messages]
    .toSorted(([a], [b]) => a - b)
    .map(([, message]) => ({
      role: message.role,
      content:
        message.rest.length === 0
          ? (message.content ?? '')
          : simplest([message.content, ...message.rest].filter((each) => each !== undefined && each !== '')),
    }));
}

/** Messages in any of the shapes that are written: a list of them, an object that holds a list, one message, a text. */
function toMessages(of: unknown, otherwise: string): readonly Message[] {
  if (typeof of === 'string' || typeof of === 'number') return [{ role: otherwise, content: String(of) }];
  if (Array.isArray(of)) {
    // LangChain puts the list of messages into a list of prompts.
    if (of.length === 1 && Array.isArray(of[0])) return toMessages(of[0], otherwise);
    const messages = of.flatMap((each: unknown) => {
      const message = toMessage(parsed(each), otherwise);
      return message === undefined ? [] : [message];
    });
    return messages;
  }
  if (!isRecord(of)) return [];
  for (const key of ['messages', 'input_messages', 'contents', 'choices', 'prompts']) {
    const inner = parsed(of[key]);
    if (Array.isArray(inner) && inner.length > 0) {
      const system = of['system'] ?? of['instructions'];
      const rest = toMessages(inner, otherwise);
      return system === undefined || system === null ? rest : [{ role: 'system', content: toContent(system) }, ...rest];
    }
  }
  const prompt = of['prompt'] ?? of['input'] ?? of['text'];
  if (typeof prompt === 'string') {
    const system = of['system'];
    return [...(typeof system === 'string' ? [{ role: 'system', content: system }] : []), { role: otherwise, content: prompt }];
  }
  const message = toMessage(of, otherwise);
  return message === undefined ? [] : [message];
}

function toMessage(of: unknown, otherwise: string): Message | undefined {
  if (typeof of === 'string') return { role: otherwise, content: of };
  if (!isRecord(of)) return undefined;
  // What wraps a message: a choice, LangChain's serialised form, a list item of OpenInference.
  const inner = of['message'] ?? of['kwargs'] ?? of['data'];
  if (isRecord(inner) && !('content' in of) && !('parts' in of)) {
    const id: unknown = Array.isArray(of['id']) ? of['id'].at(-1) : (of['type'] ?? of['role']);
    return toMessage({ role: id, ...inner }, otherwise);
  }
  const role = roleOf(of['role'] ?? of['type'] ?? of['event.name'], otherwise);
  const content = of['content'] ?? of['parts'] ?? of['text'];
  const calls = of['tool_calls'];
  if (content === undefined && calls === undefined) return { role: otherwise, content: of };
  const said = content === undefined || content === null ? '' : toContent(parsed(content));
  return {
    role,
    content:
      calls === undefined || (Array.isArray(calls) && calls.length === 0)
        ? said
        : simplest([said, { tool_calls: calls }].filter((each) => each !== '')),
  };
}

/** Parts that are all text are one text, whatever they were wrapped in: then the same prompt has one hash in every dialect. */
function toContent(of: unknown): unknown {
  if (!Array.isArray(of)) return isRecord(of) ? (textOf(of) ?? of) : (of ?? '');
  const parts = of.map((part: unknown) => (isRecord(part) ? (textOf(part) ?? part) : part));
  return simplest(parts);
}

const simplest = (parts: readonly unknown[]): unknown =>
  parts.every((part) => typeof part === 'string') ? parts.join('') : parts.length === 1 ? parts[0] : parts;

function textOf(part: Readonly<Record<string, unknown>>): string | undefined {
  const type = part['type'];
  if (type !== undefined && type !== 'text' && type !== 'input_text' && type !== 'output_text') return undefined;
  for (const key of ['content', 'text']) if (typeof part[key] === 'string') return part[key];
  return undefined;
}

/** How many bytes content has in UTF-8, as it is sent. */
export const sizeOf = (messages: readonly Message[]): number => (messages.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(messages)));

/** The size of a value as it was sent. */
export const bytesOf = (value: Value): number =>
  value instanceof Octets
    ? value.length
    : typeof value === 'string'
      ? Buffer.byteLength(value)
      : Buffer.byteLength(JSON.stringify(toJson(value)));
