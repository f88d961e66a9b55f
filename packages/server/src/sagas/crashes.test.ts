// A process may die at any commit, before or after it is written. Whatever it was doing, another one brings the saga to an end.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { saga, sagaState, tenantWal, type TenantStore, type WalEntry, type Who } from '@ancilla/contracts';
import * as fc from 'fast-check';
import { Type } from 'typebox';
import { dyingStore, io, openTest, trace_id, unwriting } from './engine.fixture.ts';
import { toCache, toHistory } from './history.ts';

const Memo = Type.Object({ order: Type.String() });
const NAMES = ['reserve', 'charge', 'pack', 'ship'] as const;

type Unknown = 'retry' | 'park' | 'compensate' | 'query';
/** How the world behaves at one step: it works, works at the second try, or never. */
type Way = 'works' | 'second' | 'never';
interface Behaviour {
  readonly way: Way;
  readonly unknown: Unknown;
  /** Whether it can be undone. */
  readonly undo: boolean;
}

/** A saga against a world that records what happened and under which key. */
function declare(world: string[], steps: readonly Behaviour[]) {
  const tries = new Map<number, number>();
  return saga({
    name: 'order',
    memo: Memo,
    steps: steps.map(({ way, unknown, undo }, i) => {
      const name = NAMES[i] ?? '';
      return {
        name,
        attempts: 3,
        unknown:
          unknown === 'query'
            ? { on: 'query' as const, query: async () => (world.includes(`do ${name}`) ? ('done' as const) : ('not_done' as const)) }
            : { on: unknown },
        async run() {
          const tried = (tries.get(i) ?? 0) + 1;
          tries.set(i, tried);
          if (way === 'never' || (way === 'second' && tried === 1)) throw new Error('the service said no');
          world.push(`do ${name}`);
          return { output: {} };
        },
        ...(undo && {
          compensate: {
            ref: `handler:undo_${name}` as const,
            async run() {
              world.push(`undo ${name}`);
              return [];
            },
          },
        }),
      };
    }),
  });
}

const entriesOf = async (tenant: TenantStore, saga_id: string): Promise<readonly WalEntry[]> =>
  (await tenant.find(tenantWal, { index: 'by_saga', equals: { saga_id }, oldest_first: true, limit: 500 }, io)).items.map(({ doc }) => doc);

type Site = Awaited<ReturnType<typeof openTest>>;

/** Runs a saga in a process that dies at its nth commit, then in one that lives, which may come too late. @returns whether the first one died */
async function liveTwice(
  at: Site,
  key: string,
  steps: readonly Behaviour[],
  nth: number,
  when: 'before' | 'after',
  isLate = false,
): Promise<boolean> {
  const world: string[] = [];
  const asked = { memo: { order: '7' }, trace_id, owner: 'ann', idempotency_key: key, deadline: at.inMs(300_000) };
  const mortal = dyingStore(at.north.tenant, nth, when);
  const first = await at.open([declare(world, steps)], true, (id) => (id === 'north' ? mortal.store : at.stores.tenant(id)));
  const begun = await first.runner.start(declare(world, steps), { ...at.north, ...asked, tenant: mortal.store }).catch(() => undefined);
  await begun?.settled.catch(() => {});
  await first.runner[Symbol.asyncDispose]();

  if (isLate) at.advance(400_000);
  const second = await at.open([declare(world, steps)]);
  const { saga_id, settled } = await second.runner.start(declare(world, steps), { ...at.north, ...asked });
  await settled;
  for (let i = 0; i < 2000; i++) {
    const status = (await at.north.tenant.get(sagaState, saga_id, io))?.doc.status ?? '';
    if (['done', 'compensated', 'killed', 'needs_attention'].includes(status)) break;
    await second.runner.sweep();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await second.runner[Symbol.asyncDispose]();
  await check(at, saga_id, world, steps);
  return mortal.died();
}

async function check(at: Site, saga_id: string, world: readonly string[], steps: readonly Behaviour[]): Promise<void> {
  const state = (await at.north.tenant.get(sagaState, saga_id, io))?.doc;
  const entries = await entriesOf(at.north.tenant, saga_id);
  const history = toHistory(entries);
  const told = `${state?.status} ${state?.reason ?? ''}: ${world.join(', ')}\n${entries.map((each) => `${each.kind} ${each.step_name} ${each.status}`).join('\n')}`;
  ok(['done', 'compensated', 'needs_attention'].includes(history.status), told);
  deepEqual({ ...state, ...toCache(history) }, state, `the cache is what the log says: ${told}`);
  // No effect without an intent before it.
  for (const what of new Set(world)) {
    const [verb, name] = what.split(' ');
    ok(
      entries.some(({ kind, step_name }) => step_name === name && kind === (verb === 'do' ? 'intent' : 'compensate_intent')),
      told,
    );
  }
  const done = world.filter((what) => what.startsWith('do ')).map((what) => what.slice(3));
  const undone = world.filter((what) => what.startsWith('undo ')).map((what) => what.slice(5));
  const order = (names: readonly string[]) => [...new Set(names)];
  if (history.status === 'done') {
    deepEqual(order(done), NAMES.slice(0, steps.length), told);
    deepEqual(undone, [], told);
  }
  // Everything that happened is undone, last first, and nothing is done after the first undoing.
  const reversed = NAMES.filter((name) => undone.includes(name)).toReversed();
  deepEqual(order(undone), reversed, told);
  // What is called undone is undone, or was declared to need no undoing; what nobody knows is nowhere called so.
  const of = (name: string) => steps[NAMES.findIndex((each) => each === name)];
  if (history.status === 'compensated') {
    for (const name of done) ok(undone.includes(name) || of(name)?.undo === false, told);
    for (const { step_name, status } of history.steps)
      if (status === 'pending') ok(undone.includes(step_name) || of(step_name)?.unknown !== 'park', told);
  }
  const turned = world.findIndex((what) => what.startsWith('undo '));
  if (turned >= 0)
    ok(
      world.slice(turned).every((what) => what.startsWith('undo ')),
      told,
    );
  if (history.status === 'needs_attention') equal(history.reason, 'unknown_outcome', told);
  // What may not be repeated blindly happened once.
  for (const [i, { unknown }] of steps.entries()) if (unknown !== 'retry') ok(done.filter((name) => name === NAMES[i]).length <= 1, told);
  // One outcome of success a step.
  for (const name of NAMES)
    ok(entries.filter(({ kind, step_name, status }) => kind === 'outcome' && step_name === name && status === 'done').length <= 1, told);
}

for (const unknown of ['retry', 'query', 'park', 'compensate'] as const)
  for (const last of ['works', 'never'] as const)
    test(`four steps, the last of which ${last}, on_unknown ${unknown}: the process dies at every commit, before it and after it`, async () => {
      await using at = await openTest();
      const steps = NAMES.map((name): Behaviour => ({
        way: name === 'ship' ? last : name === 'pack' ? 'second' : 'works',
        unknown,
        undo: true,
      }));
      for (const when of ['before', 'after'] as const)
        for (let nth = 1; await liveTwice(at, `${when}-${nth}`, steps, nth, when); nth++) ok(nth < 40);
    });

test('four steps without an undo whose unknown outcome is a person’s to judge: the next process comes too late', async () => {
  await using at = await openTest();
  const steps = NAMES.map((): Behaviour => ({ way: 'works', unknown: 'park', undo: false }));
  for (const when of ['before', 'after'] as const)
    for (let nth = 1; await liveTwice(at, `late-${when}-${nth}`, steps, nth, when, true); nth++) ok(nth < 40);
});

test('whatever the steps do and wherever the process dies, a saga ends as its log says', async () => {
  await using at = await openTest();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          way: fc.constantFrom<Way>('works', 'works', 'second', 'never'),
          unknown: fc.constantFrom<Unknown>('retry', 'park', 'compensate', 'query'),
          undo: fc.boolean(),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('before' as const, 'after' as const),
      fc.boolean(),
      async (steps, nth, when, isLate) => void (await liveTwice(at, `random-${runs++}`, steps, nth, when, isLate)),
    ),
    { numRuns: 60 },
  );
});

