import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  artifacts,
  changes,
  consents,
  insert,
  mappingHistory,
  remove,
  rollouts,
  sagaState,
  trainingApprovals,
  trainingExamples,
  type Bytes,
  type Dataset,
  type TrainingRun,
} from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { collect } from '../artifacts/index.ts';
import { isolationFor } from './isolate.ts';
import { decisionOf } from './learning.fixture.ts';
import { openLives, trace_id } from './lives.fixture.ts';
import { openTrainer, trainer } from './runs.ts';

type Lives = Awaited<ReturnType<typeof openLives>>;
type Life = Awaited<ReturnType<Lives['live']>>;
type View = Dataset & { readonly status: string; readonly released_at?: string };

const decisions = Array.from({ length: 24 }, (_, n) => decisionOf(n));
const io = { signal: new AbortController().signal };
const because = { who: 'test', reason: 'test', trace_id };

const order = async (life: Life, body: object = { task: 'mapping' }) =>
  life.ask<{ dataset_id: string; saga_id: string }>('POST', '/training/datasets', { body });
const datasetOf = (life: Life, dataset_id: string) => life.ask<View>('GET', '/training/datasets/{dataset_id}', { params: { dataset_id } });
const build = async (life: Life): Promise<View> => {
  const { dataset_id } = await order(life);
  await life.settled();
  return datasetOf(life, dataset_id);
};
const approve = (life: Life, dataset_id: string, status = 'approved') =>
  life.ask<View>('POST', '/training/datasets/{dataset_id}/approve', { params: { dataset_id }, body: { reason: 'looked at', status } });
const consent = (life: Life, training: string, vectors = false) =>
  life.ask('PUT', '/governance/consent', { body: { training, vectors, reason: 'asked' } });
const startRun = (life: Life, dataset_id: string) =>
  life.ask<{ run_id: string; saga_id: string }>('POST', '/training/runs', { body: { task: 'mapping', dataset_id } });
const run = async (life: Life, dataset_id: string): Promise<TrainingRun> => {
  const { run_id } = await startRun(life, dataset_id);
  await life.settled();
  return life.ask('GET', '/training/runs/{run_id}', { params: { run_id } });
};
const move = (life: Life, version: string, label = 'production') =>
  life.ask<{ version: string; previous: string | null; saga_id?: string }>('POST', '/models/{model_id}/versions/{version}/move', {
    params: { model_id: 'mapping-ranker', version },
    body: { label, reason: 'better' },
  });
const versionsOf = async (life: Life) =>
  (await life.ask<{ items: readonly { readonly version: string }[] }>('GET', '/models')).items.map(({ version }) => version);
const reasonOf = async ({ north }: Lives, saga_id: string, t: TestContext) => {
  const state = await north.get(sagaState, saga_id, t);
  return `${state?.doc.status} ${state?.doc.reason}`;
};
const filesOf = async ({ north }: Lives, category: 'dataset' | 'model', t: TestContext) =>
  (await north.find(artifacts, { index: 'by_category', equals: { category }, limit: 500 }, t)).items.length;

