import type { Random, Route, TraceContext } from '@ancilla/contracts';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Tracer } from '@opentelemetry/api';
import { parseTraceparent } from './trace-context.ts';

/** The server's own span of one request. Its name is method and template: no id, no query. */
export interface RequestSpan {
  readonly trace: TraceContext;
  /** In which the handler runs, so that its spans hang below this one. */
  readonly context: Context;
  end(status: number): void;
}

/** Starts the span in the caller's trace, or in a new one. */
export function startRequestSpan(
  { tracer, random }: { readonly tracer: Tracer; readonly random: Random },
  { method, path }: Route,
  traceparent: string | undefined,
): RequestSpan {
  const remote = parseTraceparent(traceparent);
  const parent =
    remote === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, { traceId: remote.trace_id, spanId: remote.span_id, traceFlags: remote.flags, isRemote: true });
  const span = tracer.startSpan(
    `${method} ${path}`,
    { kind: SpanKind.SERVER, attributes: { 'http.request.method': method, 'http.route': path } },
    parent,
  );
  const { traceId, spanId } = span.spanContext();
  // Where nothing records, the tracer gives no ids, or the caller's; every request has some of its own all the same.
  const isOwn = trace.isSpanContextValid(span.spanContext()) && spanId !== remote?.span_id;
  const ids = isOwn ? { trace_id: traceId, span_id: spanId } : newIds(random, remote?.trace_id);
  return {
    trace: remote === undefined ? ids : { ...ids, parent_span_id: remote.span_id },
    context: isOwn ? trace.setSpan(parent, span) : parent,
    end(status) {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function newIds(random: Random, trace_id?: string): { readonly trace_id: string; readonly span_id: string } {
  const digits = Buffer.from(random.bytes(24)).toString('hex');
  return { trace_id: trace_id ?? digits.slice(0, 32), span_id: digits.slice(32) };
}
