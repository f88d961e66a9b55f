// A process may die at any commit, before or after it is written. Whatever it was doing, another one brings the saga to an end.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { saga, sagaState, tenantWal, type TenantStore, type WalEntry } from '@ancilla/contracts';
import * as fc from 'fast-check';
import { Type } from 'typebox';
import { dyingStore, io, openTest, trace_id } from './engine.fixture.ts';
import { toCache, toHistory } from './history.ts';

const Memo = Type.Object({ order: Type.String() });
const NAMES = ['reserve', 'charge', 'pack', 'ship'] as const;

type Unknown = 'retry' | 'park' | 'compensate' | 'query';
/** How the world behaves at one step: it works, works at the second try, or never. */
type Way = 'works' | 'second' | 'never';
interface Behaviour {
  readonly way: Way;
  readonly unknown: Unknown;
}

/** A saga against a world that records what happened and under which key. */
function declare(world: string[], steps: readonly Behaviour[]) {
  const tries = new Map<number, number>();
  return saga({
    name: 'order',
    memo: Memo,
    steps: steps.map(({ way, unknown }, i) => {
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
        compensate: {
          ref: `handler:undo_${name}` as const,
          async run() {
            world.push(`undo ${name}`);
            return [];
          },
        },
      };
    }),
  });
}

const entriesOf = async (tenant: TenantStore, saga_id: string): Promise<readonly WalEntry[]> =>
  (await tenant.find(tenantWal, { index: 'by_saga', equals: { saga_id }, oldest_first: true, limit: 500 }, io)).items.map(({ doc }) => doc);

type Site = Awaited<ReturnType<typeof openTest>>;

/** Runs a saga in a process that dies at its nth commit, then in one that lives. @returns whether the first one died */
async function liveTwice(at: Site, key: string, steps: readonly Behaviour[], nth: number, when: 'before' | 'after'): Promise<boolean> {
  const world: string[] = [];
  const mortal = dyingStore(at.north.tenant, nth, when);
  const first = await at.open([declare(world, steps)], true, (id) => (id === 'north' ? mortal.store : at.stores.tenant(id)));
  const begun = await first.runner
    .start(declare(world, steps), { ...at.north, tenant: mortal.store, memo: { order: '7' }, trace_id, owner: 'ann', idempotency_key: key })
    .catch(() => undefined);
  await begun?.settled.catch(() => {});
  await first.runner[Symbol.asyncDispose]();

  const second = await at.open([declare(world, steps)]);
  const { saga_id, settled } = await second.runner.start(declare(world, steps), {
    ...at.north,
    memo: { order: '7' },
    trace_id,
    owner: 'ann',
    idempotency_key: key,
  });
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
  if (history.status === 'compensated') for (const name of done) ok(undone.includes(name), told);
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
      const steps = NAMES.map((name): Behaviour => ({ way: name === 'ship' ? last : name === 'pack' ? 'second' : 'works', unknown }));
      for (const when of ['before', 'after'] as const)
        for (let nth = 1; await liveTwice(at, `${when}-${nth}`, steps, nth, when); nth++) ok(nth < 40);
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
        }),
        { minLength: 1, maxLength: 4 },
      ),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('before' as const, 'after' as const),
      async (steps, nth, when) => void (await liveTwice(at, `random-${runs++}`, steps, nth, when)),
    ),
    { numRuns: 60 },
  );
});
