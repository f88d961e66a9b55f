import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { PromptEventInput, type Egress } from '@ancilla/contracts';
import { Compile } from 'typebox/compile';
import { httpTransport } from './http-transport.ts';
import type { BoundTool } from './tools.ts';
import { openSdk, type AgentOptions, type SdkParts } from './sdk.ts';
import { draw } from './draw.ts';
import { fakeTransport, recordSpans } from './testing.fixture.ts';
import { unlessAborted } from './unless-aborted.ts';

const config = {
  agent_id: 'mapping.agent.v1',
  version: '7',
  persona: { role: 'data-mapper', instructions: 'Map columns.' },
  prompt_template_id: 'pt.mapping.v3',
  tools: [{ name: 'dif.semantic_match', timeout_ms: 40, retries: 1 }],
  pre_hooks: [
    { name: 'redact', policy_ref: 'tenant_default' },
    { name: 'summarize', params: { max_sentences: 1 } },
  ],
  post_hooks: [{ name: 'extract_candidates' }, { name: 'normalize_confidences' }],
  output_schema: { type: 'array' },
};
const policy = (store_raw: boolean) => ({ policy_id: 'tenant_default', version: '7', store_raw });
const documents = {
  'agent_configs/mapping.agent.v1': config,
  'prompt_templates/pt.mapping.v3': { template: '{{persona.instructions}} Column {{column}}: {{notes}}' },
  'redaction_policies/tenant_default': policy(false),
};

function openTest(
  over: Readonly<Record<string, unknown>> = {},
  agentOptions: AgentOptions = {},
  transport: Parameters<typeof fakeTransport>[0] = {},
  more: Partial<SdkParts> = {},
) {
  const fake = fakeTransport(transport, { ...documents, ...over });
  let now = Date.UTC(2026, 10, 24);
  const sdk = openSdk({
    transport: fake.transport,
    clock: { now: () => now++ },
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    elapsed: () => performance.now(),
    later(ms, run) {
      const timer = setTimeout(run, Math.min(ms, 5));
      return () => clearTimeout(timer);
    },
    realm: 'test',
    node_id: 'n1',
    ...more,
  });
  return { ...fake, sdk, agent: sdk.agent('mapping.agent.v1', agentOptions) };
}
const model = { id: 'gpt-4o', version: '2024-11-20', endpoint: 'https://key:hidden@api.example.com/v1/chat?token=hidden' };
const values = { variables: { column: 'cust_nm' }, inputs: { notes: 'Ask secret@example.org first. Never mind the rest.' } };
const answer = async () => ({ output: '[{"id":"sem.customer.name","confidence":90}]', token_count_in: 412, token_count_out: 96 });

test('a call sends the redacted prompt, and its event has every field the schema asks for', async () => {
  const { agent, sdk, sent } = openTest();
  let seen: unknown;
  const result = await agent.call({ ...values, model })(async ({ prompt }) => {
    seen = prompt;
    return answer();
  });
  equal(seen, 'Map columns. Column cust_nm: Ask <EMAIL_aaaa> first.');
  equal(await sdk.flush(), 0);
  const [event] = sent;
  ok(event !== undefined && Compile(PromptEventInput).Check(event), JSON.stringify(Compile(PromptEventInput).Errors(event)));
  equal(event.prompt_hash, createHash('sha256').update('Map columns. Column cust_nm: Ask <EMAIL_aaaa> first.').digest('hex'));
  equal(event.endpoint, 'https://api.example.com');
  deepEqual(event.redaction_receipt.counts, { EMAIL: 1 });
  deepEqual(event.response_summary, { candidates_count: 1, top_candidate: 'sem.customer.name', top_confidence: 0.9 });
  deepEqual(
    event.hooks?.map(({ name, ok: passed }) => [name, passed]),
    [
      ['redact', true],
      ['summarize', true],
      ['extract_candidates', true],
      ['normalize_confidences', true],
      ['output_schema', true],
    ],
  );
  deepEqual(result.candidates, [{ id: 'sem.customer.name', confidence: 0.9 }]);
  match(event.trace_id, /^[0-9a-f]{32}$/);
  equal(event.event_id, result.event_id);
});

