import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { AncillaError, remove, saga, sagaState, tenantWal, type Saga, type SagaOutcome } from '@ancilla/contracts';
import { Type } from 'typebox';
import { io, openTest, trace_id } from './engine.fixture.ts';
import { toHistory } from './history.ts';

const Memo = Type.Object({ order: Type.String(), a: Type.Optional(Type.String()), b: Type.Optional(Type.String()) });
type Memo = { order: string; a?: string; b?: string };

/** Three steps against an outside service that only records; each step can be told to fail or to hang. */
function ordering(
  world: string[],
  behave: {
    readonly fail?: string;
    readonly hang?: string;
    readonly unknown?: 'park' | 'compensate' | 'retry';
    readonly failUndo?: string;
  } = {},
) {
  const step = (name: string, output: Partial<Memo> = {}) => ({
    name,
    attempts: 2,
    unknown: { on: behave.unknown ?? 'retry' } as const,
    async run({ key, signal }: { readonly key: string; readonly signal: AbortSignal }) {
      if (behave.fail === name) {
        world.push(`fail ${name}`);
        throw new Error('the service said no');
      }
      world.push(`do ${name} ${key.split('/')[1]}`);
      if (behave.hang === name) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('killed'))));
      return { output };
    },
    compensate: {
      ref: `handler:undo_${name}` as const,
      async run() {
        world.push(`undo ${name}`);
        if (behave.failUndo === name) throw new Error('cannot undo');
        return [];
      },
    },
  });
  return saga({ name: 'order', memo: Memo, steps: [step('reserve', { a: 'reserved' }), step('charge', { b: 'charged' }), step('ship')] });
}
const start = (from: Awaited<ReturnType<typeof openTest>>, key = 'order-1', order = '7') => ({
  ...from.north,
  memo: { order },
  trace_id,
  owner: 'ann',
  idempotency_key: key,
});
const walOf = async (at: Awaited<ReturnType<typeof openTest>>, saga_id: string) =>
  (await at.north.tenant.find(tenantWal, { index: 'by_saga', equals: { saga_id }, oldest_first: true, limit: 500 }, io)).items.map(
    ({ doc }) => doc,
  );
const stateOf = async (at: Awaited<ReturnType<typeof openTest>>, saga_id: string) =>
  (await at.north.tenant.get(sagaState, saga_id, io))?.doc;
/** Waits until the saga stands where it should. */
async function until(at: Awaited<ReturnType<typeof openTest>>, saga_id: string, status: string): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    if ((await stateOf(at, saga_id))?.status === status) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`saga is ${(await stateOf(at, saga_id))?.status}, not ${status}`, { cause: at.errors });
}

test('a saga runs its steps in order, an intent before and an outcome after each, in N + 1 commits', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const order = ordering(world);
  const { runner } = await at.open([order]);
  let commits = 0;
  at.stores.onCommit((tenant_id) => tenant_id === 'north' && commits++);
  const { saga_id, settled } = await runner.start(order, start(at));
  const outcome: SagaOutcome<Memo> = await settled;
  equal(outcome.status, 'done');
  deepEqual(outcome.memo, { order: '7', a: 'reserved', b: 'charged' });
  deepEqual(world, ['do reserve reserve', 'do charge charge', 'do ship ship']);
  const wal = await walOf(at, saga_id);
  deepEqual(
    wal.map(({ kind, step_name, status }) => `${kind} ${step_name} ${status}`),
    [
      'claim start done',
      'intent reserve pending',
      'outcome reserve done',
      'intent charge pending',
      'outcome charge done',
      'intent ship pending',
      'outcome ship done',
    ],
  );
  equal(commits, 4);
});

test('the same idempotency key is the same saga; with another payload it is refused', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const order = ordering(world);
  const { runner } = await at.open([order]);
  const first = await runner.start(order, start(at));
  await first.settled;
  const second = await runner.start(order, start(at));
  equal(second.saga_id, first.saga_id);
  equal((await second.settled).status, 'done');
  equal(world.length, 3);
  await rejects(runner.start(order, start(at, 'order-1', '8')), { code: 'saga.payload_conflict' });
});

