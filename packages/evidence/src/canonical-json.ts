// Runs in browsers too.
import serialize from 'canonicalize';
import { EvidenceError } from './errors.ts';

/** Containers may nest this deep; it also ends a value that contains itself. */
const MAX_DEPTH = 256;

/**
 * The one canonical form of a JSON value, RFC 8785.
 * What JSON cannot say is refused and never dropped, because a hash must cover all of what it was given.
 * @throws {EvidenceError} `json.malformed` for an undefined member, a Date, Map or other class, a number that is not finite, a bigint, a lone surrogate,
 * a value with `toJSON`, or more than 256 levels; the message names the place, never the content
 */
export function canonicalJson(value: unknown): string {
  assertJson(value, []);
  const text = serialize(value);
  // Only undefined and functions give no text, and both were refused above.
  if (text === undefined) throw new TypeError('canonicalize gave no text');
  return text;
}

function assertJson(value: unknown, path: (string | number)[]): void {
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      if (!value.isWellFormed()) refuse(path, 'a string with a lone surrogate');
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse(path, `the number ${value}`);
      return;
    case 'object':
      break;
    default:
      return refuse(path, typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`);
  }
  if (value === null) return;
  if (path.length >= MAX_DEPTH) refuse(path, `nested more than ${MAX_DEPTH} levels`);
  if ('toJSON' in value) refuse(path, 'an object with toJSON');
  if (Array.isArray(value)) {
    // By index, not by iterator: the holes of a sparse array must be seen too.
    for (let i = 0; i < value.length; i++) {
      path.push(i);
      assertJson(value[i], path);
      path.pop();
    }
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(path, 'an object that is not plain');
  if (Object.getOwnPropertySymbols(value).length > 0) refuse(path, 'an object with a symbol for a key');
  for (const [key, member] of Object.entries(value)) {
    path.push(key);
    if (!key.isWellFormed()) refuse(path, 'a key with a lone surrogate');
    assertJson(member, path);
    path.pop();
  }
}

function refuse(path: readonly (string | number)[], what: string): never {
  // A key can be captured text, so only one that looks like a field name is shown.
  const shown = path
    .slice(0, 16)
    .map((step) => (typeof step === 'number' ? `[${step}]` : /^[a-z][a-z0-9_]{0,63}$/.test(step) ? `.${step}` : '.?'));
  throw new EvidenceError('json.malformed', `not JSON at $${shown.join('')}${path.length > 16 ? '…' : ''}: ${what}`);
}
