import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { sha256Hex } from '@ancilla/evidence';
import { tenantDefaultPolicy } from '@ancilla/redaction';
import { openGate } from '../ingest/index.ts';
import { toEvent } from './call.ts';
import { cleanSpan } from './clean.ts';
import { ANSWER, dialects, spanOf } from './dialects.fixture.ts';
import { Facts } from './facts.ts';
import { readJson } from './json.ts';
import { formatLeakReport, openLeakReport } from './leak-report.ts';
import { contentOf } from './messages.ts';
import { readProtobuf, writeProtobuf } from './protobuf.ts';
import { bounds, TooMuch, Unreadable, type Received } from './spans.ts';

const ids = { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7' };
const gate = openGate({ policy: { ...tenantDefaultPolicy, default_action: 'mask' }, tokenKey: undefined });
const cleaner = { isClean: (text: string) => gate.text(text).text === text, hash: (text: string) => String(text.length).padStart(16, '0') };
const receivedOf = (name: string, user: string): Received => {
  const written = dialects[name]?.(user);
  if (written === undefined) throw new TypeError(name);
  return {
    resource: new Map([['service.name', 'shop']]),
    scope: { name: written.scope, version: '1.2.3', attributes: new Map() },
    span: spanOf(written, ids),
  };
};
const USER = 'Where is the parcel of jane.roe@example.org?';

/** As the SDK makes it: RFC 8785 JSON of the redacted messages. */
const HASH = sha256Hex('[{"content":"Be brief.","role":"system"},{"content":"Where is the parcel of [EMAIL]?","role":"user"}]');

for (const name of Object.keys(dialects)) {
  test(`${name}: a span of a model call becomes the same event`, () => {
    const received = receivedOf(name, USER);
    ok(new Facts(received).isModelCall);
    const content = contentOf(received.span);
    deepEqual(content.input, [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: USER },
    ]);
    deepEqual(content.output, [{ role: 'assistant', content: ANSWER }]);
    const { value, receipt } = gate.clean(content.input);
    const event = toEvent(
      received,
      content,
      { input: value, receipt, input_artifact_refs: [] },
      { keyed: () => new Uint8Array(32).fill(7), realm: 'test' },
    );
    equal(event.model_id, 'gpt-4o');
    equal(event.model_version, 'gpt-4o-2024-11-20');
    deepEqual([event.metrics.token_count_in, event.metrics.token_count_out], [12, 5]);
    equal(event.prompt_hash, HASH);
    equal(event.latency_ms, 1200);
    deepEqual(receipt.counts, { EMAIL: 1 });
    ok(!JSON.stringify(event).includes('jane'));
  });

  test(`${name}: nothing that a person wrote stays in the cleaned span`, () => {
    const { clean, dropped } = cleanSpan(receivedOf(name, 'CANARY 7f3a the quick brown fox'), cleaner);
    const bytes = writeProtobuf([clean]).toString('latin1');
    ok(!bytes.includes('CANARY') && !bytes.includes('Be brief') && !bytes.includes(ANSWER));
    ok(dropped.length > 0);
    ok(!JSON.stringify(dropped).includes('CANARY'));
  });
}

