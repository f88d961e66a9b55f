import {
  insert,
  projection,
  promptEvents,
  replace,
  rolloutEvidence,
  rollouts,
  rolloutUnits,
  type Entry,
  type Io,
  type PromptEvent,
  type Reader,
  type RolloutEvidence,
  type RolloutUnit,
  type Stored,
  type Task,
  type Tenant,
  type Trial,
  type Write,
} from '@ancilla/contracts';
import { draw } from '@ancilla/sdk';
import { withoutLabel } from '../curator/index.ts';
import { count, emptyEvidence } from './series.ts';
import { standingOf } from './verdict.ts';

/** Who rolls back: no person. */
const ROOM = 'ancilla.rollout';
const HOUR_MS = 3_600_000;

/** Units of one rollout whose time may be up: more are looked at with the next batch. */
const DUE_AT_ONCE = 500;
/** Calls of one trace that are looked through for the first of an agent. */
const CALLS_OF_A_TRACE = 50;

/** One rollout while a batch of the feed is counted. */
class Tally {
  readonly was: Stored<typeof rollouts>;
  readonly #stored: Stored<typeof rolloutEvidence> | undefined;
  readonly #units = new Map<string, { readonly stored: Stored<typeof rolloutUnits> | undefined; unit: RolloutUnit }>();
  #evidence: RolloutEvidence;
  /** When the newest decision that was counted was made, by the server's clock: calls come with their senders' clocks, which end nothing. */
  #at: string;

