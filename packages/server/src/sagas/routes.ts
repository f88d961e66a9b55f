import {
  Closed,
  IdempotencyKey,
  AncillaError,
  Id,
  Name,
  nothing,
  pageOf,
  paging,
  Ref,
  route,
  sagaState,
  Sentence,
  tenantWal,
  Timestamp,
  TraceId,
  WalEntry,
  type Io,
  type Of,
  type Stored,
} from '@ancilla/contracts';
import { Type } from 'typebox';
import { Append } from './appends.ts';
import type { ExternalSagas } from './external.ts';
import { toHistory } from './history.ts';
import type { SagaLog } from './log.ts';
import { verbNames, verbs, type Operators, type Verb } from './operate.ts';
import type { Payloads } from './payloads.ts';
import type { Runner } from './runner.ts';
import type { Said } from './said.ts';

const SagaParams = Type.Object({ saga_id: Id('sg') });
const LeaseBody = { epoch: Type.Integer({ minimum: 1 }), lease_token: Type.String({ minLength: 16, maxLength: 128 }) };
const Started = Type.Object({ saga_id: Id('sg'), epoch: Type.Integer(), lease_token: Type.String(), lease_until: Timestamp });
const Standing = Type.Object({ saga_id: Id('sg'), status: Type.String() });
const StepAnswer = Type.Object({
  step_name: Type.String(),
  status: Type.String(),
  attempts: Type.Integer(),
  payload_ref: Type.Union([Ref, Type.Null()]),
  compensate_ref: Type.Union([Type.String(), Type.Null()]),
  compensation: Type.String(),
  created_at: Type.String(),
  completed_at: Type.Union([Type.String(), Type.Null()]),
  /** What a step of the server's own said when it failed. */
  error_detail: Type.Optional(Type.String()),
});

