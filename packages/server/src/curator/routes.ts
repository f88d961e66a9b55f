import { Type, type TObject } from 'typebox';
import {
  AncillaError,
  Closed,
  GovernedVersion,
  Label,
  LabelMove,
  Name,
  pageOf,
  paging,
  Sentence,
  Timestamp,
  Version,
  curatorVersions,
  route,
  type Io,
  type Of,
  type PlatformStore,
  type Route,
  type TenantStore,
} from '@ancilla/contracts';
import { diff } from './diff.ts';
import { kindOf, labelKey, lookUp, type Resolved, type Subject } from './document.ts';
import { LabelAnswer, labelHistory, listLabels, MoveAnswer, readLabel, type ProvenShelf } from './labels.ts';
import { WaitingMove, type Approval } from './approvals.ts';
import type { Asked, Moved, Waiting } from './moves.ts';
import type { NewVersion } from './versions.ts';

const Source = Type.Enum(['tenant', 'platform']);
const summary = Type.Omit(GovernedVersion, ['version_key', 'content', 'source']).properties;
const Summary = Closed({ ...summary, source: Source });
const WholeVersion = Closed({ ...summary, source: Source, content: Type.Unknown() });
const Saved = Closed(summary);
const listOf = <T extends TObject>(item: T) => Closed(pageOf(item).properties);
const Operation = Closed({ op: Type.Enum(['add', 'remove', 'replace']), path: Type.String(), value: Type.Optional(Type.Unknown()) });
const Patch = Type.Unsafe<ReturnType<typeof diff>>(Type.Array(Operation));
const { label: LabelName } = Label.properties;
const MovedAnswer = Closed({ label: LabelName, version: Version, revision: Type.Integer(), previous: Type.Union([Version, Type.Null()]) });
const WaitingAnswer = Closed({ saga_id: Type.String(), waiting_for: Type.Literal('second approval') });
const Reason = Type.String({ ...Sentence, minLength: 1, description: 'Why, redacted: it stands in the label’s history' });

const document = { kind: Name, id: Name };
const labelled = Closed({ ...document, label: LabelName });
const none = Closed({});
/** A cursor remembers which shelf it is of, too. */
const paged = Closed({ ...paging, cursor: Type.Optional(Type.String({ maxLength: 2000 })) });

const subjectOf = ({ kind, id }: { readonly kind: string; readonly id: string }): Subject => ({ kind: kindOf(kind), id });
const summaryOf = ({ version_key: _key, content: _content, source: _source, ...rest }: GovernedVersion) => rest;

interface Parts {
  readonly platform: PlatformStore;
  save(tenant: TenantStore, given: NewVersion, io: Io): Promise<{ readonly doc: GovernedVersion; readonly created: boolean }>;
  move(of: Of, asked: Asked, io: Io): Promise<Moved | Waiting>;
  waiting(tenant: TenantStore, label_key: string, io: Io): Promise<WaitingMove>;
  approve(of: Of, asked: Approval, io: Io): Promise<LabelMove>;
}

