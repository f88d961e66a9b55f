// A candidate beside what is live, over HTTP against a real server: shadow, canary, verdict, promotion by two people, and the way back without any.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { connect, draw, type Serving } from '@ancilla/sdk';
import { suggest, trained, trainOn, type Suggestion } from './shop.ts';
import { startTestServer, type Client, type TestServer } from './test-server.ts';

interface Question {
  readonly pairs: number;
  readonly e_better: number;
  readonly e_harm: number;
  readonly needed: number;
  readonly needed_harm: number;
  readonly interval: readonly [number, number] | null;
  readonly stable: { readonly units: number; readonly rate: number | null };
  readonly candidate: { readonly units: number; readonly rate: number | null };
}
interface RolloutView {
  readonly rollout_id: string;
  readonly stage: string;
  readonly attempt: number;
  readonly candidate: { readonly version: string; readonly digest: string };
  readonly verdict: string;
  readonly serving: boolean;
  readonly why?: string;
  readonly overridden: Question;
  readonly failed: Question;
  readonly counts: { readonly corrections: number; readonly late: number; readonly misrouted: number };
}
const MODEL = '/models/mapping-ranker';
const move = (version: string) => `${MODEL}/versions/${version}/move`;

/** A policy with a margin so wide that a few data sets say something, each as soon as the next is decided on: for tests only. */
const loosely = async (steward: Client, rollout: object = {}): Promise<void> => {
  const { content } = await steward.get<{ content: object }>(200, '/curator/promotion_policies/default/versions/production');
  const loose = { ...content, rollout: { margin: 0.4, alpha: 0.4, least_pairs: 3, share: 0.5, settle_hours: 0, ...rollout } };
  await steward.post(201, '/curator/promotion_policies/default/versions', { version: 'loose', content: loose });
  await steward.put(200, '/curator/promotion_policies/default/labels/production', { version: 'loose', reason: 'a test' });
};

