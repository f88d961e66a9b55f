import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AncillaError, isAncillaError } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { tenantDefaultPolicy } from '@ancilla/redaction';
import { openGate, redactorOf } from '../ingest/index.ts';
import { toEvent } from './call.ts';
import { cleanSpan } from './clean.ts';
import { ANSWER, dialects, spanOf } from './dialects.fixture.ts';
import { Facts } from './facts.ts';
import { openOtlp } from './index.ts';
import { readJson } from './json.ts';
import { formatLeakReport, openLeakReport } from './leak-report.ts';
import { contentOf } from './messages.ts';
import { readProtobuf, writeProtobuf } from './protobuf.ts';
import { bounds, TooMuch, Unreadable, type Received, type Value } from './spans.ts';

const ids = { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7' };
const redact = redactorOf({ policy: { ...tenantDefaultPolicy, default_action: 'mask' }, tokenKey: undefined });
const cleaner = { isClean: (text: string) => redact(text).value === text, hash: (text: string) => String(text.length).padStart(16, '0') };
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
    const { value, receipt } = redact(content.input);
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
  deepEqual(readProtobuf(wrap(wrap(wrap(wrap(nested, 2), 1), 1), 1)), []);
});

test('what lies too deep is not read, and only the spans say so that it belongs to: by themselves, their scope or their resource', () => {
  const deep = Array.from({ length: bounds.depth + 5 }).reduce<object>((values) => ({ arrayValue: { values: [values] } }), { intValue: 1 });
  const holding = (value: object) => ({ traceId: ids.trace_id, spanId: ids.span_id, attributes: [{ key: 'a', value }] });
  const fine = holding({ intValue: 1 });
  const isTooDeep = (resourceSpans: readonly object[]): readonly boolean[] =>
    readJson({ resourceSpans }).map((received) => received.isTooDeep === true);
  const attributes = [{ key: 'a', value: deep }];
  deepEqual(isTooDeep([{ scopeSpans: [{ spans: [fine, holding(deep), fine] }] }]), [false, true, false]);
  deepEqual(isTooDeep([{ scopeSpans: [{ scope: { attributes }, spans: [fine] }, { spans: [fine] }] }]), [true, false]);
  deepEqual(isTooDeep([{ resource: { attributes }, scopeSpans: [{ spans: [fine, fine] }] }, { scopeSpans: [{ spans: [fine] }] }]), [
    true,
    true,
    false,
  ]);
  // The same in protobuf, where lists are nested as they are written.
  const nested = Array.from({ length: bounds.depth + 5 }).reduce<Value>((value) => [value], 1);
  const [first, ...others] = ['one', 'two', 'three'].map((id) => {
    const received = receivedOf('OpenInference', USER);
    return id === 'two' ? { ...received, span: { ...received.span, attributes: new Map([['a', nested]]) } } : received;
  });
  const read = [first, ...others].flatMap((received) => (received === undefined ? [] : readProtobuf(writeProtobuf([received]))));
  deepEqual(
    read.map((received) => received.isTooDeep === true),
    [false, true, false],
  );
});

test('content of any shape is read without failing, and ends up as messages', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 5 }),
      fc.constantFrom('gen_ai.input.messages', 'input.value', 'gen_ai.prompt', 'mlflow.spanInputs', 'langfuse.observation.input'),
      (value, key) => {
        const { input } = contentOf(spanOf({ scope: '', attributes: { [key]: JSON.stringify(value) } }, ids));
        for (const { role } of input) ok(/^[a-z_]{1,20}$/.test(role));
        redact(input);
      },
    ),
    { numRuns: 500 },
  );
});

test('a leak report counts what leaves, by library and key, and holds none of it', () => {
  const report = openLeakReport(redact);
  report.add([receivedOf('OpenLLMetry', USER), receivedOf('Vercel AI SDK', USER)]);
  const text = formatLeakReport(report.report());
  ok(/gen_ai\.prompt\.N\.content +2 +\d+ +EMAIL 1/.test(text), text);
  ok(text.includes('ai.telemetry.metadata.ticket') && text.includes('2 spans'));
  ok(!text.includes('jane') && !text.includes('parcel'));
});

