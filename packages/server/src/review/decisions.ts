import {
  AncillaError,
  insert,
  isAncillaError,
  mappingHistory,
  mappingSuggestions,
  reviewOpinions,
  toTimestamp,
  type Clock,
  type Io,
  type Mapping,
  type MappingSuggestion,
  type Of,
  type Stored,
  type TenantStore,
  type TraceContext,
} from '@ancilla/contracts';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { Glossaries } from '../mapping/index.ts';
import { checkDue, correctedCheck, opinionId, toMapping, toOpinion } from './checks.ts';
import { decide, repeats, type Deciding, type Verdict } from './decide.ts';
import { decideBeside } from './in-force.ts';
import type { Checking } from './policy.ts';

export interface ReviewParts {
  readonly checking: (of: Of, io: Io) => Promise<Checking>;
  readonly glossaries: Glossaries;
  readonly clock: Clock;
  readonly tracer: Tracer;
}

/** A person's decision as it arrives. */
export interface Said {
  readonly suggestion_id: string;
  readonly verdict: Verdict;
  /** From the credential, never from the body. */
  readonly reviewer_id: string;
  /** The click's own trace. */
  readonly click: TraceContext;
}

/** Commits decisions, each once, as a span of the suggestion's trace. */
export function openDecisions({ checking, glossaries, clock, tracer }: ReviewParts) {
  /** Decides on what is in force now; whoever was overtaken looks again. */
  async function commit(of: Of, { suggestion_id, verdict, reviewer_id, click }: Said, io: Io): Promise<Mapping> {
    const { tenant } = of;
    const checks = await checking(of, io);
    for (let last = false; ; last = true) {
      const was = await suggestionOf(tenant, suggestion_id, io);
      const { mapping_history_id, glossary: named } = was.doc;
      const inForce = mapping_history_id === undefined ? undefined : await tenant.get(mappingHistory, mapping_history_id, io);
      if (inForce !== undefined && repeats(inForce.doc, verdict, reviewer_id)) return inForce.doc;
      const glossary = await glossaries.get(tenant, named, io);
      const deciding = {
        reviewer_id,
        review_trace_id: click.trace_id,
        decided_at: toTimestamp(clock.now()),
        isTerm: (id: string) => glossary.has(id),
        blind: checks.isBlind(suggestion_id),
      };
      if (was.doc.status === 'decided') {
        const said = await opinion(tenant, was, verdict, deciding, checks, io);
        if (said !== undefined) return said;
      }
      const { mapping, writes } = await decideBeside(tenant, was, verdict, deciding, io);
      try {
        await tenant.commit(writes, [], io);
        return mapping;
      } catch (error) {
        if (last || !isAncillaError(error, 'store.conflict', 'store.revision_conflict')) throw error;
      }
    }
  }

  /** What a person says who was asked again, unknowing, or how they correct it; undefined when they were not. */
  async function opinion(
    tenant: TenantStore,
    was: Stored<typeof mappingSuggestions>,
    verdict: Verdict,
    deciding: Deciding,
    checks: Checking,
    io: Io,
  ): Promise<Mapping | undefined> {
    const { suggestion_id } = was.doc;
    const { supersedes, ...answer } = verdict;
    const id = opinionId(suggestion_id, deciding.reviewer_id, supersedes);
    const had = await tenant.get(reviewOpinions, id, io);
    if (had !== undefined) return repeats(had.doc, verdict, deciding.reviewer_id) ? toMapping(had.doc) : undefined;
    const check =
      supersedes === undefined
        ? await checkDue(tenant, was, deciding.reviewer_id, checks, io)
        : await correctedCheck(tenant, { suggestion_id, reviewer_id: deciding.reviewer_id, supersedes }, io);
    if (check === undefined) return undefined;
    const open = { ...was, doc: { ...was.doc, status: 'open' as const } };
    const { mapping: said } = decide(open, answer, deciding);
    const mapping = { ...said, mapping_history_id: id, ...(supersedes !== undefined && { supersedes }) };
    await tenant.commit([insert(reviewOpinions, toOpinion(mapping, check))], [], io);
    return mapping;
  }

  return async (of: Of, said: Said, io: Io): Promise<Mapping> => {
    const { doc } = await suggestionOf(of.tenant, said.suggestion_id, io);
    const parent = parentOf(doc);
    const span = tracer.startSpan(
      'review decision',
      {
        kind: SpanKind.INTERNAL,
        // The click has a trace of its own; the approval is a span of the suggestion's trace, linked to it.
        links: [{ context: { traceId: said.click.trace_id, spanId: said.click.span_id, traceFlags: 1 } }],
        attributes: {
          'ancilla.tenant_id': of.tenant_id,
          'ancilla.suggestion_id': doc.suggestion_id,
          'ancilla.decision': said.verdict.decision,
        },
      },
      parent,
    );
    try {
      const mapping = await context.with(trace.setSpan(parent, span), () => commit(of, said, io));
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
