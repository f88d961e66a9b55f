// Review over HTTP, against a real server: five decisions, each made once, by whom the credential names.
import { deepEqual, equal, notEqual, ok, partialDeepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type Client } from './test-server.ts';

interface Suggestion {
  readonly suggestion_id: string;
  readonly column: string;
  readonly candidates: readonly { readonly semantic_id: string }[];
}
interface Mapping {
  readonly mapping_history_id: string;
  readonly suggestion_id: string;
  readonly decision: string;
  readonly semantic_id: string | null;
  readonly reviewer_id: string;
  readonly decided_at: string;
  readonly justification?: string;
  readonly supersedes?: string;
}

const terms = ['customer name', 'customer email', 'order total', 'order date', 'city', 'country'];
const glossary = { entries: terms.map((name) => ({ semantic_id: `sem.${name.replace(' ', '.')}`, name, description: `The ${name}` })) };
const columns = ['customer_name', 'email', 'total', 'date', 'city', 'land'].map((name) => ({ name, samples: ['a', 'b'] }));

async function suggest(agent: Client, table = 'customers'): Promise<readonly Suggestion[]> {
  return (
    await agent.post<{ items: readonly Suggestion[] }>(200, '/mapping/suggest', {
      dataset: 'crm',
      table: { name: table, columns },
      glossary: 'crm',
    })
  ).items;
}
/** A server with a glossary and one table's suggestions. */
async function started() {
  const server = await startTestServer();
  for (const { admin } of [server.north, server.south]) {
    await admin.post(201, '/curator/glossaries/crm/versions', { version: '1', message: 'test', content: glossary });
    await admin.put(200, '/curator/glossaries/crm/labels/production', { version: '1', reason: 'test' });
  }
  const items = await suggest(server.north.agent);
  return { server, ...server.north, items, first: items[0]?.suggestion_id ?? '' };
}
const path = (suggestion_id: string): string => `/review/${suggestion_id}/decision`;
const history = async (auditor: Client): Promise<readonly Mapping[]> =>
  (await auditor.get<{ items: readonly Mapping[] }>(200, '/dif/mapping_history?limit=500')).items;
const queue = async (reviewer: Client, status: string): Promise<readonly string[]> =>
  (await reviewer.get<{ items: readonly Suggestion[] }>(200, `/review/queue?status=${status}`)).items.map(
    ({ suggestion_id }) => suggestion_id,
  );

test('the same idempotency key of the same caller is the same run, also at once; with another table it is a conflict', async () => {
  const { server, agent, auditor } = await started();
  await using _ = server;
  const asked = { dataset: 'crm', table: { name: 'orders', columns }, glossary: 'crm', idempotency_key: 'nightly/2026-11-27' };
  type Answer = { readonly saga_id: string; readonly trace_id: string; readonly items: readonly Suggestion[] };
  const ask = (as: Client, body: object = asked) => as.post<Answer>(200, '/mapping/suggest', body);
  const [first, ...others] = await Promise.all([ask(agent), ask(agent), ask(agent)]);
  for (const other of [...others, await ask(agent)]) deepEqual(other, first);
  const events = await auditor.get<{ items: readonly object[] }>(200, `/dif/prompt_events?trace_id=${first?.trace_id}`);
  equal(events.items.length, 2, 'one call of each agent');
  const conflict = await agent.post<{ code: string }>(409, '/mapping/suggest', { ...asked, dataset: 'erp' });
  equal(conflict.code, 'saga.payload_conflict');
  const twice = await agent.post<object>(422, '/mapping/suggest', {
    ...asked,
    table: { name: 'orders', columns: [...columns, ...columns.slice(0, 1)] },
  });
  partialDeepStrictEqual(twice, { code: 'schema.invalid', errors: [{ path: `/table/columns/${columns.length}/name` }] });
  notEqual((await ask(agent, { ...asked, idempotency_key: 'nightly/2026-11-28' })).saga_id, first?.saga_id);
  notEqual((await ask(server.south.agent)).saga_id, first?.saga_id, 'another caller’s key is another key');
});

test('a glossary that could not be mapped with is refused when it is saved, by place', async () => {
  const { server, admin } = await started();
  await using _ = server;
  const content = { entries: [glossary.entries[0], { name: 'no id' }] };
  const refused = await admin.post<object>(422, '/curator/glossaries/crm/versions', { version: '2', message: 'test', content });
  partialDeepStrictEqual(refused, { code: 'schema.invalid', errors: [{ path: '/content/entries/1/semantic_id', message: 'is missing' }] });
  // What is kept under that name for something else is refused when somebody is to map with it, by the field that names it.
  await admin.post(201, '/curator/glossaries/notes/versions', { version: '1', message: 'test', content: { note: 'no terms' } });
  await admin.put(200, '/curator/glossaries/notes/labels/production', { version: '1', reason: 'test' });
  const table = { name: 't', columns: [{ name: 'city' }] };
  const unmapped = await admin.post<object>(422, '/mapping/suggest', { dataset: 'd', table, glossary: 'notes' });
  partialDeepStrictEqual(unmapped, { code: 'schema.invalid', errors: [{ path: '/glossary', message: 'must name a list of terms' }] });
});