test('a dataset reaches the platform by the one door: approved, of scope global, while consent is; and is taken back', async (t) => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const release = (dataset_id: string) =>
    life.ask<{ released_at: string }>('POST', '/training/datasets/{dataset_id}/release', {
      params: { dataset_id },
      body: { reason: 'agreed' },
    });
  const released = (dataset_id: string) => life.ask<View>('GET', '/training/released/{dataset_id}', { params: { dataset_id } });
  const content = async (dataset_id: string) => {
    const { bytes } = await life.ask<Bytes>('GET', '/training/released/{dataset_id}/content', { params: { dataset_id } });
    if (typeof bytes === 'string' || bytes instanceof Uint8Array) return Buffer.from(bytes);
    return Buffer.from(await collect(bytes));
  };
  const own = await build(life);
  await approve(life, own.dataset_id);
  await rejects(release(own.dataset_id), { code: 'training.consent' });
  await consent(life, 'global');
  await rejects(release(own.dataset_id), { code: 'training.consent', message: /scope global/ });
  const { dataset_id } = await order(life, { task: 'mapping', scope: 'global' });
  await life.settled();
  await rejects(release(dataset_id), { code: 'training.not_approved' });
  await approve(life, dataset_id);
  const { released_at } = await release(dataset_id);
  equal((await release(dataset_id)).released_at, released_at);

  const { items } = await life.ask<{ items: readonly View[] }>('GET', '/training/released');
  deepEqual(
    items.map((item) => [item.dataset_id, item.status, item.built_by]),
    [[dataset_id, 'approved', 'ancilla.release']],
  );
  const there = await released(dataset_id);
  equal(
    there.fields.every(({ allowed }) => allowed),
    true,
  );
  const bytes = await content(dataset_id);
  equal(sha256Hex(bytes), there.files[0]?.sha256);
  const before = await datasetOf(life, dataset_id);
  equal(before.released_at, released_at);
  deepEqual(
    before.fields.map(({ name }) => name).filter((name) => !there.fields.some((field) => field.name === name)),
    ['embedding_vector_ref', 'artifact_refs'],
  );
  // Neither people of the tenant nor what lies behind a reference went along.
  for (const word of ['stella', 'north', ...decisions.map(({ features_ref }) => features_ref)])
    ok(!bytes.includes(word) && !JSON.stringify(there).includes(word), word);

  await approve(life, dataset_id, 'withdrawn');
  equal((await released(dataset_id)).status, 'withdrawn');
  await rejects(content(dataset_id), { code: 'training.withdrawn' });
  await rejects(release(dataset_id), { code: 'training.not_approved' });

  const second = await order(life, { task: 'mapping', scope: 'global' });
  await life.settled();
  await approve(life, second.dataset_id);
  await release(second.dataset_id);
  await consent(life, 'own');
  equal((await released(second.dataset_id)).status, 'withdrawn');

  // Consent to vectors taken back takes back what has them, and nothing else.
  await consent(life, 'global', true);
  const withVectors = await order(life, { task: 'mapping', scope: 'global' });
  await life.settled();
  await consent(life, 'global');
  const without = await order(life, { task: 'mapping', scope: 'global' });
  await life.settled();
  await consent(life, 'global', true);
  for (const each of [withVectors, without]) {
    await approve(life, each.dataset_id);
    await release(each.dataset_id);
  }
  await consent(life, 'global');
  deepEqual(await Promise.all([withVectors, without].map(async (each) => (await released(each.dataset_id)).status)), [
    'withdrawn',
    'approved',
  ]);
  const history = await lives.north.find(changes, { index: 'all', equals: {}, limit: 500 }, t);
  ok(
    history.items.some(({ doc }) => JSON.stringify(doc).includes('agreed')),
    'the tenant’s own ledger says that it was released',
  );
});

test('the same decisions give the same file; later ones are in the next dataset only', async (t) => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const first = await build(life);
  equal(first.status, 'built');
  equal(first.examples, decisions.length);
  const again = await build(life);
  notEqual(again.dataset_id, first.dataset_id);
  equal(again.files[0]?.sha256, first.files[0]?.sha256);
  await lives.north.commit(
    [insert(mappingHistory, decisionOf(40, { features_ref: decisionOf(0).features_ref, source: decisionOf(0).source }))],
    [],
    t,
  );
  const next = await build(life);
  equal(next.examples, decisions.length + 1);
  notEqual(next.files[0]?.sha256, first.files[0]?.sha256);
  equal(again.logical_sha256, first.logical_sha256);
  notEqual(next.logical_sha256, first.logical_sha256);
  const differs = (dataset_id: string, from: string) =>
    life.ask<{ counts: object; added: readonly string[] }>('GET', '/training/datasets/{dataset_id}/diff', {
      params: { dataset_id },
      query: { from },
    });
  const { counts, added } = await differs(next.dataset_id, first.dataset_id);
  deepEqual(counts, { added: 1, removed: 0, changed: 0, same: decisions.length });
  const { items } = await lives.north.find(
    trainingExamples,
    { index: 'by_mapping', equals: { mapping_history_id: decisionOf(40).mapping_history_id } },
    t,
  );
  deepEqual(
    added,
    items.map(({ doc }) => doc.example_id),
  );
  deepEqual((await differs(first.dataset_id, first.dataset_id)).counts, { added: 0, removed: 0, changed: 0, same: decisions.length });
});

test('a leak stops the build: on record is where and by which rule, there is no file, and nothing can be done with it', async (t) => {
  const named = { semantic_id: 'mara@example.org', candidates: [{ semantic_id: 'mara@example.org', score: 1 }] };
  await using lives = await openLives([...decisions, decisionOf(30, named)]);
  await using life = await lives.live();
  const { dataset_id, saga_id } = await order(life);
  await life.settled();
  equal(await reasonOf(lives, saga_id, t), 'compensated training.leak');
  const refused = await datasetOf(life, dataset_id);
  equal(refused.status, 'refused');
  deepEqual(refused.leak_test.leaks, [
    { field: 'label', rule: 'EMAIL' },
    { field: 'candidate', rule: 'EMAIL' },
  ]);
  deepEqual(refused.files, []);
  equal(await filesOf(lives, 'dataset', t), 0);
  ok(!JSON.stringify(refused).includes('mara'));
  await rejects(approve(life, dataset_id), { code: 'training.leak' });
  await rejects(startRun(life, dataset_id), { code: 'training.not_approved' });
});

