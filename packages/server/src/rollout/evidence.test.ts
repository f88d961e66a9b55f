// What becomes of decisions and of time, over a real store: counted once, acted on in the same commit.
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import {
  insert,
  labels,
  mappingHistory,
  promptEvents,
  rolloutEvidence,
  rollouts,
  sagaState,
  type Mapping,
  type PromptEvent,
  type Rollout,
  type SagaRunner,
} from '@ancilla/contracts';
import { draw } from '@ancilla/sdk';
import { event } from '../../test/event.ts';
import { mappingTask } from '../mapping/index.ts';
import { io, openTest, trace_id } from '../sagas/engine.fixture.ts';
import { decisionOf } from '../training/learning.fixture.ts';
import { evidenceProjection } from './evidence.ts';
import { openPassing } from './passing.ts';
import { rolloutOf, START } from './rollout.fixture.ts';

const HOUR = 3_600_000;
const because = { who: 'test', reason: 'test', trace_id };
type Decided = { readonly unit: string; readonly hour: number; readonly answers?: number; readonly isRight?: boolean } & Partial<Mapping>;

/** A tenant with a shadow under way. */
async function open(change: Parameters<typeof rolloutOf>[0]) {
  const at = await openTest();
  const { tenant } = at.north;
  const rollout: Rollout = rolloutOf(change);
  const { rollout_id, kind, id, stage, candidate } = rollout;
  const label_key = `${kind}/${id}#${stage}`;
  const label = {
    label_key,
    kind,
    id,
    label: stage,
    version: candidate.version,
    previous: null,
    moved_by: 'stella',
    approved_by: null,
    moved_at: START,
  };
  await tenant.commit([insert(rollouts, rollout, because), insert(labels, label, because)], [], io);
  let read = -1;
  let made = 0;
  const used = new Set<number>();
  const clock = { ms: Date.parse(START), now: () => clock.ms };
  const projection = evidenceProjection([mappingTask], clock);
  let runner: SagaRunner | undefined;
  const passing = openPassing({ clock, sagas: { start: (...of: Parameters<SagaRunner['start']>) => runner?.start(...of) } as SagaRunner });
  ({ runner } = await at.open(passing.sagas));
  /** Counts what was committed since. */
  const count = async (): Promise<void> => {
    const entries = [];
    for await (const entry of tenant.feed([mappingHistory, promptEvents], read, io)) entries.push(entry);
    read = entries.at(-1)?.seq ?? read;
    if ('apply' in projection) await tenant.commit(await projection.apply(entries, tenant, io), [], io);
  };
  return {
    async decide(...decided: readonly Decided[]) {
      await tenant.commit(
        decided.map(({ unit, hour, answers = 2, isRight = true, ...more }) =>
          insert(
            mappingHistory,
            decisionOf(made++, {
              decided_at: new Date(Date.parse(START) + hour * HOUR).toISOString(),
              trials: [
                {
                  rollout_id,
                  unit: unit.padStart(16, '0'),
                  arm: 'both',
                  answers,
                  shown: 'sem.customer.name',
                  shadow: isRight ? 'sem.customer.name' : null,
                },
              ],
              ...more,
            }),
          ),
        ),
        [],
        io,
      );
      await count();
    },
    /** A call of the agent on the arm its trace falls on, by a config of this version. */
    async call(arm: 'canary' | 'stable', version: string, drawnIn = rollout_id) {
      const { key, rules } = rollout;
      let trace = 1;
      const traceOf = () => String(trace).padStart(32, '0');
      while (draw(key, traceOf()).at < rules.share !== (arm === 'canary') || used.has(trace)) trace++;
      used.add(trace);
      const sent = event({
        agent_id: id,
        agent_config_id: id,
        agent_config_version: version,
        trace_id: traceOf(),
        arm,
        rollout_id: drawnIn,
      });
      // As the server stores it.
      await tenant.commit([insert(promptEvents, { ...sent, tenant_id: 'north', source: 'sdk' } as unknown as PromptEvent)], [], io);
      await count();
    },
    later(ms: number) {
      clock.ms += ms;
    },
    /** @returns whether there was anything to do */
    async pass(hour: number): Promise<boolean> {
      clock.ms = Date.parse(START) + hour * HOUR;
      const [job] = passing.jobs;
      const started = await job?.start(at.north, { key: `pass-${hour}`, by: 'test', trace_id }, io);
      if (started === undefined) return false;
      while ((await tenant.get(sagaState, started.saga_id, io))?.doc.status !== 'done')
        await new Promise((resolve) => setTimeout(resolve, 5));
      return true;
    },
    async counted() {
      const { series, ...notes } = (await tenant.get(rolloutEvidence, rollout_id, io))?.doc ?? {};
      return { failed: series?.failed, differences: series?.overridden.differences, blind: series?.blind.differences, ...notes };
    },
    async standing() {
      const { verdict, why, serving } = (await tenant.get(rollouts, rollout_id, io))?.doc ?? rollout;
      return [verdict, why, serving, (await tenant.get(labels, label_key, io)) !== undefined];
    },
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}

test('a table counts when all of it is decided; what comes after is late, a correction is noted, and neither changes what was counted', async () => {
  await using of = await open({ rules: { unit: 'table' } });
  await of.decide({ unit: 'a', hour: 1 });
  deepEqual((await of.counted()).differences, []);
  await of.decide({ unit: 'a', hour: 2, isRight: false });
  deepEqual((await of.counted()).differences, [0.5]);
  await of.decide({ unit: 'a', hour: 3 }, { unit: 'a', hour: 4, supersedes: 'mh_01h455vb4pex5vsknk00000000' });
  const { differences, late, corrections, misrouted } = await of.counted();
  deepEqual([differences, late, corrections, misrouted], [[0.5], 1, 1, 0]);
});

test('a table that nobody finishes counts as it stands after the hours the policy gives it, with the next decision or without', async () => {
  await using of = await open({ rules: { unit: 'table' } });
  await of.decide({ unit: 'a', hour: 1, isRight: false });
  equal(await of.pass(24), false, 'not yet');
  await of.decide({ unit: 'b', hour: 26 });
  deepEqual((await of.counted()).differences, [1]);
  equal(await of.pass(51), true);
  deepEqual((await of.counted()).differences, [1, 0]);
  equal(await of.pass(52), false, 'counted once');
});

test('of a data set nobody knows how many tables it has: it counts by the hours alone', async () => {
  await using of = await open({ rules: { unit: 'dataset' } });
  await of.decide(
    { unit: 'a', hour: 1, answers: 1 },
    { unit: 'a', hour: 2, answers: 1, isRight: false },
    { unit: 'a', hour: 3, answers: 2 },
  );
  deepEqual((await of.counted()).differences, []);
  equal(await of.pass(26), true);
  deepEqual((await of.counted()).differences, [0.333333]);
});

test('what was decided without seeing an answer counts like all else, and is shown apart', async () => {
  await using of = await open({ rules: { unit: 'table' } });
  await of.decide({ unit: 'a', hour: 1, blind: true, isRight: false }, { unit: 'a', hour: 1 });
  await of.decide({ unit: 'b', hour: 1 }, { unit: 'b', hour: 1 });
  const { differences, blind } = await of.counted();
  deepEqual([differences, blind], [[0.5, 0], [1]]);
});

test('days end a rollout that nobody decides in: its label is taken away in the same commit', async () => {
  await using of = await open({});
  equal(await of.pass(90 * 24 - 1), false);
  deepEqual(await of.standing(), ['running', undefined, true, true]);
  equal(await of.pass(90 * 24), true);
  deepEqual(await of.standing(), ['inconclusive', 'most_days', false, false]);
  equal(await of.pass(91 * 24), false);
});

test('one that was found eligible stays so when its days are over', async () => {
  await using of = await open({ verdict: 'eligible' });
  await of.pass(90 * 24);
  deepEqual(await of.standing(), ['eligible', 'most_days', false, false]);
});

test('pairs end one too, and harm takes it away with the decision that shows it', async () => {
  await using few = await open({ rules: { unit: 'table', most_pairs: 2 } });
  await few.decide({ unit: 'a', hour: 1, answers: 1 }, { unit: 'b', hour: 1, answers: 1 });
  deepEqual(await few.standing(), ['inconclusive', 'most_pairs', false, false]);
  await using bad = await open({ rules: { unit: 'table' } });
  await bad.decide(...Array.from({ length: 20 }, (_, n) => ({ unit: String(n), hour: 1, answers: 1, isRight: false })));
  deepEqual(await bad.standing(), ['rolled_back', 'harm', false, false]);
});

test('a call by a config that is not in the rollout says nothing of it, though its trace falls on that arm', async () => {
  for (const [stable, another] of [
    ['v1', 'v0'],
    [null, 'v2'],
  ] as const) {
    await using of = await open({ kind: 'agent_configs', id: 'helper.v1', stage: 'canary', stable });
    await of.call('canary', 'v2');
    await of.call('stable', 'v1');
    // From whoever had a canary before this one in mind, or a version that was live then.
    await of.call('canary', 'v1.5');
    await of.call('stable', another);
    // By the draw of the canary before: of its calls only stable ones could count.
    await of.call('stable', 'v1', 'ro_01h455vb4pex5vsknk084sn02r');
    const { failed, misrouted } = await of.counted();
    deepEqual([failed?.candidate.units, failed?.stable.units, misrouted], [1, 1, 3]);
  }
});

test('a canary of whose calls none arrives is taken away: it may fail before anything is heard of it', async () => {
  await using of = await open({ kind: 'agent_configs', id: 'helper.v1', stage: 'canary', stable: 'v1' });
  for (let i = 0; i < 8; i++) await of.call('stable', 'v1');
  deepEqual(await of.standing(), ['running', undefined, true, true], 'so few may be chance');
  for (let i = 0; i < 8; i++) await of.call('stable', 'v1');
  deepEqual(await of.standing(), ['running', undefined, true, true], 'its calls may take longer');
  of.later(600_000);
  await of.call('stable', 'v1');
  deepEqual(await of.standing(), ['inconclusive', 'sample_ratio', false, false]);
});