test('each of the five decisions leaves the queue and stands in mapping_history, by whom the credential names', async () => {
  const { server, items, reviewer, auditor } = await started();
  await using _ = server;
  const said = [
    { decision: 'accept' },
    { decision: 'override', semantic_id: 'sem.country' },
    { decision: 'reject' },
    { decision: 'none_of_these' },
    { decision: 'new_term', justification: 'a loyalty tier' },
  ];
  for (const [i, body] of said.entries()) {
    const mapping = await reviewer.post<Mapping>(201, path(items[i]?.suggestion_id ?? ''), body);
    deepEqual([mapping.decision, mapping.reviewer_id], [body.decision, reviewer.subject]);
  }
  deepEqual(
    (await history(auditor)).map(({ decision }) => decision).toReversed(),
    said.map(({ decision }) => decision),
  );
  deepEqual(await queue(reviewer, 'open'), [items[5]?.suggestion_id]);
  equal((await queue(reviewer, 'decided')).length, said.length);
});

test('nobody decides in another’s name', async () => {
  const { server, first, reviewer } = await started();
  await using _ = server;
  for (const field of ['reviewer_id', 'decided_at', 'trace_id', 'mapping_history_id'])
    await reviewer.post(422, path(first), { decision: 'accept', [field]: 'somebody' });
});

test('the same decision again, or many times at once, is one decision and one answer', async () => {
  const { server, first, items, reviewer, auditor } = await started();
  await using _ = server;
  const once = await reviewer.post<Mapping>(201, path(first), { decision: 'accept', justification: 'sure' });
  deepEqual(await reviewer.post(201, path(first), { decision: 'accept', justification: 'sure' }), once);
  const second = items[1]?.suggestion_id ?? '';
  const answers = await Promise.all(Array.from({ length: 8 }, () => reviewer.post<Mapping>(201, path(second), { decision: 'reject' })));
  for (const answer of answers) deepEqual(answer, answers[0]);
  equal((await history(auditor)).length, 2);
});

test('of people who decide differently at once, one decides and the others are told', async () => {
  const { server, first, reviewer, steward, admin, auditor } = await started();
  await using _ = server;
  const answers = await Promise.all(
    [reviewer, steward, admin].map(async (who, i) => {
      const answer = await who.raw('POST', path(first), {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ decision: ['accept', 'reject', 'none_of_these'][i] }),
      });
      return [answer.status, ((await answer.json()) as { code?: string }).code] as const;
    }),
  );
  deepEqual(
    answers.map(([status, code]) => `${status} ${code ?? ''}`.trim()).toSorted((a, b) => (a < b ? -1 : 1)),
    ['201', '409 review.decided', '409 review.decided'],
  );
  equal((await history(auditor)).length, 1);
});

test('a correction is a new entry that supersedes; what was said stays said', async () => {
  const { server, first, reviewer, steward, auditor } = await started();
  await using _ = server;
  const was = await reviewer.post<Mapping>(201, path(first), { decision: 'accept' });
  equal((await steward.post<{ code: string }>(409, path(first), { decision: 'reject' })).code, 'review.decided');
  const body = { decision: 'override', semantic_id: 'sem.city', supersedes: was.mapping_history_id };
  const now = await steward.post<Mapping>(201, path(first), body);
  deepEqual(await steward.post(201, path(first), body), now, 'a correction is repeated as any decision is');
  notEqual(now.mapping_history_id, was.mapping_history_id);
  equal(now.supersedes, was.mapping_history_id);
  deepEqual(
    (await history(auditor)).map(({ mapping_history_id }) => mapping_history_id),
    [now.mapping_history_id, was.mapping_history_id],
  );
  // The first decision is not in force any more: nothing corrects it a second time.
  equal(
    (await reviewer.post<{ code: string }>(409, path(first), { decision: 'reject', supersedes: was.mapping_history_id })).code,
    'review.decided',
  );
  await reviewer.post(201, path(first), { decision: 'reject', supersedes: now.mapping_history_id });
});

