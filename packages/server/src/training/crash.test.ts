import { deepEqual, equal, ok } from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  artifacts,
  changes,
  curatorVersions,
  labelMoves,
  labels,
  modelRegistry,
  rollouts,
  sagaState,
  trainingCatalog,
  trainingExamples,
  trainingRuns,
} from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { decisionOf } from './learning.fixture.ts';
import { openLives } from './lives.fixture.ts';

type Lives = Awaited<ReturnType<typeof openLives>>;
type Life = Awaited<ReturnType<Lives['live']>>;

const few = Array.from({ length: 24 }, (_, n) => decisionOf(n));
/** So many that the file does not ride in a commit but is stored before it. */
const many = Array.from({ length: 1500 }, (_, n) => decisionOf(n, { features_ref: decisionOf(n % 4).features_ref }));

/** Does work again and again, each time in a life that ends one commit later, until it gets through; after each death the next life must tidy up. */
async function diesEverywhere(
  lives: Lives,
  work: (life: Life) => Promise<void>,
  check: (acknowledged: number) => Promise<void>,
): Promise<number> {
  let acknowledged = 0;
  for (let at = 0; ; at++) {
    let died: boolean;
    {
      await using life = await lives.live(at);
      try {
        await work(life);
        acknowledged++;
      } catch (error) {
        if (!life.isDead()) throw error;
      }
      await life.settled();
      died = life.isDead();
    }
    {
      await using next = await lives.live();
      await next.settled();
    }
    await check(acknowledged);
    if (!died) return at;
  }
}
const all = async <T>(page: Promise<{ readonly items: readonly { readonly doc: T }[] }>): Promise<readonly T[]> =>
  (await page).items.map(({ doc }) => doc);

/** Every dataset on record is whole: its file, its links, nothing beside. */
async function datasetsAreWhole({ north, of, artifacts: store }: Lives, t: TestContext): Promise<number> {
  const datasets = await all(north.find(trainingCatalog, { index: 'all', equals: {}, limit: 500 }, t));
  for (const { dataset_id, files, examples } of datasets) {
    const links = await all(north.find(trainingExamples, { index: 'by_dataset', equals: { dataset_id }, limit: 500 }, t));
    equal(links.length, Math.min(500, examples));
    equal(files.length, 1);
    for (const { artifact_id, sha256 } of files) equal(sha256Hex(await store.bytes(of, artifact_id, t)), sha256);
  }
  const stored = await all(north.find(artifacts, { index: 'by_category', equals: { category: 'dataset' }, limit: 500 }, t));
  deepEqual(
    new Set(stored.map(({ artifact_id }) => artifact_id)),
    new Set(datasets.flatMap(({ files }) => files.map((file) => file.artifact_id))),
  );
  return datasets.length;
}

for (const [size, decisions, places] of [
  ['small', few, 3],
  ['large', many, 4],
] as const)
  test(`wherever the server dies while it builds a ${size} dataset, there is a whole one or none`, async (t) => {
    await using lives = await openLives(decisions);
    const commits = await diesEverywhere(
      lives,
      async (life) => void (await life.ask('POST', '/training/datasets', { body: { task: 'mapping' } })),
      async (acknowledged) => ok((await datasetsAreWhole(lives, t)) >= acknowledged),
    );
    equal(commits, places);
  });

test('wherever the server dies while it trains and registers, there is a whole model or none, and every run ends', async (t) => {
  await using lives = await openLives(few);
  const { north, of, artifacts: store } = lives;
  const dataset_id = await (async () => {
    await using life = await lives.live();
    const built = await life.ask<{ dataset_id: string }>('POST', '/training/datasets', { body: { task: 'mapping' } });
    await life.settled();
    await life.ask('POST', '/training/datasets/{dataset_id}/approve', {
      params: { dataset_id: built.dataset_id },
      body: { reason: 'looked at' },
    });
    return built.dataset_id;
  })();
  const commits = await diesEverywhere(
    lives,
    async (life) => void (await life.ask('POST', '/training/runs', { body: { task: 'mapping', dataset_id } })),
    async (acknowledged) => {
      const runs = await all(north.find(trainingRuns, { index: 'all', equals: {}, limit: 500 }, t));
      const models = await all(north.find(modelRegistry, { index: 'all', equals: {}, limit: 500 }, t));
      const governed = await all(north.find(curatorVersions, { index: 'by_kind', equals: { kind: 'models' }, limit: 500 }, t));
      ok(runs.length >= acknowledged);
      deepEqual(new Set(runs.map(({ status }) => status)), new Set(runs.length === 0 ? [] : ['done']));
      deepEqual([models.length, governed.length], [runs.length, runs.length]);
      for (const list of [models, governed])
        deepEqual(new Set(list.map(({ version }) => version)), new Set(runs.map((run) => run.model?.version)));
      for (const { artifact_ref, digest } of models) equal(sha256Hex(await store.bytes(of, artifact_ref ?? '', t)), digest);
      equal(new Set(models.map(({ digest }) => digest)).size, models.length === 0 ? 0 : 1);
    },
  );
  equal(commits, 8);
});

