import { AncillaError, route, TraceId, type Collection, type Io, type Tenant, type TenantStore } from '@ancilla/contracts';
import { Type } from 'typebox';

const Item = Type.Object({
  kind: Type.String(),
  id: Type.String(),
  at: Type.String(),
  summary: Type.Record(Type.String(), Type.Unknown()),
});
const Trace = Type.Object({
  trace_id: TraceId,
  items: Type.Array(Item, { description: 'Oldest first' }),
  /** True when one kind had more entries than are shown. */
  truncated: Type.Boolean(),
  links: Type.Array(Type.Object({ kind: Type.Literal('traces'), url: Type.String() })),
});

/** Entries of one kind shown at most. */
const MOST = 500;

type Traced = Collection & { readonly trace: NonNullable<Collection['trace']> };
const isTraced = (collection: Collection): collection is Traced => collection.trace !== undefined;

/** What one collection holds of a trace. */
async function itemsOf(tenant: TenantStore, from: Traced, trace_id: string, io: Io) {
  const { kind, index, summary } = from.trace;
  const [field = ''] = from.indexes[index] ?? [];
  // The declaration was checked when it was made: the index exists and is over the trace id, and a tenant's collection takes a tenant's handle.
  const query = { index, equals: { [field]: trace_id }, limit: MOST, oldest_first: true } as never;
  const { items, next_cursor } = await tenant.find(
    from as Collection<Collection['kind'], Collection['schema'], Collection['indexes'], Tenant>,
    query,
    io,
  );
  return {
    more: next_cursor !== null,
    items: items.map(({ doc }) => {
      const fields = new Map<string, unknown>(Object.entries(doc));
      return {
        kind,
        id: String(fields.get(from.key)),
        at: String(fields.get(from.time)),
        summary: Object.fromEntries(summary.flatMap((name) => (fields.has(name) ? [[name, fields.get(name)]] : []))),
      };
    }),
  };
}

/** `GET /dif/traces/{trace_id}`: everything of one trace, from every collection that declares how it shows there. */
export const traceRoute = (collections: readonly Collection[], backend: string | undefined) => {
  const traced = collections.filter(isTraced);
  return route({
    method: 'GET',
    path: '/dif/traces/{trace_id}',
    action: 'evidence.read',
    summary: 'One trace from call to model, oldest first',
    params: Type.Object({ trace_id: TraceId }),
    query: Type.Object({}),
    body: Type.Null(),
    answers: { 200: Trace },
    async handle({ tenant, params: { trace_id }, signal }) {
      const found = await Promise.all(traced.map((collection) => itemsOf(tenant, collection, trace_id, { signal })));
      const items = found
        .flatMap(({ items: some }) => some)
        .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1));
      if (items.length === 0) throw new AncillaError('not_found', `no trace ${trace_id}`);
      const links = backend === undefined ? [] : [{ kind: 'traces' as const, url: backend.replaceAll('{trace_id}', trace_id) }];
      return [200, { trace_id, items, truncated: found.some(({ more }) => more), links }] as const;
    },
  });
};
