import {
  isAncillaError,
  replace,
  rollouts,
  saga,
  type Because,
  type Io,
  type Job,
  type Reader,
  type Saga,
  type Tenant,
  type TenantStore,
  type Write,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { endedBy, servingNow, withoutLabel } from '../curator/index.ts';
import type { TrainingParts } from './parts.ts';
import { flagsOf, modelOf } from './registry.ts';

const ATTEMPTS = 4;

/**
 * Takes models out of shadow and canary that learned from what may not be learned from any more: whoever takes back consent, or a dataset, need not know which models
 * are being tried out. What is live stays, since without it nothing would be suggested: it is flagged, and no label leads to it again.
 */
export function openFlagged({ platform, tasks, sagas }: Pick<TrainingParts, 'platform' | 'tasks' | 'sagas'>) {
  async function due(tenant: Reader<Tenant>, because: Omit<Because, 'reason'>, io: Io): Promise<readonly Write<Tenant>[]> {
    const writes: Write<Tenant>[] = [];
    for (const was of await servingNow(tenant, io)) {
      const { kind, id: model_id, candidate } = was.doc;
      if (kind !== 'models') continue;
      // One that ships is on the platform's shelf, and learned from nothing of a tenant's. What is on neither is an error, no reason to let it go on.
      const model = await modelOf([tenant, platform], { model_id, version: candidate.version }, io);
      const flags = await flagsOf(tenant, tasks, model, io);
      if (flags.length === 0) continue;
      const why = { ...because, reason: `flagged ${flags.join(', ')}` };
      writes.push(replace(rollouts, was, endedBy(was.doc, 'flagged'), why), ...(await withoutLabel(tenant, was.doc, why, io)));
    }
    return writes;
  }

  const flagSaga: Saga = saga({
    name: 'training.end_flagged',
    memo: Type.Object({}),
    steps: [
      {
        name: 'end',
        attempts: 3,
        // Its only effect is its outcome's own commit.
        unknown: { on: 'retry' },
        run: async ({ tenant, trace_id, signal }) => ({
          output: {},
          writes: await due(tenant, { who: 'training.flagged', trace_id }, { signal }),
        }),
      },
    ],
  });
  const job: Job = {
    name: 'training.flagged',
    what: 'Takes models out of shadow and canary whose examples were removed, or whose consent or dataset was taken back',
    everyHours: 1,
    async start({ tenant, tenant_id }, { key, by, trace_id }, io) {
      if ((await due(tenant, { who: by, trace_id }, io)).length === 0) return undefined;
      const { saga_id } = await sagas.start(flagSaga, { tenant, tenant_id, memo: {}, trace_id, owner: by, idempotency_key: key });
      return { saga_id };
    },
  };

  return {
    saga: flagSaga,
    job,
    /** At once, for what somebody has just taken back; if it does not come to it, the job does it within the hour. */
    async end(tenant: TenantStore, because: Omit<Because, 'reason'>, io: Io): Promise<void> {
      for (let attempt = 1; ; attempt++)
        try {
          const writes = await due(tenant, because, io);
          if (writes.length > 0) await tenant.commit(writes, [], io);
          return;
        } catch (error) {
          // A verdict came between.
          if (attempt === ATTEMPTS || !isAncillaError(error, 'store.revision_conflict')) throw error;
        }
    },
  };
}
export type Flagged = ReturnType<typeof openFlagged>;
