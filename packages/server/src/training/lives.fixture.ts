import { join } from 'node:path';
import { insert, mappingHistory, sagaState, type Io, type Mapping, type Route, type TenantStore } from '@ancilla/contracts';
import { priorModel } from '@ancilla/ranker';
import { openArtifacts, openFileAdapter, PLATFORM } from '../artifacts/index.ts';
import { openCurator } from '../curator/index.ts';
import { openGates, openRedactionThreads } from '../ingest/index.ts';
import { mappingTask, openLiveModels } from '../mapping/index.ts';
import { openSagas } from '../sagas/index.ts';
import { random, testStores } from '../test-stores.fixture.ts';
import { featuresFor } from './learning.fixture.ts';
import { openTraining, openTrainer } from './index.ts';

const openTestStores = testStores();
export const trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';
const io: Io = { signal: new AbortController().signal };
/** Before the fixture's decisions: what they were decided on is older than they are. */
const START = Date.UTC(2026, 9, 31);

/** A tenant with decisions, and lives of the server's training room over the same real stores. */
export async function openLives(decisions: readonly Mapping[], isolation = openTrainer(process.execPath)) {
  let ticks = 0;
  let step = 1;
  const at = await openTestStores({ now: () => START + (ticks += step) });
  const { folder, keyring, stores, clock, newId, north: of } = at;
  const north: TenantStore = of.tenant;
  const keys = (id: string) => (id === PLATFORM ? keyring.platform : keyring.tenant(id));
  const artifacts = openArtifacts({ adapter: await openFileAdapter(join(folder, 'objects')), keys, clock, newId, random });
  for (const [artifact_id, { value }] of featuresFor(decisions))
    await artifacts.put(
      of,
      {
        artifact_id,
        category: 'structured_output',
        content_type: 'application/json',
        trace_id,
        created_by: 'test',
        bytes: Buffer.from(JSON.stringify(value)),
      },
      io,
    );
  if (decisions.length > 0)
    await north.commit(
      decisions.map((decision) => insert(mappingHistory, decision)),
      [],
      io,
    );
  let lives = 0;
  const hidden = new Set<string>();

  return {
    north,
    of,
    artifacts,
    /** Names of collections of which a life finds no document by its key. */
    hidden,
    /** Has what follows happen in one millisecond, until it is over. */
    async atOnce<T>(then: () => Promise<T>): Promise<T> {
      step = 0;
      try {
        return await then();
      } finally {
        step = 1;
      }
    },
    /**
     * A life of the server; it takes up what the one before left.
     * @param diesAt - at its so-manieth commit to the tenant it ends, and the commit is not made
     */
    async live(diesAt?: number) {
      let commits = 0;
      let dead = false;
      const alive = <T>(then: () => T): T => {
        if (dead) throw new Error('the process is gone');
        return then();
      };
      const mortal: TenantStore = {
        ...north,
        get: (from, ...of_) => alive(async () => (hidden.has(from.name) ? undefined : north.get(from, ...of_))),
        find: (...of_) => alive(() => north.find(...of_)),
        feed: (...of_) => alive(() => north.feed(...of_)),
        blob: (...of_) => alive(() => north.blob(...of_)),
        async commit(...of_) {
          dead ||= commits++ === diesAt;
          return alive(() => north.commit(...of_));
        },
      };
      const storeOf = () => mortal;
      const hmac = (id: string, purpose: string, value: string) => keys(id).hmac(purpose, value);
      const { runner } = openSagas({
        platform: stores.platform,
        tenantStore: storeOf,
        artifacts,
        hmac,
        clock,
        newId,
        random,
        owner_id: `life-${++lives}`,
        sleep: (_, signal) => new Promise((resolve, reject) => (signal.aborted ? reject(new Error('stopped')) : setImmediate(resolve))),
        later: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
        onError: () => {},
        exclusive: true,
        offered: {},
        isRedacted: async () => false,
      });
      const { platform } = stores;
      const curator = openCurator({
        platform,
        clock,
        newId,
        random,
        sagas: runner,
        standing: { isMadeBy: async () => false, mayStill: async () => true },
        attest: { models: (...asked) => room.attest(...asked) },
      });
      await curator.seed({ trace_id }, io);
      const models = openLiveModels({ curator, platform, artifacts, shipped: { version: 'base-6', model: priorModel, card: {} } });
      const gates = openGates({ curator, keys, clock, threads: openRedactionThreads() });
      const room = openTraining({
        platform,
        tasks: [mappingTask],
        artifacts,
        curator,
        gates,
        models,
        sagas: runner,
        storeOf,
        hmac,
        isolation,
        clock,
        newId,
      });
      await room.registerShipped({ trace_id }, io);
      await runner.serve([...room.sagas, ...(curator.sagas ?? [])]);
      return {
        curator,
        models,
        /** Has a job of the room look once, and waits for the saga it starts. */
        async look(name: string): Promise<void> {
          const job = room.jobs.find((each) => each.name === name);
          if (job === undefined) throw new TypeError(`no job ${name}`);
          await job.start({ tenant: mortal, tenant_id: 'north' }, { key: newId('sg'), by: 'ancilla.jobs', trace_id }, io);
          await this.settled();
        },
        isDead: () => dead,
        /** Asks a route of the training room or the curator as a steward would. */
        async ask<T>(
          method: string,
          path: string,
          {
            as = 'stella',
            params = {},
            query = {},
            body = null,
          }: { readonly as?: string; readonly params?: object; readonly query?: object; readonly body?: unknown } = {},
        ) {
          const routes: readonly Route[] = [...room.routes, ...(curator.routes ?? [])];
          const found = routes.find((route) => route.method === method && route.path === path);
          if (found === undefined) throw new TypeError(`no route ${method} ${path}`);
          const who = { id: as, role: 'steward', tenant_id: 'north', key_id: 'ak_1' } as const;
          const request = {
            tenant: mortal,
            tenant_id: 'north',
            who,
            params,
            query,
            body,
            headers: {},
            trace: { trace_id, span_id: '00f067aa0ba902b7' },
          };
          const [, answer] = await found.handle({ ...request, ...io });
          // The caller knows the route's schema.
          return answer as T;
        },
        /** Waits until no saga is under way, or the life has ended. */
        async settled(): Promise<void> {
          const under = async (status: 'running' | 'compensating') =>
            (await north.find(sagaState, { index: 'by_status', equals: { status } }, io)).items.length > 0;
          while (!dead && ((await under('running')) || (await under('compensating'))))
            await new Promise((resolve) => setTimeout(resolve, 5));
        },
        [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
      };
    },
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}
