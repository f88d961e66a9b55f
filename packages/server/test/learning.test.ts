// The learning loop over HTTP, against a real server: what people decide becomes data, data a model, the model what suggests next.
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { build, decideAll, govern, learn, rightFor, suggest, table, TABLES, terms, trainOn, type Run, type Suggestion } from './shop.ts';
import { startTestServer } from './test-server.ts';

test('decisions become a model that was compared on tables it never saw, and once promoted it is what suggests', async () => {
  await using server = await startTestServer();
  const { admin, steward, agent } = server.north;
  await learn(server);
  const dataset_id = await build(server);
  equal((await steward.post<{ code: string }>(409, '/training/runs', { task: 'mapping', dataset_id })).code, 'training.not_approved');
  await steward.post(200, `/training/datasets/${dataset_id}/approve`, { reason: 'looked at' });
  const run = await trainOn(server, dataset_id);
  equal(run.status, 'done');
  ok(run.held_out_clusters > 0);
  equal(run.split_rule, 'table-hash-quarter.newest-tenth');
  equal(run.compared_with?.version, 'base-6');
  ok(run.isolation?.layers.includes('permission-model'));
  const { version = '' } = run.model ?? {};
  const { trainer } = await steward.get<{ trainer: Readonly<Record<string, unknown>> }>(200, `/models/mapping-ranker/versions/${version}`);
  for (const digest of [trainer['code_sha256'], trainer['features_sha256']]) match(String(digest), /^[0-9a-f]{64}$/);
  const before = await suggest(agent, 0);
  equal(before.items[0]?.model.version, 'base-6');
  interface Versions {
    readonly model_versions: readonly {
      model_id: string;
      version: string;
      decisions: number;
      acceptance_rate: number;
      override_rate: number;
    }[];
  }
  let rates: Versions['model_versions'] = [];
  // Counted after the decisions, not with them.
  while (rates[0]?.decisions !== TABLES * terms.length) rates = (await steward.get<Versions>(200, '/nurse/summary')).model_versions;
  deepEqual([rates.length, rates[0]?.model_id, rates[0]?.version], [1, 'mapping-ranker', 'base-6']);
  equal((rates[0]?.acceptance_rate ?? 0) + (rates[0]?.override_rate ?? 0), 1);
  await steward.post(200, `/models/mapping-ranker/versions/${version}/move`, { label: 'production', reason: 'passed the gate' });
  const after = await suggest(agent, 0);
  equal(after.items[0]?.model.version, version);
  notEqual(JSON.stringify(after.items[0]?.candidates), JSON.stringify(before.items[0]?.candidates));
  // A run whose saga is killed is over: nothing of it goes on.
  const killed = await steward.post<{ run_id: string; saga_id: string }>(202, '/training/runs', { task: 'mapping', dataset_id });
  await admin.post(200, `/dif/sagas/${killed.saga_id}/kill`, { reason: 'not needed' });
  const { status, error_code } = await steward.get<Run>(200, `/training/runs/${killed.run_id}`);
  deepEqual([status, error_code], ['failed', 'killed']);
});

test('what a tenant releases the platform’s admin reads, and nobody else', async () => {
  await using server = await startTestServer();
  const { admin, steward } = server.north;
  await learn(server);
  await admin.put(200, '/governance/consent', { training: 'global', reason: 'agreed' });
  const { dataset_id } = await server.settled<{ dataset_id: string; saga_id: string }>(
    steward,
    await steward.post(202, '/training/datasets', { task: 'mapping', scope: 'global' }),
  );
  await steward.post(200, `/training/datasets/${dataset_id}/approve`, { reason: 'looked at' });
  const released = `/training/released/${dataset_id}`;
  equal((await server.platform.raw('GET', released)).status, 404);
  await steward.post(403, `/training/datasets/${dataset_id}/release`, { reason: 'agreed' });
  await admin.post(200, `/training/datasets/${dataset_id}/release`, { reason: 'agreed' });
  for (const path of ['/training/released', released, `${released}/content`])
    for (const client of [admin, server.south.admin]) equal((await client.raw('GET', path)).status, 403);
  const { items } = await server.platform.get<{ items: readonly { dataset_id: string }[] }>(200, '/training/released');
  deepEqual(
    items.map((item) => item.dataset_id),
    [dataset_id],
  );
  const content = await server.platform.raw('GET', `${released}/content`);
  equal(content.headers.get('content-type'), 'application/vnd.apache.parquet');
  const rows = await parquetReadObjects({ file: await content.arrayBuffer() });
  ok(rows.length > 0 && !('artifact_refs' in (rows[0] ?? {})));
});

