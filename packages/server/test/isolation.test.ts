// One tenant reaches nothing of another's by any route of the OpenAPI document; and the test that says so can tell.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { promptEvents, route, type Room, type TenantStore } from '@ancilla/contracts';
import { Type } from 'typebox';
import { eventOf, fillTenant } from './fill-tenant.ts';
import { askAsOwner, findLeaks, MARK } from './isolation.ts';
import { operationsOf } from './openapi-document.ts';
import { build, trained } from './shop.ts';
import { startTestServer, type Tenant, type TestServer } from './test-server.ts';

/** Trains a model, on a dataset that it learns from and a later one. What these are asked for by. */
async function trainedBy(server: TestServer): Promise<ReadonlyMap<string, unknown>> {
  const version = await trained(server);
  const { agent, steward } = server.north;
  // More entries than a tile of the log takes, or it is filled while it is asked for.
  await agent.post(
    200,
    '/dif/prompt_events',
    Array.from({ length: 100 }, () => eventOf('trained')),
  );
  await steward.post(200, `/models/mapping-ranker/versions/${version}/move`, { label: 'shadow', reason: 'beside what is live' });
  const [run] = (await steward.get<{ items: readonly { run_id: string; dataset_id: string }[] }>(200, '/training/runs')).items;
  return new Map([
    ['models:model_id', 'mapping-ranker'],
    ['models:version', version],
    ['run_id', run?.run_id],
    ['training:dataset_id', run?.dataset_id],
    ['training:from', await build(server)],
  ]);
}

/** Everything a tenant can see of itself that nobody else may change: the size and root of its ledger, and its lists. */
async function stateOf({ admin }: Tenant, saga_id: unknown): Promise<readonly string[]> {
  const paths = [
    '/audit/checkpoint',
    '/dif/prompt_events',
    '/dif/sagas',
    '/dif/embeddings',
    '/dif/mapping_history',
    '/review/queue?status=open',
    '/governance/keys',
    `/dif/wal?saga_id=${String(saga_id)}`,
  ];
  const texts = await Promise.all(paths.map(async (path) => (await admin.raw('GET', path)).text()));
  // The checkpoint's signature lines are the same too: nothing new was signed.
  return texts;
}

test('no route of the server shows, tells apart or changes anything of another tenant', async () => {
  await using server = await startTestServer();
  const trains = await trainedBy(server);
  const known = new Map([...(await fillTenant(server, server.north, MARK)), ...trains]);
  const owned = await askAsOwner(server, server.north, known);
  const before = await stateOf(server.north, known.get('saga_id'));
  deepEqual(await findLeaks(server, server.south, known, owned), []);
  deepEqual(await stateOf(server.north, known.get('saga_id')), before);
  // Every route that gives one document gave its owner this very one: it is not the ids that were wrong.
  const missed = (await operationsOf(server))
    .filter(({ method, path, roles }) => method === 'GET' && path.includes('{') && roles.some((role) => role !== 'platform_admin'))
    .map(({ path }) => `GET ${path}`)
    .filter((name) => !owned.routes.has(name));
  // A full tile takes 256 entries, one with a longer name 256,000: their routes share the handler of the one that was reached.
  const excused = missed.filter((name) => name.includes('/tile/'));
  deepEqual(missed, excused);
  ok(owned.routes.has('GET /audit/logs/{log_id}/tile/{level}/{part_1}/{part_2}'));
  ok(owned.cursors.size > 5);
  ok(
    !server.logs().includes('"level":"error"'),
    server
      .logs()
      .split('\n')
      .find((line) => line.includes('"level":"error"')) ?? '',
  );
});

test('a route that shows, or only betrays, another tenant’s document is found', async () => {
  const stores = new Set<TenantStore>();
  const declared = {
    method: 'GET',
    action: 'evidence.read',
    summary: 'Deliberately leaky',
    params: Type.Object({ event_id: Type.String() }),
    query: Type.Object({}),
    body: Type.Null(),
    answers: { 200: Type.Unknown(), 404: Type.Unknown(), 410: Type.Unknown() },
  } as const;
  /** Looks the id up in every tenant's store it has ever seen. */
  const anywhere = async (tenant: TenantStore, event_id: string, signal: AbortSignal) => {
    stores.add(tenant);
    for (const store of stores) {
      const found = await store.get(promptEvents, event_id, { signal });
      if (found !== undefined) return { doc: found.doc, own: store === tenant };
    }
    return undefined;
  };
  const leaky: Room = {
    routes: [
      route({
        ...declared,
        path: '/leaky/shows/{event_id}',
        async handle({ tenant, params, signal }) {
          const found = await anywhere(tenant, params.event_id, signal);
          return found === undefined ? ([404, {}] as const) : ([200, found.doc] as const);
        },
      }),
      route({
        ...declared,
        path: '/leaky/betrays/{event_id}',
        async handle({ tenant, params, signal }) {
          const found = await anywhere(tenant, params.event_id, signal);
          return found === undefined ? ([404, {}] as const) : found.own ? ([200, {}] as const) : ([410, {}] as const);
        },
      }),
    ],
  };
  await using server = await startTestServer({}, { rooms: [leaky] });
  const known = await fillTenant(server, server.north, MARK);
  const leaks = await findLeaks(server, server.south, known, await askAsOwner(server, server.north, known));
  ok(leaks.some((leak) => leak.includes('/leaky/shows/{event_id}') && leak.includes('shows')));
  ok(leaks.some((leak) => leak.includes('/leaky/betrays/{event_id}') && leak.includes('tells apart')));
  equal(leaks.filter((leak) => !leak.includes('/leaky/')).length, 0);
});