test('messages hash as RFC 8785 JSON of role and content', async () => {
  const { agent, sdk, sent } = openTest();
  await agent.call({ prompt: [{ role: 'user', content: 'é\u20ac' }], model })(answer);
  await sdk.flush();
  equal(sent[0]?.prompt_hash, createHash('sha256').update('[{"content":"é€","role":"user"}]').digest('hex'));
  equal(sent[0]?.prompt_template_id, null);
});

test('no successful redaction, no call, no event', async () => {
  const { agent, sdk, sent } = openTest({}, {}, { redact: () => Promise.reject(new Error('redaction is down')) });
  let called = false;
  await rejects(
    agent.call({ ...values, model })(async () => {
      called = true;
      return answer();
    }),
    /redaction is down/,
  );
  equal(called, false);
  await sdk.flush();
  deepEqual(sent, []);
});

test('redaction that takes too long, or whose server is gone: no call, no event, and an error with a code that quotes nothing; a refusal names its fields', async () => {
  const hangs: Egress = (_, init) => unlessAborted(new Promise<never>(() => {}), init?.signal ?? AbortSignal.abort());
  const isKilled: Egress = async (_, init) => Promise.reject(new TypeError(`cut off while it read ${JSON.stringify(init?.body)}`));
  for (const [fetch, code] of [
    [hangs, 'transport.timeout'],
    [isKilled, 'transport.failed'],
  ] as const) {
    const { redact } = httpTransport({ url: 'https://ancilla.example', apiKey: 'k', fetch, timeoutMs: 1 });
    const { agent, sdk, sent } = openTest({}, {}, { redact });
    let called = false;
    await rejects(
      agent.call({ ...values, model })(async () => {
        called = true;
        return answer();
      }),
      { name: 'TransportError', code, message: /^POST \/redaction\/redact (?!.*secret@)/ },
    );
    equal(called, false);
    await sdk.flush();
    deepEqual(sent, []);
  }
  const refuses: Egress = async () =>
    Response.json({ code: 'store.invalid', detail: 'it does not fit', errors: [{ path: '/endpoint', message: 'm' }] }, { status: 422 });
  const refused = httpTransport({ url: 'https://ancilla.example', apiKey: 'k', fetch: refuses, timeoutMs: 60_000 });
  await rejects(refused.redact('text', 'p', { signal: AbortSignal.timeout(1000) }), /answered 422 it does not fit, \/endpoint$/);
  const { redact } = httpTransport({ url: 'https://ancilla.example', apiKey: 'k', fetch: hangs, timeoutMs: 60_000 });
  const given = { ...values, model, signal: AbortSignal.abort(new Error('the caller left')) };
  await rejects(openTest({}, {}, { redact }).agent.call(given)(answer), /the caller left/);
});

test('an unknown agent, policy or template refuses before the model is called', async () => {
  await rejects(openTest({ 'agent_configs/mapping.agent.v1': undefined }).agent.call({ model })(answer), {
    code: 'agent.unknown',
    message: /no config labelled production.* under \/curator\/agent_configs\/mapping\.agent\.v1\/versions/,
  });
  await rejects(openTest({ 'redaction_policies/tenant_default': undefined }).agent.call({ model })(answer), { code: 'policy.unknown' });
  await rejects(openTest({ 'prompt_templates/pt.mapping.v3': undefined }).agent.call({ model })(answer), { code: 'template.unknown' });
  await rejects(openTest().agent.call({ model })(answer), /wants a value for \{\{column\}\}/);
});

test('a listed pre-hook that nobody bound stops the call', async () => {
  const { agent } = openTest({ 'agent_configs/mapping.agent.v1': { ...config, pre_hooks: [{ name: 'approve_cost' }] } });
  await rejects(agent.call({ ...values, model })(answer), { name: 'HookError' });
});

test('own pre-hooks run in listed order and, after redact, see clean values only', async () => {
  const saw: unknown[] = [];
  const { agent } = openTest(
    { 'agent_configs/mapping.agent.v1': { ...config, pre_hooks: [{ name: 'redact' }, { name: 'look' }] } },
    {
      hooks: {
        look: async (given) => {
          saw.push(given.inputs['notes']);
          return given;
        },
      },
    },
  );
  await agent.call({ ...values, model })(answer);
  deepEqual(saw, ['Ask <EMAIL_aaaa> first. Never mind the rest.']);
});

