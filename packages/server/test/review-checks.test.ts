// How those who decide are checked, over HTTP against a real server: blind and double reviews, gold items, bulk decisions.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { idFrom, insert, mappingSuggestions, reviewGold, type MappingSuggestion } from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import { govern, rightFor, suggest, trained, type Suggestion } from './shop.ts';
import { startTestServer, type Client, type TestServer } from './test-server.ts';

interface Mapping {
  readonly mapping_history_id: string;
  readonly suggestion_id: string;
  readonly semantic_id: string | null;
  readonly blind?: true;
}
interface Shown extends Suggestion {
  readonly status: string;
  readonly blind?: true;
  readonly mapping_history_id?: string;
}
interface Page<T> {
  readonly items: readonly T[];
}
interface Quality {
  readonly domains: readonly {
    readonly domain: string;
    readonly pairs: number;
    readonly agreement: number;
    readonly kappa: number | null;
  }[];
  readonly reviewers: readonly {
    readonly reviewer_id: string;
    readonly decisions: number;
    readonly median_lead_ms: number | null;
    readonly rubber_stamp: boolean;
    readonly gold: { readonly asked: number; readonly right: number };
  }[];
}

const checked = async (steward: Client, shares: object): Promise<void> => {
  const content = { blind_share: 0, double_share: 0, gold_share: 0, rubber_stamp_ms: 1500, ...shares };
  await steward.post(201, '/curator/review_policies/default/versions', {
    version: JSON.stringify(shares).replaceAll(/\W/g, ''),
    message: 'm',
    content,
  });
  await steward.put(200, '/curator/review_policies/default/labels/production', {
    version: JSON.stringify(shares).replaceAll(/\W/g, ''),
    reason: 'r',
  });
};
const queueOf = async (of: Client) => (await of.get<Page<Shown>>(200, '/review/queue?limit=500')).items;
const decide = <T = Mapping>(by: Client, status: number, suggestion_id: string | undefined, body: object) =>
  by.post<T>(status, `/review/${suggestion_id}/decision`, body);

const io = { signal: new AbortController().signal };
const because = { who: 'test', reason: 'for the test', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' };

/** So many suggestions more that are newer than all there are, each like the one named. */
async function add(
  server: TestServer,
  count: number,
  suggestion_id: string,
  change: Partial<MappingSuggestion> | ((i: number) => Partial<MappingSuggestion>),
): Promise<readonly string[]> {
  const tenant = server.stores().tenant('north');
  const like = await tenant.get(mappingSuggestions, suggestion_id, io);
  if (like === undefined) throw new TypeError(`no suggestion ${suggestion_id}`);
  const created_at = new Date().toISOString();
  const docs = Array.from({ length: count }, (_, i) => ({
    ...like.doc,
    created_at,
    table: `${like.doc.table}_${i}`,
    ...(typeof change === 'function' ? change(i) : change),
    suggestion_id: idFrom('su', sha256(`${suggestion_id}/${i}`)),
  }));
  await tenant.commit(
    docs.map((doc) => insert(mappingSuggestions, doc)),
    [],
    io,
  );
  return docs.map((doc) => doc.suggestion_id);
}

test('a blind column is decided without what was suggested', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await govern(admin);
  await checked(steward, { blind_share: 1 });
  await suggest(agent, 0);
  const [first] = await queueOf(reviewer);
  deepEqual([first?.blind, first?.candidates], [true, []]);
  const refused = await decide<{ detail: string }>(reviewer, 422, first?.suggestion_id, { decision: 'accept' });
  match(refused.detail, /without seeing/);
  await decide(reviewer, 422, first?.suggestion_id, { decision: 'reject' });
  const said = await decide(reviewer, 201, first?.suggestion_id, { decision: 'override', semantic_id: rightFor(first?.column ?? '') });
  equal(said.blind, true);
});

