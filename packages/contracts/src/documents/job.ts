// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Name, Ref, TenantId, Timestamp } from '../fields.ts';
import { Id } from '../ids.ts';

/** When a job is due for a tenant, and what came of it last. On the platform's store, so that closed tenant files stay closed until something is due. */
export const JobSchedule = Closed({
  schedule_key: Ref,
  tenant_id: TenantId,
  job: Name,
  due_at: Timestamp,
  last_run_at: Type.Union([Timestamp, Type.Null()]),
  last_saga_id: Type.Union([Id('sg'), Type.Null()]),
  last_outcome: Type.Union([Type.Enum(['started', 'nothing_to_do', 'refused']), Type.Null()]),
});
export type JobSchedule = Static<typeof JobSchedule>;
export const jobSchedules = collection({
  name: 'job_schedules',
  kind: 'state',
  scope: { platform: true },
  schema: JobSchedule,
  key: 'schedule_key',
  time: 'due_at',
  retention: 'as_needed',
  summary: 'When each job is due for each tenant',
  indexes: { all: [], by_tenant: ['tenant_id'] },
});
