import {
  saga,
  toTimestamp,
  type Clock,
  type Io,
  type Job,
  type Reader,
  type SagaRunner,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { servingNow } from '../curator/index.ts';
import { Tally } from './tally.ts';

/** What time alone brings, when nobody decides: units that have waited long enough, rollouts that have come to their end. */
export function openPassing({ sagas, clock }: { readonly sagas: SagaRunner; readonly clock: Clock }) {
  async function due(read: Reader<Tenant>, io: Io): Promise<readonly Write<Tenant>[]> {
    const writes: Write<Tenant>[] = [];
    for (const was of await servingNow(read, io)) {
      const tally = await Tally.of(was, read, io);
      if (await tally.passes(toTimestamp(clock.now()), read, io)) writes.push(...(await tally.writes(read, io)));
    }
    return writes;
  }

  const passSaga = saga({
    name: 'rollout.pass',
    memo: Type.Object({}),
    steps: [
      {
        name: 'pass',
        attempts: 3,
        // Its only effect is its outcome's own commit.
        unknown: { on: 'retry' },
        run: async ({ tenant, signal }) => ({ output: {}, writes: await due(tenant, { signal }) }),
      },
    ],
  });
  const job: Job = {
    name: 'rollout.pass',
    what: 'Counts what has waited long enough in a rollout, and ends rollouts whose days are over',
    everyHours: 1,
    async start({ tenant, tenant_id }, { key, by, trace_id }, io) {
      if ((await due(tenant, io)).length === 0) return undefined;
      const { saga_id } = await sagas.start(passSaga, { tenant, tenant_id, memo: {}, trace_id, owner: by, idempotency_key: key });
      return { saga_id };
    },
  };
  return { sagas: [passSaga], jobs: [job] };
}