test('what was decided before many newer decisions is asked of a second person, too, a stretch further back with each look', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await govern(admin);
  await suggest(agent, 0);
  const [mine, ...others] = await queueOf(reviewer);
  const own = await decide(steward, 201, mine?.suggestion_id, { decision: 'override', semantic_id: rightFor(mine?.column ?? '') });
  for (const { suggestion_id, column } of others)
    await decide(reviewer, 201, suggestion_id, { decision: 'override', semantic_id: rightFor(column) });
  await checked(steward, { double_share: 1 });
  // The steward decided all of these.
  const added = await add(server, 500, mine?.suggestion_id ?? '', { status: 'decided', mapping_history_id: own.mapping_history_id });
  equal((await queueOf(steward)).length, 0);
  const asked = await queueOf(steward);
  equal(asked.length, others.length);
  equal((await queueOf(steward)).length, others.length, 'what is owed stays in the queue');
  for (const { suggestion_id, column } of asked)
    await decide(steward, 201, suggestion_id, { decision: 'override', semantic_id: rightFor(column) });
  for (let look = 0; look < 4; look++) equal((await queueOf(steward)).length, 0);

  // Gold items, too: an old one behind many that the steward has nothing to say on.
  const [gold, ...open] = (await suggest(agent, 1)).items;
  await decide(reviewer, 201, gold?.suggestion_id, { decision: 'override', semantic_id: rightFor(gold?.column ?? '') });
  await checked(steward, { gold_share: 1 });
  await admin.put(200, `/review/gold/${gold?.suggestion_id}`, { reason: 'r' });
  const set = { mapping_history_id: own.mapping_history_id, set_by: 'test', set_at: new Date().toISOString() };
  await server
    .stores()
    .tenant('north')
    .commit(
      added.slice(0, 250).map((suggestion_id) => insert(reviewGold, { ...set, suggestion_id }, because)),
      [],
      io,
    );
  const isAsked = async () => (await queueOf(steward)).some(({ suggestion_id }) => suggestion_id === gold?.suggestion_id);
  ok(await isAsked());

  // And by value: an unsure column behind more than a thousand sure ones comes first as soon as looks have come so far.
  const [unsure, ...rest] = await add(server, 1, open[0]?.suggestion_id ?? '', {
    column: 'nobody_knows',
    candidates: [{ semantic_id: 'sem.city', score: 0.5, reasons: [] }],
  });
  equal(rest.length, 0);
  await add(server, 1100, open[1]?.suggestion_id ?? '', (i) => ({
    column: `sure_${i}`,
    candidates: [{ semantic_id: 'sem.city', score: 0.999, reasons: [] }],
  }));
  const first = async () => (await reviewer.get<Page<Shown>>(200, '/review/queue?order=value&limit=1')).items[0]?.suggestion_id;
  const looks: unknown[] = [];
  for (let look = 0; look < 3; look++) looks.push(await first());
  equal(looks.at(-1), unsure);
  await decide(reviewer, 201, unsure, { decision: 'reject' });
  ok((await first()) !== unsure);
  equal((await reviewer.get<{ code: string }>(422, '/review/queue?order=value&status=decided')).code, 'schema.invalid');
});

