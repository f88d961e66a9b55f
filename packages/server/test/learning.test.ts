// The learning loop over HTTP, against a real server: what people decide becomes data, data a model, the model what suggests next.
import { equal, notEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type Client, type TestServer } from './test-server.ts';

interface Suggestion {
  readonly suggestion_id: string;
  readonly column: string;
  readonly model: { readonly version: string };
  readonly candidates: readonly { readonly semantic_id: string; readonly score: number }[];
}
interface Run {
  readonly run_id: string;
  readonly status: string;
  readonly model: { readonly id: string; readonly version: string } | null;
  readonly model_digest: string | null;
  readonly compared_with: { readonly version: string } | null;
  readonly isolation: { readonly layers: readonly string[]; readonly missing: readonly string[] } | null;
  readonly metrics_old: Record<string, number>;
  readonly metrics_new: Record<string, number>;
  readonly held_out_clusters: number;
  readonly error_code?: string;
}

const terms = ['customer name', 'customer email', 'order total', 'order date', 'city', 'country', 'phone number', 'product name'];
const idOf = (name: string): string => `sem.${name.replaceAll(' ', '.')}`;
const glossary = { entries: terms.map((name) => ({ semantic_id: idOf(name), name, description: `The ${name}` })) };
/** Columns as different people call them, by what they mean. */
const called: Readonly<Record<string, readonly string[]>> = {
  'customer name': ['customer_name', 'cust_nm', 'client', 'buyer'],
  'customer email': ['email', 'mail', 'e_mail', 'contact_mail'],
  'order total': ['order_total', 'total', 'sum', 'amount'],
  'order date': ['order_date', 'date', 'ordered_on', 'day'],
  city: ['city', 'town', 'ort', 'ville'],
  country: ['country', 'land', 'nation', 'ctry'],
  'phone number': ['phone', 'tel', 'mobile', 'telefon'],
  'product name': ['product', 'item', 'article', 'goods'],
};
const TABLES = 4;

const table = (i: number, more: readonly string[] = []) => ({
  name: `table_${i}`,
  columns: Object.values(called).map((names) => ({ name: names[i] ?? '', dtype: 'string', samples: ['one', 'two', ...more] })),
});
const rightFor = (column: string): string => idOf(Object.entries(called).find(([, names]) => names.includes(column))?.[0] ?? '');

const govern = async (admin: Client): Promise<void> => {
  await admin.post(201, '/curator/glossaries/crm/versions', { version: '1', message: 'for the test', content: glossary });
  await admin.put(200, '/curator/glossaries/crm/labels/production', { version: '1', reason: 'for the test' });
};
const suggest = (agent: Client, i: number, more: readonly string[] = []) =>
  agent.post<{ trace_id: string; items: readonly Suggestion[] }>(200, '/mapping/suggest', {
    dataset: 'crm',
    table: table(i, more),
    glossary: 'crm',
  });
const decideAll = async (reviewer: Client, items: readonly Suggestion[]): Promise<void> => {
  for (const { suggestion_id, column, candidates } of items) {
    const semantic_id = rightFor(column);
    const decision = candidates[0]?.semantic_id === semantic_id ? 'accept' : 'override';
    await reviewer.post(201, `/review/${suggestion_id}/decision`, { decision, semantic_id });
  }
};
const learn = async ({ north: { admin, agent, reviewer } }: TestServer, tables = TABLES): Promise<void> => {
  await govern(admin);
  for (let i = 0; i < tables; i++) await decideAll(reviewer, (await suggest(agent, i)).items);
};
const build = async (server: TestServer): Promise<string> => {
  const { steward } = server.north;
  const order = await server.settled<{ dataset_id: string; saga_id: string }>(
    steward,
    await steward.post(202, '/training/datasets', { task: 'mapping' }),
  );
  return order.dataset_id;
};
const trainOn = async (server: TestServer, dataset_id: string): Promise<Run> => {
  const { steward } = server.north;
  const order = await server.settled<{ run_id: string; saga_id: string }>(
    steward,
    await steward.post(202, '/training/runs', { task: 'mapping', dataset_id }),
  );
  return steward.get<Run>(200, `/training/runs/${order.run_id}`);
};

test('decisions become a model that was compared on tables it never saw, and once promoted it is what suggests', async () => {
  await using server = await startTestServer();
  const { steward, agent } = server.north;
  await learn(server);
  const dataset_id = await build(server);
  equal((await steward.post<{ code: string }>(409, '/training/runs', { task: 'mapping', dataset_id })).code, 'training.not_approved');
  await steward.post(200, `/training/datasets/${dataset_id}/approve`, { reason: 'looked at' });
  const run = await trainOn(server, dataset_id);
  equal(run.status, 'done');
  ok(run.held_out_clusters > 0);
  equal(run.compared_with?.version, 'base-1');
  ok(run.isolation?.layers.includes('permission-model'));
  const { version = '' } = run.model ?? {};
  const before = await suggest(agent, 0);
  equal(before.items[0]?.model.version, 'base-1');
  await steward.post(200, `/models/mapping-ranker/versions/${version}/move`, { label: 'production', reason: 'passed the gate' });
  const after = await suggest(agent, 0);
  equal(after.items[0]?.model.version, version);
  notEqual(JSON.stringify(after.items[0]?.candidates), JSON.stringify(before.items[0]?.candidates));
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
