import { ok } from 'node:assert/strict';
import type { Role } from '@ancilla/contracts';
import type { TestServer } from './test-server.ts';

/** A JSON Schema, as far as the tests make values for one. */
export interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}
/** One method of one path, as the document describes it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly roles: readonly Role[];
  readonly scope: 'tenant' | 'platform';
  readonly parameters: readonly Parameter[];
  /** Absent for a request without a body. */
  readonly body?: { readonly type: string; readonly schema: JsonSchema };
}

/** Every operation of the running server's own OpenAPI document. */
export async function operationsOf({ url }: TestServer): Promise<readonly Operation[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Record<string, unknown>>>;
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, of]): Operation => {
      const content = (of['requestBody'] as { content: Record<string, { schema: JsonSchema }> } | undefined)?.content;
      const [type, media] = Object.entries(content ?? {})[0] ?? [];
      return {
        method: method.toUpperCase(),
        path,
        action: of['x-ancilla-action'] as string,
        roles: of['x-ancilla-roles'] as readonly Role[],
        scope: of['x-ancilla-scope'] as 'tenant' | 'platform',
        parameters: of['parameters'] as readonly Parameter[],
        ...(type !== undefined && media !== undefined && { body: { type, schema: media.schema } }),
      };
    }),
  );
  ok(operations.length > 30, 'the document describes the server');
  return operations;
}

/**
 * The address of a request: a value for each parameter of its path, and for those of its query that are wanted.
 * @param isWanted - those the document requires, unless told
 */
export function addressOf(
  { path, parameters }: Operation,
  valueOf: (parameter: Parameter) => unknown,
  isWanted: (parameter: Parameter) => boolean = ({ required }) => required,
): string {
  const text = (parameter: Parameter): string => encodeURIComponent(String(valueOf(parameter)));
  const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = parameters.find((each) => each.in === 'path' && each.name === name);
    return parameter === undefined ? 'a' : text(parameter);
  });
  const query = parameters
    .filter((each) => each.in === 'query' && isWanted(each))
    .map((each) => `${each.name}=${text(each)}`)
    .join('&');
  return query === '' ? at : `${at}?${query}`;
}

const words = [
  'a',
  '1',
  'sem.a',
  'a1',
  '2026-01-01T00:00:00.000Z',
  'ab'.repeat(16),
  'ab'.repeat(8),
  'ab'.repeat(32),
  'http://a.example',
  'handler:a',
];

/**
 * A value for a schema, with known values put where a field has their name.
 * @param known - values by field name: ids to ask for
 */
export function valueFor(schema: JsonSchema, name: string, known: ReadonlyMap<string, unknown>): unknown {
  if (known.has(name)) {
    const value = known.get(name);
    if (schema.type === undefined || schema.type === typeof value || schema.anyOf !== undefined) return value;
    if (schema.type === 'integer' && typeof value === 'number') return value;
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf?.[0] !== undefined) return valueFor(schema.anyOf[0], name, known);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([field]) => schema.required?.includes(field) === true || known.has(field))
          .map(([field, of]) => [field, valueFor(of, field, known)]),
      );
    case 'array':
      return [valueFor(schema.items ?? {}, name.replace(/s$/, ''), known)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'string': {
      const { pattern } = schema;
      const prefix = /^\^([a-z]+)_/.exec(pattern ?? '')?.[1];
      if (prefix !== undefined) return `${prefix}_01${'0'.repeat(24)}`;
      return (pattern === undefined ? words[0] : words.find((word) => new RegExp(pattern).test(word))) ?? 'a';
    }
    default:
      return {};
  }
}