/** Accepts what is shown, or refuses it all. */
const decide = async (reviewer: Client, items: readonly Suggestion[], right: boolean): Promise<void> => {
  for (const { suggestion_id, abstained, candidates } of items) {
    const says = right ? (abstained || candidates.length === 0 ? 'none_of_these' : 'accept') : 'reject';
    await reviewer.post(201, `/review/${suggestion_id}/decision`, { decision: says });
  }
};
const until = async (steward: Client, holds: (view: RolloutView) => boolean): Promise<RolloutView> => {
  for (let i = 0; ; i++) {
    const view = await steward.get<RolloutView>(200, `${MODEL}/rollout`);
    if (holds(view)) return view;
    if (i === 500) deepEqual(view, 'what the test waits for');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Has data sets mapped and decided until the rollout says something. */
const decideSets = async (
  { north: { agent, reviewer, steward } }: TestServer,
  isRight: (items: readonly Suggestion[]) => boolean,
  from: number,
): Promise<RolloutView> => {
  for (let i = from; i < from + 40; i++) {
    const { items } = await suggest(agent, i % 4, [], `set-${i}`);
    await decide(reviewer, items, isRight(items));
    const view = await until(steward, () => true);
    if (view.verdict !== 'running') return view;
  }
  return until(steward, () => true);
};

interface ModelEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: Readonly<Record<string, string | null>>;
}
/** All that was told of models, three at a time. */
async function eventsOf(client: Client): Promise<readonly ModelEvent[]> {
  const all: ModelEvent[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { readonly items: readonly ModelEvent[]; readonly next_cursor: string | null } = await client.get(
      200,
      `/models/events?limit=3${cursor && `&cursor=${cursor}`}`,
    );
    all.push(...page.items);
    cursor = page.next_cursor;
  }
  return all;
}

test('shadow, then canary, then two people: a model that is no worse goes live, and each stage asks for the one before', async () => {
  await using server = await startTestServer();
  const { admin, agent, steward, reviewer } = server.north;
  const version = await trained(server);
  await loosely(steward);
  const canary = { label: 'canary', reason: 'more of it' };
  const refused = await steward.post<{ detail: string }>(422, move(version), canary);
  match(refused.detail, /shadow_passed/);

  await steward.post(200, move(version), { label: 'shadow', reason: 'beside what is live' });
  const { items } = await suggest(agent, 1, [], 'set-0');
  ok(items.every(({ model }) => model.version === 'base-6' && model.arm === 'stable'));
  const queue = await reviewer.get<{ items: readonly object[] }>(200, '/review/queue');
  ok(queue.items.length > 0 && !JSON.stringify(queue).includes('trials'), 'nobody who decides sees what the shadow says');
  const shadow = await decideSets(server, () => true, 1);
  deepEqual([shadow.stage, shadow.verdict, shadow.attempt], ['shadow', 'eligible', 1]);
  ok(shadow.overridden.e_better >= shadow.overridden.needed);
  equal(shadow.overridden.stable.units, shadow.overridden.candidate.units, 'each data set was on both sides');

  await steward.post(200, move(version), canary);
  const arms = new Map<string, Set<string>>();
  const isSeen = (arm: string) => [...arms.values()].some((of) => [...of].some((each) => each.startsWith(arm)));
  // Which arm a data set falls on is drawn: of some, both are seen.
  for (let i = 100; i < 140 && !(i >= 110 && isSeen('canary') && isSeen('stable')); i++)
    for (const at of [0, 1]) {
      const { items: shown } = await suggest(agent, at, [], `set-${i}`);
      for (const { model } of shown) arms.set(`set-${i}`, (arms.get(`set-${i}`) ?? new Set()).add(`${model.arm} ${model.version}`));
    }
  ok(
    [...arms.values()].every((of) => of.size === 1),
    'a data set stays on its arm',
  );
  deepEqual([...new Set([...arms.values()].flatMap((of) => [...of]))].toSorted(), [`canary ${version}`, 'stable base-6']);
  const passed = await decideSets(server, () => true, 200);
  deepEqual([passed.stage, passed.verdict], ['canary', 'eligible']);

  const first = { label: 'production', reason: 'the first of our own' };
  const moved = await steward.post<{ saga_id?: string; version?: string }>(200, move(version), first);
  equal(moved.version, version, 'a first model goes by the bootstrap policy');
  const { labels } = await admin.get<{ labels: readonly string[] }>(200, `${MODEL}/versions/${version}`);
  ok(labels.includes('production'));
  equal((await until(steward, () => true)).serving, false, 'what was promoted is no candidate any more');
});

test('a second model waits for a canary and a second person; the one before comes back by one', async () => {
  await using server = await startTestServer();
  const { admin, agent, steward } = server.north;
  const first = await trained(server);
  await steward.post(200, move(first), { label: 'production', reason: 'bootstrap' });
  await loosely(steward);
  const { items } = await steward.get<{ items: readonly { dataset_id: string }[] }>(200, '/training/datasets');
  const second = (await trainOn(server, items[0]?.dataset_id ?? '')).model?.version ?? '';
  const production = { label: 'production', reason: 'better' };
  match((await steward.post<{ detail: string }>(422, move(second), production)).detail, /canary_passed/);
  await steward.post(200, move(second), { label: 'shadow', reason: 'r' });
  await decideSets(server, () => true, 0);
  await steward.post(200, move(second), { label: 'canary', reason: 'r' });
  equal((await decideSets(server, () => true, 300)).verdict, 'eligible');
  const approvals = '/curator/models/mapping-ranker/labels/production/approvals';
  const ask = () => steward.post<{ saga_id: string }>(202, move(second), production);
  // What was asked for and cancelled waits for nobody.
  const cancelled = await ask();
  await admin.post(200, `/dif/sagas/${cancelled.saga_id}/cancel`, { reason: 'not yet' });
  const stillWaits = async () => (await steward.raw('GET', approvals)).status === 200;
  for (let i = 0; i < 500 && (await stillWaits()); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  match((await admin.post<{ detail: string }>(404, approvals, { saga_id: cancelled.saga_id })).detail, /ask for it again/);
  const { saga_id } = await ask();
  await steward.post(403, approvals, { saga_id });
  const key = { tenant_id: 'north', role: 'steward', subject: 'third' };
  const { secret } = await server.platform.post<{ secret: string }>(201, '/governance/keys', key);
  // Two approve at once: the one who is overtaken is told what holds.
  const both = await Promise.all(
    [admin, server.client(secret, 'third')].map((one) => one.post<{ approved_by: string }>(202, approvals, { saga_id })),
  );
  equal(new Set(both.map(({ approved_by }) => approved_by)).size, 1);
  await server.settled(steward, { saga_id });
  equal((await suggest(agent, 0, [], 'after')).items[0]?.model.version, second);
  await steward.post(200, move(first), { label: 'production', reason: 'back' });
  equal((await suggest(agent, 0, [], 'after')).items[0]?.model.version, first);

  const events = await eventsOf(steward);
  const told = events.map(
    ({ type, subject }) => `${/model_version\.(\w+)\.v1$/.exec(type)?.[1]} ${subject.endsWith(first) ? 'first' : 'second'}`,
  );
  deepEqual(told, [
    'registered first',
    'promoted first',
    'registered second',
    'labelled second',
    'shadow_started second',
    'rollout_decided second',
    'labelled second',
    'rollout_ended second',
    'canary_started second',
    'rollout_decided second',
    'promoted second',
    'rollout_ended second',
    'rolled_back first',
  ]);
  equal(new Set(events.map(({ id }) => id)).size, events.length);
  const promoted = events.findLast(({ type }) => type.includes('promoted'));
  deepEqual([promoted?.data['moved_by'], promoted?.data['approved_by']], ['north-steward', both[0]?.approved_by]);
  equal(promoted?.source, '/tenants/north/models');
  deepEqual(await eventsOf(server.south.steward), []);
});

test('a canary that people refuse is taken away by no person, its next try has half the error to spend, and a person can end one', async () => {
  await using server = await startTestServer();
  const { agent, steward, auditor } = server.north;
  const version = await trained(server);
  await loosely(steward);
  await steward.post(200, move(version), { label: 'shadow', reason: 'r' });
  await decideSets(server, () => true, 0);
  await steward.post(200, move(version), { label: 'canary', reason: 'r' });
  const view = await decideSets(server, (items) => items[0]?.model.arm === 'stable', 100);
  deepEqual([view.verdict, view.why, view.serving], ['rolled_back', 'harm', false]);
  ok(view.overridden.e_harm >= view.overridden.needed_harm);
  const { labels } = await auditor.get<{ labels: readonly string[] }>(200, `${MODEL}/versions/${version}`);
  ok(!labels.includes('canary'), 'the label is gone');
  for (let i = 0; i < 6; i++) equal((await suggest(agent, 0, [], `later-${i}`)).items[0]?.model.version, 'base-6');
  interface Moves {
    readonly items: readonly {
      readonly version: string | null;
      readonly moved_by: string;
      readonly reason: string;
      readonly proof: object;
    }[];
  }
  const history = await auditor.get<Moves>(200, '/curator/models/mapping-ranker/labels/canary/history');
  deepEqual(
    history.items.map(({ version: named, moved_by, reason }) => [named, moved_by, reason]),
    [
      [null, 'ancilla.rollout', 'the candidate is worse than what is live: rolled back by the standing rule'],
      [version, 'north-steward', 'r'],
    ],
    'its history stands, with who and why',
  );
  ok(history.items.every(({ proof }) => proof !== undefined));

  await steward.post(200, move(version), { label: 'canary', reason: 'again' });
  const again = await until(steward, ({ rollout_id }) => rollout_id !== view.rollout_id);
  deepEqual([again.attempt, again.verdict, again.overridden.needed], [2, 'running', view.overridden.needed * 2]);
  const ended = await steward.post<RolloutView>(200, `/rollouts/${again.rollout_id}/end`, { reason: 'not today' });
  deepEqual([ended.serving, ended.verdict, ended.why], [false, 'inconclusive', 'by_hand']);
  equal((await suggest(agent, 0, [], 'last')).items[0]?.model.version, 'base-6');

  // The same file, trained once more, is the same candidate: it brings no error of its own to spend, and needs no other shadow.
  const { items } = await steward.get<{ items: readonly { dataset_id: string }[] }>(200, '/training/datasets');
  const { model, model_digest } = await trainOn(server, items[0]?.dataset_id ?? '');
  await steward.post(200, move(model?.version ?? ''), { label: 'canary', reason: 'trained again' });
  const third = await until(steward, ({ rollout_id }) => rollout_id !== again.rollout_id);
  deepEqual([third.attempt, third.candidate.version, third.candidate.digest], [3, model?.version, `sha256:${model_digest}`]);
});

test('a share of traces gets the canary of an agent’s config, as the draw says; one whose calls fail is taken away by no person', async () => {
  await using server = await startTestServer();
  const { agent, steward } = server.north;
  await loosely(steward);
  const path = '/curator/agent_configs/helper.v1';
  const save = (version: string, canary: object) =>
    steward.post(201, `${path}/versions`, { version, message: 'm', content: { agent_id: 'helper.v1', canary } });
  await save('1', { enabled: false, percent: 5 });
  await steward.put(200, `${path}/labels/production`, { version: '1', reason: 'r' });
  match((await steward.put<{ detail: string }>(422, `${path}/labels/canary`, { version: '1', reason: 'r' })).detail, /percent/);
  await save('2', { enabled: true, percent: 40 });
  await steward.put(200, `${path}/labels/canary`, { version: '2', reason: 'r' });

  const { items } = await agent.get<{ items: readonly Serving[] }>(200, `${path}/serving`);
  const [serving] = items;
  ok(serving !== undefined && serving.share === 0.4);
  // It remembers who is on trial for as long as this takes: events leave meanwhile, and may end it.
  await using sdk = connect({ url: server.url, apiKey: agent.key, flushAtExit: false, labelTtlMs: 600_000 });
  const call = (fails: (arm: string | undefined) => boolean) => async () => {
    let drawn: string | undefined;
    const options = { prompt: 'say something', model: { id: 'm', endpoint: 'https://m.example' } };
    const said = await sdk
      .agent('helper.v1')
      .call(options)(async ({ trace: { trace_id } }) => {
        drawn = draw(serving.key, trace_id).at < serving.share ? 'canary' : 'stable';
        if (fails(drawn)) throw new Error('no answer');
        return { output: 'something' };
      })
      .catch(() => undefined);
    if (said !== undefined) deepEqual([said.arm, said.agent_config.version], [drawn, drawn === 'canary' ? '2' : '1']);
    return drawn;
  };
  const drawn = [];
  for (let i = 0; i < 40; i++) drawn.push(await call((arm) => arm === 'canary')());
  equal(await sdk.flush(), 0);
  ok(drawn.includes('canary') && drawn.includes('stable'));
  let view: RolloutView | undefined;
  for (let i = 0; i < 500 && view?.verdict !== 'rolled_back'; i++) {
    view = (await steward.get<{ items: readonly RolloutView[] }>(200, '/rollouts')).items[0];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  deepEqual([view?.verdict, view?.why, view?.counts.misrouted], ['rolled_back', 'harm', 0]);
  equal(view?.failed.candidate.rate, 1);
  equal(view?.failed.stable.rate, 0);
  await steward.get(404, `${path}/labels/canary`);
  await using fresh = connect({ url: server.url, apiKey: agent.key, flushAtExit: false });
  const after = await fresh.agent('helper.v1').call({ prompt: 'again', model: { id: 'm', endpoint: 'https://m.example' } })(async () => ({
    output: '',
  }));
  deepEqual([after.arm, after.agent_config.version], [undefined, '1']);
});