test('a failing model is an event with a code, never a text, and the error reaches the caller', async () => {
  const { agent, sdk, sent } = openTest();
  const failure = Object.assign(new Error('quota of secret@example.org is used up'), { code: 'rate_limited' });
  await rejects(
    agent.call({ ...values, model })(() => Promise.reject(failure)),
    failure,
  );
  await sdk.flush();
  equal(sent[0]?.success, false);
  equal(sent[0]?.error_code, 'rate_limited');
  ok(!JSON.stringify(sent).includes('secret@'));
});

test('an answer that does not fit the output schema is recorded as not successful and still returned', async () => {
  const { agent, sdk, sent } = openTest();
  const { output } = await agent.call({ ...values, model })(async () => ({ output: '{"oops":1}' }));
  equal(output, '{"oops":1}');
  await sdk.flush();
  equal(sent[0]?.error_code, 'output.invalid');
});

test('raw pairs are uploaded if and only if policy says so, and the event points to them', async () => {
  const without = openTest();
  await without.agent.call({ ...values, model })(answer);
  await without.sdk.flush();
  deepEqual(without.uploads, []);

  const kept = openTest({ 'redaction_policies/tenant_default': policy(true) });
  await kept.agent.call({ ...values, model })(answer);
  await kept.sdk.flush();
  deepEqual(
    kept.uploads.map(({ category }) => category),
    ['raw_input', 'raw_response'],
  );
  match(kept.uploads[0]?.text ?? '', /secret@example\.org/);
  deepEqual(kept.sent[0]?.input_artifact_refs, ['ar_1']);
  equal(kept.sent[0]?.response_artifact_ref, 'ar_2');
});

const withTool = (run: BoundTool) => openTest({}, { tools: { 'dif.semantic_match': run } });

test('a tool has its intent in the log before it runs and its outcome after, in a saga of its own', async () => {
  const order: string[] = [];
  const { agent, wal, completed, sdk, sent } = withTool(async (args, { key }) => {
    order.push(`run after ${wal.length}`);
    return { args, key };
  });
  await agent.call({ ...values, model })(async ({ tool }) => ({ output: [await tool('dif.semantic_match', { column: 'a' })] }));
  deepEqual(order, ['run after 1']);
  deepEqual(
    wal.map(({ kind, status, attempt }) => [kind, status, attempt]),
    [
      ['intent', 'pending', 1],
      ['outcome', 'done', 1],
    ],
  );
  equal(completed.length, 1);
  await sdk.flush();
  equal(sent[0]?.saga_id, 'sg_1');
});

test('a saga that cannot be completed loses neither the answer nor the event, and is told', async () => {
  const problems: string[] = [];
  const { agent, sdk, sent } = openTest(
    {},
    { tools: { 'dif.semantic_match': async () => 'done' } },
    { completeSaga: async () => Promise.reject(Object.assign(new Error('gone'), { code: 'server.draining' })) },
    { onProblem: ({ code, event_id }) => problems.push(`${code} ${event_id}`) },
  );
  const use = async ({ tool }: { readonly tool: (name: string, args: Readonly<Record<string, unknown>>) => Promise<unknown> }) => ({
    output: pieces(String(await tool('dif.semantic_match', {}))),
  });
  const { output, event_id } = await agent.call({ ...values, model })(use);
  equal(await read(output), 'done');
  const plain = await agent.call({ ...values, model })(async ({ tool }) => ({ output: [await tool('dif.semantic_match', {})] }));
  deepEqual(plain.output, ['done']);
  await sdk.flush();
  deepEqual(
    sent.map(({ event_id: id, saga_id }) => [id, saga_id]),
    [
      [event_id, 'sg_1'],
      [plain.event_id, 'sg_1'],
    ],
  );
  deepEqual(problems, [`server.draining ${event_id}`, `server.draining ${plain.event_id}`]);
});