test('built, approved, withdrawn: only what is approved is trained on, and what is withdrawn stays so', async () => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const { dataset_id } = await build(life);
  await rejects(startRun(life, dataset_id), { code: 'training.not_approved' });
  equal((await approve(life, dataset_id)).status, 'approved');
  equal((await approve(life, dataset_id)).status, 'approved', 'saying it twice is saying it once');
  equal((await run(life, dataset_id)).status, 'done');
  equal((await approve(life, dataset_id, 'withdrawn')).status, 'withdrawn');
  await rejects(startRun(life, dataset_id), { code: 'training.not_approved' });
  await rejects(approve(life, dataset_id), { code: 'training.withdrawn' });
});

test('consent is asked when a dataset is ordered, when it is built and when it is trained on', async (t) => {
  await using lives = await openLives(decisions);
  {
    await using life = await lives.live();
    await rejects(order(life, { task: 'mapping', scope: 'global' }), { code: 'training.consent' });
    await consent(life, 'none');
    await rejects(order(life), { code: 'training.consent' });
    await consent(life, 'global', true);
    const { dataset_id } = await order(life, { task: 'mapping', scope: 'global' });
    await life.settled();
    const global = await datasetOf(life, dataset_id);
    deepEqual([global.tenant_scope, global.consent, global.vectors], ['global', 'global', true]);
    await approve(life, dataset_id);
    await consent(life, 'own', true);
    await rejects(startRun(life, dataset_id), { code: 'training.consent' });
    await consent(life, 'global', false);
    await rejects(startRun(life, dataset_id), { code: 'training.consent' });
    await consent(life, 'own');
  }
  // Ordered, and withdrawn before the work is done.
  let ordered: { readonly saga_id: string } | undefined;
  {
    await using life = await lives.live(1);
    ordered = await order(life);
    await life.settled();
  }
  const was = await lives.north.get(consents, 'training', t);
  ok(was !== undefined);
  await lives.north.commit(
    [{ op: 'replace', to: consents, doc: { ...was.doc, training: 'none' }, revision: was.revision, because }],
    [],
    t,
  );
  await using next = await lives.live();
  await next.settled();
  equal(await reasonOf(lives, ordered.saga_id, t), 'compensated training.consent');
});

test('of a consent that is taken back while a dataset is built, none is made', async (t) => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const { sampleStrings } = lives.artifacts;
  // By then the build has asked for consent and read the decisions.
  t.mock.method(lives.artifacts, 'sampleStrings', async (...asked: Parameters<typeof sampleStrings>) => {
    await consent(life, 'none');
    return sampleStrings(...asked);
  });
  const { dataset_id, saga_id } = await order(life);
  await life.settled();
  equal(await reasonOf(lives, saga_id, t), 'compensated training.consent');
  await rejects(datasetOf(life, dataset_id), { code: 'not_found' });
  equal(await filesOf(lives, 'dataset', t), 0);
});

test('a dataset that is withdrawn while it is trained on gives no model, and the run says why', async (t) => {
  await using lives = await openLives(decisions);
  let started: { readonly run_id: string; readonly saga_id: string } | undefined;
  let dataset_id = '';
  {
    await using life = await lives.live();
    ({ dataset_id } = await build(life));
    await approve(life, dataset_id);
  }
  {
    // Trained, and not yet registered.
    await using life = await lives.live(5);
    started = await startRun(life, dataset_id);
    await life.settled();
  }
  const was = await lives.north.get(trainingApprovals, dataset_id, t);
  ok(was !== undefined);
  await lives.north.commit(
    [{ op: 'replace', to: trainingApprovals, doc: { ...was.doc, status: 'withdrawn' }, revision: was.revision, because }],
    [],
    t,
  );
  await using next = await lives.live();
  await next.settled();
  equal(await reasonOf(lives, started.saga_id, t), 'compensated training.not_approved');
  const { status, error_code, model } = await next.ask<TrainingRun>('GET', '/training/runs/{run_id}', {
    params: { run_id: started.run_id },
  });
  deepEqual([status, error_code, model], ['failed', 'training.not_approved', null]);
  deepEqual(await versionsOf(next), ['base-6']);
});