test('whatever an agent had begun when it was gone, late or cancelled, all of it is undone or a person is asked', async () => {
  await using at = await openTest();
  const who: Who = { id: 'importer', role: 'agent', key_id: 'ak_1', tenant_id: 'north' };
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          came: fc.constantFrom('done', 'done', 'failed', undefined),
          on_unknown: fc.constantFrom(undefined, 'park', 'compensate', 'query', 'retry'),
          compensate_ref: fc.constantFrom('handler:unwrite', 'handler:unwrite', null),
        }),
        { maxLength: 3 },
      ),
      fc.constantFrom('gone', 'late', 'cancelled'),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom('before' as const, 'after' as const),
      async (steps, why, nth, when) => {
        const undone: string[] = [];
        const mortal = dyingStore(at.north.tenant, nth, when);
        const first = await at.open([unwriting(undone)]);
        const asked = { name: 'import', trace_id, owner_agent_id: 'importer.v1', idempotency_key: `import-${runs++}` };
        const { lease } = await first.external.start(at.north, who, { ...asked, ...(why === 'late' && { deadline: at.inMs(50_000) }) }, io);
        const { lease_until: _, saga_id, ...own } = lease;
        for (const [i, { came, on_unknown, compensate_ref }] of steps.entries()) {
          const entry = { saga_id, ...own, step_name: NAMES[i] ?? '', idempotency_key: `${saga_id}/${NAMES[i]}` };
          const intent = { ...entry, kind: 'intent', status: 'pending', compensate_ref, ...(on_unknown && { on_unknown }) } as const;
          await first.external.append(at.north, who, [intent], io);
          if (came !== undefined) await first.external.append(at.north, who, [{ ...entry, kind: 'outcome', status: came }], io);
        }
        if (why === 'cancelled') await first.operators.operate(at.north, saga_id, 'cancel', 'ann', 'not wanted', io);
        await first.runner[Symbol.asyncDispose]();
        at.advance(120_000);
        for (const store of [mortal.store, at.north.tenant]) {
          const life = await at.open([unwriting(undone)], true, () => store);
          for (let i = 0; i < 500 && !(store === mortal.store && mortal.died()); i++) {
            const status = (await at.north.tenant.get(sagaState, saga_id, io))?.doc.status ?? '';
            if (status === 'compensated' || status === 'needs_attention') break;
            at.advance(60_000);
            await life.runner.sweep();
            await new Promise((resolve) => setTimeout(resolve, 2));
          }
          await life.runner[Symbol.asyncDispose]();
        }
        const { status, reason } = toHistory(await entriesOf(at.north.tenant, saga_id));
        const told = `${why}: ${status} ${reason} of ${JSON.stringify(steps)}, undone ${undone.join(', ')}`;
        const left = steps.flatMap(({ came, compensate_ref }, i) => (came === 'failed' && compensate_ref === null ? [] : [NAMES[i]]));
        if (status === 'compensated')
          deepEqual(
            [...new Set(undone)],
            left.toReversed().map((name) => `${name}/undo`),
            told,
          );
        else {
          equal(status, 'needs_attention', told);
          ok(['unknown_outcome', 'no_compensation', 'owner_gone'].includes(reason ?? ''), told);
        }
      },
    ),
    { numRuns: 60 },
  );
});