test('a second person decides unknowing; what they say is compared and changes nothing, and of two who disagree neither settles it', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await govern(admin);
  await suggest(agent, 0);
  const open = await queueOf(reviewer);
  const firsts: Mapping[] = [];
  for (const { suggestion_id, column } of open)
    firsts.push(await decide(reviewer, 201, suggestion_id, { decision: 'override', semantic_id: rightFor(column) }));
  equal((await queueOf(steward)).length, 0);
  await checked(steward, { double_share: 1 });
  equal((await queueOf(reviewer)).length, 0, 'nobody checks themselves');
  const again = await queueOf(steward);
  equal(again.length, open.length);
  ok(
    again.every(({ status, mapping_history_id }) => status === 'open' && mapping_history_id === undefined),
    'nothing tells a check from an open one',
  );
  const [wrong, ...rest] = again;
  const disagrees = { decision: 'override', semantic_id: rightFor(rest[0]?.column ?? '') };
  const said = await decide(steward, 201, wrong?.suggestion_id, disagrees);
  equal(
    (await decide(steward, 201, wrong?.suggestion_id, disagrees)).mapping_history_id,
    said.mapping_history_id,
    'said twice is said once',
  );
  // Whoever takes it back is not told that it was a check, and what they say last counts.
  const right = { decision: 'override', semantic_id: rightFor(wrong?.column ?? ''), supersedes: said.mapping_history_id };
  const corrected = await decide(steward, 201, wrong?.suggestion_id, right);
  equal((await decide(steward, 201, wrong?.suggestion_id, right)).mapping_history_id, corrected.mapping_history_id);
  deepEqual((await steward.get<Page<object>>(200, '/review/opinions?agrees=false')).items, []);
  await decide(steward, 201, wrong?.suggestion_id, { ...disagrees, supersedes: corrected.mapping_history_id });
  for (const { suggestion_id, column } of rest)
    await decide(steward, 201, suggestion_id, { decision: 'override', semantic_id: rightFor(column) });
  equal((await queueOf(admin)).length, 0, 'a second opinion is enough');
  const history = await admin.get<Page<Mapping>>(200, '/dif/mapping_history?limit=500');
  deepEqual(
    history.items.map(({ mapping_history_id: id }) => id).toSorted(),
    firsts.map(({ mapping_history_id: id }) => id).toSorted(),
    'opinions are no decisions',
  );

  const disputes = await steward.get<Page<{ of: string; suggestion_id: string; settled_by?: string }>>(
    200,
    '/review/opinions?agrees=false',
  );
  deepEqual(
    disputes.items.map(({ suggestion_id }) => suggestion_id),
    [wrong?.suggestion_id],
  );
  const settles = { decision: 'override', semantic_id: rightFor(wrong?.column ?? ''), supersedes: disputes.items[0]?.of };
  for (const one of [reviewer, steward])
    equal((await decide<{ code: string }>(one, 403, wrong?.suggestion_id, settles)).code, 'access.forbidden_combination');
  const settled = await decide(admin, 201, wrong?.suggestion_id, settles);
  const after = await steward.get<Page<{ settled_by?: string }>>(200, '/review/opinions?agrees=false');
  deepEqual([disputes.items[0]?.settled_by, after.items[0]?.settled_by], [undefined, settled.mapping_history_id]);
  const quality = await steward.get<Quality>(200, '/review/quality');
  equal(
    quality.domains.reduce((sum, { pairs }) => sum + pairs, 0),
    open.length,
  );
  ok(quality.domains.some(({ agreement, kappa }) => agreement < 1 && (kappa === null || kappa < 1)));
  await server.north.reviewer.get(403, '/review/quality');
});

test('gold items show who is right and who is fast: a person who always says the same in no time is found', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await govern(admin);
  await suggest(agent, 0);
  for (const { suggestion_id, column } of await queueOf(steward)) {
    await decide(steward, 201, suggestion_id, { decision: 'override', semantic_id: rightFor(column), lead_time_ms: 8000 });
    await steward.put(200, `/review/gold/${suggestion_id}`, { reason: 'sure of it' });
  }
  await checked(steward, { gold_share: 1 });
  const gold = await queueOf(reviewer);
  ok(gold.length > 4);
  for (const { suggestion_id } of gold)
    await decide(reviewer, 201, suggestion_id, { decision: 'override', semantic_id: rightFor('city'), lead_time_ms: 200 });
  await suggest(agent, 1);
  await suggest(agent, 2);
  for (const [i, { suggestion_id }] of (await queueOf(reviewer)).entries())
    await decide(reviewer, 201, suggestion_id, { decision: 'none_of_these', lead_time_ms: 100 + 100 * (i % 2) });
  const { reviewers } = await steward.get<Quality>(200, '/review/quality');
  const of = (subject: string) => reviewers.find(({ reviewer_id }) => reviewer_id === subject);
  deepEqual(of(reviewer.subject)?.gold, { asked: gold.length, right: 1 });
  deepEqual([of(reviewer.subject)?.median_lead_ms, of(reviewer.subject)?.rubber_stamp], [150, true]);
  deepEqual([of(steward.subject)?.median_lead_ms, of(steward.subject)?.rubber_stamp], [8000, false]);
});