  constructor(was: Stored<typeof rollouts>, stored: Stored<typeof rolloutEvidence> | undefined) {
    this.was = was;
    this.#stored = stored;
    this.#at = stored?.doc.updated_at ?? was.doc.started_at;
    this.#evidence = stored?.doc ?? {
      rollout_id: was.doc.rollout_id,
      ...emptyEvidence(),
      updated_at: this.#at,
    };
  }

  /** A decision on one answer: it counts once its unit is complete. */
  async decided({ unit: name, answers, arm, wrong, isCorrection }: Trial, at: string, read: Reader<Tenant>, io: Io): Promise<void> {
    this.#passes(at);
    if (isCorrection) return this.#note('corrections');
    const unit_key = `${this.was.doc.rollout_id}/${name}`;
    let known = this.#units.get(unit_key);
    if (known === undefined) {
      const stored = await read.get(rolloutUnits, unit_key, io);
      const { rollout_id } = this.was.doc;
      const fresh = { unit_key, rollout_id, arm, answers, decided: 0, wrong: { stable: 0, candidate: 0 }, counted: false, first_at: at };
      this.#units.set(unit_key, (known = { stored, unit: stored?.doc ?? fresh }));
    }
    if (known.unit.counted) return this.#note('late');
    if (known.unit.arm !== arm) return this.#note('misrouted');
    known.unit = {
      ...known.unit,
      decided: known.unit.decided + 1,
      wrong: {
        stable: known.unit.wrong.stable + Number(wrong.stable),
        candidate: known.unit.wrong.candidate + Number(wrong.candidate),
      },
    };
    if (known.unit.decided >= known.unit.answers) this.#count(known);
  }

  /** A call of an agent whose config is on trial. */
  called({ arm, success, trace_id }: PromptEvent): void {
    const { key, rules } = this.was.doc;
    const isCandidate = draw(key, trace_id).at < rules.share;
    if (isCandidate !== (arm === 'canary')) return this.#note('misrouted');
    const failed = success ? 0 : 1;
    this.#evidence = {
      ...this.#evidence,
      series: {
        ...this.#evidence.series,
        failed: count(this.#evidence.series.failed, {
          arm: isCandidate ? 'candidate' : 'stable',
          wrong: { stable: failed, candidate: failed },
        }),
      },
    };
  }

  /** Counts units that have waited long enough, in the order they began. */
  async settle(read: Reader<Tenant>, io: Io): Promise<void> {
    const { rollout_id, rules } = this.was.doc;
    const due = new Date(Date.parse(this.#at) - rules.settle_hours * HOUR_MS).toISOString();
    const { items } = await read.find(
      rolloutUnits,
      { index: 'open', equals: { rollout_id, counted: false }, to: due, oldest_first: true, limit: DUE_AT_ONCE },
      io,
    );
    for (const stored of items) {
      const known = this.#units.get(stored.doc.unit_key) ?? { stored, unit: stored.doc };
      this.#units.set(stored.doc.unit_key, known);
      if (!known.unit.counted) this.#count(known);
    }
  }

  /** What was counted, and what follows from it. A verdict that ends the traffic takes the label away in the same commit. */
  async writes(read: Reader<Tenant>, io: Io): Promise<readonly Write<Tenant>[]> {
    const { doc } = this.was;
    const evidence = { ...this.#evidence, updated_at: this.#at };
    const kept: Write<Tenant>[] = [
      this.#stored === undefined ? insert(rolloutEvidence, evidence) : replace(rolloutEvidence, this.#stored, evidence),
      ...[...this.#units.values()].map(({ stored, unit }) =>
        stored === undefined ? insert(rolloutUnits, unit) : replace(rolloutUnits, stored, unit),
      ),
    ];
    const isOver = doc.verdict === 'running' && this.#at >= doc.ends_at;
    const standing = standingOf(doc, evidence);
    const { verdict, why, figures } =
      isOver && standing.verdict === 'running' ? { ...standing, verdict: 'inconclusive' as const, why: 'most_days' as const } : standing;
    if (!doc.serving || verdict === doc.verdict) return kept;
    const ends = verdict === 'rolled_back' || verdict === 'inconclusive';
    const because = { who: ROOM, reason: reasonOf(verdict, why), trace_id: doc.trace_id, policy: doc.policy };
    const change = { verdict, figures, decided_at: this.#at, ...(why !== undefined && { why }), ...(ends && { serving: false }) };
    return [...kept, replace(rollouts, this.was, change, because), ...(ends ? await withoutLabel(read, doc, because, io) : [])];
  }

  #passes(at: string): void {
    if (at > this.#at) this.#at = at;
  }
  #note(what: 'corrections' | 'late' | 'misrouted'): void {
    this.#evidence = { ...this.#evidence, [what]: this.#evidence[what] + 1 };
  }
  #count(known: { unit: RolloutUnit }): void {
    const { arm, decided, wrong } = known.unit;
    known.unit = { ...known.unit, counted: true };
    const shares = { stable: wrong.stable / decided, candidate: wrong.candidate / decided };
    const { series } = this.#evidence;
    this.#evidence = { ...this.#evidence, series: { ...series, overridden: count(series.overridden, { arm, wrong: shares }) } };
  }
}

const reasonOf = (verdict: string, why: string | undefined): string =>
  ({
    harm: 'the candidate is worse than what is live: rolled back by the standing rule',
    sample_ratio: 'the arms did not get the shares they should have: no comparison holds',
    most_pairs: 'no verdict within the pairs the policy allows',
    most_days: 'no verdict within the days the policy allows',
  })[why ?? ''] ?? `found ${verdict} by the figures`;

type Call = Entry<typeof promptEvents> & { readonly doc: PromptEvent };
const isCall = (entry: { readonly in: string }): entry is Call => entry.in === promptEvents.name;

/** Whether this is the first call of its agent in its trace: what follows it, a retry above all, shares its fate and does not count again. */
async function isFirst(event: PromptEvent, read: Reader<Tenant>, io: Io): Promise<boolean> {
  const { items } = await read.find(
    promptEvents,
    { index: 'by_trace', equals: { trace_id: event.trace_id }, oldest_first: true, limit: CALLS_OF_A_TRACE },
    io,
  );
  return items.find(({ doc }) => doc.agent_id === event.agent_id && doc.arm !== undefined)?.doc.event_id === event.event_id;
}

/** Counts decisions and calls for the rollouts they are part of, each once, and acts on what comes of it. @param tasks - whose decisions say which answer was right */
export function evidenceProjection(tasks: readonly Task[]) {
  const taskOf = new Map(tasks.map((task) => [task.decisions.name, task]));
  return projection({
    name: 'rollout.evidence',
    from: [promptEvents, ...tasks.map(({ decisions }) => decisions)],
    owns: [rolloutEvidence, rolloutUnits],
    async apply(entries, read, io) {
      const { items: open } = await read.find(rollouts, { index: 'serving', equals: { serving: true }, limit: 500 }, io);
      if (open.length === 0) return [];
      const tallies = new Map<string, Tally>();
      const tally = async (was: Stored<typeof rollouts>): Promise<Tally> => {
        const { rollout_id } = was.doc;
        let found = tallies.get(rollout_id);
        if (found === undefined) tallies.set(rollout_id, (found = new Tally(was, await read.get(rolloutEvidence, rollout_id, io))));
        return found;
      };
      for (const entry of entries) {
        if (entry.doc === undefined) continue;
        if (isCall(entry)) {
          const { arm, agent_config_id } = entry.doc;
          const was = arm && open.find(({ doc }) => doc.kind === 'agent_configs' && doc.id === agent_config_id);
          if (was && (await isFirst(entry.doc, read, io))) (await tally(was)).called(entry.doc);
          continue;
        }
        const task = taskOf.get(entry.in);
        for (const trial of task?.trials(entry.doc) ?? []) {
          const was = open.find(({ doc }) => doc.rollout_id === trial.rollout_id);
          if (was && task) await (await tally(was)).decided(trial, task.meta(entry.doc).decided_at, read, io);
        }
      }
      const writes: Write<Tenant>[] = [];
      for (const each of tallies.values()) {
        await each.settle(read, io);
        writes.push(...(await each.writes(read, io)));
      }
      return writes;
    },
  });
}
