import { RE2JS } from 're2js';
import { isRecord, type FieldError } from '@ancilla/contracts';

/** What follows each keyword that is allowed: nothing to look into, one schema, a list of them, schemas by name, a reference or a pattern. */
const keywords = {
  value: `$schema $id $comment title description default examples deprecated readOnly writeOnly type enum const required dependentRequired format
    minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems minContains maxContains uniqueItems
    minProperties maxProperties`,
  schema: 'items contains additionalProperties propertyNames not if then else',
  list: 'allOf anyOf oneOf prefixItems',
  map: 'properties $defs definitions dependentSchemas',
  ref: '$ref',
  pattern: 'pattern',
};
const whatFollows: ReadonlyMap<string, string> = new Map(
  Object.entries(keywords).flatMap(([follows, names]) => names.split(/\s+/).map((name) => [name, follows] as const)),
);

const DRAFTS = new Set(['https://json-schema.org/draft/2020-12/schema', 'http://json-schema.org/draft-07/schema#']);
const MAX_DEPTH = 32;
const MAX_SCHEMAS = 2000;

/** The JSON Pointer (RFC 6901) to a member. */
export const pointer = (path: string, key: string | number): string => `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Whether RE2 reads a pattern, which then matches in linear time. */
const isLinear = (pattern: string): boolean => {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
};

/**
 * What a JSON Schema that people save may not hold: references that leave it, keywords we do not know, patterns that only backtracking can match.
 * @param patterns - `linear`: RE2's; `none`: for schemas that are checked where there is no RE2
 */
export const schemaErrors = (
  schema: unknown,
  { patterns, at = '' }: { readonly patterns: 'linear' | 'none'; readonly at?: string },
): readonly FieldError[] => {
  const errors: FieldError[] = [];
  let schemas = 0;
  const refuse = (path: string, message: string) => void errors.push({ path, message });

  const visit = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'boolean') return;
    if (!isRecord(value)) return refuse(path, 'must be a schema: an object or a boolean');
    if (depth > MAX_DEPTH) return refuse(path, `is nested more than ${MAX_DEPTH} schemas deep`);
    if (++schemas > MAX_SCHEMAS) return schemas === MAX_SCHEMAS + 1 ? refuse(path, `more than ${MAX_SCHEMAS} schemas`) : undefined;
    for (const [keyword, content] of Object.entries(value)) member(keyword, content, pointer(path, keyword), depth);
  };

  const member = (keyword: string, content: unknown, path: string, depth: number): void => {
    switch (whatFollows.get(keyword)) {
      case 'value':
        if (keyword === '$schema' && !DRAFTS.has(String(content))) refuse(path, `must be one of ${[...DRAFTS].join(', ')}`);
        return;
      case 'schema':
        return visit(content, path, depth + 1);
      case 'list':
        if (!Array.isArray(content)) return refuse(path, 'must be a list of schemas');
        return content.forEach((item, index) => visit(item, pointer(path, index), depth + 1));
      case 'map':
        if (!isRecord(content)) return refuse(path, 'must hold schemas by name');
        return Object.entries(content).forEach(([name, item]) => visit(item, pointer(path, name), depth + 1));
      case 'ref':
        if (typeof content !== 'string' || !/^#(?:\/|$)/.test(content)) refuse(path, 'must stay inside this schema: #/$defs/…');
        return;
      case 'pattern':
        if (patterns === 'none')
          refuse(path, 'no patterns here: save the schema as a json_schemas document, or use enum, format or lengths');
        else if (typeof content !== 'string' || content.length > 1000 || !isLinear(content))
          refuse(path, 'must be a pattern RE2 reads (no look-around, no back-references), at most 1,000 characters');
        return;
      default:
        refuse(path, 'is not a keyword that is allowed here');
    }
  };

  visit(schema, at, 0);
  return errors;
};
