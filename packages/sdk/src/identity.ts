// Runs in browsers too. Which trace and span a call is, and what may be said of an error and of an endpoint.
import { context, isSpanContextValid, trace, type Context, type Span } from '@opentelemetry/api';
import type { CallOptions, CallParts } from './call-options.ts';

/** The context a call's span hangs below. Ids that are none of W3C's begin a trace of their own, as the standard says of such a header. */
export function parentContext(of: CallOptions['trace']): Context {
  const given = of && { traceId: of.trace_id, spanId: of.span_id, traceFlags: 1, isRemote: true };
  return given !== undefined && isSpanContextValid(given) ? trace.setSpanContext(context.active(), given) : context.active();
}

/** The span's own ids; without an OpenTelemetry provider, ids of our own, so that evidence has them all the same. */
export function identity(
  span: Span,
  parent: Context,
  { newTraceId, newSpanId }: Pick<CallParts, 'newTraceId' | 'newSpanId'>,
): { readonly trace_id: string; readonly span_id: string } {
  if (span.isRecording()) return { trace_id: span.spanContext().traceId, span_id: span.spanContext().spanId };
  return { trace_id: trace.getSpanContext(parent)?.traceId ?? newTraceId(), span_id: newSpanId() };
}

const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A stable word for an error: its code or its class, never its text. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'error';
  const code: unknown = Reflect.get(error, 'code');
  const name: unknown = Reflect.get(error, 'name');
  return [code, name].find((word): word is string => typeof word === 'string' && CODE.test(word)) ?? 'error';
}

const LOCAL_SCHEME = /^[a-z][a-z0-9+.-]{0,31}:[A-Za-z0-9._-]{1,64}$/;
/** Origin only: user, path and query of an endpoint may hold secrets. */
export function toOrigin(endpoint: string): string {
  const url = URL.parse(endpoint);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin;
  if (LOCAL_SCHEME.test(endpoint)) return endpoint;
  throw new TypeError('model.endpoint is an http(s) URL, or a local name such as embedded:glove');
}
