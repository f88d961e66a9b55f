import { AncillaError, isAncillaError, type Clock, type Io, type Role, type SagaRunner } from '@ancilla/contracts';
import { random, testStores, type TestStores } from '../test-stores.fixture.ts';
import { openCurator, type Attest } from './index.ts';

export const trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';

type Started = Omit<Parameters<SagaRunner['start']>[1], 'memo' | 'request_hash'> & {
  memo: unknown;
  saga_id: string;
  status: 'waiting' | 'done' | 'compensated';
  error?: AncillaError;
};

/** As much of a saga engine as a wait and the step after it need, without a log: the real one has tests of its own. */
const openWaitingRunner = (newSagaId: () => string) => {
  const started = new Map<string, Started>();
  let run: ((of: Started) => Promise<void>) | undefined;
  const runner: SagaRunner = {
    async start(of, from) {
      const remembered = from.request_hash === undefined ? from.memo : await from.memo();
      let mine = [...started.values()].find(({ idempotency_key }) => idempotency_key === from.idempotency_key);
      if (!mine) {
        mine = { ...from, memo: remembered, saga_id: newSagaId(), status: 'waiting' };
        started.set(mine.saga_id, mine);
      }
      const step = of.steps.find((known) => 'run' in known);
      run = async ({ tenant, tenant_id, saga_id, memo }) => {
        // The memo was handed to `start` for this very saga.
        const at = {
          saga_id,
          trace_id,
          tenant_id,
          memo: memo as typeof remembered,
          key: saga_id,
          attempt: 1,
          tenant,
          signal: new AbortController().signal,
          progress() {},
        };
        const { writes = [] } = (await step?.run(at)) ?? {};
        await tenant.commit(writes, [], at);
      };
      return { saga_id: mine.saga_id, settled: Promise.resolve({ saga_id: mine.saga_id, status: mine.status, memo: remembered }) };
    },
    async signal({ saga_id }) {
      const mine = started.get(saga_id);
      if (!mine) throw new AncillaError('saga.not_found', saga_id);
      if (mine.status !== 'waiting') return;
      try {
        await run?.(mine);
        mine.status = 'done';
      } catch (error) {
        if (!isAncillaError(error)) throw error;
        mine.status = 'compensated';
        mine.error = error;
      }
    },
  };
  return { runner, started };
};

/** A curator over the stores of one tenants' fixture, and what stands in for the saga engine. */
const curatorOver = ({ stores, clock, newId }: TestStores, models: Attest) => {
  const { runner, started } = openWaitingRunner(() => newId('sg'));
  const curator = openCurator({
    platform: stores.platform,
    clock,
    newId,
    random,
    sagas: runner,
    standing: { isMadeBy: async () => false, mayStill: async () => true },
    attest: { models },
  });
  return { runner, started, curator };
};

const none: Attest = async () => ({ attested: [] });
const openTestStores = testStores((made, io) => curatorOver(made, none).curator.seed({ trace_id }, io));

/** Two tenants on real stores in a folder that goes away, and a seeded curator over them. @param models - what is said of models */
export const openTenants = async (io: Io, models = none) => {
  // A clock that a test can set: what was live at a time is then a plain question.
  const clock: Clock & { ms: number } = { ms: Date.parse('2026-11-01T00:00:00.000Z'), now: () => clock.ms++ };
  const at = await openTestStores(clock);
  const { runner, started, curator } = curatorOver(at, models);
  const tenants = { north: at.north, south: at.south };

  /** Calls a route as http would, after authentication and schemas. */
  const call = async (
    method: string,
    path: string,
    {
      as = 'ada',
      role = 'steward',
      tenant = 'north',
      body = null,
      params = {},
      query = {},
    }: { as?: string; role?: Role; tenant?: keyof typeof tenants; body?: unknown; params?: object; query?: object } = {},
  ) => {
    const route = curator.routes?.find((known) => known.method === method && known.path === path);
    if (!route) throw new RangeError(`no route ${method} ${path}`);
    const who = { id: as, role, key_id: 'ak_01h455vb4pex5vsknk084sn02q', tenant_id: tenant };
    const [status, answer] = await route.handle({
      ...tenants[tenant],
      who,
      params,
      query,
      body,
      headers: {},
      trace: { trace_id, span_id: '00f067aa0ba902b7' },
      signal: io.signal,
    });
    return { status, answer };
  };
  return { ...at, clock, curator, started, runner, call };
};