test('a selection is what was chosen and nothing else: with its count and one reason, once', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await govern(admin);
  await suggest(agent, 0);
  await suggest(agent, 1, [], 'other');
  const chosen = await reviewer.post<{ selection_id: string; count: number; items: readonly { suggestion_id: string }[] }>(
    201,
    '/review/selections',
    {
      dataset: 'crm',
    },
  );
  equal(chosen.count, chosen.items.length);
  // What comes later, and what someone else decides meanwhile, is not in it.
  await suggest(agent, 2);
  const [gone] = chosen.items;
  await decide(steward, 201, gone?.suggestion_id, { decision: 'none_of_these' });
  const path = `/review/selections/${chosen.selection_id}/decision`;
  const all = { decision: 'none_of_these', count: chosen.count, justification: 'a test table, says Ada' };
  await reviewer.post(422, path, { ...all, count: chosen.count - 1 });
  await reviewer.post(422, path, { decision: 'none_of_these', count: chosen.count });
  await steward.post(404, path, all);
  const done = await reviewer.post<{ decided: number; changed: readonly string[] }>(200, path, all);
  deepEqual(done, { decided: chosen.count - 1, changed: [gone?.suggestion_id] });
  deepEqual(await reviewer.post(200, path, all), done, 'asked again it answers the same');
  const history = await admin.get<Page<{ reviewer_id: string; justification?: string }>>(200, '/dif/mapping_history?limit=500');
  equal(history.items.filter(({ reviewer_id }) => reviewer_id === reviewer.subject).length, chosen.count - 1);
  equal((await queueOf(reviewer)).length, 16);
  await reviewer.post(404, '/review/selections', { dataset: 'no such' });
});

test('behind a long queue the rest is there still: to be chosen by a filter, and to be accepted by policy', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await govern(admin);
  const { items } = await suggest(agent, 0);
  const [like] = items;
  await add(server, 2100, like?.suggestion_id ?? '', { dataset: 'others', abstained: true, column: 'unsure' });
  const chosen = await reviewer.post<{ count: number }>(201, '/review/selections', { dataset: 'crm' });
  equal(chosen.count, items.length);

  // A check that is older than the page stands among its suggestions, not behind them.
  await decide(steward, 201, like?.suggestion_id, { decision: 'override', semantic_id: rightFor(like?.column ?? '') });
  await checked(steward, { double_share: 1 });
  const page = await reviewer.get<Page<Shown & { readonly created_at: string }>>(200, '/review/queue?limit=100');
  const at = page.items.findIndex(({ suggestion_id }) => suggestion_id === like?.suggestion_id);
  ok(at >= 0 && at < page.items.length - 1, `among others, at ${at}`);
  deepEqual(
    page.items.map(({ created_at }) => created_at),
    page.items
      .map(({ created_at }) => created_at)
      .toSorted()
      .toReversed(),
  );

  // What others decide on while all of a selection is decided on is left alone, and holds up nothing.
  const many = await reviewer.post<{ selection_id: string; count: number; items: readonly { suggestion_id: string }[] }>(
    201,
    '/review/selections',
    { dataset: 'others' },
  );
  const all = { decision: 'none_of_these', count: many.count, justification: 'a test' };
  const others = async (): Promise<void> => {
    for (const { suggestion_id } of many.items.slice(0, 16))
      await steward.raw('POST', `/review/${suggestion_id}/decision`, {
        body: JSON.stringify({ decision: 'none_of_these' }),
        headers: { 'content-type': 'application/json' },
      });
  };
  const decideMany = () =>
    reviewer.post<{ decided: number; changed: readonly string[] }>(200, `/review/selections/${many.selection_id}/decision`, all);
  const [done] = await Promise.all([decideMany(), others()]);
  equal(done.decided + done.changed.length, many.count);

  await checked(steward, { accept_alone: { thresholds: { unclassified: 0.5 }, audit_share: 0.01 } });
  const { outcome } = await admin.post<{ outcome: string }>(202, '/dif/jobs/review.accept_alone/run', {});
  equal(outcome, 'started');
});

