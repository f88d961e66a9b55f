// What a small shop's tables are called and mean: for tests of what is learned from decisions.
import type { Client, TestServer } from './test-server.ts';

export interface Suggestion {
  readonly suggestion_id: string;
  readonly column: string;
  readonly abstained: boolean;
  readonly model: { readonly version: string; readonly arm: string };
  readonly candidates: readonly { readonly semantic_id: string; readonly score: number }[];
}
export interface Run {
  readonly run_id: string;
  readonly status: string;
  readonly model: { readonly id: string; readonly version: string } | null;
  readonly model_digest: string | null;
  readonly compared_with: { readonly version: string } | null;
  readonly isolation: { readonly layers: readonly string[]; readonly missing: readonly string[] } | null;
  readonly metrics_old: Record<string, number>;
  readonly metrics_new: Record<string, number>;
  readonly held_out_clusters: number;
  readonly split_rule: string;
  readonly error_code?: string;
}

export const terms = ['customer name', 'customer email', 'order total', 'order date', 'city', 'country', 'phone number', 'product name'];
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
export const TABLES = 4;

export const table = (i: number, more: readonly string[] = []) => ({
  name: `table_${i}`,
  columns: Object.values(called).map((names) => ({ name: names[i] ?? '', dtype: 'string', samples: ['one', 'two', ...more] })),
});
export const rightFor = (column: string): string => idOf(Object.entries(called).find(([, names]) => names.includes(column))?.[0] ?? '');

export const govern = async (admin: Client): Promise<void> => {
  await admin.post(201, '/curator/glossaries/crm/versions', { version: '1', message: 'for the test', content: glossary });
  await admin.put(200, '/curator/glossaries/crm/labels/production', { version: '1', reason: 'for the test' });
};
export const suggest = (agent: Client, i: number, more: readonly string[] = [], dataset = 'crm') =>
  agent.post<{ trace_id: string; items: readonly Suggestion[] }>(200, '/mapping/suggest', {
    dataset,
    table: table(i, more),
    glossary: 'crm',
  });
export const decideAll = async (reviewer: Client, items: readonly Suggestion[]): Promise<void> => {
  for (const { suggestion_id, column, candidates } of items) {
    const semantic_id = rightFor(column);
    const decision = candidates[0]?.semantic_id === semantic_id ? 'accept' : 'override';
    await reviewer.post(201, `/review/${suggestion_id}/decision`, { decision, semantic_id });
  }
};
export const learn = async ({ north: { admin, agent, reviewer } }: TestServer, tables = TABLES): Promise<void> => {
  await govern(admin);
  for (let i = 0; i < tables; i++) await decideAll(reviewer, (await suggest(agent, i)).items);
};
export const build = async (server: TestServer): Promise<string> => {
  const { steward } = server.north;
  const order = await server.settled<{ dataset_id: string; saga_id: string }>(
    steward,
    await steward.post(202, '/training/datasets', { task: 'mapping' }),
  );
  return order.dataset_id;
};
export const trainOn = async (server: TestServer, dataset_id: string): Promise<Run> => {
  const { steward } = server.north;
  const order = await server.settled<{ run_id: string; saga_id: string }>(
    steward,
    await steward.post(202, '/training/runs', { task: 'mapping', dataset_id }),
  );
  return steward.get<Run>(200, `/training/runs/${order.run_id}`);
};

/** A tenant that has trained a model of its own: registered, and labelled nothing yet. */
export const trained = async (server: TestServer): Promise<string> => {
  await learn(server);
  const dataset_id = await build(server);
  await server.north.steward.post(200, `/training/datasets/${dataset_id}/approve`, { reason: 'looked at' });
  const { model } = await trainOn(server, dataset_id);
  return model?.version ?? '';
};
