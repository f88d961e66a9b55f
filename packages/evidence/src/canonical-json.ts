// Runs in browsers too.
import { EvidenceError } from './errors.ts';

/** Containers may nest this deep; it also ends a value that contains itself. */
const MAX_DEPTH = 256;

/**
 * The one canonical form of a JSON value, RFC 8785: members by name in UTF-16 order, numbers and strings as ECMAScript writes them.
 * What JSON cannot say is refused and never dropped, because a hash must cover all of what it was given. Checking and writing are one walk: every document
 * that is stored passes here.
 * @throws {EvidenceError} `json.malformed` for an undefined member, a Date, Map or other class, a number that is not finite, a bigint, a lone surrogate,
 * a value with `toJSON`, or more than 256 levels; the message names the place, never the content
 */
export const canonicalJson = (value: unknown): string => write(value, []);

/**
 * The canonical forms of two objects of which one was made from the other: a member that is the same value in both is written once.
 * @throws {EvidenceError} as `canonicalJson`, and for an array
 */
export function canonicalTwins(one: object, other: object): readonly [one: string, other: string] {
  const written: { readonly key: string; readonly value: unknown; readonly text: string }[] = [];
  const first = writeObject(one, [], (value, path, key) => {
    const text = write(value, path);
    written.push({ key, value, text });
    return text;
  });
  // Both are written in the same order of names, so each is looked for where the one before it was found.
  let at = 0;
  const second = writeObject(other, [], (value, path, key) => {
    let known = written[at];
    while (known !== undefined && known.key < key) known = written[++at];
    return known?.key === key && known.value === value ? known.text : write(value, path);
  });
  return [first, second];
}

/** Text that stands between quotes as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function write(value: unknown, path: (string | number)[]): string {
  switch (typeof value) {
    case 'string':
      return quote(value, path, 'a string');
    case 'number':
      return Number.isFinite(value) ? String(value) : refuse(path, `the number ${value}`);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeContainer(value, path);
    default:
      return refuse(path, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function writeContainer(value: object, path: (string | number)[]): string {
  if (path.length >= MAX_DEPTH) refuse(path, `nested more than ${MAX_DEPTH} levels`);
  if (!Array.isArray(value)) return writeObject(value, path, write);
  if ('toJSON' in value) refuse(path, 'an object with toJSON');
  let text = '';
  // By index, not by iterator: the holes of a sparse array must be seen too.
  for (let i = 0; i < value.length; i++) {
    path.push(i);
    text += `${i === 0 ? '' : ','}${write(value[i], path)}`;
    path.pop();
  }
  return `[${text}]`;
}

function writeObject(
  value: object,
  path: (string | number)[],
  writeMember: (value: unknown, path: (string | number)[], key: string) => string,
): string {
  if ('toJSON' in value) refuse(path, 'an object with toJSON');
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(path, 'an object that is not plain');
  if (Object.getOwnPropertySymbols(value).length > 0) refuse(path, 'an object with a symbol for a key');
  // A plain object, read by its own keys only.
  const members = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const { key, before } of inOrder(Object.keys(value), path)) {
    path.push(key);
    text += before + writeMember(members[key], path, key);
    path.pop();
  }
  return `{${text}}`;
}

/** A member's name and what is written before its value. */
interface Member {
  readonly key: string;
  readonly before: string;
}
/** By their number and the first of them, the keys an object had and their order: most objects have the keys of one that came before. */
const orders: Map<string, { readonly keys: readonly string[]; readonly members: readonly Member[] }>[] = [];
const MOST_KEYS_KEPT = 64;
const MOST_ORDERS_KEPT = 64;

function inOrder(keys: readonly string[], path: (string | number)[]): readonly Member[] {
  const [first] = keys;
  if (first === undefined) return [];
  const known = orders[keys.length]?.get(first);
  if (known !== undefined && keys.every((key, i) => key === known.keys[i])) return known.members;
  // Without a comparison of its own, sort compares UTF-16 code units: the order RFC 8785 wants.
  const members = keys.toSorted().map((key, i): Member => {
    path.push(key);
    const before = `${i === 0 ? '' : ','}${quote(key, path, 'a key')}:`;
    path.pop();
    return { key, before };
  });
  if (keys.length > MOST_KEYS_KEPT) return members;
  const alike = (orders[keys.length] ??= new Map());
  if (alike.size >= MOST_ORDERS_KEPT) alike.clear();
  alike.set(first, { keys, members });
  return members;
}

function quote(text: string, path: (string | number)[], what: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return text.isWellFormed() ? JSON.stringify(text) : refuse(path, `${what} with a lone surrogate`);
}

function refuse(path: readonly (string | number)[], what: string): never {
  // A key can be captured text, so only one that looks like a field name is shown.
  const shown = path
    .slice(0, 16)
    .map((step) => (typeof step === 'number' ? `[${step}]` : /^[a-z][a-z0-9_]{0,63}$/.test(step) ? `.${step}` : '.?'));
  throw new EvidenceError('json.malformed', `not JSON at $${shown.join('')}${path.length > 16 ? '…' : ''}: ${what}`);
}
