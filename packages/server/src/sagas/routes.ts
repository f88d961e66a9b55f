import {
  AncillaError,
  Id,
  insert,
  Name,
  Ref,
  replace,
  route,
  sagaState,
  Sentence,
  tenantWal,
  Timestamp,
  toTimestamp,
  TraceId,
  WalEntry,
  type Clock,
  type Io,
  type NewId,
  type Stored,
} from '@ancilla/contracts';
import { canonicalJson } from '@ancilla/evidence';
import { Type } from 'typebox';
import type { Artifacts } from '../artifacts/index.ts';
import type { StartPayload } from './engine.ts';
import { Append, type ExternalSagas } from './external.ts';
import { toHistory } from './history.ts';
import type { Of, SagaLog } from './log.ts';
import type { Runner } from './runner.ts';

const nothing = { params: Type.Object({}), query: Type.Object({}), body: Type.Null() };
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
});
const Key = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/#@+-]{0,127}$' });

/** Verbs of people: each leaves an entry with its reason, and says which states it takes. */
const verbs = {
  cancel: { from: ['running', 'waiting', 'needs_attention', 'compensating'], summary: 'Cancel: what was done is undone in reverse' },
  kill: { from: ['running', 'waiting', 'needs_attention', 'compensating'], summary: 'End at once; nothing is undone' },
  resume: { from: ['needs_attention'], summary: 'Go on with a saga that needed attention' },
  skip: { from: ['needs_attention'], summary: 'Count the step it stands at as done, and go on' },
} as const;
type Verb = keyof typeof verbs;

