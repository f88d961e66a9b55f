// Events as clients really send them: again, by many at once, some of them wrong.
import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { event } from './event.ts';
import { startTestServer } from './test-server.ts';

interface Answer {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly code: string }[];
  readonly receipt: { readonly first_seq: number | null; readonly size: number } | null;
}

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
  const asked = await agent.raw('OPTIONS', PATH, { headers: { origin: server.url, 'access-control-request-method': 'POST' } });
  deepEqual([asked.status, asked.headers.get('access-control-allow-origin')], [405, null], 'no page of another origin, unless told');
  const none = await agent.post<{ readonly errors: readonly object[] }>(422, PATH, []);
  deepEqual(none.errors, [{ path: '', message: 'must hold at least one event' }]);
});

test('a model that is called by the address of its machine: its events are kept, the address is not', async () => {
  await using server = await startTestServer();
  const { agent } = server.north;
  const endpoints = ['http://10.0.0.5:8000', 'https://203.0.113.9', 'http://[2001:db8::7]:11434', 'http://localhost:8000', 'local:gpu'];
  const events = endpoints.map((endpoint) => event({ endpoint }));
  const { rejected, changed } = await agent.post<{ rejected: unknown[]; changed: unknown[] }>(200, '/dif/prompt_events', events);
  deepEqual(rejected, []);
  deepEqual(
    changed,
    [0, 1, 2].map((index) => ({ index, fields: ['/endpoint'] })),
  );
  const kept = await Promise.all(
    events.map(({ event_id }) => agent.get<{ endpoint: string }>(200, `/dif/prompt_events/${event_id}`).then(({ endpoint }) => endpoint)),
  );
  match(
    kept.join(' '),
    /^http:\/\/IP-ADDRESS-[a-z2-7]{20}:8000 https:\/\/IP-ADDRESS-[a-z2-7]{20} http:\/\/IP-ADDRESS-[a-z2-7]{20}:11434 http:\/\/localhost:8000 local:gpu$/,
  );
});

test('an event whose acknowledgement was lost is a duplicate also under another policy: one leaf, and what was stored stays', async () => {
  await using server = await startTestServer();
  const { admin, agent, auditor } = server.north;
  const lost = event({ response_summary: { answered: 'blueheron' } });
  deepEqual((await agent.post<Answer>(200, PATH, lost)).accepted, 1);
  const path = '/curator/redaction_policies/tenant_default';
  const { version } = await admin.get<{ version: string }>(200, `${path}/labels/production`);
  const { content } = await admin.get<{ content: object }>(200, `${path}/versions/${version}`);
  const stricter = { ...content, version: 'deny-1', deny: ['blueheron'] };
  await admin.post(201, `${path}/versions`, { version: 'deny-1', message: 'never let this word through', content: stricter });
  await admin.put(200, `${path}/labels/production`, { version: 'deny-1', reason: 'stricter' });
  // Another life of the server believes no policy that it asked for before.
  await server.restart();
  const again = await agent.post<Answer>(200, PATH, lost);
  deepEqual([again.accepted, again.duplicates], [0, 1]);
  const other = event({ response_summary: { answered: 'blueheron' } });
  deepEqual((await agent.post<Answer>(200, PATH, other)).accepted, 1);
  const { items } = await auditor.get<{ readonly items: readonly { event_id: string; response_summary: { answered: string } }[] }>(
    200,
    PATH,
  );
  deepEqual(
    items.map(({ event_id, response_summary: { answered } }) => [event_id, answered === 'blueheron']),
    [
      [other.event_id, false],
      [lost.event_id, true],
    ],
  );
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
