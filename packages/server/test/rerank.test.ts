// A language model asked for the order of likely terms: a real server that speaks chat completions stands in for it.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { searchFolder } from './marker-hunt.ts';
import { govern } from './shop.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface Column {
  readonly column: string;
  readonly samples: readonly string[];
  readonly terms: readonly { readonly semantic_id: string }[];
}
interface Asked {
  readonly body: string;
  readonly authorization: string | undefined;
  readonly columns: readonly Column[];
}
interface Said {
  readonly status?: number;
  readonly content: string;
}
type Answer = (asked: Asked) => Said | Promise<Said>;

/** Answers chat completions as told, and remembers what it was asked. */
async function startModel(answer: Answer) {
  const asked: Asked[] = [];
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const { messages } = JSON.parse(body) as { readonly messages: readonly { readonly content: string }[] };
        const columns = JSON.parse(/\[.*\]/s.exec(messages.at(-1)?.content ?? '')?.[0] ?? '[]') as readonly Column[];
        const one = { body, authorization: request.headers.authorization, columns };
        asked.push(one);
        void Promise.resolve(answer(one)).then(({ status = 200, content }) => {
          reply.writeHead(status, { 'content-type': 'application/json' });
          reply.end(
            JSON.stringify({
              model: 'm-2026-01-01',
              choices: [{ message: { content } }],
              usage: { prompt_tokens: 90, completion_tokens: 9 },
            }),
          );
        });
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const start = (url: string, more: Readonly<Record<string, string>> = {}) =>
  startTestServer({
    ...more,
    ANCILLA_RERANK_URL: url,
    ANCILLA_RERANK_MODEL: 'm',
    ANCILLA_RERANK_API_KEY: 'sk-of-the-site',
    ANCILLA_LOG_LEVEL: 'debug',
  });

interface Item {
  readonly suggestion_id: string;
  readonly abstained: boolean;
  readonly column: string;
  readonly candidates: readonly {
    readonly semantic_id: string;
    readonly score: number;
    readonly reasons: readonly { readonly feature: string; readonly text: string }[];
  }[];
}
interface Suggested {
  readonly items: readonly Item[];
  readonly degraded: readonly { readonly code: string; readonly fix: string }[];
}
const suggestAll = ({ north }: TestServer, samples: readonly string[]): Promise<Suggested> => {
  const columns = ['xq_7', 'city'].map((name) => ({ name, samples }));
  return north.agent.post(200, '/mapping/suggest', { dataset: 'd', table: { name: 'orders', columns }, glossary: 'crm' });
};
const suggest = async (server: TestServer, samples: readonly string[]) => (await suggestAll(server, samples)).items;
const callsOf = async ({ north }: TestServer, agent = 'mapping.rerank.v1') => {
  interface Event {
    readonly agent_id: string;
    readonly success: boolean;
    readonly error_code?: string;
    readonly model_version: string | null;
    readonly saga_id?: string;
    readonly start_ts: string;
    readonly end_ts: string;
    readonly metrics: { readonly token_count_in: number | null };
  }
  const { items } = await north.auditor.get<{ readonly items: readonly Event[] }>(200, '/dif/prompt_events');
  return items.filter(({ agent_id }) => agent_id === agent);
};

test('a language model moves terms of columns that the ranker is unsure of, sees nothing that policy removes, and is captured', async () => {
  const word = `canary${randomBytes(6).toString('hex')}`;
  const last = ({ terms }: Column): string => terms.at(-1)?.semantic_id ?? '';
  using model = await startModel(({ columns }) => ({
    // An id of its own making, one twice, a column that nobody asked about.
    content: JSON.stringify({
      columns: { ...Object.fromEntries(columns.map((of) => [of.column, ['sem.made.up', last(of), last(of)]])), other: ['x'] },
    }),
  }));
  await using server = await start(model.url);
  await govern(server.north.admin);
  const items = await suggest(server, [`jane.${word}@example.org`, 'Lyon']);
  const [asked] = model.asked;
  equal(model.asked.length, 1);
  equal(asked?.authorization, 'Bearer sk-of-the-site');
  ok(asked?.body.includes('xq_7') && !asked.body.includes(word), 'the name is shown, the address is not');
  for (const { column, candidates } of items) {
    const told: Column | undefined = asked?.columns.find((of) => of.column === column);
    const scores = candidates.map(({ score }) => score);
    deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
    ok(!candidates.some(({ semantic_id }) => semantic_id === 'sem.made.up'));
    if (told === undefined) continue;
    equal(candidates[0]?.semantic_id, last(told));
    equal(candidates[0]?.reasons[0]?.text, 'm puts it first');
  }
  equal(
    asked?.columns.some(({ column }) => column === 'xq_7'),
    true,
  );
  const [call] = await callsOf(server);
  deepEqual([call?.success, call?.model_version, call?.metrics.token_count_in], [true, 'm-2026-01-01', 90]);
  ok(call?.saga_id);
  const [mapping] = await callsOf(server, 'mapping.agent.v1');
  ok(mapping && call && mapping.start_ts <= call.start_ts && call.end_ts <= mapping.end_ts, 'the agent asks within its own call');
  ok(!server.logs().includes(word) && !server.logs().includes('sk-of-the-site'));
  deepEqual(await server.kept(word), []);
  await server.stop();
  deepEqual(await searchFolder(server.folder, word), []);
});

test('a language model that is down, talks, answers something else, or may cost too much changes no suggestion; the answer says so, and the call is in the evidence as it was', async () => {
  const answers: Answer[] = [
    () => ({ content: '', status: 500 }),
    () => ({ content: 'Sure! Here are the terms.' }),
    () => ({ content: JSON.stringify({ columns: { xq_7: ['sem.country'], note: 'so '.repeat(100_000) } }) }),
    () => ({ content: '{"columns":[1,2]}' }),
    () => ({ content: '{"columns":{"xq_7":"sem.city","city":[null,{}]}}' }),
  ];
  let at = 0;
  using model = await startModel((asked) => (answers[at++] ?? answers[0])?.(asked) ?? { content: '' });
  await using server = await start(model.url, { ANCILLA_RERANK_MAX_COST: '0.5' });
  const { admin } = server.north;
  await govern(admin);
  const seen = new Set<string>();
  const degraded: string[] = [];
  const ask = async () => {
    const suggested = await suggestAll(server, ['Lyon']);
    degraded.push(suggested.degraded.map(({ code }) => code).join(' '));
    seen.add(JSON.stringify(suggested.items.map(({ column, candidates }) => [column, candidates])));
  };
  /** @param cents - for a million tokens, in or out */
  const price = async (version: string, cents: number) => {
    const m = { input_cents_per_million: cents, output_cents_per_million: cents };
    await admin.post(201, '/curator/price_lists/default/versions', { version, content: { models: { m } } });
    await admin.put(200, '/curator/price_lists/default/labels/production', { version, reason: 'r' });
  };
  await ask();
  // Half a cent is enough for five thousand tokens at the first price, and for fifty at the second.
  await price('1', 100);
  for (const _ of answers) await ask();
  await price('2', 10_000);
  await ask();
  equal(seen.size, 1);
  equal(model.asked.length, answers.length, 'without a price, and at too high a one, it is not asked');
  const told = model.asked.map(({ body }) => (JSON.parse(body) as { readonly max_tokens: number }).max_tokens);
  ok(told.every((most) => most > 0 && most < 5000));
  deepEqual(degraded, [
    'mapping.price_unknown',
    'mapping.language_model',
    'mapping.language_model',
    'mapping.language_model',
    '',
    '',
    'mapping.max_cost',
  ]);
  ok(![...seen].join('').includes('reranked'));
  deepEqual((await callsOf(server)).map(({ success, error_code }) => [success, error_code]).toReversed(), [
    [false, 'mapping.price_unknown'],
    [false, 'mapping.language_model'],
    [false, 'mapping.language_model'],
    [false, 'mapping.language_model'],
    [true, undefined],
    [true, undefined],
    [false, 'mapping.max_cost'],
  ]);
});

test('what a person rejects while the models are at it is not offered again by their answer', async () => {
  let meanwhile = async (): Promise<unknown> => undefined;
  using model = await startModel(async () => {
    await meanwhile();
    return { content: '{"columns":{}}' };
  });
  await using server = await start(model.url);
  await govern(server.north.admin);
  const city = async () => (await suggest(server, ['Lyon'])).find(({ column }) => column === 'city');
  const before = await city();
  const [best] = before?.candidates ?? [];
  deepEqual([best?.semantic_id, before?.abstained], ['sem.city', false]);
  meanwhile = () => server.north.reviewer.post(201, `/review/${before?.suggestion_id}/decision`, { decision: 'reject' });
  const after = await city();
  deepEqual([after?.candidates.some(({ semantic_id }) => semantic_id === best?.semantic_id), after?.abstained], [false, true]);
});

test('a canary of its config is judged by what people say of the order they saw, and one they refuse is taken away', async () => {
  using model = await startModel(({ body, columns }) => ({
    content: JSON.stringify({
      columns: Object.fromEntries(
        columns.map(({ column }) => [column, [body.includes('Be contrary.') ? 'sem.order.total' : 'sem.order.date']]),
      ),
    }),
  }));
  await using server = await start(model.url);
  const { admin, steward, agent, reviewer } = server.north;
  await govern(admin);
  const policy = '/curator/promotion_policies/default';
  const content = { labels: {}, rollout: { margin: 0.4, alpha: 0.4, least_pairs: 3 } };
  await steward.post(201, `${policy}/versions`, { version: 'loose', content });
  await steward.put(200, `${policy}/labels/production`, { version: 'loose', reason: 'a test' });
  const path = '/curator/agent_configs/mapping.rerank.v1';
  await steward.post(201, `${path}/versions`, {
    version: 'contrary',
    content: {
      agent_id: 'mapping.rerank.v1',
      persona: { instructions: 'Be contrary.' },
      prompt_template_id: 'pt.rerank.v1',
      pre_hooks: [{ name: 'redact', policy_ref: 'tenant_default' }],
      canary: { enabled: true, percent: 50 },
    },
  });
  interface Side {
    readonly units: number;
    readonly rate: number | null;
  }
  interface View {
    readonly verdict: string;
    readonly overridden: { readonly stable: Side; readonly candidate: Side };
    readonly failed: { readonly stable: Side; readonly candidate: Side };
  }
  const view = async () => (await steward.get<{ readonly items: readonly View[] }>(200, '/rollouts')).items[0];
  const decideOn = async (i: number): Promise<void> => {
    const columns = [{ name: `order_${randomBytes(2).toString('hex')}`, samples: [randomBytes(6).toString('hex')] }];
    const { items } = await agent.post<{
      readonly items: readonly (Item & { readonly suggestion_id: string })[];
    }>(200, '/mapping/suggest', { dataset: `d${i}`, table: { name: `t${i}`, columns }, glossary: 'crm' });
    for (const { suggestion_id, candidates } of items) {
      const decision = candidates[0]?.semantic_id === 'sem.order.date' ? 'accept' : 'override';
      await reviewer.post(201, `/review/${suggestion_id}/decision`, { decision, semantic_id: 'sem.order.date' });
    }
  };
  // So that it does not abstain from such a column any more.
  for (let i = 0; i < 4; i++) await decideOn(i);
  await steward.put(200, `${path}/labels/canary`, { version: 'contrary', reason: 'a test' });
  let last: View | undefined;
  for (let i = 4; i < 80 && last?.verdict !== 'rolled_back'; i++) {
    await decideOn(i);
    last = await view();
  }
  equal(last?.verdict, 'rolled_back');
  ok((last?.overridden.candidate.rate ?? 0) > (last?.overridden.stable.rate ?? 1));
  deepEqual([last?.failed.candidate.rate, last?.failed.stable.rate], [0, 0]);
});