export const sagaRoutes = ({
  log,
  runner,
  external,
  payloads,
  operators,
  said,
}: {
  readonly log: SagaLog;
  readonly runner: Runner;
  readonly external: ExternalSagas;
  readonly payloads: Payloads;
  readonly operators: Operators;
  readonly said: Said;
}) => {
  const { operate, retryFrom } = operators;

  async function stateOf(of: Of, saga_id: string, io: Io): Promise<Stored<typeof sagaState>> {
    const state = await of.tenant.get(sagaState, saga_id, io);
    if (state === undefined) throw new AncillaError('saga.not_found', `no saga ${saga_id}`);
    return state;
  }

  const verbRoute = (verb: Verb) =>
    route({
      method: 'POST',
      path: `/dif/sagas/{saga_id}/${verb}`,
      action: 'saga.operate',
      summary: verbs[verb].summary,
      ...nothing,
      params: SagaParams,
      body: Closed({ reason: Sentence }),
      answers: { 200: Standing },
      async handle({ tenant, tenant_id, who, params, body, signal }) {
        return [200, await operate({ tenant, tenant_id }, params.saga_id, verb, who.id, body.reason, { signal })] as const;
      },
    });

  return [
    route({
      method: 'POST',
      path: '/dif/sagas',
      action: 'saga.write',
      summary: 'Start a saga that the caller drives; the same idempotency key gives the same saga',
      ...nothing,
      body: Closed({
        name: Name,
        trace_id: TraceId,
        owner_agent_id: Name,
        deadline: Type.Optional(Timestamp),
        idempotency_key: IdempotencyKey,
      }),
      answers: { 200: Started, 201: Started },
      async handle({ tenant, tenant_id, who, body, signal }) {
        const { lease, created } = await external.start({ tenant, tenant_id }, who, body, { signal });
        return created ? ([201, lease] as const) : ([200, lease] as const);
      },
    }),
    route({
      method: 'POST',
      path: '/dif/wal/append',
      action: 'saga.write',
      summary: 'Append entries of one saga in one commit; repeating them answers the same',
      ...nothing,
      body: Type.Union([Append, Type.Array(Append, { minItems: 1, maxItems: 100 })]),
      answers: {
        201: Type.Object({ entries: Type.Array(Type.Object({ wal_id: Type.String(), seq: Type.Integer(), created_at: Type.String() })) }),
      },
      async handle({ tenant, tenant_id, who, body, signal }) {
        const entries = [...(await external.append({ tenant, tenant_id }, who, Array.isArray(body) ? body : [body], { signal }))];
        return [201, { entries }] as const;
      },
    }),
    route({
      method: 'GET',
      path: '/dif/wal',
      action: 'saga.read',
      summary: 'The write-ahead log of one saga, oldest first, and its steps as computed from it',
      ...nothing,
      query: Closed({ saga_id: Id('sg'), ...paging }),
      answers: {
        200: Type.Object({ ...pageOf(WalEntry).properties, steps: Type.Array(StepAnswer) }),
      },
      async handle({ tenant, tenant_id, query: { saga_id, ...page }, signal }) {
        const { items, next_cursor } = await tenant.find(
          tenantWal,
          { index: 'by_saga', equals: { saga_id }, oldest_first: true, ...page },
          { signal },
        );
        const { steps: views, definition_hash } = toHistory(await log.entriesOf(tenant, saga_id, { signal }));
        const entries = items.map(({ doc }) => doc);
        const steps = await Promise.all(
          views.map(async (view) => {
            const { step_name, status, attempts, payload_ref, compensate_ref, compensation, created_at, completed_at } = view;
            const error_detail = definition_hash === null ? undefined : await payloads.detailOf({ tenant, tenant_id }, view, { signal });
            const shown = { step_name, status, attempts, payload_ref, compensate_ref, compensation, created_at, completed_at };
            return { ...shown, ...(error_detail !== undefined && { error_detail }) };
          }),
        );
        return [200, { items: entries, steps, next_cursor }] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/dif/sagas/{saga_id}/heartbeat',
      action: 'saga.write',
      summary: 'Keep the lease; learn whether the saga is to be cancelled',
      ...nothing,
      params: SagaParams,
      body: Closed({ ...LeaseBody, progress: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })) }),
      answers: { 200: Type.Object({ lease_until: Timestamp, cancel_requested: Type.Boolean() }) },
      async handle({ tenant, tenant_id, who, params, body, signal }) {
        return [200, await external.heartbeat({ tenant, tenant_id }, who, { ...params, ...body }, { signal })] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/dif/sagas/{saga_id}/complete',
      action: 'saga.write',
      summary: 'Say that the saga is done; every intent must have its outcome',
      ...nothing,
      params: SagaParams,
      body: Closed(LeaseBody),
      answers: { 200: Standing },
      async handle({ tenant, tenant_id, who, params, body, signal }) {
        await external.complete({ tenant, tenant_id }, who, { ...params, ...body }, { signal });
        return [200, { saga_id: params.saga_id, status: 'done' }] as const;
      },
    }),
    route({
      method: 'POST',
      path: '/dif/sagas/{saga_id}/signal',
      action: 'saga.signal',
      summary: 'Deliver a signal, once for each signal_id',
      ...nothing,
      params: SagaParams,
      body: Closed({ signal_id: IdempotencyKey, name: Name, payload_ref: Type.Optional(Id('ar')) }),
      answers: { 200: Standing },
      async handle({ tenant, tenant_id, who, params, body, signal }) {
        const of: Of = { tenant, tenant_id };
        // Approvals have a route of their own, which binds them to what is approved and to who may.
        const { doc } = await stateOf(of, params.saga_id, { signal });
        if (doc.name.startsWith('curator.'))
          throw new AncillaError('saga.state', 'approvals go through POST /curator/{kind}/{id}/labels/{label}/approvals');
        await said.checkNames(of, { '/name': body.name }, { signal });
        const payload: unknown = body.payload_ref === undefined ? {} : await payloads.readSent(of, body.payload_ref, { signal });
        await runner.signal(
          { ...of, saga_id: params.saga_id },
          {
            signal_id: said.keptKey(of, params.saga_id, body.signal_id),
            name: body.name,
            payload: typeof payload === 'object' && payload !== null ? payload : {},
            by: who.id,
          },
        );
        return [200, { saga_id: params.saga_id, status: (await stateOf(of, params.saga_id, { signal })).doc.status }] as const;
      },
    }),
    ...verbNames.map(verbRoute),
    route({
      method: 'POST',
      path: '/dif/sagas/{saga_id}/retry',
      action: 'saga.operate',
      summary: 'Begin again as a new saga, linked to the old one, at a step before which all stands',
      ...nothing,
      params: SagaParams,
      body: Closed({ from_step: Type.String({ minLength: 1, maxLength: 64 }), reason: Sentence }),
      answers: { 201: Type.Object({ saga_id: Type.String() }) },
      async handle({ tenant, tenant_id, who, params, body, trace, signal }) {
        const from = { ...body, by: who.id, trace_id: trace.trace_id };
        return [201, { saga_id: await retryFrom({ tenant, tenant_id }, params.saga_id, from, { signal }) }] as const;
      },
    }),
  ];
};
