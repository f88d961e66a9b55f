// Events as clients really send them: again, by many at once, some of them wrong.
import { deepEqual, equal } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { makeNewId } from '@ancilla/contracts';
import { startTestServer } from './test-server.ts';

interface Answer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly code: string }[];
  readonly receipt: { readonly first_seq: number | null; readonly size: number } | null;
}

const newId = makeNewId({ now: () => Date.now() }, { bytes: (n) => new Uint8Array(randomBytes(n)) });
const event = (over: object = {}) => ({
  event_id: newId('pe'),
  trace_id: randomBytes(16).toString('hex'),
  span_id: randomBytes(8).toString('hex'),
  agent_id: 'a',
  agent_config_id: 'a',
  agent_config_version: '1',
  prompt_template_id: null,
  prompt_version: null,
  prompt_hash: '0'.repeat(64),
  redaction_applied: true,
  redaction_receipt: {
    policy_id: 'p',
    policy_version: '1',
    engine_version: '1.0.0',
    token_key_version: null,
    counts: {},
    bytes_in: 1,
    bytes_out: 1,
  },
  input_artifact_refs: [],
  model_id: 'm',
  model_version: null,
  endpoint: 'https://api.example.com',
  start_ts: '2026-11-24T00:00:00.000Z',
  end_ts: '2026-11-24T00:00:00.001Z',
  latency_ms: 1,
  cost_estimate: null,
  response_summary: {},
  success: true,
  metrics: { token_count_in: null, token_count_out: null, bytes_sent: 2 },
  execution_env: { realm: 'test', node_id: 'n', sdk: 'x', sdk_version: '1' },
  emitter: { id: 'em1', seq: 0 },
  ...over,
});
const PATH = '/dif/prompt_events';

test('an event sent again is a duplicate; one with its id and other content is left out of its batch and named', async () => {
  await using server = await startTestServer();
  const { agent, auditor } = server.north;
  const [first, second, third] = [event(), event(), event()];
  deepEqual((await agent.post<Answer>(200, PATH, first)).accepted, 1);
  const again = await agent.post<Answer>(200, PATH, Object.fromEntries(Object.entries(first).toReversed()));
  deepEqual([again.accepted, again.duplicates], [0, 1], 'in another order of its members too');
  const { accepted, duplicates, rejected } = await agent.post<Answer>(200, PATH, [second, { ...first, latency_ms: 2 }, first, third]);
  deepEqual([accepted, duplicates, rejected.map(({ index, code }) => [index, code])], [2, 1, [[1, 'store.conflict']]]);
  equal((await agent.post<{ readonly code: string }>(409, PATH, { ...first, latency_ms: 2 })).code, 'store.conflict');
  const { items } = await auditor.get<{ readonly items: readonly object[] }>(200, PATH);
  equal(items.length, 3);
});

test('requests that come at once are each answered for themselves, whatever is wrong with their neighbours', async () => {
  await using server = await startTestServer();
  const { agent, auditor } = server.north;
  const taken = event();
  await agent.post(200, PATH, taken);
  const answers = await Promise.all(
    Array.from({ length: 120 }, async (_, i) => {
      if (i % 10 === 3) return { status: await agent.post(409, PATH, { ...taken, latency_ms: 2 + i }).then(() => 409) };
      if (i % 10 === 5) return { status: await agent.post(422, PATH, event({ latency_ms: -1 })).then(() => 422) };
      if (i % 10 === 7) return { status: 200, answer: await agent.post<Answer>(200, PATH, [event(), taken, event()]) };
      return { status: 200, answer: await agent.post<Answer>(200, PATH, event()) };
    }),
  );
  const seqs = answers.flatMap(({ answer }, i) => {
    if (answer === undefined) return [];
    deepEqual([answer.accepted, answer.duplicates, answer.rejected], i % 10 === 7 ? [2, 1, []] : [1, 0, []]);
    const first = answer.receipt?.first_seq ?? -1;
    equal((answer.receipt?.size ?? 0) >= first + answer.accepted, true);
    return [first];
  });
  equal(new Set(seqs).size, seqs.length);
  const { items } = await auditor.get<{ readonly items: readonly object[] }>(200, `${PATH}?limit=500`);
  equal(items.length, 1 + 84 + 2 * 12);
});
