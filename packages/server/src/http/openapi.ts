import { errorCatalogue, permissions, roles, type Route } from '@ancilla/contracts';
import { Type, type TSchema } from 'typebox';

const Problem = {
  type: 'object',
  description: 'RFC 9457; switch on `code`',
  required: ['type', 'title', 'status', 'code', 'detail', 'fix'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { enum: Object.keys(errorCatalogue) },
    detail: { type: 'string' },
    fix: { type: 'string' },
    instance: { type: 'string' },
    trace_id: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } } },
  },
} as const;

const problem = { description: 'Refused', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };

const isBytes = (schema: TSchema): boolean => 'format' in schema && schema.format === 'binary';
/** Whether a route reads a body. */
export const hasBody = (schema: TSchema): boolean => !('type' in schema && schema.type === 'null');
const properties = (schema: TSchema): readonly (readonly [string, unknown])[] =>
  'properties' in schema && typeof schema.properties === 'object' && schema.properties !== null ? Object.entries(schema.properties) : [];
const required = (schema: TSchema): readonly string[] =>
  'required' in schema && Array.isArray(schema.required) ? schema.required.map(String) : [];
const content = (schema: TSchema) =>
  isBytes(schema) ? { '*/*': { schema: { type: 'string', format: 'binary' } } } : { 'application/json': { schema } };

/** A platform admin's key is of no tenant. */
const tenantHeader = {
  name: 'x-ancilla-tenant',
  in: 'header',
  required: false,
  description: 'The tenant’s id; only a platform admin names it',
  schema: { type: 'string' },
};

function operation({ method, path, action, summary, scope = 'tenant', params, query, headers = Type.Object({}), body, answers }: Route) {
  const { roles: admitted } = permissions[action];
  const inPlace = (place: 'query' | 'header', schema: TSchema) =>
    properties(schema).map(([name, of]) => ({ name, in: place, required: required(schema).includes(name), schema: of }));
  const pathNames = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const declared = new Map(properties(params));
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())}`,
    summary,
    tags: [path.split('/')[1] ?? ''],
    ...(action === 'open' ? { security: [] } : {}),
    'x-ancilla-action': action,
    'x-ancilla-roles': admitted,
    'x-ancilla-scope': scope,
    parameters: [
      ...pathNames.map((name) => ({ name, in: 'path', required: true, schema: declared.get(name) ?? { type: 'string' } })),
      ...inPlace('query', query),
      ...inPlace('header', headers),
      ...(scope === 'tenant' && admitted.some((role) => role === 'platform_admin') ? [tenantHeader] : []),
    ],
    ...(hasBody(body) && { requestBody: { required: true, content: content(body) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          { description: status === '202' ? 'Accepted; ask the saga' : 'Done', content: content(schema) },
        ]),
      ),
      ...(hasBody(body) && { '400': problem, '413': problem, '422': problem }),
      ...(action !== 'open' && { '401': problem, '403': problem }),
      default: problem,
    },
  };
}

/** The OpenAPI 3.1 document of a list of routes: what the reference page shows, and what role and isolation tests are generated from. */
export function toOpenApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ancilla',
      version,
      description: 'The governed data plane for AI agents',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: `An API key of a role: ${roles.join(', ')}` } },
      schemas: { Problem },
    },
  };
}
