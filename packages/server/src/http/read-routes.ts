import {
  AncillaError,
  Closed,
  Instant,
  nothing,
  pageOf,
  paging,
  route,
  toTimestamp,
  type Collection,
  type Io,
  type Kind,
  type Route,
  type Tenant,
  type TenantStore,
} from '@ancilla/contracts';
import { Type, type TObject, type TSchema } from 'typebox';

type Readable = Collection<Kind, TObject, { readonly [index: string]: readonly string[] }, Tenant> & {
  readonly read: NonNullable<Collection['read']>;
};
const isReadable = (collection: Collection): collection is Readable => collection.read !== undefined && hasTenant(collection.scope);
const hasTenant = (scope: unknown): boolean => typeof scope === 'object' && scope !== null && 'tenant' in scope;

const range = { from: Type.Optional(Instant), to: Type.Optional(Instant) };

/** The two GET routes of each collection that declares how it is read: a page by one of its indexes, and one document by its key. */
export const readRoutes = (collections: readonly Collection[]): readonly Route[] =>
  collections.filter(isReadable).flatMap((collection) => [listRoute(collection), documentRoute(collection)]);

const shown = ({ schema, read: { hidden = [] } }: Readable): TSchema =>
  Type.Object(Object.fromEntries(Object.entries(schema.properties).filter(([name]) => !hidden.includes(name))));
const show = (doc: object, { read: { hidden = [] } }: Readable): object =>
  hidden.length === 0 ? doc : Object.fromEntries(Object.entries(doc).filter(([name]) => !hidden.includes(name)));

function listRoute(collection: Readable): Route {
  const { name, indexes, schema, read } = collection;
  const fields = [...new Set(Object.values(indexes).flat())];
  const filters = Object.fromEntries(fields.map((field) => [field, Type.Optional(schema.properties[field] ?? Type.String())]));
  const combinations = Object.values(indexes).map((index) => (index.length === 0 ? 'none' : index.join(' + ')));
  return route({
    method: 'GET',
    path: read.path,
    action: read.action,
    summary: `${collection.summary}; newest first, filtered by ${combinations.join(', ')}`,
    ...nothing,
    query: Closed({ ...filters, ...range, ...paging }),
    answers: { 200: pageOf(shown(collection)) },
    async handle({ tenant, query, signal }) {
      const given = new Map(Object.entries(query));
      const equals = Object.fromEntries(fields.flatMap((field) => (given.get(field) === undefined ? [] : [[field, given.get(field)]])));
      const wanted = Object.keys(equals).toSorted().join();
      const index = Object.entries(indexes).find(([, of]) => of.toSorted().join() === wanted)?.[0];
      if (index === undefined) throw new AncillaError('request.index_missing', `${name} is filtered by ${combinations.join(', ')}`);
      const { items, next_cursor } = await find(
        tenant,
        collection,
        { index, equals, ...instants(given), ...pick(given, ['limit', 'cursor']) },
        { signal },
      );
      const docs = items.map(({ doc }) => show(doc, collection));
      return [200, { items: docs, next_cursor }] as const;
    },
  });
}

function documentRoute(collection: Readable): Route {
  const { key, read, name } = collection;
  return route({
    method: 'GET',
    path: `${read.path}/{${key}}`,
    action: read.action,
    summary: `One document of ${name} by ${key}`,
    params: Type.Object({ [key]: Type.String({ minLength: 1, maxLength: 512 }) }),
    query: Closed({}),
    body: Type.Null(),
    answers: { 200: shown(collection) },
    async handle({ tenant, params, signal }) {
      const found = await tenant.get(collection, String(params[key]), { signal });
      if (found === undefined) throw new AncillaError('not_found', `no such document in ${name}`);
      return [200, show(found.doc, collection)] as const;
    },
  });
}

// The query was built from the collection's own declaration; its type cannot follow a collection known only at run time.
const find = (tenant: TenantStore, collection: Readable, query: object, io: Io) => tenant.find(collection, query as never, io);
const pick = (from: ReadonlyMap<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (from.get(name) === undefined ? [] : [[name, from.get(name)]])));

/** Bounds in the one form in which times are stored: texts are compared, so `…:00Z` would lie after `…:00.000Z`. */
const instants = (given: ReadonlyMap<string, unknown>) =>
  Object.fromEntries(
    ['from', 'to'].flatMap((name) => {
      const text = given.get(name);
      return typeof text === 'string' ? [[name, toTimestamp(Date.parse(text))]] : [];
    }),
  );