test('wherever the server dies while a model is promoted by two people, the label has moved with the end of its rollout, or neither has; and it moves once', async (t) => {
  await using lives = await openLives(few);
  const { north } = lives;
  const ranker = { kind: 'models', id: 'mapping-ranker' };
  const label_key = 'models/mapping-ranker#production';
  const put = (life: Life, of: { readonly kind: string; readonly id: string }, label: string, version: string) =>
    life.ask<{ saga_id?: string }>('PUT', '/curator/{kind}/{id}/labels/{label}', {
      params: { ...of, label },
      body: { version, reason: 'test' },
    });
  const promote = async (life: Life, version: string): Promise<void> => {
    const { saga_id = '' } = await put(life, ranker, 'production', version);
    const params = { ...ranker, label: 'production' };
    await life.ask('POST', '/curator/{kind}/{id}/labels/{label}/approvals', { as: 'bob', params, body: { saga_id } });
    while ((await north.get(sagaState, saga_id, t))?.doc.status !== 'done') {
      if (life.isDead()) throw new Error('nobody is there to move it');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const versions: string[] = [];
  {
    await using life = await lives.live();
    const { dataset_id } = await life.ask<{ dataset_id: string }>('POST', '/training/datasets', { body: { task: 'mapping' } });
    await life.settled();
    await life.ask('POST', '/training/datasets/{dataset_id}/approve', { params: { dataset_id }, body: { reason: 'looked at' } });
    for (let i = 0; i < 2; i++) {
      await life.ask('POST', '/training/runs', { body: { task: 'mapping', dataset_id } });
      await life.settled();
    }
    versions.push(...(await all(north.find(modelRegistry, { index: 'all', equals: {} }, t))).map(({ version }) => version));
    const policy = { kind: 'promotion_policies', id: 'default' };
    const content = { labels: {}, kinds: { models: { production: { approvals: 2, requires: [] } } } };
    await life.ask('POST', '/curator/{kind}/{id}/versions', { params: policy, body: { version: 'two', content } });
    await put(life, policy, 'production', 'two');
    await put(life, ranker, 'shadow', versions[0] ?? '');
  }
  let [target = '', other = ''] = versions;
  let moves = 0;
  const standing = async () => {
    const [newest] = await all(north.find(rollouts, { index: 'all', equals: {}, limit: 1 }, t));
    const history = await all(
      north.find(changes, { index: 'by_subject', equals: { collection: 'labels', subject_id: label_key }, limit: 500 }, t),
    );
    const { doc } = (await north.get(labels, label_key, t)) ?? {};
    return { hasMoved: doc?.version === target, moves: history.length, serving: newest?.serving, why: newest?.why };
  };
  const moved = () => ({ hasMoved: true, moves: moves + 1, serving: false, why: 'promoted' });
  const commits = await diesEverywhere(
    lives,
    (life) => promote(life, target),
    async (acknowledged) => {
      const found = await standing();
      deepEqual(found, found.hasMoved ? moved() : { hasMoved: false, moves, serving: true, why: undefined });
      ok(found.hasMoved || acknowledged === 0);
      await using life = await lives.live();
      if (!found.hasMoved) await promote(life, target);
      deepEqual(await standing(), moved(), 'whoever asks again has it done, once');
      equal(await north.get(labelMoves, label_key, t), undefined);
      // From a clean state the next time: the other way round.
      moves++;
      [target, other] = [other, target];
      await put(life, ranker, 'shadow', target);
    },
  );
  ok(commits >= 6, String(commits));
});
