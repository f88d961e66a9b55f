/** The caller's place in a trace. */
export interface RemoteSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly flags: number;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent` header; undefined for one that the standard says to ignore. @see W3C Trace Context section 3.2 */
export function parseTraceparent(header: string | undefined): RemoteSpan | undefined {
  const [, version, trace_id = '', span_id = '', flags = '', rest] = FORM.exec(header ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(trace_id) || /^0+$/.test(span_id)) return undefined;
  return { trace_id, span_id, flags: Number.parseInt(flags, 16) };
}
