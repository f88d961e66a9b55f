import {
  AncillaError,
  isAncillaError,
  mappingHistory,
  mappingSuggestions,
  toTimestamp,
  type Clock,
  type Io,
  type Mapping,
  type MappingSuggestion,
  type TenantStore,
  type TraceContext,
} from '@ancilla/contracts';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { Gates } from '../ingest/index.ts';
import type { Glossaries } from '../mapping/index.ts';
import { decide, repeats, type Verdict } from './decide.ts';

export interface ReviewParts {
  readonly gates: Gates;
  readonly glossaries: Glossaries;
  readonly clock: Clock;
  readonly tracer: Tracer;
}

/** A person's decision as it arrives. */
export interface Said {
  readonly suggestion_id: string;
  /** Its justification not yet redacted. */
  readonly verdict: Verdict;
  /** From the credential, never from the body. */
  readonly reviewer_id: string;
  /** The click's own trace. */
  readonly click: TraceContext;
}

/** Suggestions for one column that a correction may concern: the newest. */
const EARLIER = 50;

/** Commits decisions, each once, as a span of the suggestion's trace. */
export function openDecisions({ gates, glossaries, clock, tracer }: ReviewParts) {
  /** Decides on what is in force now; whoever was overtaken looks again. */
  async function commit(tenant: TenantStore, verdict: Verdict, { suggestion_id, reviewer_id, click }: Said, io: Io): Promise<Mapping> {
    for (let last = false; ; last = true) {
      const was = await suggestionOf(tenant, suggestion_id, io);
      const { mapping_history_id, glossary: named } = was.doc;
      const inForce = mapping_history_id === undefined ? undefined : await tenant.get(mappingHistory, mapping_history_id, io);
      if (inForce !== undefined && repeats(inForce.doc, verdict, reviewer_id)) return inForce.doc;
      const glossary = await glossaries.get(tenant, named, io);
      const { dataset, table, column } = was.doc;
      const { items: earlier } =
        verdict.supersedes === undefined
          ? { items: [] }
          : await tenant.find(mappingSuggestions, { index: 'by_column', equals: { dataset, table, column }, limit: EARLIER }, io);
      const deciding = {
        reviewer_id,
        review_trace_id: click.trace_id,
        decided_at: toTimestamp(clock.now()),
        isTerm: (id: string) => glossary.has(id),
      };
      const { mapping, writes } = decide(was, verdict, deciding, earlier);
      try {
        await tenant.commit(writes, [], io);
        return mapping;
      } catch (error) {
        if (last || !isAncillaError(error, 'store.conflict', 'store.revision_conflict')) throw error;
      }
    }
  }

  return async (
    { tenant, tenant_id }: { readonly tenant: TenantStore; readonly tenant_id: string },
    said: Said,
    io: Io,
  ): Promise<Mapping> => {
    const { doc } = await suggestionOf(tenant, said.suggestion_id, io);
    const gate = await gates.of({ tenant, tenant_id }, io);
    const { justification } = said.verdict;
    const verdict = { ...said.verdict, justification: justification === undefined ? undefined : gate.text(justification).text };
    const parent = parentOf(doc);
    const span = tracer.startSpan(
      'review decision',
      {
        kind: SpanKind.INTERNAL,
        // The click has a trace of its own; the approval is a span of the suggestion's trace, linked to it.
        links: [{ context: { traceId: said.click.trace_id, spanId: said.click.span_id, traceFlags: 1 } }],
        attributes: { 'ancilla.tenant_id': tenant_id, 'ancilla.suggestion_id': doc.suggestion_id, 'ancilla.decision': verdict.decision },
      },
      parent,
    );
    try {
      const mapping = await context.with(trace.setSpan(parent, span), () => commit(tenant, verdict, said, io));
      span.setAttribute('ancilla.mapping_history_id', mapping.mapping_history_id);
      return mapping;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  };
}

/** @throws {AncillaError} `not_found`, for another tenant's as for one that never was */
async function suggestionOf(tenant: TenantStore, suggestion_id: string, io: Io) {
  const found = await tenant.get(mappingSuggestions, suggestion_id, io);
  if (found === undefined) throw new AncillaError('not_found', `no suggestion ${suggestion_id}`);
  return found;
}

const parentOf = ({ trace_id, span_id }: MappingSuggestion) =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId: trace_id, spanId: span_id, traceFlags: 1, isRemote: true });