test('a table that was mapped again and again has one answer in force for a column', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await govern(admin);
  const first = (await suggest(agent, 0)).items.find(({ column }) => column === 'city');
  const said = await decide(reviewer, 201, first?.suggestion_id, { decision: 'override', semantic_id: rightFor('city') });
  await add(server, 60, first?.suggestion_id ?? '', { status: 'superseded' });
  const last = (await suggest(agent, 0)).items.find(({ column }) => column === 'city');
  const corrected = await decide<Mapping & { supersedes?: string }>(steward, 201, last?.suggestion_id, {
    decision: 'override',
    semantic_id: rightFor('country'),
  });
  equal(corrected.supersedes, said.mapping_history_id);
});

test('of a selection nothing is accepted that was not suggested', async () => {
  await using server = await startTestServer();
  const { admin, agent, auditor, reviewer } = server.north;
  await govern(admin);
  const { items } = await agent.post<Page<Suggestion>>(200, '/mapping/suggest', {
    dataset: 'crm',
    table: {
      name: 'orders',
      columns: [
        { name: 'city', samples: ['Rome'] },
        { name: 'qwx_zzt', samples: ['§'] },
      ],
    },
    glossary: 'crm',
  });
  deepEqual(
    items.map(({ abstained }) => abstained),
    [false, true],
  );
  const all = { decision: 'accept', justification: 'all of them' };
  const choose = (filter: object) => reviewer.post<{ selection_id: string; count: number }>(201, '/review/selections', filter);
  const both = await choose({ dataset: 'crm' });
  const refused = await reviewer.post<{ detail: string }>(422, `/review/selections/${both.selection_id}/decision`, { ...all, count: 2 });
  match(refused.detail, /for 1 of the selection nothing was suggested; choose with min_score/);
  const sure = await choose({ dataset: 'crm', min_score: 0 });
  await reviewer.post(200, `/review/selections/${sure.selection_id}/decision`, { ...all, count: 1 });
  const history = await auditor.get<Page<{ source: { column: string } }>>(200, '/dif/mapping_history');
  deepEqual(
    history.items.map(({ source }) => source.column),
    ['city'],
  );
});

test('what is sure enough for its class is accepted without a person, a share is left for people, and it teaches no model', async () => {
  await using server = await startTestServer();
  const { admin, agent, auditor, reviewer, steward } = server.north;
  await govern(admin);
  await suggest(agent, 0);
  // What a person said of a column stands, though the table comes again and the model is sure of another term now.
  const [said] = await queueOf(reviewer);
  await decide(reviewer, 201, said?.suggestion_id, { decision: 'reject' });
  await suggest(agent, 0);
  const open = await queueOf(reviewer);
  ok(open.some(({ column }) => column === said?.column));
  const run = () => admin.post<{ outcome: string; saga_id: string }>(202, '/dif/jobs/review.accept_alone/run', {});
  equal((await run()).outcome, 'nothing_to_do', 'off unless a policy turns it on');
  await checked(steward, { accept_alone: { thresholds: { personal: 0.5 }, audit_share: 0.01 } });
  equal((await run()).outcome, 'nothing_to_do', 'no term of this glossary is of that class');
  await checked(steward, { accept_alone: { thresholds: { unclassified: 0.5 }, audit_share: 0.01 } });
  await server.settled(admin, await run());
  const { items: all } = await auditor.get<
    Page<Mapping & { reviewer_id: string; justification: string; source: { column: string }; candidates: readonly { score: number }[] }>
  >(200, '/dif/mapping_history?limit=500');
  const items = all.slice(0, -1);
  deepEqual([all.at(-1)?.semantic_id, items.some(({ source }) => source.column === said?.column)], [null, false]);
  ok(
    items.length > 0 && items.every(({ reviewer_id, candidates: [best] }) => reviewer_id === 'policy:review' && (best?.score ?? 0) >= 0.5),
  );
  match(items[0]?.justification ?? '', /review policy default@/);
  const left = await queueOf(reviewer);
  equal(left.length, open.length - items.length);
  equal((await run()).outcome, 'nothing_to_do');
  const order = await steward.post<{ saga_id: string }>(202, '/training/datasets', { task: 'mapping' });
  let status = 'running';
  while (['running', 'compensating'].includes(status))
    ({ status } = await steward.get<{ status: string }>(200, `/dif/sagas/${order.saga_id}`));
  equal(status, 'compensated', 'there is nothing to learn from it');
});

