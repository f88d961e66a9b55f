import { deepEqual, equal } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { AncillaError, idFrom, type Job } from '@ancilla/contracts';
import { sha256 } from '@ancilla/evidence';
import { openTest } from './engine.fixture.ts';
import { openJobs } from './jobs.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-11-27T12:00:00.000Z');

/** A job that says which runs it began; the same key is the same saga. */
async function openServers(count: number, outcome: (tenant_id: string) => 'start' | 'nothing' | 'refuse' = () => 'start') {
  const at = await openTest();
  const begun = new Set<string>();
  const clock = { ms: START, now: () => clock.ms };
  const job: Job = {
    name: 'tidy',
    what: 'Tidies',
    everyHours: 24,
    async start({ tenant_id }, { key }) {
      const what = outcome(tenant_id);
      if (what === 'refuse') throw new AncillaError('training.consent', 'no');
      if (what === 'nothing') return undefined;
      begun.add(`${tenant_id} ${key}`);
      return { saga_id: idFrom('sg', sha256(key)) };
    },
  };
  const looks: (() => void)[] = [];
  const servers = Array.from({ length: count }, () =>
    openJobs({
      jobs: [job],
      platform: at.stores.platform,
      tenantStore: (id) => at.stores.tenant(id),
      tenantIds: async () => ['north', 'south'],
      clock,
      random: { bytes: (length) => randomBytes(length) },
      later: (_, run) => {
        looks.push(run);
        return () => {};
      },
      onError: (error) => {
        throw error;
      },
    }),
  );
  for (const server of servers) await server.serve();
  return {
    begun,
    clock,
    /** Every server looks once, at the same time. */
    async look() {
      const due = looks.splice(0);
      for (const run of due) run();
      while (looks.length < due.length) await new Promise((resolve) => setImmediate(resolve));
    },
    async asked(tenant_id: string) {
      const [list] = servers[0]?.routes ?? [];
      if (list === undefined) throw new TypeError('no route');
      const [, body] = await list.handle({
        tenant: at.stores.tenant(tenant_id),
        tenant_id,
        who: { id: 'ann', role: 'tenant_admin', key_id: 'k' },
        params: {},
        query: {},
        body: null,
        headers: {},
        trace: { trace_id: '1'.repeat(32), span_id: '2'.repeat(16) },
        signal: new AbortController().signal,
      });
      return (body as { readonly items: readonly { readonly due_at: string; readonly last_outcome: string | null }[] }).items;
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server[Symbol.asyncDispose]();
      await at[Symbol.asyncDispose]();
    },
  };
}

test('nothing runs at the start; when it is due it runs once for each tenant, however many servers look', async () => {
  await using servers = await openServers(3);
  await servers.look();
  equal(servers.begun.size, 0);
  servers.clock.ms += 24 * HOUR;
  await servers.look();
  equal(servers.begun.size, 2);
  await servers.look();
  equal(servers.begun.size, 2);
  const [job] = await servers.asked('north');
  deepEqual([job?.due_at, job?.last_outcome], [new Date(START + 48 * HOUR).toISOString(), 'started']);
});

test('a clock that jumps ahead runs what was missed once, and one that jumps back runs nothing twice and goes on from there', async () => {
  await using servers = await openServers(1);
  servers.clock.ms += 30 * 24 * HOUR;
  await servers.look();
  equal(servers.begun.size, 2);
  servers.clock.ms -= 20 * 24 * HOUR;
  await servers.look();
  equal(servers.begun.size, 2);
  servers.clock.ms += 24 * HOUR;
  await servers.look();
  equal(servers.begun.size, 4);
});

test('what a tenant does not allow, and where there is nothing to do, is told and due again', async () => {
  await using servers = await openServers(1, (tenant_id) => (tenant_id === 'north' ? 'refuse' : 'nothing'));
  servers.clock.ms += 24 * HOUR;
  await servers.look();
  equal(servers.begun.size, 0);
  deepEqual(
    [(await servers.asked('north'))[0]?.last_outcome, (await servers.asked('south'))[0]?.last_outcome],
    ['refused', 'nothing_to_do'],
  );
});