test('chains, tools and agents are no model calls', () => {
  for (const attributes of [
    { 'openinference.span.kind': 'CHAIN' },
    { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.request.model': 'gpt-4o' },
    { 'ai.operationId': 'ai.generateText', 'ai.model.id': 'gpt-4o' },
    { 'http.request.method': 'POST' },
  ])
    ok(
      !new Facts({
        resource: new Map(),
        scope: { name: '', version: '', attributes: new Map() },
        span: spanOf({ scope: '', attributes }, ids),
      }).isModelCall,
    );
});

test('every place of a span that can hold words is left out: name, status, events, links, resource, scope, keys, nested values', () => {
  const word = 'CANARY';
  const attributes = new Map<string, never>(
    Object.entries({
      [`metadata.${word} text`]: 'x',
      a: { b: { c: word } },
      d: [word],
      'gen_ai.request.model': `${word} text`,
      'gen_ai.agent.name': `${word} text`,
    }) as never,
  );
  const received: Received = {
    resource: attributes,
    scope: { name: `${word} text`, version: word + ' x', attributes },
    span: {
      ...spanOf({ scope: '', attributes: {} }, ids),
      name: `what is ${word}?`,
      attributes,
      events: [{ name: word, attributes }],
      links: [{ ...ids, trace_id: word, attributes }],
      status: { code: 2, message: word },
    },
  };
  const { clean } = cleanSpan(received, cleaner);
  ok(!writeProtobuf([clean]).toString('latin1').includes(word));
});

test('protobuf reads back what it wrote', () => {
  for (const name of Object.keys(dialects)) {
    const received = receivedOf(name, USER);
    deepEqual(readProtobuf(writeProtobuf([received])), [received]);
  }
});

test('JSON takes ids in any case, integers as text or number, and every kind of value', () => {
  const [received] = readJson({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: ids.trace_id.toUpperCase(),
                spanId: ids.span_id,
                startTimeUnixNano: '1763900000000000000',
                endTimeUnixNano: 1763900001,
                attributes: [
                  { key: 'a', value: { intValue: '412' } },
                  { key: 'b', value: { intValue: 5 } },
                  { key: 'c', value: { arrayValue: { values: [{ stringValue: 'x' }, { boolValue: true }] } } },
                  { key: 'd', value: { kvlistValue: { values: [{ key: 'e', value: { doubleValue: 1.5 } }] } } },
                  { key: 'f', value: {} },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  equal(received?.span.trace_id, ids.trace_id);
  deepEqual(
    [...(received?.span.attributes ?? [])],
    [
      ['a', 412],
      ['b', 5],
      ['c', ['x', true]],
      ['d', { e: 1.5 }],
      ['f', null],
    ],
  );
});

test('any bytes are read, or refused with a reason, in bounded depth', () => {
  const readable = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      ok(error instanceof Unreadable || error instanceof TooMuch);
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => readable(() => readProtobuf(Buffer.from(bytes)))),
    { numRuns: 2000 },
  );
  const whole = writeProtobuf([receivedOf('OpenInference', USER)]);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const bytes = Buffer.from(whole);
      bytes[at] = byte;
      readable(() => readProtobuf(bytes));
      readable(() => readProtobuf(bytes.subarray(0, at)));
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.jsonValue(), (any) => readable(() => readJson({ resourceSpans: [{ scopeSpans: [{ spans: [any] }], resource: any }] }))),
    { numRuns: 500 },
  );
  let nested: Buffer = Buffer.alloc(0);
  const wrap = (inner: Buffer, field: number): Buffer => {
    const length = Buffer.from([(inner.length & 0x7f) | 0x80, ((inner.length >> 7) & 0x7f) | 0x80, inner.length >> 14]);
    return Buffer.concat([Buffer.from([field * 8 + 2]), length, inner]);
  };
  for (let level = 0; level < bounds.depth + 5; level++) nested = wrap(wrap(nested, 1), 5);
  throws(() => readProtobuf(wrap(wrap(wrap(wrap(nested, 2), 1), 1), 1)), TooMuch);
});

test('content of any shape is read without failing, and ends up as messages', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 5 }),
      fc.constantFrom('gen_ai.input.messages', 'input.value', 'gen_ai.prompt', 'mlflow.spanInputs', 'langfuse.observation.input'),
      (value, key) => {
        const { input } = contentOf(spanOf({ scope: '', attributes: { [key]: JSON.stringify(value) } }, ids));
        for (const { role } of input) ok(/^[a-z_]{1,20}$/.test(role));
        gate.clean(input);
      },
    ),
    { numRuns: 500 },
  );
});

test('a leak report counts what leaves, by library and key, and holds none of it', () => {
  const report = openLeakReport(gate);
  report.add([receivedOf('OpenLLMetry', USER), receivedOf('Vercel AI SDK', USER)]);
  const text = formatLeakReport(report.report());
  ok(/gen_ai\.prompt\.N\.content +2 +\d+ +EMAIL 1/.test(text), text);
  ok(text.includes('ai.telemetry.metadata.ticket') && text.includes('2 spans'));
  ok(!text.includes('jane') && !text.includes('parcel'));
});
