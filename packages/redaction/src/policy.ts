// Runs in browsers too. A policy is a plain JSON document; this is the closed parser that every policy passes once.
import { RE2JS } from 're2js';
import { entityTypes } from './entity-types.ts';
import { RedactionError } from './errors.ts';

export const actions = ['token', 'mask', 'drop', 'allow'] as const;
/** token: a keyed stand-in that joins; mask: the type in brackets; drop: nothing stays; allow: left as it is. */
export type Action = (typeof actions)[number];

/** A tenant's own entity, matched in linear time (RE2 syntax), never by the host's RegExp. */
export interface CustomPattern {
  readonly type: string;
  readonly pattern: string;
}

export interface Policy {
  readonly policy_id: string;
  readonly version: string;
  /** Action by entity type; what is not named takes `default_action`. */
  readonly entities: Readonly<Record<string, Action>>;
  readonly default_action: Action;
  /** Values that are never redacted, compared without case. */
  readonly allow: readonly string[];
  /** Values that always are, as SECRET, wherever they stand, compared without case. */
  readonly deny: readonly string[];
  readonly patterns: readonly CustomPattern[];
  /** Regions (ISO 3166) whose written forms of phone numbers are understood without a country code, likeliest first. */
  readonly locales: readonly string[];
  /** Whether the raw prompt and answer may be kept as sealed artifacts. */
  readonly store_raw: boolean;
  readonly on_engine_failure: 'reject' | 'quarantine';
}

/** The policy a tenant has before anybody wrote one: everything that is found becomes a token, nothing raw is kept. */
export const tenantDefaultPolicy: Policy = {
  policy_id: 'tenant_default',
  version: '2026-11-01',
  entities: { SECRET: 'mask' },
  default_action: 'token',
  allow: [],
  deny: [],
  patterns: [],
  locales: ['US', 'GB', 'DE', 'FR', 'ES'],
  store_raw: false,
  on_engine_failure: 'reject',
};

const MOST_LISTED = 1000;
const MOST_PATTERNS = 100;
const LONGEST_PATTERN = 500;

type Check<T> = (value: unknown, path: string) => T;

const refuse = (path: string, expected: string): never => {
  throw new RedactionError('redaction.policy', `${path}: expected ${expected}`);
};
const text =
  (pattern: RegExp, expected: string): Check<string> =>
  (value, path) =>
    typeof value === 'string' && pattern.test(value) ? value : refuse(path, expected);
const oneOf =
  <const T extends string>(words: readonly T[]): Check<T> =>
  (value, path) =>
    words.find((word) => word === value) ?? refuse(path, `one of ${words.join(', ')}`);
const list =
  <T>(item: Check<T>, most: number): Check<readonly T[]> =>
  (value, path) =>
    Array.isArray(value) && value.length <= most
      ? value.map((each, index) => item(each, `${path}/${index}`))
      : refuse(path, `a list of at most ${most}`);
const flag: Check<boolean> = (value, path) => (typeof value === 'boolean' ? value : refuse(path, 'true or false'));

function fields(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path === '' ? 'policy' : path, 'an object');
  return Object.fromEntries(Object.entries(value));
}

const typeName = text(/^[A-Z][A-Z0-9_]{0,39}$/, 'a type name such as EMAIL or PROJECT_CODE');
const listed = text(/^[^]{1,200}$/, 'a text of 1 to 200 characters');

const entities: Check<Policy['entities']> = (value, path) => {
  const known: readonly string[] = entityTypes;
  return Object.fromEntries(
    Object.entries(fields(value, path)).map(([type, action]) => {
      typeName(type, `${path}/${type.slice(0, 40)}`);
      if (!known.includes(type) && type !== 'CUSTOM' && type.length < 2) refuse(`${path}/${type}`, 'an entity type');
      return [type, oneOf(actions)(action, `${path}/${type}`)];
    }),
  );
};

const customPattern: Check<CustomPattern> = (value, path) => {
  const { type, pattern, ...rest } = fields(value, path);
  closed(rest, path);
  const source = text(/^[^]{1,500}$/, `a pattern of 1 to ${LONGEST_PATTERN} characters`)(pattern, `${path}/pattern`);
  try {
    RE2JS.compile(source);
  } catch (cause) {
    throw new RedactionError('redaction.policy', `${path}/pattern: expected RE2 syntax`, { cause });
  }
  return { type: typeName(type, `${path}/type`), pattern: source };
};

function closed(rest: Readonly<Record<string, unknown>>, path: string): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) refuse(`${path}/${unknown.slice(0, 40)}`, 'no such field');
}

const required: { readonly [Field in 'policy_id' | 'version']: Check<Policy[Field]> } = {
  policy_id: text(/^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/, 'an id'),
  version: text(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/, 'a version'),
};
const optional: { readonly [Field in Exclude<keyof Policy, keyof typeof required>]: Check<Policy[Field]> } = {
  entities,
  default_action: oneOf(actions),
  allow: list(listed, MOST_LISTED),
  deny: list(listed, MOST_LISTED),
  patterns: list(customPattern, MOST_PATTERNS),
  locales: list(text(/^[A-Z]{2}$/, 'a region such as DE'), 50),
  store_raw: flag,
  on_engine_failure: oneOf(['reject', 'quarantine']),
};

/**
 * Reads a policy document. Only id and version must be there; the rest is as strict as {@link tenantDefaultPolicy} unless said otherwise.
 * @throws {RedactionError} `redaction.policy`, naming the field that is wrong and what is expected there
 */
export function parsePolicy(value: unknown): Policy {
  const given = fields(value, '');
  closed(Object.fromEntries(Object.entries(given).filter(([field]) => !(field in required) && !(field in optional))), '');
  const field = <Name extends keyof typeof optional>(name: Name): Policy[Name] =>
    given[name] === undefined ? tenantDefaultPolicy[name] : optional[name](given[name], `/${name}`);
  return {
    policy_id: required.policy_id(given.policy_id, '/policy_id'),
    version: required.version(given.version, '/version'),
    entities: field('entities'),
    default_action: field('default_action'),
    allow: field('allow'),
    deny: field('deny'),
    patterns: field('patterns'),
    locales: field('locales'),
    store_raw: field('store_raw'),
    on_engine_failure: field('on_engine_failure'),
  };
}
