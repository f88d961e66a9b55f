// A span without what people wrote: kept are listed keys whose values have the listed form; all else is summarised.
import type { OtlpKey } from '@ancilla/contracts';
import { kept, keptNumbers, LONGEST_KEPT, messageEvents } from './dialects.ts';
import { Facts } from './facts.ts';
import { bytesOf } from './messages.ts';
import { Octets, toJson, type Attributes, type Received, type Value } from './spans.ts';

/** What was left out: by name, type and size, with a keyed hash to tell values apart. Never the value. */
export interface Dropped {
  readonly key: string;
  readonly type: OtlpKey['type'];
  readonly bytes: number;
  readonly hash: string;
}

export interface Cleaner {
  /** Whether redaction finds nothing in a text. */
  readonly isClean: (text: string) => boolean;
  /** A keyed hash, in hex. */
  readonly hash: (text: string) => string;
}

const MOST_NAMED = 64;
/** What a library is called, and its version. */
export const LIBRARY = /^[A-Za-z0-9@][A-Za-z0-9._:@/-]{0,127}$/;

/** @param added - attributes of ours */
export function cleanSpan(
  received: Received,
  cleaner: Cleaner,
  added: Attributes = new Map(),
): { readonly clean: Received; readonly dropped: readonly Dropped[] } {
  const { resource, scope, span } = received;
  const dropped: Dropped[] = [];
  const filter = (attributes: Attributes): Map<string, Value> => {
    const left = new Map<string, Value>();
    for (const [key, value] of attributes)
      if (isKept(key, value, cleaner)) left.set(key, value);
      else dropped.push(summarise(key, value, cleaner));
    return left;
  };
  const attributes = filter(span.attributes);
  const events = span.events.map((event) => ({
    name: event.name === 'exception' || messageEvents.has(event.name) ? event.name : 'event',
    attributes: filter(event.attributes),
  }));
  const links = span.links.map((link) => ({
    trace_id: hexOr(link.trace_id, 32),
    span_id: hexOr(link.span_id, 16),
    attributes: filter(link.attributes),
  }));
  if (span.status.message !== '') dropped.push(summarise('status.message', span.status.message, cleaner));
  const clean = {
    resource: filter(resource),
    scope: { name: wordOr(scope.name, cleaner), version: wordOr(scope.version, cleaner), attributes: filter(scope.attributes) },
    span: { ...span, name: nameOf(received, attributes), attributes, events, links, status: { code: span.status.code, message: '' } },
  };
  for (const [key, value] of added) attributes.set(key, value);
  if (dropped.length > 0) {
    attributes.set('ancilla.dropped_count', dropped.length);
    attributes.set(
      'ancilla.dropped',
      dropped.slice(0, MOST_NAMED).map(({ key, type, bytes, hash }) => `${key} ${type} ${bytes} ${hash}`),
    );
  }
  return { clean, dropped };
}

function isKept(key: string, value: Value, { isClean }: Cleaner): boolean {
  if (typeof value === 'number' || typeof value === 'boolean')
    return kept.get(key) === typeof value || (keptNumbers.some((prefix) => key.startsWith(prefix)) && isPlainKey(key));
  const form = kept.get(key);
  return typeof value === 'string' && form instanceof RegExp && value.length <= LONGEST_KEPT && form.test(value) && isClean(value);
}

const isPlainKey = (key: string): boolean => /^[a-z0-9._]{1,64}$/.test(key);
/** The number of a message in a key says nothing. */
const INDEX = /\.\d+(?=\.|$)/g;

/** A key as it may be told, without numbers of messages; undefined for one that carries content, as a key can too. */
export function keyName(key: string, isClean: Cleaner['isClean']): string | undefined {
  const plain = key.replaceAll(INDEX, '.N');
  return /^[A-Za-z0-9._:-]{1,64}$/.test(plain) && isClean(plain) ? plain : undefined;
}

function summarise(key: string, value: Value, { isClean, hash }: Cleaner): Dropped {
  return {
    key: keyName(key, isClean) ?? `key:${hash(key).slice(0, 8)}`,
    type: typeOf(value),
    bytes: bytesOf(value),
    hash: hash(JSON.stringify(toJson(value))).slice(0, 16),
  };
}

function typeOf(value: Value): OtlpKey['type'] {
  if (value instanceof Octets) return 'bytes';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'map';
}

const wordOr = (text: string, { isClean }: Cleaner): string => (LIBRARY.test(text) && isClean(text) ? text : '');
const hexOr = (text: string, length: number): string => (text.length === length && /^[0-9a-f]+$/.test(text) ? text : '');

/** `{operation} {model, agent or tool}`: the name a library gave may hold the question. */
function nameOf({ span }: Received, attributes: Attributes): string {
  const scope = { name: '', version: '', attributes: new Map() };
  const facts = new Facts({ span: { ...span, attributes, events: [] }, scope, resource: new Map() });
  const operation = facts.text('operation') ?? attributes.get('openinference.span.kind') ?? attributes.get('http.request.method') ?? 'span';
  const what = facts.text('model') ?? facts.text('agent') ?? attributes.get('gen_ai.tool.name');
  return `${typeof operation === 'string' ? operation.toLowerCase() : 'span'}${typeof what === 'string' ? ` ${what}` : ''}`;
}