for (const [what, code, takeBack] of [
  ['consent', 'training.consent', (life: Life) => consent(life, 'none')],
  ['the dataset', 'training.not_approved', (life: Life, dataset_id: string) => approve(life, dataset_id, 'withdrawn')],
] as const)
  test(`of ${what} taken back in the very moment of registration, no model is registered`, async (t) => {
    await using lives = await openLives(decisions);
    await using life = await lives.live();
    const { dataset_id } = await build(life);
    await approve(life, dataset_id);
    const { draft } = life.curator;
    // By then the saga has asked for the last time.
    t.mock.method(life.curator, 'draft', async (...asked: Parameters<typeof draft>) => {
      if (asked[1].kind === 'models') await takeBack(life, dataset_id).catch(() => {});
      return draft(...asked);
    });
    const { status, error_code } = await run(life, dataset_id);
    deepEqual([status, error_code], ['failed', code]);
    deepEqual(await versionsOf(life), ['base-6']);
  });

test('a model that a second run does not give again is not registered', async (t) => {
  const script = fileURLToPath(new URL('fickle-trainer.fixture.ts', import.meta.url));
  await using lives = await openLives(decisions, () => isolationFor({ node: process.execPath, ...trainer, script }));
  await using life = await lives.live();
  const { dataset_id } = await build(life);
  await approve(life, dataset_id);
  const { status, error_code, saga_id } = await run(life, dataset_id);
  deepEqual([status, error_code], ['failed', 'training.not_reproducible']);
  equal(await reasonOf(lives, saga_id, t), 'compensated training.not_reproducible');
  deepEqual(await versionsOf(life), ['base-6']);
});

test('a first model is promoted against the model it was compared with; the next waits for a canary', async () => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const { dataset_id } = await build(life);
  await approve(life, dataset_id);
  const versions: string[] = [];
  for (let i = 0; i < 2; i++) versions.push((await run(life, dataset_id)).model?.version ?? '');
  const [first = '', second = ''] = versions;
  const both = await Promise.allSettled([move(life, first), move(life, first)]);
  deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'fulfilled'],
    'asking twice for the same is asking once',
  );
  equal((await move(life, first)).version, first);
  // Compared with the shipped model, which is no longer what runs.
  await rejects(move(life, second), { code: 'policy.refused', message: /compared with base-6/ });
  const third = (await run(life, dataset_id)).model?.version ?? '';
  await rejects(move(life, third), { code: 'policy.refused', message: /canary_passed/ });
  await rejects(
    life.ask('POST', '/models/{model_id}/versions/{version}/move', {
      params: { model_id: 'mapping-ranker', version: 'never-made' },
      body: { label: 'production', reason: 'better' },
    }),
    { code: 'not_found' },
  );
});

test('a model is flagged once consent or dataset are withdrawn or an example is gone, and what is trained then lacks it', async (t) => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const { dataset_id, examples } = await build(life);
  await approve(life, dataset_id);
  const version = (await run(life, dataset_id)).model?.version ?? '';
  type Shown = { readonly dataset_sha256: string; readonly flags: readonly string[] };
  const view = (of = version) =>
    life.ask<Shown>('GET', '/models/{model_id}/versions/{version}', { params: { model_id: 'mapping-ranker', version: of } });
  const { dataset_sha256, flags } = await view();
  equal(flags.length, 0);

  const {
    items: [gone],
  } = await lives.north.find(mappingHistory, { index: 'all', equals: {}, limit: 1 }, t);
  ok(gone);
  await lives.north.commit([remove(mappingHistory, gone.doc.mapping_history_id, because)], [], t);
  deepEqual((await view()).flags, ['example_removed']);
  const next = await build(life);
  equal(next.examples, examples - 1);
  await approve(life, next.dataset_id);
  const again = await view((await run(life, next.dataset_id)).model?.version);
  equal(again.flags.length, 0);
  notEqual(again.dataset_sha256, dataset_sha256);

  await life.ask('PUT', '/governance/consent', { body: { training: 'none', reason: 'no more' } });
  await life.ask('POST', '/training/datasets/{dataset_id}/approve', {
    params: { dataset_id },
    body: { status: 'withdrawn', reason: 'no more' },
  });
  deepEqual((await view()).flags, ['consent_withdrawn', 'dataset_withdrawn', 'example_removed']);
  const { items: all } = await life.ask<{ items: readonly Shown[] }>('GET', '/models');
  deepEqual(
    all.map((each) => each.flags),
    [['consent_withdrawn'], ['consent_withdrawn', 'dataset_withdrawn'], []],
  );
  for (const label of ['shadow', 'production']) await rejects(move(life, version, label), { code: 'policy.refused', message: /flagged/ });
});

