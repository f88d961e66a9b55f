// What an OTLP trace export says, whichever way it was written: the parts of it that anything here reads.

/** A value of an attribute. Bytes are never kept, so only how many there were is known of them. */
export type Value = null | boolean | number | string | Octets | readonly Value[] | { readonly [key: string]: Value };
export class Octets {
  readonly length: number;
  constructor(length: number) {
    this.length = length;
  }
}
export type Attributes = ReadonlyMap<string, Value>;

export interface SpanEvent {
  readonly name: string;
  readonly attributes: Attributes;
}
export interface SpanLink {
  readonly trace_id: string;
  readonly span_id: string;
  readonly attributes: Attributes;
}

export interface Span {
  /** Lower-case hex; whatever was sent, also when it is no id. */
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly name: string;
  readonly kind: number;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly status: { readonly code: number; readonly message: string };
}

/** A span with what its resource and its scope say. */
export interface Received {
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: Attributes };
  readonly span: Span;
  /** What lies deeper than {@link bounds} was not read: the span is not as it was sent. */
  readonly isTooDeep?: true;
}

/** Past the depth a span is refused, past any other the request whole: nothing is taken in part. */
export const bounds = { spans: 10_000, values: 500_000, depth: 32, attributes: 4096 } as const;

/** Counts what was read of one request. */
export class Budget {
  #values = 0;
  #spans = 0;
  #isTooDeep = false;

  /** @returns whether it is to be read. @throws {TooMuch} */
  value(depth: number): boolean {
    if (++this.#values > bounds.values) throw new TooMuch(`more than ${bounds.values} values`);
    if (depth <= bounds.depth) return true;
    this.#isTooDeep = true;
    return false;
  }

  /** Whether anything was too deep since this was last asked. */
  wasTooDeep(): boolean {
    const was = this.#isTooDeep;
    this.#isTooDeep = false;
    return was;
  }

  /** @throws {TooMuch} */
  span(): void {
    if (++this.#spans > bounds.spans) throw new TooMuch(`more than ${bounds.spans} spans`);
  }
}

/** A span as it is to be judged. @param isTooDeep - something of its resource, its scope or itself was not read */
export const toReceived = (received: Received, isTooDeep: boolean): Received => (isTooDeep ? { ...received, isTooDeep } : received);

/** A request past its bounds. */
export class TooMuch extends Error {}
/** A request that is no OTLP. */
export class Unreadable extends Error {}

/** A value as JSON: what a retry is compared by. */
export const toJson = (value: Value): unknown =>
  value instanceof Octets
    ? { octets: value.length }
    : Array.isArray(value)
      ? value.map(toJson)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]))
        : value;
