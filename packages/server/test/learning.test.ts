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
