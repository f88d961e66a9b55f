// OTLP in protobuf, read and written by hand: opentelemetry/proto/{common,resource,trace}/v1. A schema compiler would bring a generator and a runtime for ten messages.
import {
  Budget,
  Octets,
  toReceived,
  Unreadable,
  type Attributes,
  type Received,
  type Span,
  type SpanEvent,
  type SpanLink,
  type Value,
} from './spans.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** A walk over the fields of one message. */
class Message {
  readonly #bytes: Buffer;
  #at = 0;
  field = 0;
  #wire = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Steps to the next field; what was not read of the last one must have been skipped. */
  next(): boolean {
    if (this.#at >= this.#bytes.length) return false;
    const key = Number(this.#varint());
    this.field = Math.floor(key / 8);
    this.#wire = key % 8;
    if (this.field === 0) throw new Unreadable('a field without a number');
    return true;
  }

  skip(): void {
    if (this.#wire === VARINT) this.#varint();
    else if (this.#wire === FIXED64) this.#take(8);
    else if (this.#wire === LENGTH) this.#take(Number(this.#varint()));
    else if (this.#wire === FIXED32) this.#take(4);
    else throw new Unreadable('a field of a kind that OTLP does not use');
  }

  bytes(): Buffer {
    this.#expect(LENGTH);
    return this.#take(Number(this.#varint()));
  }
  text(): string {
    return this.bytes().toString('utf8');
  }
  int(): bigint {
    this.#expect(VARINT);
    return BigInt.asIntN(64, this.#varint());
  }
  fixed64(): bigint {
    this.#expect(FIXED64);
    return this.#take(8).readBigUInt64LE();
  }
  double(): number {
    this.#expect(FIXED64);
    return this.#take(8).readDoubleLE();
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw new Unreadable(`field ${this.field} is of another kind`);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (!(end <= this.#bytes.length)) throw new Unreadable('a field is cut short');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #varint(): bigint {
    // Seven bytes fit a number exactly; longer ones are rare.
    let small = 0;
    let factor = 1;
    for (let count = 0; count < 7; count++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Unreadable('a number is cut short');
      small += (byte & 0x7f) * factor;
      if (byte < 0x80) return BigInt(small);
      factor *= 128;
    }
    let large = BigInt(small);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Unreadable('a number is cut short');
      large |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return large;
    }
    throw new Unreadable('a number is too long');
  }
}

function readValue(bytes: Buffer, budget: Budget, depth: number): Value {
  if (!budget.value(depth)) return null;
  let value: Value = null;
  for (const message = new Message(bytes); message.next();) {
    if (message.field === 1) value = message.text();
    else if (message.field === 2) value = message.int() !== 0n;
    else if (message.field === 3) value = toNumber(message.int());
    else if (message.field === 4) value = message.double();
    else if (message.field === 5) value = readList(message.bytes(), budget, depth);
    else if (message.field === 6) value = Object.fromEntries(readPairs(message.bytes(), budget, depth));
    else if (message.field === 7) value = new Octets(message.bytes().length);
    else message.skip();
  }
  return value;
}

function readList(bytes: Buffer, budget: Budget, depth: number): readonly Value[] {
  const list: Value[] = [];
  for (const message = new Message(bytes); message.next();)
    if (message.field === 1) list.push(readValue(message.bytes(), budget, depth + 1));
    else message.skip();
  return list;
}

function readPairs(bytes: Buffer, budget: Budget, depth: number): Map<string, Value> {
  const pairs = new Map<string, Value>();
  for (const message = new Message(bytes); message.next();)
    if (message.field === 1) readPair(message.bytes(), budget, depth + 1, pairs);
    else message.skip();
  return pairs;
}

function readPair(bytes: Buffer, budget: Budget, depth: number, into: Map<string, Value>): void {
  let key = '';
  let value: Value = null;
  for (const message = new Message(bytes); message.next();)
    if (message.field === 1) key = message.text();
    else if (message.field === 2) value = readValue(message.bytes(), budget, depth);
    else message.skip();
  into.set(key, value);
}

/** An integer as a number where that is exact. */
const toNumber = (value: bigint): number | string => (BigInt(Number(value)) === value ? Number(value) : String(value));

/** @throws {Unreadable} for what is no export request, {@link TooMuch} past the bounds */
export function readProtobuf(bytes: Buffer): readonly Received[] {
  const budget = new Budget();
  const all: Received[] = [];
  for (const request = new Message(bytes); request.next();)
    if (request.field === 1) readResourceSpans(request.bytes(), budget, all);
    else request.skip();
  return all;
}

function readResourceSpans(bytes: Buffer, budget: Budget, into: Received[]): void {
  let resource: Attributes = new Map();
  const scopes: Buffer[] = [];
  for (const message = new Message(bytes); message.next();)
    if (message.field === 1) resource = readResource(message.bytes(), budget);
    else if (message.field === 2) scopes.push(message.bytes());
    else message.skip();
  const isTooDeep = budget.wasTooDeep();
  for (const each of scopes) readScopeSpans(each, { resource, isTooDeep }, budget, into);
}

function readResource(bytes: Buffer, budget: Budget): Attributes {
  const attributes = new Map<string, Value>();
  for (const message = new Message(bytes); message.next();)
    if (message.field === 1) readPair(message.bytes(), budget, 1, attributes);
    else message.skip();
  return attributes;
}

function readScopeSpans(
  bytes: Buffer,
  { resource, isTooDeep }: { readonly resource: Attributes; readonly isTooDeep: boolean },
  budget: Budget,
  into: Received[],
): void {
  const scope = { name: '', version: '', attributes: new Map<string, Value>() };
  const spans: Buffer[] = [];
  for (const message = new Message(bytes); message.next();)
    if (message.field === 1) {
      for (const part = new Message(message.bytes()); part.next();)
        if (part.field === 1) scope.name = part.text();
        else if (part.field === 2) scope.version = part.text();
        else if (part.field === 3) readPair(part.bytes(), budget, 1, scope.attributes);
        else part.skip();
    } else if (message.field === 2) spans.push(message.bytes());
    else message.skip();
  const inDeepScope = budget.wasTooDeep() || isTooDeep;
  for (const each of spans) {
    budget.span();
    const span = readSpan(each, budget);
    into.push(toReceived({ resource, scope, span }, budget.wasTooDeep() || inDeepScope));
  }
}

function readSpan(bytes: Buffer, budget: Budget): Span {
  const attributes = new Map<string, Value>();
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  const read = { trace_id: '', span_id: '', parent_span_id: '', name: '', kind: 0, start: 0n, end: 0n };
  let status = { code: 0, message: '' };
  for (const message = new Message(bytes); message.next();)
    if (message.field === 1) read.trace_id = message.bytes().toString('hex');
    else if (message.field === 2) read.span_id = message.bytes().toString('hex');
    else if (message.field === 4) read.parent_span_id = message.bytes().toString('hex');
    else if (message.field === 5) read.name = message.text();
    else if (message.field === 6) read.kind = Number(message.int());
    else if (message.field === 7) read.start = message.fixed64();
    else if (message.field === 8) read.end = message.fixed64();
    else if (message.field === 9) readPair(message.bytes(), budget, 1, attributes);
    else if (message.field === 11) events.push(readEvent(message.bytes(), budget));
    else if (message.field === 13) links.push(readLink(message.bytes(), budget));
    else if (message.field === 15) status = readStatus(message.bytes());
    else message.skip();
  return { ...read, attributes, events, links, status };
}

function readEvent(bytes: Buffer, budget: Budget): SpanEvent {
  budget.value(1);
  const attributes = new Map<string, Value>();
  let name = '';
  for (const message = new Message(bytes); message.next();)
    if (message.field === 2) name = message.text();
    else if (message.field === 3) readPair(message.bytes(), budget, 1, attributes);
    else message.skip();
  return { name, attributes };
}

function readLink(bytes: Buffer, budget: Budget): SpanLink {
  budget.value(1);
  const attributes = new Map<string, Value>();
  const ids = { trace_id: '', span_id: '' };
  for (const message = new Message(bytes); message.next();)
    if (message.field === 1) ids.trace_id = message.bytes().toString('hex');
    else if (message.field === 2) ids.span_id = message.bytes().toString('hex');
    else if (message.field === 4) readPair(message.bytes(), budget, 1, attributes);
    else message.skip();
  return { ...ids, attributes };
}

function readStatus(bytes: Buffer): Span['status'] {
  const status = { code: 0, message: '' };
  for (const message = new Message(bytes); message.next();)
    if (message.field === 2) status.message = message.text();
    else if (message.field === 3) status.code = Number(message.int());
    else message.skip();
  return status;
}

// Writing: spans that were cleaned; bytes are never kept, so none are written.

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  bytes.push(Number(left));
  return Buffer.from(bytes);
}
const number = (field: number, value: bigint): Buffer => Buffer.concat([varint(BigInt(field * 8 + VARINT)), varint(value)]);
const block = (field: number, ...parts: readonly Uint8Array[]): Buffer => {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint(BigInt(field * 8 + LENGTH)), varint(BigInt(length)), ...parts]);
};
const text = (field: number, value: string): Buffer => block(field, Buffer.from(value, 'utf8'));
const id = (field: number, hex: string): Buffer => (hex === '' ? Buffer.alloc(0) : block(field, Buffer.from(hex, 'hex')));
function fixed(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Buffer.concat([varint(BigInt(field * 8 + FIXED64)), bytes]);
}

function valueField(field: number, of: Value): Buffer {
  if (typeof of === 'string') return block(field, text(1, of));
  if (typeof of === 'boolean') return block(field, number(2, of ? 1n : 0n));
  if (typeof of === 'number') {
    if (Number.isSafeInteger(of)) return block(field, number(3, BigInt(of)));
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(of);
    return block(field, Buffer.concat([varint(BigInt(4 * 8 + FIXED64)), bytes]));
  }
  if (Array.isArray(of)) return block(field, block(5, ...of.map((item: Value) => valueField(1, item))));
  return typeof of === 'object' && of !== null && !(of instanceof Octets)
    ? block(field, block(6, ...pairs(1, new Map(Object.entries(of)))))
    : block(field);
}
const pairs = (field: number, attributes: Attributes): readonly Buffer[] =>
  [...attributes].map(([key, of]) => block(field, text(1, key), valueField(2, of)));

/** An export request of these spans, for any OTLP/HTTP receiver. */
export function writeProtobuf(all: readonly Received[]): Buffer {
  return Buffer.concat(
    all.map(({ resource, scope, span }) =>
      block(
        1,
        block(1, ...pairs(1, resource)),
        block(
          2,
          block(1, text(1, scope.name), text(2, scope.version), ...pairs(3, scope.attributes)),
          block(
            2,
            id(1, span.trace_id),
            id(2, span.span_id),
            id(4, span.parent_span_id),
            text(5, span.name),
            number(6, BigInt(span.kind)),
            fixed(7, span.start),
            fixed(8, span.end),
            ...pairs(9, span.attributes),
            ...span.events.map((event) => block(11, fixed(1, span.start), text(2, event.name), ...pairs(3, event.attributes))),
            ...span.links.map((link) => block(13, id(1, link.trace_id), id(2, link.span_id), ...pairs(4, link.attributes))),
            block(15, text(2, span.status.message), number(3, BigInt(span.status.code))),
          ),
        ),
      ),
    ),
  );
}

/** The answer to an export: empty when every span was taken. */
export const writeAnswer = (rejected: number, message: string): Buffer =>
  rejected === 0 && message === '' ? Buffer.alloc(0) : block(1, number(1, BigInt(rejected)), text(2, message));
