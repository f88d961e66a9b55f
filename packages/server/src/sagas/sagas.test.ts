import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { AncillaError, remove, saga, sagaState, tenantWal, wakeups, type Saga, type SagaOutcome } from '@ancilla/contracts';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { io, openTest, trace_id } from './engine.fixture.ts';
import { toCache, toHistory } from './history.ts';

const Steps = Type.Object({ steps: Type.Array(Type.Object({ status: Type.String(), error_detail: Type.Optional(Type.String()) })) });
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
      'operator complete done',
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
  const atOnce = await Promise.all([1, 2, 3].map(() => runner.start(order, start(at, 'order-2'))));
  for (const { settled } of atOnce) equal((await settled).status, 'done');
  equal(world.length, 6, 'of three that start at once one runs, and all hear of its end');
  await rejects(runner.start(order, start(at, 'order-1', '8')), { code: 'saga.payload_conflict' });
});

test('what an error of ours says is kept with the step it ended, outside the log, unless redaction would change it; another error leaves its name', async () => {
  await using at = await openTest();
  const failing = (name: string, error: Error) =>
    saga({
      name,
      memo: Type.Object({}),
      steps: [{ name: 'try', attempts: 1, unknown: { on: 'retry' }, run: () => Promise.reject(error) }],
    });
  const said = 'dataset 7 needs more memory than it may have';
  const sagas = [
    failing('ours', new AncillaError('training.isolated', said)),
    failing('personal', new AncillaError('training.isolated', 'mail to mara@example.org')),
    failing('foreign', new Error('row 4711 of customers')),
  ];
  const { runner, routes = [] } = await at.open(sagas);
  const wal = routes.find(({ method, path }) => method === 'GET' && path === '/dif/wal');
  const details: unknown[] = [];
  for (const each of sagas) {
    const { saga_id, settled } = await runner.start(each, { ...start(at, each.name), memo: {} });
    equal((await settled).status, 'compensated');
    ok(!JSON.stringify(await walOf(at, saga_id)).includes('memory'));
    const who = { id: 'stella', role: 'steward', tenant_id: 'north', key_id: 'ak_1' } as const;
    const trace = { trace_id, span_id: '00f067aa0ba902b7' };
    const answer = await wal?.handle({ ...at.north, ...io, who, trace, params: {}, query: { saga_id }, body: null, headers: {} });
    const steps = Value.Parse(Steps, answer?.[1]).steps;
    details.push(...steps.map(({ status, error_detail }) => [status, error_detail]));
  }
  deepEqual(details, [
    ['failed', said],
    ['failed', undefined],
    ['failed', undefined],
  ]);
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
  deepEqual(world, ['do reserve reserve', 'do charge charge', 'fail ship', 'fail ship', 'undo ship', 'undo charge', 'undo reserve']);
  const kinds = (await walOf(at, saga_id))
    .filter(({ kind }) => kind.startsWith('compensate'))
    .map(({ kind, step_name }) => `${kind} ${step_name}`);
  deepEqual(
    kinds,
    ['ship', 'charge', 'reserve'].flatMap((name) => [`compensate_intent ${name}`, `compensate_outcome ${name}`]),
  );
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
  const cached = await stateOf(at, saga_id);
  deepEqual({ ...cached, ...toCache(before) }, cached, 'the cache says nothing that the log does not');
  await at.north.tenant.commit([remove(sagaState, saga_id)], [], io);
  deepEqual(toHistory(await walOf(at, saga_id)), before);
  deepEqual(
    before.steps.map(({ step_name, status, compensation }) => `${step_name} ${status} ${compensation}`),
    ['reserve done done', 'charge done done', 'ship failed done'],
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
  });

test('a wait goes on when its signal comes: once, however often it is delivered', async () => {
  await using at = await openTest();
  const moved: string[] = [];
  const move = approval(moved);
  const { runner } = await at.open([move]);
  const { saga_id, settled } = await runner.start(move, start(at));
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
  const { saga_id } = await runner.start(approval(moved), start(at));
  await until(at, saga_id, 'waiting');
  await runner[Symbol.asyncDispose]();
  const changed = { ...approval(moved), steps: approval(moved).steps.toReversed() } as Saga;
  const next = await at.open([changed]);
  await next.runner.signal({ ...at.north, saga_id }, { signal_id: 's', name: 'second_approval', payload: { by: 'raj' }, by: 'raj' });
  await until(at, saga_id, 'needs_attention');
  equal((await stateOf(at, saga_id))?.reason, 'definition_changed');
  deepEqual(moved, []);
});

test('sagas of another release, however many, are left to that and do not keep one of this release waiting', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const order = ordering(world, { hang: 'reserve' });
  const gone = { ...order, name: 'order.of_another_release' };
  const first = await at.open([order, gone]);
  for (let i = 0; i < 8; i++) await first.runner.start(gone, start(at, `gone-${i}`));
  const { saga_id } = await first.runner.start(order, start(at));
  await first.runner[Symbol.asyncDispose]();
  at.advance(60_000);
  await at.open([ordering(world)], false);
  await until(at, saga_id, 'done');
});