test('the lease of a call’s saga is kept while the call takes longer than it, and no longer', { timeout: 5000 }, async () => {
  let beats = 0;
  const { agent } = openTest({}, { tools: { 'dif.semantic_match': async () => 1 } }, { heartbeat: async () => void beats++ });
  await agent.call({ ...values, model })(async ({ tool }) => {
    await tool('dif.semantic_match', {});
    // The model thinks: `later` is quick in these tests.
    for (let i = 0; beats < 3 && i < 1000; i++) await new Promise((resolve) => setTimeout(resolve, 1));
    return { output: [await tool('dif.semantic_match', {})] };
  });
  const atEnd = beats;
  ok(atEnd >= 3);
  await new Promise((resolve) => setTimeout(resolve, 30));
  equal(beats, atEnd);
});

test('a tool that succeeded is not run again, nor said to have failed, when its outcome cannot be written', async () => {
  const wal: string[] = [];
  let runs = 0;
  const { agent } = openTest(
    {},
    { tools: { 'dif.semantic_match': async () => runs++ } },
    {
      async appendWal(_, entries) {
        wal.push(...entries.map(({ kind, status }) => `${kind} ${status}`));
        if (entries[0]?.kind === 'outcome') throw new Error('gone');
      },
    },
  );
  await rejects(
    agent.call({ ...values, model })(async ({ tool }) => ({ output: await tool('dif.semantic_match', {}) })),
    { message: 'gone' },
  );
  deepEqual([runs, wal], [1, ['intent pending', 'outcome done']]);
});

test('an answer that is no JSON, and a text that was cut off inside an emoji, keep no call from leaving its event', async () => {
  const { agent, sdk, sent } = openTest();
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const { output } = await agent.call({ ...values, model })(async () => ({ output: circle }));
  equal(output, circle);
  const cut = 'A parcel \u{1f4e6}'.slice(0, -1);
  const seen: unknown[] = [];
  for (const what of [
    { prompt: cut },
    { prompt: [{ role: 'user', content: cut }] },
    { variables: { column: cut }, inputs: { notes: cut } },
  ])
    await agent.call({ ...what, model })(async ({ prompt }) => (seen.push(prompt), answer()));
  ok(JSON.stringify(seen).isWellFormed() && !/\\ud83d/.test(JSON.stringify(seen)));
  await sdk.flush();
  equal(sent.length, 4);
});

test('ids of a trace that are none of W3C’s begin a trace of their own', async () => {
  const { agent, sdk, sent } = openTest();
  await agent.call({ ...values, model, trace: { trace_id: '7234', span_id: '12' } })(answer);
  await sdk.flush();
  ok(sent[0] !== undefined && Compile(PromptEventInput).Check({ ...sent[0], event_id: sent[0].event_id }));
  match(sent[0].trace_id, /^[0-9a-f]{32}$/);
});

test('a label’s answer is believed for its time, however the clock of the machine is set meanwhile', async () => {
  let wall = Date.UTC(2026, 10, 24);
  let elapsed = 0;
  let asked = 0;
  const { agent } = openTest(
    {},
    {},
    { serving: async () => (asked++, []) },
    { clock: { now: () => wall }, elapsed: () => elapsed, labelTtlMs: 1000 },
  );
  await agent.call({ ...values, model })(answer);
  wall -= 86_400_000;
  elapsed += 2000;
  await agent.call({ ...values, model })(answer);
  equal(asked, 2);
});

test('a call that is aborted while it waits for its config takes it from no other call', async () => {
  const asked = Promise.withResolvers<void>();
  const { agent } = openTest(
    {},
    {},
    {
      async resolve(kind, id, _, { signal }) {
        await unlessAborted(asked.promise, signal);
        const content: unknown = Reflect.get(documents, `${kind}/${id}`);
        return content === undefined ? undefined : { id, version: '7', content };
      },
    },
  );
  const leaving = new AbortController();
  const first = agent.call({ ...values, model, signal: leaving.signal })(answer);
  const second = agent.call({ ...values, model })(answer);
  leaving.abort(new Error('left'));
  await rejects(first, { message: 'left' });
  asked.resolve();
  equal((await second).agent_config.version, '7');
});