test('a step that fails for good is undone in exact reverse of what happened', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const order = ordering(world, { fail: 'ship' });
  const { runner } = await at.open([order]);
  const { saga_id, settled } = await runner.start(order, start(at));
  const { status, error } = await settled;
  equal(status, 'compensated');
  equal(error?.code, 'Error');
  deepEqual(world, ['do reserve reserve', 'do charge charge', 'fail ship', 'fail ship', 'undo charge', 'undo reserve']);
  const kinds = (await walOf(at, saga_id))
    .filter(({ kind }) => kind.startsWith('compensate'))
    .map(({ kind, step_name }) => `${kind} ${step_name}`);
  deepEqual(kinds, ['compensate_intent charge', 'compensate_outcome charge', 'compensate_intent reserve', 'compensate_outcome reserve']);
});

test('what is wrong with the request itself is not tried again', async () => {
  await using at = await openTest();
  let runs = 0;
  const refused = saga({
    name: 'refused',
    memo: Memo,
    steps: [
      { name: 'ask', attempts: 5, unknown: { on: 'retry' }, run: () => (runs++, Promise.reject(new AncillaError('schema.invalid', 'no'))) },
    ],
  });
  const { runner } = await at.open([refused]);
  const { settled } = await runner.start(refused, start(at));
  equal((await settled).status, 'compensated');
  equal(runs, 1);
});

test('a compensation that keeps failing waits for a person; resume goes on where it stood', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const behave = { fail: 'ship', failUndo: 'charge' };
  const order = ordering(world, behave);
  const { runner } = await at.open([order]);
  const { saga_id, settled } = await runner.start(order, start(at));
  equal((await settled).status, 'needs_attention');
  equal((await stateOf(at, saga_id))?.reason, 'compensation_failed');
  equal(world.filter((word) => word === 'undo charge').length, 3);
  ok(!world.includes('undo reserve'), 'what was done earlier is not undone before what was done later');
});

for (const [unknown, expected, effects] of [
  ['retry', 'done', 2],
  ['park', 'needs_attention', 1],
  ['compensate', 'compensated', 1],
] as const) {
  test(`after a crash between intent and outcome, on_unknown ${unknown} leads to ${expected}`, async () => {
    await using at = await openTest();
    const world: string[] = [];
    const first = ordering(world, { hang: 'charge', unknown });
    const life = await at.open([first]);
    const { saga_id } = await life.runner.start(first, start(at));
    while (!world.includes('do charge charge')) await new Promise((resolve) => setTimeout(resolve, 2));
    await life.runner[Symbol.asyncDispose]();
    equal((await stateOf(at, saga_id))?.status, 'running');

    await at.open([ordering(world, { unknown })]);
    await until(at, saga_id, expected);
    equal(world.filter((word) => word.startsWith('do charge')).length, effects);
    equal(new Set(world.filter((word) => word.startsWith('do charge'))).size, 1, 'all attempts carry one key');
    equal(world.filter((word) => word === 'do reserve reserve').length, 1, 'what was done is not done again');
    if (expected === 'compensated') deepEqual(world.slice(-2), ['undo charge', 'undo reserve']);
    equal((await stateOf(at, saga_id))?.epoch, 2);
  });
}

test('a cache that was deleted says the same when it is computed from the log', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const order = ordering(world, { fail: 'ship' });
  const { runner } = await at.open([order]);
  const { saga_id, settled } = await runner.start(order, start(at));
  await settled;
  const before = toHistory(await walOf(at, saga_id));
  await at.north.tenant.commit([remove(sagaState, saga_id)], [], io);
  deepEqual(toHistory(await walOf(at, saga_id)), before);
  deepEqual(
    before.steps.map(({ step_name, status, compensation }) => `${step_name} ${status} ${compensation}`),
    ['reserve done done', 'charge done done', 'ship failed none'],
  );
});