test('a wait that nobody answers ends when its time does', async () => {
  await using at = await openTest();
  const moved: string[] = [];
  const declared = approval(moved);
  const timed = { ...declared, steps: declared.steps.map((step) => ('signal' in step ? { ...step, deadlineSeconds: 60 } : step)) } as Saga;
  const { runner } = await at.open([timed]);
  const { saga_id } = await runner.start(timed, start(at));
  await until(at, saga_id, 'waiting');
  at.advance(3_600_000);
  await runner.sweep();
  await until(at, saga_id, 'compensated');
  deepEqual(moved, []);
});

test('a tenant whose sagas are over is looked at for a while, so that no process’s look can hide a saga that another is about to start', async () => {
  await using at = await openTest();
  const isNoted = async () => (await at.stores.platform.get(wakeups, 'north', io)) !== undefined;
  const [one, other] = [await at.open([ordering([])], false), await at.open([ordering([])], false)];
  await one.runner.noteActive('north', io);
  // Nothing is there yet: the other process must not conclude that nothing comes.
  await other.runner.sweep();
  at.advance(29_000);
  await one.runner.noteActive('north', io);
  await other.runner.sweep();
  equal(await isNoted(), true);
  // What a process has noted it notes again after a while, also when others took the note away meanwhile.
  at.advance(121_000);
  await other.runner.sweep();
  equal(await isNoted(), false);
  await one.runner.noteActive('north', io);
  equal(await isNoted(), true);
});

test('a sweep that is under way when the engine stops begins no other: the process can end', async () => {
  await using at = await openTest();
  const { runner } = await at.open([]);
  equal(at.armed.size, 1);
  for (const fire of at.armed) fire();
  await runner[Symbol.asyncDispose]();
  equal(at.armed.size, 0);
});

