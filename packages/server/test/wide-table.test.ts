// What a run keeps of a wide table is larger than a commit takes: over HTTP against a real server.
import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from './test-server.ts';

const COLUMNS = 500;
const TERMS = 40;
const glossary = Array.from({ length: TERMS }, (_, i) => ({ semantic_id: `sem.measure_${i}`, name: `measure ${i}`, dtype: 'number' }));
const table = {
  name: 'wide',
  columns: Array.from({ length: COLUMNS }, (_, i) => ({
    name: `measure_${i}`,
    samples: Array.from({ length: 100 }, (__, j) => `${i}.${j}`),
  })),
};

test('every column of the widest table there may be is suggested and can be decided on, also where raw pairs are kept', async () => {
  await using server = await startTestServer();
  const { admin, agent, reviewer } = server.north;
  const save = (path: string, content: object) =>
    admin.post(201, `${path}/versions`, { version: 'wide', message: 'for the test', content });
  const move = { version: 'wide', reason: 'for the test' };
  await save('/curator/glossaries/crm', glossary);
  await admin.put(200, '/curator/glossaries/crm/labels/production', move);
  const policy = '/curator/redaction_policies/tenant_default';
  await save(policy, { policy_id: 'tenant_default', version: 'wide', store_raw: true });
  await server.moved(server.north, `${policy}/labels/production`, move);

  const { items } = await agent.post<{ items: readonly { suggestion_id: string; candidates: readonly object[] }[] }>(
    200,
    '/mapping/suggest',
    { dataset: 'crm', table, glossary: 'crm' },
  );
  equal(items.length, COLUMNS);
  ok(items.every(({ candidates }) => candidates.length === 20));
  await reviewer.post(201, `/review/${items[0]?.suggestion_id}/decision`, { decision: 'accept' });
});