test('a failing tool is tried again under the same key, as often as its config says', async () => {
  const keys = new Set<string>();
  let runs = 0;
  const { agent, wal } = withTool(async (_, { key }) => {
    keys.add(key);
    runs++;
    throw new Error('unreachable');
  });
  await rejects(
    agent.call({ ...values, model })(async ({ tool }) => ({ output: await tool('dif.semantic_match', {}) })),
    { name: 'ToolError', code: 'tool.failed' },
  );
  equal(runs, 2);
  equal(keys.size, 1);
  deepEqual(
    wal.map(({ kind, status }) => `${kind} ${status}`),
    ['intent pending', 'outcome failed', 'intent pending', 'outcome failed'],
  );
});

test('a tool that does not answer in its time is stopped', async () => {
  const { agent } = withTool(
    (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
  );
  await rejects(
    agent.call({ ...values, model })(async ({ tool }) => ({ output: await tool('dif.semantic_match', {}) })),
    { code: 'tool.timeout' },
  );
});

test('a tool the config does not declare, or a required one nobody bound, is refused', async () => {
  await rejects(
    withTool(async () => 1).agent.call({ ...values, model })(async ({ tool }) => ({ output: await tool('rm', {}) })),
    { code: 'tool.unknown' },
  );
  const required = { ...config, tools: [{ name: 'arango.upsert_mapping', required: true }] };
  let called = false;
  await rejects(
    openTest({ 'agent_configs/mapping.agent.v1': required }).agent.call({ ...values, model })(async () => {
      called = true;
      return answer();
    }),
    { code: 'tool.unbound' },
  );
  equal(called, false);
});

test('concurrent calls keep their own traces, and events their emitter’s sequence', async () => {
  const { agent, sdk, sent } = openTest();
  const results = await Promise.all(Array.from({ length: 20 }, () => agent.call({ ...values, model })(answer)));
  await sdk.flush();
  equal(new Set(results.map(({ trace_id }) => trace_id)).size, 20);
  deepEqual(
    sent.map(({ emitter }) => emitter.seq).toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i),
  );
});