/** Keys of many libraries that may hold raw content, some of which no list here names. */
const contentKeys = (
  'gen_ai.input.messages,gen_ai.output.messages,gen_ai.system_instructions,gen_ai.tool.definitions,gen_ai.tool.call.arguments,gen_ai.tool.call.result,' +
  'gen_ai.tool.description,gen_ai.agent.description,gen_ai.retrieval.documents,gen_ai.retrieval.query.text,gen_ai.memory.records,gen_ai.evaluation.explanation,' +
  'gen_ai.request.stop_sequences,gen_ai.guardrail.verdict.reason,gen_ai.prompt,gen_ai.completion,gen_ai.prompt.0.content,gen_ai.prompt.0.tool_calls.0.arguments,' +
  'gen_ai.completion.0.content,llm.request.functions.0.description,gen_ai.headers,llm.headers,llm.user,traceloop.entity.input,traceloop.entity.output,' +
  'traceloop.prompt.template,traceloop.prompt.template_variables,traceloop.association.properties.x,mcp.request.argument,mcp.response.value,crewai.task.description,' +
  'db.query.result.document,pinecone.query.filter,input.value,output.value,llm.input_messages.0.message.content,' +
  'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments,llm.prompt_template.template,llm.invocation_parameters,llm.tools.0.tool.json_schema,' +
  'tool.parameters,retrieval.documents.0.document.content,reranker.query,embedding.embeddings.0.embedding.text,image.url,audio.transcript,metadata,tag.tags,user.id,' +
  'session.id,annotation.explanation,ai.prompt,ai.prompt.messages,ai.prompt.tools,ai.response.text,ai.response.object,ai.response.toolCalls,ai.response.reasoning,' +
  'ai.toolCall.args,ai.toolCall.result,ai.value,ai.values,ai.schema,ai.request.headers.authorization,ai.telemetry.metadata.x,ai.settings.x,' +
  'langfuse.observation.input,langfuse.observation.output,langfuse.trace.metadata.x,langfuse.observation.status_message,langfuse.trace.tags,mlflow.spanInputs,' +
  'mlflow.spanOutputs,mlflow.traceInputs,lmnr.span.input,lmnr.association.properties.x,gcp.vertex.agent.llm_request,gcp.vertex.agent.tool_response,' +
  'all_messages_events,pydantic_ai.all_messages,final_result,events,prompt,model_request_parameters,tool_arguments,logfire.msg,request_data,response_data,' +
  'genkit:input,flue.turn.input,lk.user_transcript,lk.chat_ctx,lk.instructions,input,output,user_prompt,system_prompt,tool_input,full_command,file_path,' +
  'exception.message,exception.stacktrace,db.query.text,db.statement,db.query.parameter.x,http.request.body,http.request.header.x,url.full,url.query,http.url,' +
  'messaging.message.body,rpc.grpc.request.metadata.x,process.command_args,process.command_line,code.locals,enduser.id,user.email'
).split(',');

test('no key of any library lets content through: plain, nested three deep, as JSON in a text, as a list, in events, resource and scope', () => {
  const word = 'CANARY with words';
  const forms = [word, { a: { b: { c: word } } }, JSON.stringify({ a: [{ b: JSON.stringify({ c: word }) }] }), [word, [word]]];
  for (const form of forms) {
    const attributes: Received['resource'] = new Map(contentKeys.map((key) => [key, form]));
    const written = spanOf({ scope: 'x', attributes: {} }, ids);
    const { clean, dropped } = cleanSpan(
      {
        resource: attributes,
        scope: { name: 'x', version: '1', attributes },
        span: { ...written, attributes, events: [{ name: 'gen_ai.user.message', attributes }], links: [{ ...ids, attributes }] },
      },
      cleaner,
    );
    equal(dropped.length, 5 * contentKeys.length);
    ok(!writeProtobuf([clean]).includes('CANARY'));
    ok(!JSON.stringify(dropped).includes('CANARY'));
  }
});

test('without redaction nothing is taken: no event, no artifact, nothing forwarded, an error that says to come again', async () => {
  const touched: string[] = [];
  const refuse = (what: string) => () => {
    touched.push(what);
    return Promise.reject(new Error(what));
  };
  const room = openOtlp({
    gates: {
      of: () => Promise.reject(new AncillaError('redaction.failed', 'no policy')),
      at: () => Promise.reject(new AncillaError('redaction.failed', 'no policy')),
      named: () => Promise.reject(new AncillaError('redaction.failed', 'no policy')),
      proposed: () => openGate({ policy: tenantDefaultPolicy, tokenKey: undefined }),
      ofWriting: () => Promise.reject(new AncillaError('redaction.failed', 'no policy')),
    },
    ingest: { ingest: refuse('ingest') },
    artifacts: {
      put: refuse('put'),
      open: refuse('open'),
      bytes: refuse('bytes'),
      sampleStrings: refuse('sample'),
      prepare: () => ({ artifact_id: '', sha256: '', writes: [] }),
      discard: refuse('discard'),
    },
    quarantine: { guard: async (_of, _received, work) => ({ done: await work() }) },
    hmac: () => new Uint8Array(32),
    realm: 'test',
    forward: { send: () => void touched.push('forward'), settled: () => Promise.resolve() },
    clock: { now: () => 0 },
    onDrift: () => void touched.push('drift'),
  });
  const [route] = room.routes ?? [];
  await rejects(
    async () =>
      route?.handle({
        tenant: { tenant: 'never asked' } as never,
        tenant_id: 'north',
        who: { id: 'a', role: 'agent', key_id: 'k' },
        params: {},
        query: {},
        body: (async function* () {
          yield writeProtobuf([receivedOf('OpenInference', USER)]);
        })(),
        headers: { 'content-type': 'application/x-protobuf' },
        trace: ids,
        signal: new AbortController().signal,
      }),
    (error: unknown) => isAncillaError(error, 'redaction.failed'),
  );
  deepEqual(touched, []);
});