/** One step that runs until it is let go or aborted, and says what happened to it. */
function longRunning(
  world: string[],
  options: { readonly deadlineSeconds?: number; readonly listens?: boolean; readonly unknown?: 'park' | 'compensate' } = {},
) {
  const { deadlineSeconds, listens = true, unknown = 'park' } = options;
  const { promise, resolve } = Promise.withResolvers<void>();
  const aborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => (world.push('aborted'), reject(new Error('aborted')))));
  const declared = saga({
    name: 'long',
    memo: Memo,
    steps: [
      {
        name: 'work',
        attempts: 1,
        ...(deadlineSeconds !== undefined && { deadlineSeconds }),
        unknown: { on: unknown },
        async run({ signal, progress }) {
          progress(0.4);
          world.push('begin');
          await (listens ? Promise.race([promise, aborted(signal)]) : promise);
          world.push('end');
          return { output: {} };
        },
        compensate: { ref: 'handler:undo_work', run: async () => (world.push('undo'), []) },
      },
    ],
  });
  return { declared, letGo: resolve };
}
const begun = async (world: readonly string[]) => {
  while (!world.includes('begin')) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('a server that ends gives its sagas up, and one that hears of it goes on with them at once', async () => {
  const world: string[] = [];
  await using at = await openTest();
  const [one, other] = [await at.open([ordering(world, { hang: 'charge' })], false), await at.open([ordering(world)], false)];
  const { saga_id } = await one.runner.start(ordering(world, { hang: 'charge' }), start(at));
  while (!world.some((each) => each.startsWith('do charge'))) await new Promise((resolve) => setTimeout(resolve, 2));
  const whileItRuns = await stateOf(at, saga_id);
  // Known to have sagas since it looked last; what it hears now is no reason to take one away.
  await other.runner.sweep();
  const heard = async () => {
    const before = new Set(at.armed);
    other.runner.heard('north');
    for (const fire of at.armed) if (!before.has(fire)) fire();
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await heard();
  equal((await stateOf(at, saga_id))?.epoch, 1);
  await one.runner[Symbol.asyncDispose]();
  const givenUp = await stateOf(at, saga_id);
  equal(givenUp?.status, 'running');
  ok((givenUp?.lease_until ?? '') < (whileItRuns?.lease_until ?? ''));
  await heard();
  await until(at, saga_id, 'done');
  equal((await stateOf(at, saga_id))?.epoch, 2);
  deepEqual(at.errors, []);
});

test('a server that ends lets a step that is under way finish, writes down what became of it, and begins no other', async () => {
  const world: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const step = (name: string, work: () => Promise<void>) => ({
    name,
    attempts: 1,
    // What nobody knows the outcome of waits for a person: here none does.
    unknown: { on: 'park' } as const,
    run: async () => (world.push(name), await work(), { output: {} }),
  });
  const declared = saga({ name: 'two', memo: Memo, steps: [step('begin', () => promise), step('then', async () => {})] });
  await using at = await openTest();
  const one = await at.open([declared], false);
  const { saga_id } = await one.runner.start(declared, start(at));
  await begun(world);
  const ended = one.runner[Symbol.asyncDispose]();
  resolve();
  await ended;
  deepEqual(world, ['begin']);
  deepEqual(
    (await walOf(at, saga_id)).map(({ step_name, kind }) => `${step_name} ${kind}`),
    ['start claim', 'begin intent', 'begin outcome'],
  );
  await rejects(one.runner.start(declared, start(at, 'order-2')), { code: 'server.draining' });
  const other = await at.open([declared], false);
  await until(at, saga_id, 'done');
  deepEqual(world, ['begin', 'then']);
  equal(other.runner.sagas.size, 1);
});

test('a saga whose step does not listen keeps its lease when the server ends: its code may still be at it', async () => {
  const world: string[] = [];
  const { declared, letGo } = longRunning(world, { listens: false });
  await using at = await openTest();
  const one = await at.open([declared], false);
  const { saga_id } = await one.runner.start(declared, { ...start(at), memo: { order: '7' } });
  await begun(world);
  const before = await stateOf(at, saga_id);
  await one.runner[Symbol.asyncDispose]();
  equal((await stateOf(at, saga_id))?.lease_until, before?.lease_until);
  letGo();
});

test('a cancelled saga’s running step is told to stop, and what it may have done is undone', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const { declared } = longRunning(world);
  const { runner, operators } = await at.open([declared]);
  const { saga_id, settled } = await runner.start(declared, start(at));
  await begun(world);
  await operators.operate(at.north, saga_id, 'cancel', 'ann', 'not wanted any more', io);
  const { status, error } = await settled;
  equal(status, 'compensated');
  equal(error?.code, 'cancel');
  deepEqual(world, ['begin', 'aborted', 'undo']);
  equal((await stateOf(at, saga_id))?.cancel_requested, true);
});

test('a killed saga ends at once; what its step brings afterwards is not written', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const { declared, letGo } = longRunning(world, { listens: false });
  const { runner, operators } = await at.open([declared]);
  const { saga_id, settled } = await runner.start(declared, start(at));
  await begun(world);
  equal((await operators.operate(at.north, saga_id, 'kill', 'ann', 'it runs wild', io)).status, 'killed');
  letGo();
  equal((await settled).status, 'killed');
  equal((await walOf(at, saga_id)).at(-1)?.step_name, 'kill');
  await rejects(operators.operate(at.north, saga_id, 'resume', 'ann', 'again', io), { code: 'saga.state' });
});

test('a step that never ends is not waited for past its deadline, and its outcome counts as unknown', async () => {
  for (const [unknown, expected] of [
    ['park', 'needs_attention'],
    ['compensate', 'compensated'],
  ] as const) {
    await using at = await openTest();
    const world: string[] = [];
    const { declared } = longRunning(world, { deadlineSeconds: 0.05, listens: false, unknown });
    const { runner } = await at.open([declared]);
    const { saga_id, settled } = await runner.start(declared, start(at));
    equal((await settled).status, expected);
    equal((await stateOf(at, saga_id))?.reason, 'step_timeout');
  }
});

