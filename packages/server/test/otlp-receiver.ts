import { createServer } from 'node:http';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';

/** A span as a real OTLP/HTTP endpoint received it, in protobuf. */
export interface ReceivedSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Trace ids this span is linked to. */
  readonly links: readonly string[];
}
export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  spans(): readonly ReceivedSpan[];
  /** All bytes received, unpacked. */
  bytes(): Buffer;
}

interface Field {
  readonly number: number;
  readonly bytes: Buffer;
  readonly varint: bigint;
}

/** The fields of a protobuf message, in order. */
function fieldsOf(message: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const wire = key & 7;
    const start = wire === 2 ? Number(varint()) : 0;
    const length = wire === 2 ? start : wire === 1 ? 8 : wire === 5 ? 4 : 0;
    const value = wire === 0 ? varint() : 0n;
    fields.push({ number: key >> 3, bytes: message.subarray(at, at + length), varint: value });
    at += length;
  }
  return fields;
}
const all = (message: Buffer, number: number): readonly Buffer[] =>
  fieldsOf(message).flatMap((field) => (field.number === number ? [field.bytes] : []));
const first = (message: Buffer, number: number): Buffer => all(message, number)[0] ?? Buffer.alloc(0);

/** Field numbers of opentelemetry/proto/trace/v1/trace.proto. */
const toSpan = (span: Buffer): ReceivedSpan => ({
  trace_id: first(span, 1).toString('hex'),
  span_id: first(span, 2).toString('hex'),
  parent_span_id: first(span, 4).toString('hex'),
  name: first(span, 5).toString('utf8'),
  attributes: Object.fromEntries(all(span, 9).map((pair) => [first(pair, 1).toString('utf8'), first(first(pair, 2), 1).toString('utf8')])),
  links: all(span, 13).map((link) => first(link, 1).toString('hex')),
});

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const requests: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      if (request.url === '/v1/traces') requests.push(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      response.setHeader('content-type', 'application/x-protobuf').end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans: () =>
      requests.flatMap((request) => all(request, 1).flatMap((resource) => all(resource, 2).flatMap((scope) => all(scope, 2).map(toSpan)))),
    bytes: () => Buffer.concat(requests),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