test('while models are compared people decide on all that is part of it, however sure a model is', async () => {
  await using server = await startTestServer();
  const { admin, agent, steward } = server.north;
  const version = await trained(server);
  await checked(steward, { accept_alone: { thresholds: { unclassified: 0.5 }, audit_share: 0.01 } });
  await steward.post(200, `/models/mapping-ranker/versions/${version}/move`, { label: 'shadow', reason: 'r' });
  await suggest(agent, 0, [], 'another');
  const run = async () => (await admin.post<{ outcome: string }>(202, '/dif/jobs/review.accept_alone/run', {})).outcome;
  equal(await run(), 'nothing_to_do');
  const { rollout_id } = await steward.get<{ rollout_id: string }>(200, '/models/mapping-ranker/rollout');
  await steward.post(200, `/rollouts/${rollout_id}/end`, { reason: 'enough' });
  equal(await run(), 'started');
});

test('below the score that policy asks nothing is suggested: the suggestion says so, by which policy, and is never accepted alone', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer, steward } = server.north;
  await govern(admin);
  await suggest(agent, 0);
  interface Held {
    readonly column: string;
    readonly abstained: boolean;
    readonly candidates: readonly { readonly semantic_id: string; readonly score: number }[];
    readonly suggest_at?: { readonly score: number; readonly policy: string };
  }
  const queue = async () => (await reviewer.get<Page<Held>>(200, '/review/queue?limit=500')).items;
  const own = await queue();
  ok(own.every(({ suggest_at }) => suggest_at === undefined));
  const scores = own.flatMap(({ abstained, candidates: [best] }) => (abstained ? [] : [best?.score ?? 0])).toSorted((a, b) => a - b);
  const [least = 0] = scores;
  const floor = least + 1e-6;
  ok(scores.some((score) => score >= floor));
  await checked(steward, { suggest_at: floor });
  await suggest(agent, 0);
  const held = await queue();
  const by = <T>(items: readonly Held[], what: (item: Held) => T) => Object.fromEntries(items.map((item) => [item.column, what(item)]));
  deepEqual(
    by(held, ({ abstained }) => abstained),
    by(own, ({ abstained, candidates: [best] }) => abstained || (best?.score ?? 0) < floor),
  );
  const scoresOf = ({ candidates }: Held) => candidates.map(({ semantic_id, score }) => [semantic_id, score]);
  deepEqual(by(held, scoresOf), by(own, scoresOf), 'what there is to choose from stays');
  for (const { suggest_at } of held) {
    equal(suggest_at?.score, floor);
    match(suggest_at.policy, /^default@/);
  }
  await checked(steward, { suggest_at: 1, accept_alone: { thresholds: { unclassified: 0.5 }, audit_share: 0.01 } });
  await suggest(agent, 0);
  ok((await queue()).every(({ abstained }) => abstained));
  equal((await admin.post<{ outcome: string }>(202, '/dif/jobs/review.accept_alone/run', {})).outcome, 'nothing_to_do');
});