/** Versions, labels and their history, for every kind; the Librarian's routes are the same for prompt templates. */
export const curatorRoutes = ({ platform, save, move, waiting, approve }: Parts): readonly Route[] => {
  const shelvesOf = (tenant: TenantStore) =>
    [
      ['tenant', tenant],
      ['platform', platform],
    ] as const;

  /** A version by its own name, or by a label's. */
  const named = async (tenant: TenantStore, of: Subject, name: string, io: Io) => {
    const shelves = shelvesOf(tenant);
    const found = (await lookUp(shelves, of, { version: name }, io)) ?? (await lookUp(shelves, of, { label: name }, io));
    if (!found) throw new AncillaError('not_found', `${of.kind} ${of.id} has no version or label of this name`);
    return found;
  };

  /** The shelf a list is read from: the tenant's where it has any of the document, else the platform's. A cursor remembers which. */
  const listFrom = async <T extends { readonly items: readonly unknown[]; readonly next_cursor: string | null }>(
    tenant: TenantStore,
    cursor: string | undefined,
    list: (source: Resolved['source'], shelf: ProvenShelf, cursor: { readonly cursor?: string }) => Promise<T>,
  ): Promise<T> => {
    const [own, shared] = shelvesOf(tenant);
    const onShared = cursor?.startsWith('p.') === true;
    const rest = cursor === undefined ? {} : { cursor: cursor.slice(2) };
    const page = onShared ? undefined : await list(...own, rest);
    const found =
      page !== undefined && (page.items.length > 0 || cursor !== undefined) ? page : await list(...shared, onShared ? rest : {});
    const next_cursor = found.next_cursor === null ? null : `${found === page ? 't.' : 'p.'}${found.next_cursor}`;
    return { ...found, next_cursor };
  };

  const routes = [
    route({
      method: 'POST',
      path: '/curator/{kind}/{id}/versions',
      action: 'curator.write',
      summary: 'Save a version; the answer names unresolved references and how its validation tests went',
      params: Closed(document),
      query: none,
      body: Closed({
        version: Version,
        message: Type.Optional(Sentence),
        parent: Type.Optional(Version),
        content: Type.Unknown(),
      }),
      answers: { 200: Saved, 201: Saved },
      async handle({ tenant, who, params, body: { version, message = '', parent, content }, trace, signal }) {
        const of = subjectOf(params);
        if (of.kind === 'models') throw new AncillaError('curator.kind', 'models come from training runs: POST /training/runs');
        const given = { ...of, version, message, content, author: who.id, trace_id: trace.trace_id };
        const { doc, created } = await save(tenant, { ...given, ...(parent !== undefined && { parent }) }, { signal });
        return [created ? 201 : 200, summaryOf(doc)] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/curator/{kind}/{id}/versions',
      action: 'curator.read',
      summary: 'List versions, newest first, without their content',
      params: Closed(document),
      query: paged,
      body: Type.Null(),
      answers: { 200: listOf(Summary) },
      async handle({ tenant, params, query: { limit, cursor }, signal }) {
        const equals = subjectOf(params);
        const page = await listFrom(tenant, cursor, async (source, shelf, at) => {
          const query = { index: 'by_document', equals, ...at, ...(limit !== undefined && { limit }) } as const;
          const { items, next_cursor } = await shelf.find(curatorVersions, query, { signal });
          return { items: items.map(({ doc }) => ({ ...summaryOf(doc), source })), next_cursor };
        });
        return [200, page] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/curator/{kind}/{id}/versions/{version}',
      action: 'curator.read',
      summary: 'Read one version, by its name or a label’s',
      params: Closed({ ...document, version: Version }),
      query: none,
      body: Type.Null(),
      answers: { 200: WholeVersion },
      async handle({ tenant, params, signal }) {
        const { doc, source } = await named(tenant, subjectOf(params), params.version, { signal });
        return [200, { ...summaryOf(doc), source, content: doc.content }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/curator/{kind}/{id}/diff',
      action: 'curator.read',
      summary: 'What turns one version into another: a JSON Patch (RFC 6902)',
      params: Closed(document),
      query: Closed({ from: Version, to: Version }),
      body: Type.Null(),
      answers: { 200: Patch },
      async handle({ tenant, params, query, signal }) {
        const of = subjectOf(params);
        const [from, to] = await Promise.all([named(tenant, of, query.from, { signal }), named(tenant, of, query.to, { signal })]);
        return [200, diff(from.doc.content, to.doc.content)] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/curator/{kind}/{id}/labels',
      action: 'curator.read',
      summary: 'The labels of a document and what each names',
      params: Closed(document),
      query: none,
      body: Type.Null(),
      answers: { 200: Closed({ items: Type.Array(LabelAnswer) }) },
      async handle({ tenant, params, signal }) {
        return [200, { items: await listLabels(shelvesOf(tenant), subjectOf(params), { signal }) }] as const;
      },
    }),
    route({
      method: 'PUT',
      path: '/curator/{kind}/{id}/labels/{label}',
      action: 'curator.move',
      summary: 'Move a label, forward or back, as the promotion policy allows; 202 when a second person must approve',
      params: labelled,
      query: none,
      body: Closed({ version: Version, reason: Reason }),
      answers: { 200: MovedAnswer, 202: WaitingAnswer },
      async handle({ tenant, tenant_id, who, params, body, trace, signal }) {
        const asked = { ...subjectOf(params), label: params.label, ...body, by: who.id, key_id: who.key_id, trace_id: trace.trace_id };
        const moved = await move({ tenant, tenant_id }, asked, { signal });
        return 'saga_id' in moved ? ([202, moved] as const) : ([200, moved] as const);
      },
    }),
    route({
      method: 'GET',
      path: '/curator/{kind}/{id}/labels/{label}',
      action: 'curator.read',
      summary: 'What a label names; with `at`, what it named then, with the entry that proves it',
      params: labelled,
      query: Closed({ at: Type.Optional(Timestamp) }),
      body: Type.Null(),
      answers: { 200: LabelAnswer },
      async handle({ tenant, params, query: { at }, signal }) {
        return [200, await readLabel(shelvesOf(tenant), subjectOf(params), params.label, at, { signal })] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/curator/{kind}/{id}/labels/{label}/history',
      action: 'curator.read',
      summary:
        'Every move of a label, newest first, each with its reason and the entry that proves it; `version` is null where the label was taken away',
      params: labelled,
      query: paged,
      body: Type.Null(),
      answers: { 200: listOf(MoveAnswer) },
      async handle({ tenant, params, query: { limit, cursor }, signal }) {
        const of = subjectOf(params);
        const page = await listFrom(tenant, cursor, (source, shelf, at) =>
          labelHistory([source, shelf], of, params.label, { ...at, ...(limit !== undefined && { limit }) }, { signal }),
        );
        return [200, page] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/curator/{kind}/{id}/labels/{label}/approvals',
      action: 'curator.read',
      summary: 'The move of this label that waits for a second person; `refused` where nobody can approve it any more',
      params: labelled,
      query: none,
      body: Type.Null(),
      answers: { 200: WaitingMove },
      async handle({ tenant, params, signal }) {
        return [200, await waiting(tenant, labelKey(subjectOf(params), params.label), { signal })] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/curator/{kind}/{id}/labels/{label}/approvals',
      action: 'curator.approve',
      summary: 'Approve another person’s move: of exactly the version that was asked for',
      params: labelled,
      query: none,
      body: Closed({ saga_id: LabelMove.properties.saga_id.anyOf[0] }),
      answers: { 202: LabelMove },
      async handle({ tenant, tenant_id, who, params, body: { saga_id }, signal }) {
        const asked = { ...subjectOf(params), label: params.label, saga_id, who };
        return [202, await approve({ tenant, tenant_id }, asked, { signal })] as const;
      },
    }),
  ];
  return [...routes, ...routes.map(asLibrarian)];
};

/** The same route for prompt templates alone, under the Librarian's name. */
const asLibrarian = (curator: Route): Route => ({
  ...curator,
  path: `/librarian/prompt_templates${curator.path.slice('/curator/{kind}'.length)}`,
  // Every route above has a closed object of parameters, `kind` among them.
  params: Closed(Type.Omit(curator.params as TObject, ['kind']).properties),
  handle: (request) => curator.handle({ ...request, params: { ...(request.params as object), kind: 'prompt_templates' } }),
});