test('of many that claim a saga at once one wins, and a stale owner writes nothing', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const order = ordering(world, { hang: 'reserve' });
  const first = await at.open([order], false);
  const { saga_id, settled } = await first.runner.start(order, start(at));
  while (world.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  // The lease runs out, for instance since the process was stopped; five others look at the same moment.
  at.advance(60_000);
  const others = await Promise.all(Array.from({ length: 5 }, () => at.open([ordering(world)], false)));
  await until(at, saga_id, 'done');
  equal((await stateOf(at, saga_id))?.epoch, 2);
  equal((await walOf(at, saga_id)).filter(({ step_name }) => step_name === 'claim').length, 1);
  await Promise.all(others.map(({ runner }) => runner[Symbol.asyncDispose]()));
  await first.runner[Symbol.asyncDispose]();
  await rejects(settled);
  equal((await stateOf(at, saga_id))?.status, 'done');
});

const approval = (moved: string[]): Saga =>
  saga({
    name: 'move',
    memo: Type.Object({ order: Type.String(), approve: Type.Optional(Type.Unknown()) }),
    steps: [
      { name: 'approve', signal: 'second_approval', payload: Type.Object({ by: Type.String() }) },
      {
        name: 'move',
        attempts: 1,
        unknown: { on: 'retry' },
        run: async ({ memo }) => (moved.push(JSON.stringify(memo.approve)), { output: {} }),
      },
    ],
  }) as unknown as Saga;

test('a wait goes on when its signal comes: once, however often it is delivered', async () => {
  await using at = await openTest();
  const moved: string[] = [];
  const move = approval(moved);
  const { runner } = await at.open([move]);
  const { saga_id, settled } = await runner.start(move, start(at) as never);
  equal((await settled).status, 'waiting');
  const signal = { signal_id: 's1', name: 'second_approval', payload: { by: 'raj' }, by: 'raj' };
  await runner.signal({ ...at.north, saga_id }, signal);
  await runner.signal({ ...at.north, saga_id }, signal).catch(() => {});
  await until(at, saga_id, 'done');
  deepEqual(moved, ['{"by":"raj"}']);
  equal((await walOf(at, saga_id)).filter(({ kind }) => kind === 'signal').length, 1);
  await rejects(runner.signal({ ...at.north, saga_id }, { ...signal, signal_id: 's2' }), { code: 'saga.state' });
});

test('a definition that changed while a saga stood still is not run', async () => {
  await using at = await openTest();
  const moved: string[] = [];
  const { runner } = await at.open([approval(moved)]);
  const { saga_id } = await runner.start(approval(moved), start(at) as never);
  await until(at, saga_id, 'waiting');
  await runner[Symbol.asyncDispose]();
  const changed = { ...approval(moved), steps: approval(moved).steps.toReversed() } as Saga;
  const next = await at.open([changed]);
  await next.runner.signal({ ...at.north, saga_id }, { signal_id: 's', name: 'second_approval', payload: { by: 'raj' }, by: 'raj' });
  await until(at, saga_id, 'needs_attention');
  equal((await stateOf(at, saga_id))?.reason, 'definition_changed');
  deepEqual(moved, []);
});

test('a wait that nobody answers ends when its time does', async () => {
  await using at = await openTest();
  const moved: string[] = [];
  const declared = approval(moved);
  const timed = { ...declared, steps: declared.steps.map((step) => ('signal' in step ? { ...step, deadlineSeconds: 60 } : step)) } as Saga;
  const { runner } = await at.open([timed]);
  const { saga_id } = await runner.start(timed, start(at) as never);
  await until(at, saga_id, 'waiting');
  at.advance(3_600_000);
  await runner.sweep();
  await until(at, saga_id, 'compensated');
  deepEqual(moved, []);
});