for (const [verb, effects] of [
  ['resume', ['begin', 'begin', 'end']],
  ['skip', ['begin']],
] as const)
  test(`a person looks at what needed attention and says ${verb}`, async () => {
    await using at = await openTest();
    const world: string[] = [];
    const first = await at.open([longRunning(world).declared]);
    const { saga_id } = await first.runner.start(longRunning(world).declared, start(at));
    await begun(world);
    await first.runner[Symbol.asyncDispose]();
    const { declared, letGo } = longRunning(world, { listens: false });
    letGo();
    const second = await at.open([declared]);
    await until(at, saga_id, 'needs_attention');
    await second.operators.operate(at.north, saga_id, verb, 'ann', 'I looked', io);
    await until(at, saga_id, 'done');
    deepEqual(
      world.filter((word) => word !== 'aborted'),
      effects,
    );
  });

test('a signal comes early, twice, with another payload, and too late', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const { declared: slow, letGo } = longRunning(world, { listens: false });
  const wait = { name: 'approve', signal: 'second_approval', payload: Type.Object({ by: Type.String() }) };
  const late = saga({ ...slow, name: 'late', steps: [...slow.steps, wait] });
  const { runner } = await at.open([late]);
  const { saga_id } = await runner.start(late, start(at));
  await begun(world);
  const signal = { signal_id: 's1', name: 'second_approval', payload: { by: 'raj' }, by: 'raj' };
  await runner.signal({ ...at.north, saga_id }, signal);
  await rejects(runner.signal({ ...at.north, saga_id }, { ...signal, payload: { by: 'eve' } }), { code: 'saga.payload_conflict' });
  await Promise.all(Array.from({ length: 5 }, () => runner.signal({ ...at.north, saga_id }, { ...signal, signal_id: 's2' })));
  letGo();
  await until(at, saga_id, 'done');
  equal((await walOf(at, saga_id)).filter(({ kind }) => kind === 'signal').length, 2);
  await runner.signal({ ...at.north, saga_id }, signal);
  await rejects(runner.signal({ ...at.north, saga_id }, { ...signal, signal_id: 's3' }), { code: 'saga.state' });
});

test('a saga that is not done by its deadline is undone', async () => {
  await using at = await openTest();
  const moved: string[] = [];
  const { runner } = await at.open([approval(moved)]);
  const deadline = new Date(Date.now() + 60_000).toISOString();
  const { saga_id } = await runner.start(approval(moved), { ...start(at), deadline });
  await until(at, saga_id, 'waiting');
  at.advance(120_000);
  await runner.sweep();
  await until(at, saga_id, 'compensated');
  equal((await stateOf(at, saga_id))?.reason, 'deadline');
});

test('a killed saga is tried again from a later step with what the steps before it put out; an undone one from its first', async () => {
  await using at = await openTest();
  const world: string[] = [];
  const order = ordering(world, { hang: 'ship' });
  const first = await at.open([order]);
  const { saga_id, settled } = await first.runner.start(order, start(at));
  while (!world.some((what) => what.startsWith('do ship'))) await new Promise((resolve) => setTimeout(resolve, 2));
  await first.operators.operate(at.north, saga_id, 'kill', 'ann', 'it hangs', io);
  await settled.catch(() => {});
  await first.runner[Symbol.asyncDispose]();

  const { operators, runner } = await at.open([ordering(world)]);
  const again = (id: string, from_step: string) =>
    operators.retryFrom(at.north, id, { from_step, reason: 'once more', by: 'ann', trace_id }, io);
  await rejects(again(saga_id, 'pay'), { code: 'saga.state', message: /there are reserve, charge, ship/ });
  world.length = 0;
  const next = await again(saga_id, 'ship');
  await until(at, next, 'done');
  deepEqual(world, ['do ship ship']);
  const outcome = await runner.start(ordering(world), { ...start(at), idempotency_key: `retry/${saga_id}` }).catch(() => undefined);
  equal(outcome, undefined, 'nobody begins it with another payload');
  deepEqual((await walOf(at, next)).map(({ step_name, kind }) => `${kind} ${step_name}`).slice(0, 6), [
    'claim start',
    'operator retry',
    'intent reserve',
    'outcome reserve',
    'intent charge',
    'outcome charge',
  ]);
  equal(
    (await stateOf(at, next))?.memo_ref,
    (await walOf(at, saga_id)).findLast(({ step_name, kind }) => step_name === 'charge' && kind === 'outcome')?.payload_ref,
  );

  const failing = await runner.start(ordering(world, { fail: 'ship' }), start(at, 'order-2'));
  equal((await failing.settled).status, 'compensated');
  await rejects(again(failing.saga_id, 'charge'), { code: 'saga.state', message: /step reserve before it does not stand/ });
  await until(at, await again(failing.saga_id, 'reserve'), 'done');
});