export const sagaRoutes = ({
  log,
  runner,
  external,
  artifacts,
  clock,
  newId,
}: {
  readonly log: SagaLog;
  readonly runner: Runner;
  readonly external: ExternalSagas;
  readonly artifacts: Artifacts;
  readonly clock: Clock;
  readonly newId: NewId;
}) => {
  const now = (): string => toTimestamp(clock.now());

  async function stateOf(of: Of, saga_id: string, io: Io): Promise<Stored<typeof sagaState>> {
    const state = await of.tenant.get(sagaState, saga_id, io);
    if (state === undefined) throw new AncillaError('saga.not_found', `no saga ${saga_id}`);
    return state;
  }

  /** Writes an operator's entry and what it changes, in one commit; then the engine goes on. */
  async function operate(
    of: Of,
    saga_id: string,
    verb: Verb,
    by: string,
    reason: string,
    io: Io,
  ): Promise<{ saga_id: string; status: string }> {
    const state = await stateOf(of, saga_id, io);
    const { doc } = state;
    if (!(verbs[verb].from as readonly string[]).includes(doc.status))
      throw new AncillaError('saga.state', `saga ${saga_id} is ${doc.status}; ${verb} takes ${verbs[verb].from.join(', ')}`);
    const entries = await log.entriesOf(of.tenant, saga_id, io);
    const history = toHistory(entries);
    const kept = artifacts.prepare(of, {
      category: 'payload',
      content_type: 'application/json',
      bytes: Buffer.from(canonicalJson({ reason })),
      trace_id: doc.trace_id,
      created_by: by,
    });
    const attempt = entries.filter(({ kind, step_name }) => kind === 'operator' && step_name === verb).length + 1;
    const entry = (what: Pick<WalEntry, 'step_name' | 'kind' | 'idempotency_key' | 'attempt'>) =>
      insert(
        tenantWal,
        log.toEntry(of, saga_id, doc.trace_id, by, doc.epoch, {
          status: 'done',
          payload_ref: kept.artifact_id,
          completed_at: now(),
          ...what,
        }),
      );
    const undoing = doc.reason !== undefined && history.steps.some(({ compensation }) => compensation !== 'none');
    const change = {
      cancel: { cancel_requested: true, ...(doc.status === 'needs_attention' && { status: 'compensating' as const }) },
      kill: { status: 'killed' as const, current_step: null },
      resume: { status: undoing ? ('compensating' as const) : ('running' as const) },
      skip: { status: 'running' as const },
    }[verb];
    const skipped = verb === 'skip' ? (history.steps.find(({ status }) => status !== 'done')?.step_name ?? doc.current_step) : null;
    const intent = history.steps.find(({ step_name }) => step_name === skipped);
    await of.tenant.commit(
      [
        ...kept.writes,
        entry({ step_name: verb, kind: 'operator', idempotency_key: `${saga_id}/${verb}`, attempt }),
        // A skipped step is done by the operator's word: its outcome names the reason.
        ...(skipped === null || intent === undefined
          ? []
          : [
              insert(
                tenantWal,
                log.toEntry(of, saga_id, doc.trace_id, by, doc.epoch, {
                  step_name: skipped,
                  kind: 'outcome',
                  status: 'done',
                  idempotency_key: `${saga_id}/${skipped}`,
                  attempt: intent.attempts + 1,
                  completed_at: now(),
                }),
              ),
            ]),
        replace(sagaState, state, { ...change, last_update_ts: now() }),
      ],
      [],
      io,
    );
    if (verb !== 'kill') runner.wake(of, saga_id);
    return { saga_id, status: (await stateOf(of, saga_id, io)).doc.status };
  }

  /** A new saga from a step of an old one: the old log stays as it is. */
  async function retryFrom(of: Of, saga_id: string, from_step: string, by: string, trace_id: string, io: Io): Promise<string> {
    const { doc } = await stateOf(of, saga_id, io);
    const saga = runner.sagas.get(doc.name);
    if (saga === undefined) throw new AncillaError('saga.state', 'only sagas the server runs itself can be tried again');
    if (!['compensated', 'killed', 'needs_attention'].includes(doc.status))
      throw new AncillaError('saga.state', `saga ${saga_id} is ${doc.status}`);
    if (saga.steps[0]?.name !== from_step)
      throw new AncillaError(
        'saga.state',
        `saga ${doc.name} is tried again from its first step, ${saga.steps[0]?.name ?? 'none'}: what came later was undone`,
      );
    const { start_ref } = toHistory(await log.entriesOf(of.tenant, saga_id, io));
    // Written by the engine when the saga started.
    const begun = JSON.parse(Buffer.from(await artifacts.bytes(of, start_ref ?? '', io)).toString('utf8')) as StartPayload;
    const started = await runner.start(saga as never, {
      ...of,
      memo: begun.memo as never,
      trace_id,
      owner: by,
      idempotency_key: `retry/${saga_id}/${newId('sg')}`,
    });
    return started.saga_id;
  }

  const verbRoute = (verb: Verb) =>
    route({
      method: 'POST',
      path: `/dif/sagas/{saga_id}/${verb}`,
      action: 'saga.operate',
      summary: verbs[verb].summary,
      ...nothing,
      params: SagaParams,
      body: Type.Object({ reason: Sentence }, { additionalProperties: false }),
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
      body: Type.Object(
        { name: Name, trace_id: TraceId, owner_agent_id: Name, deadline: Type.Optional(Timestamp), idempotency_key: Key },
        { additionalProperties: false },
      ),
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
      query: Type.Object(
        {
          saga_id: Id('sg'),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
          cursor: Type.Optional(Type.String({ maxLength: 1024 })),
        },
        { additionalProperties: false },
      ),
      answers: {
        200: Type.Object({
          items: Type.Array(WalEntry),
          steps: Type.Array(StepAnswer),
          next_cursor: Type.Union([Type.String(), Type.Null()]),
        }),
      },
      async handle({ tenant, query: { saga_id, ...page }, signal }) {
        const { items, next_cursor } = await tenant.find(
          tenantWal,
          { index: 'by_saga', equals: { saga_id }, oldest_first: true, ...page },
          { signal },
        );
        const { steps: views } = toHistory(await log.entriesOf(tenant, saga_id, { signal }));
        const entries = items.map(({ doc }) => doc);
        const steps = views.map(({ on_unknown: _on, compensation_attempts: _attempts, ...step }) => step);
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
      body: Type.Object(
        { ...LeaseBody, progress: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })) },
        { additionalProperties: false },
      ),
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
      body: Type.Object(LeaseBody, { additionalProperties: false }),
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
      body: Type.Object({ signal_id: Key, name: Name, payload_ref: Type.Optional(Ref) }, { additionalProperties: false }),
      answers: { 200: Standing },
      async handle({ tenant, tenant_id, who, params, body, signal }) {
        const of: Of = { tenant, tenant_id };
        // Approvals have a route of their own, which binds them to what is approved and to who may.
        const { doc } = await stateOf(of, params.saga_id, { signal });
        if (doc.name.startsWith('curator.'))
          throw new AncillaError('saga.state', 'approvals go through POST /curator/{kind}/{id}/labels/{label}/approvals');
        const payload: unknown =
          body.payload_ref === undefined
            ? {}
            : JSON.parse(Buffer.from(await artifacts.bytes(of, body.payload_ref, { signal })).toString('utf8'));
        await runner.signal(
          { ...of, saga_id: params.saga_id },
          {
            signal_id: body.signal_id,
            name: body.name,
            payload: typeof payload === 'object' && payload !== null ? payload : {},
            by: who.id,
          },
        );
        return [200, { saga_id: params.saga_id, status: (await stateOf(of, params.saga_id, { signal })).doc.status }] as const;
      },
    }),
    ...(Object.keys(verbs) as readonly Verb[]).map(verbRoute),
    route({
      method: 'POST',
      path: '/dif/sagas/{saga_id}/retry',
      action: 'saga.operate',
      summary: 'Begin again as a new saga, linked to the old one',
      ...nothing,
      params: SagaParams,
      body: Type.Object({ from_step: Type.String({ minLength: 1, maxLength: 64 }), reason: Sentence }, { additionalProperties: false }),
      answers: { 201: Type.Object({ saga_id: Type.String() }) },
      async handle({ tenant, tenant_id, who, params, body, trace, signal }) {
        return [
          201,
          { saga_id: await retryFrom({ tenant, tenant_id }, params.saga_id, body.from_step, who.id, trace.trace_id, { signal }) },
        ] as const;
      },
    }),
  ];
};