test('a given trace is continued', async () => {
  const { agent } = openTest();
  const given = { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7' };
  const { trace_id, span_id } = await agent.call({ ...values, model, trace: given })(answer);
  equal(trace_id, given.trace_id);
  ok(span_id !== given.span_id);
});

test('a trace falls on the canary or on what is live, always the same, and the call says which', async () => {
  const serving = [{ rollout_id: 'ro_1', stage: 'canary' as const, version: '8', share: 0.3, key: 'ab'.repeat(32) }];
  const { agent, sdk, sent } = openTest(
    {},
    {},
    {
      serving: async () => serving,
      resolve: async (kind, id, ref) => {
        const content = documents[`${kind}/${id}` as keyof typeof documents];
        return content === undefined ? undefined : { id, version: 'version' in ref ? ref.version : '7', content };
      },
    },
  );
  const results = await Promise.all(Array.from({ length: 200 }, () => agent.call({ ...values, model })(answer)));
  for (const { trace_id, arm, agent_config } of results) {
    const isCanary = draw('ab'.repeat(32), trace_id).at < 0.3;
    deepEqual([arm, agent_config.version], isCanary ? ['canary', '8'] : ['stable', '7']);
  }
  const share = results.filter(({ arm }) => arm === 'canary').length / results.length;
  ok(share > 0.15 && share < 0.45, String(share));
  await sdk.flush();
  ok(sent.every(({ arm, agent_config_version: version }) => (arm === 'canary') === (version === '8')));
  ok(
    sent.every(({ rollout_id }) => rollout_id === 'ro_1'),
    'by which draw',
  );
});

test('a canary that cannot be had fails the traces that fall on it, and no others', async () => {
  const key = 'ab'.repeat(32);
  const { agent } = openTest(
    {},
    {},
    {
      serving: async () => [{ rollout_id: 'ro_1', stage: 'canary' as const, version: '8', share: 0.5, key }],
      resolve: async (kind, id, ref) => {
        const content = documents[`${kind}/${id}` as keyof typeof documents];
        return content === undefined || 'version' in ref ? undefined : { id, version: '7', content };
      },
    },
  );
  const traceOf = (i: number) => ({ trace_id: String(i).padStart(32, '0'), span_id: '00f067aa0ba902b7' });
  const traces = Array.from({ length: 20 }, (_, i) => traceOf(i + 1));
  const ended = await Promise.allSettled(traces.map((trace) => agent.call({ ...values, model, trace })(answer)));
  deepEqual(
    ended.map(({ status }) => status),
    traces.map(({ trace_id }) => (draw(key, trace_id).at < 0.5 ? 'rejected' : 'fulfilled')),
  );
});

/** An answer in pieces, with what the provider tells at the end. */
async function* pieces(...all: readonly (string | Error)[]): AsyncIterable<string> {
  for (const piece of all) {
    await new Promise((resolve) => setImmediate(resolve));
    if (typeof piece !== 'string') throw piece;
    yield piece;
  }
}
const read = async (output: unknown, most = Infinity): Promise<string> => {
  let text = '';
  let count = 0;
  for await (const piece of output as AsyncIterable<string>) {
    text += piece;
    if (++count === most) break;
  }
  return text;
};

test('a streamed answer goes on piece by piece, and its event is of the whole, with the counts of its end', async () => {
  const { agent, sdk, sent, uploads } = openTest({ 'redaction_policies/tenant_default': policy(true) });
  const { output, event_id } = await agent.call({ ...values, model })(async () => ({
    output: pieces('[{"id":"sem.cust', 'omer.name","con', 'fidence":90}]'),
    atEnd: () => ({ token_count_in: 412, token_count_out: 96 }),
  }));
  await sdk.flush();
  equal(sent.length, 0, 'it is not over');
  equal(await read(output), '[{"id":"sem.customer.name","confidence":90}]');
  await sdk.flush();
  const [event] = sent;
  deepEqual(
    [event?.event_id, event?.success, event?.metrics.token_count_out, event?.response_summary],
    [event_id, true, 96, { candidates_count: 1, top_candidate: 'sem.customer.name', top_confidence: 0.9 }],
  );
  ok(uploads.some(({ category, text }) => category === 'raw_response' && text.includes('sem.customer.name')));
});

test('a stream that breaks, is left, or is aborted leaves one event of a failure, and no rejection that nobody hears', async () => {
  const loud: unknown[] = [];
  const hear = (error: unknown) => void loud.push(error);
  process.on('unhandledRejection', hear);
  const { agent, sdk, sent } = openTest();
  const stop = new AbortController();
  const call = async (output: AsyncIterable<string>, signal?: AbortSignal) =>
    (await agent.call({ ...values, model, ...(signal && { signal }) })(async () => ({ output }))).output;
  const broken = Object.assign(new Error('cut, says secret@example.org'), { code: 'provider.cut' });
  await rejects(read(await call(pieces('a', broken))), { code: 'provider.cut' });
  equal(await read(await call(pieces('a', 'b', 'c')), 1), 'a');
  const unread = await call(pieces('a', 'b'), stop.signal);
  stop.abort();
  await rejects(read(unread));
  await rejects(
    read(
      await call(
        (async function* () {
          yield 7 as unknown as string;
        })(),
      ),
    ),
    TypeError,
  );
  await new Promise((resolve) => setImmediate(resolve));
  await sdk.flush();
  deepEqual(
    sent.map(({ success, error_code }) => [success, error_code]),
    [
      [false, 'provider.cut'],
      [false, 'call.aborted'],
      [false, 'call.aborted'],
      [false, 'TypeError'],
    ],
  );
  process.off('unhandledRejection', hear);
  deepEqual(loud, []);
});

test('of an answer that is too long the beginning is kept, and its event says so', async () => {
  const { agent, sdk, sent } = openTest();
  const long = 'x'.repeat(3 * 1024 * 1024);
  const { output } = await agent.call({ ...values, model })(async () => ({ output: pieces(long, long) }));
  equal((await read(output)).length, 2 * long.length, 'its reader gets all of it');
  await sdk.flush();
  deepEqual([sent[0]?.success, sent[0]?.error_code], [false, 'output.too_long']);
});

test('a stream that is thrown away unread leaves its event too', async () => {
  const { agent, sdk, sent } = openTest();
  await agent.call({ ...values, model })(async () => ({ output: pieces('a') }));
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  for (let i = 0; i < 50 && sent.length === 0; i++) {
    if (typeof collect === 'function') collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await sdk.flush();
  }
  deepEqual(
    sent.map(({ success, error_code }) => [success, error_code]),
    [[false, 'call.aborted']],
  );
});

test('tries are spans below the call, also inside a stream that others read, and the event names the model that answered', async () => {
  const { tracer, spans } = recordSpans();
  const { agent, sdk, sent } = openTest({}, {}, {}, { tracer });
  const { output } = await agent.call({ ...values, model })(async ({ attempt }) => {
    await rejects(attempt('gpt-4o', async () => Promise.reject(new Error('busy, says secret@example.org'))));
    const stream = async function* () {
      yield (await attempt('gpt-4o-mini', answer)).output;
    };
    return { output: stream(), model_id: 'gpt-4o-mini' };
  });
  await tracer.startActiveSpan('reader', async (span) => {
    await read(output);
    span.end();
  });
  await sdk.flush();
  deepEqual([sent[0]?.model_id, sent[0]?.model_version, sent[0]?.success], ['gpt-4o-mini', null, true]);
  const call = spans().at(-1);
  deepEqual(
    spans().map(({ name, number, parent, status }) => [name, number, parent === undefined ? 'none' : parent === call?.id, status]),
    [
      ['chat gpt-4o', 1, true, { code: 2, message: 'Error' }],
      ['chat gpt-4o-mini', 2, true, { code: 0 }],
      ['reader', undefined, 'none', { code: 0 }],
      ['chat gpt-4o', undefined, 'none', { code: 0 }],
    ],
  );
});

test('a sample holds whole traces, and every failure', async () => {
  const { agent, sdk, sent } = openTest({}, {}, {}, { sampleShare: 0.25 });
  const fails = async (): Promise<never> => Promise.reject(new Error('no'));
  for (let i = 0; i < 100; i++) await agent.call({ ...values, model })(answer);
  for (let i = 0; i < 20; i++) await rejects(agent.call({ ...values, model })(fails));
  await sdk.flush();
  const good = sent.filter(({ success }) => success).length;
  ok(good > 5 && good < 60, String(good));
  equal(sent.length - good, 20);
  deepEqual(
    sent.map(({ emitter }) => emitter.seq),
    sent.map((_, i) => i),
    'what is left out on purpose is no gap',
  );
});

test('calls of an agent with a canary are all in the sample: both arms are counted whole', async () => {
  const serving = async () => [{ rollout_id: 'ro_1', stage: 'canary' as const, version: '7', share: 0.5, key: 'ab'.repeat(32) }];
  const { agent, sdk, sent } = openTest({}, {}, { serving }, { sampleShare: 0.01 });
  for (let i = 0; i < 30; i++) await agent.call({ ...values, model })(answer);
  await sdk.flush();
  equal(sent.length, 30);
});

test('a model whose id or version no event may have is renamed in its event, and that is told', async () => {
  const problems: string[] = [];
  const { agent, sdk, sent } = openTest({}, {}, {}, { onProblem: ({ code, detail }) => problems.push(`${code} ${detail.split(': ')[1]}`) });
  await agent.call({ ...values, model: { ...model, id: 'my model (v1)', version: 'as of May' } })(answer);
  await agent.call({ ...values, model })(answer);
  await sdk.flush();
  deepEqual(
    sent.map(({ model_id, model_version }) => [model_id, model_version]),
    [
      ['my-model-v1-', 'as-of-May'],
      ['gpt-4o', '2024-11-20'],
    ],
  );
  deepEqual(problems, ['model.renamed the event has my-model-v1-']);
});

test('a model function that answers nothing says what it must answer, and its call is told of as one that failed', async () => {
  const { agent, sdk, sent } = openTest();
  for (const wrong of [undefined, null, 'text', { text: 'x' }])
    await rejects(agent.call({ ...values, model })((async () => wrong) as unknown as typeof answer), {
      name: 'TypeError',
      message: 'the model function must answer { output }, with what the model said',
    });
  equal(await sdk.flush(), 0);
  deepEqual(
    sent.map(({ success, error_code }) => [success, error_code]),
    Array.from({ length: 4 }, () => [false, 'TypeError']),
  );
});