for (const [what, flag, happens] of [
  ['consent is taken back', 'consent_withdrawn', (_: Lives, life: Life) => consent(life, 'none')],
  ['its dataset is withdrawn', 'dataset_withdrawn', (_: Lives, life: Life, dataset_id: string) => approve(life, dataset_id, 'withdrawn')],
  [
    'one of its examples was removed',
    'example_removed',
    async ({ north }: Lives, life: Life) => {
      const { items } = await north.find(mappingHistory, { index: 'all', equals: {}, limit: 1 }, io);
      await north.commit([remove(mappingHistory, items[0]?.doc.mapping_history_id ?? '', because)], [], io);
      await life.look('training.flagged');
    },
  ],
] as const)
  test(`a candidate is taken out of traffic when ${what}, with the reason in its history`, async (t) => {
    await using lives = await openLives(decisions);
    await using life = await lives.live();
    const { dataset_id } = await build(life);
    await approve(life, dataset_id);
    const version = (await run(life, dataset_id)).model?.version ?? '';
    await move(life, version, 'shadow');
    const serving = async () => (await life.curator.serving(lives.north, { kind: 'models', id: 'mapping-ranker' }, t)).length;
    await life.look('training.flagged');
    equal(await serving(), 1, 'nothing speaks against it yet');
    // What it learned from is not to be found: that is said, not taken for a model that learned from nothing.
    lives.hidden.add('training_catalog');
    await rejects(life.look('training.flagged'), { code: 'not_found', message: `no dataset ${dataset_id}` });
    lives.hidden.clear();
    await happens(lives, life, dataset_id);
    equal(await serving(), 0);
    const { items } = await lives.north.find(rollouts, { index: 'all', equals: {}, limit: 5 }, t);
    deepEqual(
      items.map(({ doc: { verdict, why } }) => [verdict, why]),
      [['inconclusive', 'flagged']],
    );
    const told = (await lives.north.find(changes, { index: 'all', equals: {}, limit: 20 }, t)).items.filter(
      ({ doc }) => doc.reason === `flagged ${flag}`,
    );
    deepEqual(new Set(told.map(({ doc }) => doc.collection)), new Set(['rollouts', 'labels']));
    const { labels } = await life.ask<{ labels: readonly string[] }>('GET', '/models/{model_id}/versions/{version}', {
      params: { model_id: 'mapping-ranker', version },
    });
    deepEqual(labels, []);
  });

/** Four eyes and the offline gate for production: a canary has tests of its own. */
const withoutCanary = async (life: Life, name = 'no-canary') => {
  const params = { kind: 'promotion_policies', id: 'default' };
  const content = { labels: {}, kinds: { models: { production: { approvals: 2, requires: ['offline_gate'] } } } };
  await life.ask('POST', '/curator/{kind}/{id}/versions', { params, body: { version: name, content } });
  await life.ask('PUT', '/curator/{kind}/{id}/labels/{label}', {
    params: { ...params, label: 'production' },
    body: { version: name, reason: 'test' },
  });
};
const approveMove = async (lives: Lives, life: Life, saga_id = '') => {
  const params = { kind: 'models', id: 'mapping-ranker', label: 'production' };
  await life.ask('POST', '/curator/{kind}/{id}/labels/{label}/approvals', { as: 'bob', params, body: { saga_id } });
  while ((await lives.north.get(sagaState, saga_id, io))?.doc.status !== 'done') await new Promise((resolve) => setTimeout(resolve, 5));
};