test('another tenant’s suggestion and one that never was answer the same', async () => {
  const { server, first } = await started();
  await using _ = server;
  const unknown = `su_${'0'.repeat(26)}`;
  const [foreign, never] = await Promise.all(
    [first, unknown].map((id) => server.south.reviewer.post<object>(404, path(id), { decision: 'accept' })),
  );
  const plain = (problem: object | undefined, id: string): string => JSON.stringify({ ...problem, trace_id: '' }).replaceAll(id, 'ID');
  equal(plain(foreign, first), plain(never, unknown));
  const theirs = (await suggest(server.south.agent))[0]?.suggestion_id ?? '';
  const decided = await server.south.reviewer.post<Mapping>(201, path(theirs), { decision: 'accept' });
  // Nor can a correction reach across.
  await server.north.reviewer.post(422, path(first), { decision: 'reject', supersedes: decided.mapping_history_id });
});

test('a reason is redacted before it is kept', async () => {
  const { server, first, reviewer } = await started();
  await using _ = server;
  const { justification = '' } = await reviewer.post<Mapping>(201, path(first), {
    decision: 'accept',
    justification: 'mara@example.org told me',
  });
  ok(!justification.includes('mara@example.org') && justification.endsWith('told me'));
});

test('of a table that comes again, a decision on a column takes the place of the answer before', async () => {
  const { server, items, agent, reviewer, steward, auditor } = await started();
  await using _ = server;
  const [name] = items;
  const before = await reviewer.post<Mapping>(201, path(name?.suggestion_id ?? ''), { decision: 'accept' });
  const again = (await suggest(agent)).find(({ column }) => column === name?.column);
  const other = again?.candidates[1]?.semantic_id;
  const after = await reviewer.post<Mapping>(201, path(again?.suggestion_id ?? ''), { decision: 'override', semantic_id: other });
  equal(after.supersedes, before.mapping_history_id);
  // Asked again, it answers the same; the answer before can no longer be corrected.
  deepEqual(await reviewer.post(201, path(again?.suggestion_id ?? ''), { decision: 'override', semantic_id: other }), after);
  await steward.post(409, path(name?.suggestion_id ?? ''), { decision: 'reject', supersedes: before.mapping_history_id });
  equal((await history(auditor)).length, 2);
});

test('a rerun overwrites no decision and never offers again for a column what was rejected for it', async () => {
  const { server, items, agent, reviewer, auditor } = await started();
  await using _ = server;
  const [name, mail, total] = items;
  ok(name !== undefined && mail !== undefined && total !== undefined);
  const top = ({ candidates }: Suggestion) => candidates[0]?.semantic_id ?? '';
  const offered = (of: readonly Suggestion[], { column }: Suggestion) =>
    of.find((each) => each.column === column)?.candidates.map(({ semantic_id }) => semantic_id) ?? [];
  const rejection = await reviewer.post<Mapping>(201, path(name.suggestion_id), { decision: 'reject' });
  await reviewer.post(201, path(mail.suggestion_id), { decision: 'none_of_these' });
  await reviewer.post(201, path(total.suggestion_id), { decision: 'accept' });
  const before = await history(auditor);

  for (let rerun = 0; rerun < 2; rerun++) {
    const again = await suggest(agent);
    ok(!offered(again, name).includes(top(name)));
    deepEqual(offered(again, mail), []);
    ok(offered(again, total).includes(top(total)));
    deepEqual(await history(auditor), before);
    // The rejected term is rejected for this column only.
    const elsewhere = await suggest(agent, `other_${rerun}`);
    ok(offered(elsewhere, name).includes(top(name)));
  }
  // A restart forgets nothing.
  await server.restart();
  const latest = await suggest(agent);
  ok(!offered(latest, name).includes(top(name)));
  // A correction that names another term takes no rejection back.
  const other = latest.find(({ column }) => column === name.column)?.candidates[1]?.semantic_id ?? '';
  const named = { decision: 'override', semantic_id: other, supersedes: rejection.mapping_history_id };
  const corrected = await reviewer.post<Mapping>(201, path(name.suggestion_id), named);
  ok(!offered(await suggest(agent), name).includes(top(name)));
  // One that names the same does: it may come again.
  const open = (await suggest(agent)).find(({ column }) => column === name.column)?.suggestion_id ?? '';
  await reviewer.post(201, path(open), { decision: 'override', semantic_id: top(name), supersedes: corrected.mapping_history_id });
  ok(offered(await suggest(agent), name).includes(top(name)));
  equal(
    (await reviewer.post<{ code: string }>(409, path(name.suggestion_id), { decision: 'accept', supersedes: corrected.mapping_history_id }))
      .code,
    'review.decided',
  );
});