test('whoever reads everything that was learned finds no sample, no name of a table or column, no reviewer and no reason', async () => {
  await using server = await startTestServer({ ANCILLA_LOG_LEVEL: 'debug' });
  const { admin, agent, steward } = server.north;
  const mark = (what: string): string => `qzx${what}wvk`;
  const subject = mark('reviewer');
  const { secret } = await server.platform.post<{ secret: string }>(201, '/governance/keys', {
    tenant_id: 'north',
    role: 'reviewer',
    subject,
  });
  const reviewer = server.client(secret, subject);
  await govern(admin);
  for (let i = 0; i < TABLES; i++) {
    const { columns } = table(i, [mark('sample'), `${mark('sample')} 42`]);
    const { items } = await agent.post<{ items: readonly Suggestion[] }>(200, '/mapping/suggest', {
      dataset: mark('dataset'),
      table: { name: `${mark('table')}_${i}`, columns: [...columns, { name: `${mark('column')}_${i}`, samples: [mark('sample')] }] },
      glossary: 'crm',
    });
    for (const { suggestion_id, column } of items) {
      const known = !column.includes(mark('column'));
      const answer = known ? { decision: 'override', semantic_id: rightFor(column) } : { decision: 'none_of_these' };
      await reviewer.post(201, `/review/${suggestion_id}/decision`, { ...answer, justification: `as ${mark('reason')} says` });
    }
  }
  const dataset_id = await build(server);
  await steward.post(200, `/training/datasets/${dataset_id}/approve`, { reason: 'looked at' });
  const run = await trainOn(server, dataset_id);
  equal(run.status, 'done', run.error_code ?? '');
  const dataset = await steward.get<{ examples: number; files: readonly { artifact_id: string }[] }>(
    200,
    `/training/datasets/${dataset_id}`,
  );
  equal(dataset.examples, TABLES * (terms.length + 1));
  const model = await steward.get<{ artifact_ref: string }>(200, `/models/mapping-ranker/versions/${run.model?.version}`);
  const content = async (id: string | undefined) => admin.bytes(`/dif/artifacts/${id}/content`, { 'x-ancilla-purpose': 'hunt' });
  const read = {
    dataset: await content(dataset.files[0]?.artifact_id),
    model: await content(model.artifact_ref),
    catalog: Buffer.from(JSON.stringify(dataset)),
    registry: Buffer.from(JSON.stringify(model)),
    run: Buffer.from(JSON.stringify(run)),
    log: Buffer.from(server.logs()),
  };
  ok(read.dataset.length > 10_000 && read.model.length > 100 && read.log.length > 100);
  for (const [where, bytes] of Object.entries(read))
    for (const what of ['sample', 'dataset', 'table', 'column', 'reviewer', 'reason'])
      for (const form of [
        mark(what),
        mark(what).toUpperCase(),
        Buffer.from(mark(what)).toString('base64').slice(2, -4),
        Buffer.from(mark(what)).toString('hex'),
      ])
        ok(!bytes.includes(form), `${where} holds the ${what}`);
});

test('a dataset is built by schedule, or when asked, once enough was decided', async () => {
  await using server = await startTestServer();
  const { admin, agent, auditor, reviewer, steward } = server.north;
  await learn(server);
  const { items } = await auditor.get<{ items: readonly { name: string; due_at: string; last_outcome: string | null }[] }>(
    200,
    '/dif/jobs',
  );
  const job = items.find(({ name }) => name === 'training.mapping.dataset');
  equal(job?.last_outcome, null);
  const run = (as: typeof admin, status: number) => as.post<{ outcome: string; saga_id: string }>(status, `/dif/jobs/${job?.name}/run`, {});
  await run(steward, 403);
  equal((await run(admin, 202)).outcome, 'nothing_to_do', 'so few decisions are not worth a person’s approval');
  // What the models were sure of themselves is no decision to learn from.
  const { content } = await steward.get<{ content: object }>(200, '/curator/review_policies/default/versions/production');
  const alone = { ...content, accept_alone: { thresholds: { unclassified: 0.5 }, audit_share: 0.01 } };
  await steward.post(201, '/curator/review_policies/default/versions', { version: 'alone', message: 'm', content: alone });
  await steward.put(200, '/curator/review_policies/default/labels/production', { version: 'alone', reason: 'r' });
  for (let i = 0; i < TABLES; i++) await suggest(agent, i, [], 'sure');
  await server.settled(admin, await admin.post(202, '/dif/jobs/review.accept_alone/run', {}));
  equal((await run(admin, 202)).outcome, 'nothing_to_do');
  for (let i = 0; i < TABLES; i++) await decideAll(reviewer, (await suggest(agent, i, [], 'more')).items);
  const started = await run(admin, 202);
  equal(started.outcome, 'started');
  await server.settled(admin, started);
  const datasets = await steward.get<{ items: readonly { dataset_id: string; built_by: string; examples: number }[] }>(
    200,
    '/training/datasets',
  );
  equal(datasets.items[0]?.built_by, admin.subject);
  equal((await run(admin, 202)).outcome, 'nothing_to_do');
  await admin.post(404, '/dif/jobs/no.such/run', {});

  const train = () => admin.post<{ outcome: string; saga_id: string }>(202, '/dif/jobs/training.mapping.run/run', {});
  equal((await train()).outcome, 'nothing_to_do', 'nobody approved it');
  await steward.post(200, `/training/datasets/${datasets.items[0]?.dataset_id}/approve`, { reason: 'looked at' });
  await server.settled(admin, await train());
  const runs = await steward.get<{ items: readonly { dataset_id: string; status: string }[] }>(200, '/training/runs');
  deepEqual(
    runs.items.map(({ dataset_id, status }) => [dataset_id, status]),
    [[datasets.items[0]?.dataset_id, 'done']],
  );
  equal((await train()).outcome, 'nothing_to_do');
});