test('the shipped model is read as any other, and a first model gives way to it by one person’s word; what was rolled back comes again as a candidate only', async () => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const view = (version: string) =>
    life.ask<{ labels: readonly string[]; card: object; compared_with: unknown }>('GET', '/models/{model_id}/versions/{version}', {
      params: { model_id: 'mapping-ranker', version },
    });
  const live = async () => (await life.models.production(lives.of, { signal: new AbortController().signal })).version;
  deepEqual([(await view('base-6')).labels, (await view('base-6')).compared_with], [['production'], null]);
  await rejects(move(life, 'base-6', 'shadow'), { code: 'policy.refused' });
  const { dataset_id } = await build(life);
  await approve(life, dataset_id);
  const first = (await run(life, dataset_id)).model?.version ?? '';
  deepEqual(await versionsOf(life), [first, 'base-6']);
  await move(life, first);
  deepEqual([await live(), (await view('base-6')).labels], [first, []]);

  const back = await move(life, 'base-6');
  deepEqual([back.version, back.previous, await live()], ['base-6', first, 'base-6']);
  await rejects(move(life, first), { code: 'policy.refused', message: /default@.* canary_passed/ });

  await withoutCanary(life);
  const again = await move(life, first);
  ok(again.saga_id, 'two people');
  await approveMove(lives, life, again.saga_id);
  const second = (await run(life, dataset_id)).model?.version ?? '';
  await approveMove(lives, life, (await move(life, second)).saga_id);
  equal(await live(), second);
  equal((await move(life, first)).version, first, 'back from a promotion');
  ok((await move(life, second)).saga_id, 'and not forth again');
  equal((await move(life, 'base-6')).version, 'base-6', 'what ships is a way back always');
});

test('a model whose dataset is withdrawn between request and approval does not go live, and is no way back either', async () => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const { dataset_id } = await build(life);
  await approve(life, dataset_id);
  const first = (await run(life, dataset_id)).model?.version ?? '';
  await move(life, first);
  await withoutCanary(life);
  const next = await build(life);
  await approve(life, next.dataset_id);
  const second = (await run(life, next.dataset_id)).model?.version ?? '';
  const { saga_id } = await move(life, second);
  await approve(life, next.dataset_id, 'withdrawn');
  await rejects(approveMove(lives, life, saga_id), { code: 'policy.refused', message: /dataset_withdrawn/ });
  await approve(life, dataset_id, 'withdrawn');
  equal((await move(life, 'base-6')).version, 'base-6');
  await rejects(move(life, first), { code: 'policy.refused', message: /dataset_withdrawn/ });
});

test('of two models promoted at once on one comparison, one is', async () => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const { dataset_id } = await build(life);
  await approve(life, dataset_id);
  const versions = [(await run(life, dataset_id)).model?.version ?? '', (await run(life, dataset_id)).model?.version ?? ''];
  const moved = await Promise.allSettled(versions.map((version) => move(life, version)));
  deepEqual(
    moved.map(({ status }) => status).toSorted((a, b) => (a < b ? -1 : 1)),
    ['fulfilled', 'rejected'],
  );
});

test('runs that are asked for in the same millisecond make a model each', async () => {
  await using lives = await openLives(decisions);
  await using life = await lives.live();
  const { dataset_id } = await build(life);
  await approve(life, dataset_id);
  const started = await lives.atOnce(() => Promise.all([1, 2, 3].map(() => startRun(life, dataset_id))));
  await life.settled();
  const runs = await Promise.all(
    started.map(({ run_id }) => life.ask<TrainingRun>('GET', '/training/runs/{run_id}', { params: { run_id } })),
  );
  deepEqual(
    runs.map(({ status, error_code }) => error_code ?? status),
    ['done', 'done', 'done'],
  );
  equal(new Set(runs.map(({ model }) => model?.version)).size, 3);
});

test('of many runs two train and the others are shown as queued, until their turn comes', async () => {
  const gate = Promise.withResolvers<void>();
  const isolation = openTrainer(process.execPath);
  await using lives = await openLives(decisions, async () => {
    await gate.promise;
    return isolation();
  });
  await using life = await lives.live();
  const { dataset_id } = await build(life);
  await approve(life, dataset_id);
  for (let i = 0; i < 4; i++) await startRun(life, dataset_id);
  const statuses = async () =>
    (await life.ask<{ items: readonly TrainingRun[] }>('GET', '/training/runs')).items.map(({ status }) => status).toSorted();
  while ((await statuses()).filter((status) => status === 'running').length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  deepEqual(await statuses(), ['queued', 'queued', 'running', 'running']);
  gate.resolve();
  await life.settled();
  deepEqual(await statuses(), ['done', 'done', 'done', 'done']);
});

test('with nothing decided there is nothing to build, and that is said', async (t) => {
  await using lives = await openLives([]);
  await using life = await lives.live();
  const { saga_id, dataset_id } = await order(life);
  await life.settled();
  equal(await reasonOf(lives, saga_id, t), 'compensated training.empty');
  await rejects(datasetOf(life, dataset_id), { code: 'not_found' });
  await rejects(order(life, { task: 'no-such-task' }), { code: 'not_found' });
});
