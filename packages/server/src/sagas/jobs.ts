import {
  AncillaError,
  Closed,
  DAY_MS,
  HOUR_MS,
  Id,
  insert,
  isAncillaError,
  JobSchedule,
  jobSchedules,
  Name,
  nothing,
  replace,
  route,
  toTimestamp,
  type Clock,
  type Io,
  type Job,
  type Later,
  type PlatformStore,
  type Random,
  type Room,
  type Stored,
  type TenantStore,
} from '@ancilla/contracts';
import { Type } from 'typebox';

export interface JobsParts {
  readonly jobs: readonly Job[];
  readonly platform: PlatformStore;
  readonly tenantStore: (tenant_id: string) => TenantStore;
  readonly tenantIds: (io: Io) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly random: Random;
  readonly later: Later;
  readonly onError: (error: unknown) => void;
}

/** Runs jobs when they are due, each once however many servers there are. */
export interface Jobs extends Room, AsyncDisposable {
  /** Starts what is due now, and looks again from time to time. */
  serve(): Promise<void>;
}

const LOOK_MS = 30_000;
/** Who runs what nobody asked for. */
const SCHEDULE = 'ancilla.schedule';
const AT_ONCE = 100;

const JobView = Type.Object({
  ...Type.Pick(JobSchedule, ['due_at', 'last_run_at', 'last_saga_id', 'last_outcome']).properties,
  name: Name,
  what: Type.String(),
  every_hours: Type.Number(),
});

/** @param parts - `jobs`: of all rooms */
export function openJobs({ jobs, platform, tenantStore, tenantIds, clock, random, later, onError }: JobsParts): Jobs {
  const stop = new AbortController();
  const known = new Set<string>();
  let cancelLook = () => {};
  let looking = Promise.resolve();
  /** A clock that was set back since leaves schedules to be looked at again. */
  let lookedAt = 0;
  const keyOf = (tenant_id: string, { name }: Pick<Job, 'name'>): string => `${tenant_id}/${name}`;
  const newTraceId = (): string => Buffer.from(random.bytes(16)).toString('hex');
  const next = ({ everyHours }: Job): string => toTimestamp(clock.now() + everyHours * HOUR_MS);

  /** A schedule for every tenant and job; whoever comes second finds it. One that a clock left which was ahead, and farther off than any is, begins anew. */
  async function ensure(tenant_id: string, job: Job, io: Io): Promise<Stored<typeof jobSchedules>> {
    const schedule_key = keyOf(tenant_id, job);
    for (;;) {
      const found = await platform.get(jobSchedules, schedule_key, io);
      if (found !== undefined && found.doc.due_at <= next(job)) return found;
      if (found !== undefined) {
        await platform.commit([replace(jobSchedules, found, { due_at: next(job) })], [], io).catch(unlessOvertaken);
        continue;
      }
      const doc: JobSchedule = {
        schedule_key,
        tenant_id,
        job: job.name,
        due_at: next(job),
        last_run_at: null,
        last_saga_id: null,
        last_outcome: null,
      };
      await platform.commit([insert(jobSchedules, doc)], [], io).catch(unlessOvertaken);
    }
  }

  /** Starts one run; that a tenant does not allow it is an outcome, not a failure of the schedule. */
  async function run(tenant_id: string, job: Job, asked: Parameters<Job['start']>[1], io: Io) {
    try {
      const started = await job.start({ tenant: tenantStore(tenant_id), tenant_id }, asked, io);
      return { last_saga_id: started?.saga_id ?? null, last_outcome: started === undefined ? 'nothing_to_do' : 'started' } as const;
    } catch (error) {
      if (!isAncillaError(error, 'training.consent', 'training.empty', 'policy.refused')) throw error;
      return { last_saga_id: null, last_outcome: 'refused' } as const;
    }
  }

  async function look(io: Io): Promise<void> {
    const now = clock.now();
    if (now < lookedAt) known.clear();
    lookedAt = now;
    for (const tenant_id of await tenantIds(io)) {
      if (known.has(tenant_id)) continue;
      for (const job of jobs) await ensure(tenant_id, job, io);
      known.add(tenant_id);
    }
    // Up to now and now itself: a range ends before its end.
    const due = { index: 'all', equals: {}, to: toTimestamp(now + 1), oldest_first: true, limit: AT_ONCE } as const;
    const { items } = await platform.find(jobSchedules, due, io);
    for (const was of items) {
      const { tenant_id, due_at } = was.doc;
      const job = jobs.find(({ name }) => name === was.doc.job);
      try {
        // The key is the due time's: two servers that start it at once start the same saga. What was missed while nobody ran is done once.
        const asked = { key: `job/${was.doc.job}/${due_at}`, by: SCHEDULE, trace_id: newTraceId() };
        const outcome = job && (await run(tenant_id, job, asked, io));
        const change = {
          ...outcome,
          last_run_at: toTimestamp(now),
          due_at: job === undefined ? toTimestamp(now + DAY_MS) : next(job),
        };
        await platform.commit([replace(jobSchedules, was, change)], [], io).catch(unlessOvertaken);
      } catch (error) {
        // One tenant's trouble is not another's; it is tried again at the next look.
        if (!stop.signal.aborted) onError(error);
      }
    }
  }

  const schedule = (): void => {
    if (stop.signal.aborted) return;
    cancelLook = later(LOOK_MS, () => {
      looking = look({ signal: stop.signal })
        .catch((error: unknown) => void (stop.signal.aborted || onError(error)))
        .then(schedule);
    });
  };

  return {
    routes: [
      route({
        method: 'GET',
        path: '/dif/jobs',
        action: 'saga.read',
        summary: 'Jobs: when each is due for this tenant, and what came of it last',
        ...nothing,
        answers: { 200: Type.Object({ items: Type.Array(JobView) }) },
        async handle({ tenant_id, signal }) {
          const io = { signal };
          const items = await Promise.all(
            jobs.map(async (job) => {
              const { due_at, last_run_at, last_saga_id, last_outcome } = (await ensure(tenant_id, job, io)).doc;
              return { name: job.name, what: job.what, every_hours: job.everyHours, due_at, last_run_at, last_saga_id, last_outcome };
            }),
          );
          return [200, { items }] as const;
        },
      }),
      route({
        method: 'POST',
        path: '/dif/jobs/{name}/run',
        action: 'saga.operate',
        summary: 'Run a job now; the same traceparent again is the same run',
        params: Type.Object({ name: Name }),
        query: Type.Object({}),
        body: Closed({}),
        answers: {
          202: Type.Object({ outcome: Type.Enum(['started', 'nothing_to_do', 'refused']), saga_id: Type.Union([Id('sg'), Type.Null()]) }),
        },
        async handle({ tenant_id, who, params: { name }, trace, signal }) {
          const job = jobs.find((each) => each.name === name);
          if (job === undefined)
            throw new AncillaError('not_found', `no job ${name}; there are ${jobs.map((each) => each.name).join(', ')}`);
          const { trace_id } = trace;
          const done = await run(tenant_id, job, { key: `job/${name}/${trace_id}`, by: who.id, trace_id }, { signal });
          return [202, { outcome: done.last_outcome, saga_id: done.last_saga_id }] as const;
        },
      }),
    ],
    async serve() {
      await look({ signal: stop.signal });
      schedule();
    },
    async [Symbol.asyncDispose]() {
      cancelLook();
      stop.abort();
      await looking;
    },
  };
}

/** Another server wrote it first: what it wrote stands. */
const unlessOvertaken = (error: unknown): void => {
  if (!isAncillaError(error, 'store.conflict', 'store.revision_conflict')) throw error;
};
