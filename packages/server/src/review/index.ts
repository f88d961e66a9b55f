// People decide: the queue of suggestions, and the five decisions that become mapping_history.
import {
  AncillaError,
  Decision,
  Id,
  Mapping,
  mappingHistory,
  MappingSuggestion,
  mappingSuggestions,
  route,
  Sentence,
  toTimestamp,
  type Clock,
  type Room,
} from '@ancilla/contracts';
import { context, ROOT_CONTEXT, SpanKind, trace, type Tracer } from '@opentelemetry/api';
import { Type } from 'typebox';
import type { Gates } from '../ingest/index.ts';
import type { Glossaries } from '../mapping/index.ts';
import { decide, repeats, type Verdict } from './decide.ts';

export interface ReviewParts {
  readonly gates: Gates;
  readonly glossaries: Glossaries;
  readonly clock: Clock;
  readonly tracer: Tracer;
}

export const openReview = ({ gates, glossaries, clock, tracer }: ReviewParts) =>
  ({
    routes: [
      route({
        method: 'GET',
        path: '/review/queue',
        action: 'review.read',
        summary: 'Suggestions, newest first; open ones unless told',
        params: Type.Object({}),
        query: Type.Object(
          {
            status: Type.Optional(MappingSuggestion.properties.status),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
            cursor: Type.Optional(Type.String({ maxLength: 1024 })),
          },
          { additionalProperties: false },
        ),
        body: Type.Null(),
        answers: { 200: Type.Object({ items: Type.Array(MappingSuggestion), next_cursor: Type.Union([Type.String(), Type.Null()]) }) },
        async handle({ tenant, query: { status = 'open', limit, cursor }, signal }) {
          const page = await tenant.find(
            mappingSuggestions,
            { index: 'by_status', equals: { status }, ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) },
            { signal },
          );
          const items = page.items.map(({ doc }) => doc);
          return [200, { items, next_cursor: page.next_cursor }] as const;
        },
      }),
      route({
        method: 'POST',
        path: '/review/{suggestion_id}/decision',
        action: 'review.decide',
        summary: 'Decide on a suggestion; repeating the same decision answers the same, a correction names what it supersedes',
        params: Type.Object({ suggestion_id: Id('su') }),
        query: Type.Object({}),
        body: Type.Object(
          {
            decision: Decision,
            semantic_id: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
            justification: Type.Optional(Sentence),
            supersedes: Type.Optional(Id('mh')),
          },
          { additionalProperties: false },
        ),
        answers: { 201: Mapping },
        async handle({ tenant, tenant_id, who, params, body, trace: click, signal }) {
          const io = { signal };
          const was = await tenant.get(mappingSuggestions, params.suggestion_id, io);
          if (was === undefined) throw new AncillaError('not_found', `no suggestion ${params.suggestion_id}`);
          const gate = await gates.of({ tenant, tenant_id }, io);
          const verdict: Verdict = {
            decision: body.decision,
            semantic_id: body.semantic_id,
            justification: body.justification === undefined ? undefined : gate.text(body.justification).text,
            supersedes: body.supersedes,
          };
          const inForce =
            was.doc.mapping_history_id === undefined ? undefined : await tenant.get(mappingHistory, was.doc.mapping_history_id, io);
          if (inForce !== undefined && repeats(inForce.doc, verdict, who.id)) return [201, inForce.doc] as const;

          const glossary = await glossaries.get(tenant, was.doc.glossary, io);
          // The click has a trace of its own; the approval is a span of the suggestion's trace, linked to it.
          const parent = trace.setSpanContext(ROOT_CONTEXT, {
            traceId: was.doc.trace_id,
            spanId: was.doc.span_id,
            traceFlags: 1,
            isRemote: true,
          });
          const span = tracer.startSpan(
            'review decision',
            {
              kind: SpanKind.INTERNAL,
              links: [{ context: { traceId: click.trace_id, spanId: click.span_id, traceFlags: 1 } }],
              attributes: {
                'ancilla.tenant_id': tenant_id,
                'ancilla.suggestion_id': was.doc.suggestion_id,
                'ancilla.decision': body.decision,
              },
            },
            parent,
          );
          try {
            return await context.with(trace.setSpan(parent, span), async () => {
              const { mapping, writes } = decide(was, verdict, {
                reviewer_id: who.id,
                review_trace_id: click.trace_id,
                decided_at: toTimestamp(clock.now()),
                isTerm: (id) => glossary.has(id),
              });
              await tenant.commit(writes, [], io);
              span.setAttribute('ancilla.mapping_history_id', mapping.mapping_history_id);
              return [201, mapping] as const;
            });
          } finally {
            span.end();
          }
        },
      }),
    ],
  }) satisfies Room;
