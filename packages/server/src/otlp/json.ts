// OTLP in JSON: the protobuf mapping with ids in hex and 64-bit integers as text or number.
import { Budget, Octets, toReceived, Unreadable, type Attributes, type Received, type Span, type Value } from './spans.ts';

type Fields = Readonly<Record<string, unknown>>;

const fields = (of: unknown, what: string): Fields => {
  if (typeof of !== 'object' || of === null || Array.isArray(of)) throw new Unreadable(`${what} must be an object`);
  return Object.fromEntries(Object.entries(of));
};
const list = (of: unknown, what: string): readonly unknown[] => {
  if (of === undefined || of === null) return [];
  if (!Array.isArray(of)) throw new Unreadable(`${what} must be a list`);
  return of;
};
/** A text cut off inside an emoji, as limits on lengths cut it, has half of a pair: it is replaced, as protobuf's UTF-8 does, or no store would take the span. */
const text = (of: unknown): string => (typeof of === 'string' ? of.toWellFormed() : '');
const whole = (of: unknown): number => (typeof of === 'number' && Number.isInteger(of) ? of : 0);
const nanos = (of: unknown): bigint => {
  if (typeof of === 'string' && /^\d{1,20}$/.test(of)) return BigInt.asUintN(64, BigInt(of));
  return typeof of === 'number' && of >= 0 && Number.isFinite(of) ? BigInt.asUintN(64, BigInt(Math.trunc(of))) : 0n;
};

function readValue(of: unknown, budget: Budget, depth: number): Value {
  if (!budget.value(depth)) return null;
  if (of === undefined || of === null) return null;
  const given = fields(of, 'a value');
  if (typeof given['stringValue'] === 'string') return text(given['stringValue']);
  if (typeof given['boolValue'] === 'boolean') return given['boolValue'];
  if ('intValue' in given) return readInteger(given['intValue']);
  if ('doubleValue' in given) return readDouble(given['doubleValue']);
  if ('arrayValue' in given)
    return list(fields(given['arrayValue'], 'arrayValue')['values'], 'values').map((each) => readValue(each, budget, depth + 1));
  if ('kvlistValue' in given)
    return Object.fromEntries(readAttributes(fields(given['kvlistValue'], 'kvlistValue')['values'], budget, depth + 1));
  if ('bytesValue' in given) return new Octets(Math.floor((text(given['bytesValue']).length * 3) / 4));
  return null;
}

function readInteger(of: unknown): number | string {
  const read = typeof of === 'string' && /^-?\d{1,20}$/.test(of) ? BigInt(of) : typeof of === 'number' ? of : undefined;
  if (read === undefined) throw new Unreadable('intValue must be a whole number');
  return typeof read === 'number' || BigInt(Number(read)) === read ? Number(read) : String(read);
}

/** NaN and the infinities are written as texts; none of them is a measurement. */
const readDouble = (of: unknown): number | null => (typeof of === 'number' && Number.isFinite(of) ? of : null);

function readAttributes(of: unknown, budget: Budget, depth: number): Attributes {
  const attributes = new Map<string, Value>();
  for (const each of list(of, 'attributes')) {
    const pair = fields(each, 'an attribute');
    attributes.set(text(pair['key']), readValue(pair['value'], budget, depth));
  }
  return attributes;
}

/** @throws {Unreadable} for what is no export request, {@link TooMuch} past the bounds */
export function readJson(of: unknown): readonly Received[] {
  const budget = new Budget();
  return list(fields(of, 'the request')['resourceSpans'], 'resourceSpans').flatMap((each) => {
    const resourceSpans = fields(each, 'resourceSpans');
    const resource = readAttributes(fields(resourceSpans['resource'] ?? {}, 'resource')['attributes'], budget, 1);
    const inDeepResource = budget.wasTooDeep();
    return list(resourceSpans['scopeSpans'], 'scopeSpans').flatMap((inner) => {
      const scopeSpans = fields(inner, 'scopeSpans');
      const given = fields(scopeSpans['scope'] ?? {}, 'scope');
      const scope = {
        name: text(given['name']),
        version: text(given['version']),
        attributes: readAttributes(given['attributes'], budget, 1),
      };
      const inDeepScope = budget.wasTooDeep() || inDeepResource;
      return list(scopeSpans['spans'], 'spans').map((sent): Received => {
        budget.span();
        const span = readSpan(fields(sent, 'a span'), budget);
        return toReceived({ resource, scope, span }, budget.wasTooDeep() || inDeepScope);
      });
    });
  });
}

const readSpan = (of: Fields, budget: Budget): Span => {
  const status = fields(of['status'] ?? {}, 'status');
  return {
    trace_id: text(of['traceId']).toLowerCase(),
    span_id: text(of['spanId']).toLowerCase(),
    parent_span_id: text(of['parentSpanId']).toLowerCase(),
    name: text(of['name']),
    kind: whole(of['kind']),
    start: nanos(of['startTimeUnixNano']),
    end: nanos(of['endTimeUnixNano']),
    attributes: readAttributes(of['attributes'], budget, 1),
    events: list(of['events'], 'events').map((each) => {
      const event = fields(each, 'an event');
      budget.value(1);
      return { name: text(event['name']), attributes: readAttributes(event['attributes'], budget, 1) };
    }),
    links: list(of['links'], 'links').map((each) => {
      const link = fields(each, 'a link');
      budget.value(1);
      return {
        trace_id: text(link['traceId']).toLowerCase(),
        span_id: text(link['spanId']).toLowerCase(),
        attributes: readAttributes(link['attributes'], budget, 1),
      };
    }),
    status: { code: whole(status['code']), message: text(status['message']) },
  };
};
