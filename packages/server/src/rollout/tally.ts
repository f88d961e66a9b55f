import {
  HOUR_MS,
  put,
  replace,
  rolloutEvidence,
  rollouts,
  rolloutUnits,
  type Io,
  type PromptEvent,
  type Reader,
  type RolloutEvidence,
  type RolloutUnit,
  type Stored,
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

/** Units of one rollout whose time may be up: more are looked at the next time. */
const DUE_AT_ONCE = 500;

/** One rollout while a batch of the feed is counted, or while time passes. */
export class Tally {
  readonly was: Stored<typeof rollouts>;
  readonly #stored: Stored<typeof rolloutEvidence> | undefined;
  readonly #units = new Map<string, { readonly stored: Stored<typeof rolloutUnits> | undefined; unit: RolloutUnit }>();
  #evidence: RolloutEvidence;
  /** Up to when it was looked at, by the server's clock: calls come with their senders' clocks, which end nothing. */
  #at: string;

  static async of(was: Stored<typeof rollouts>, read: Reader<Tenant>, io: Io): Promise<Tally> {
    return new Tally(was, await read.get(rolloutEvidence, was.doc.rollout_id, io));
  }

  private constructor(was: Stored<typeof rollouts>, stored: Stored<typeof rolloutEvidence> | undefined) {
    this.was = was;
    this.#stored = stored;
    this.#at = stored?.doc.updated_at ?? was.doc.started_at;
    this.#evidence = stored?.doc ?? {
      rollout_id: was.doc.rollout_id,
      ...emptyEvidence(),
      updated_at: this.#at,
    };
  }

  /** Time passes. @returns whether that brings anything: it has come to its end, or units have waited long enough */
  async passes(at: string, read: Reader<Tenant>, io: Io): Promise<boolean> {
    if (at > this.#at) this.#at = at;
    return (await this.settle(read, io)) > 0 || this.#at >= this.was.doc.ends_at;
  }

  /** A decision on one answer: it counts with its unit. */
  async decided(
    { unit: name, answers, arm, wrong, isCorrection, isBlind }: Trial,
    at: string,
    read: Reader<Tenant>,
    io: Io,
  ): Promise<void> {
    if (at > this.#at) this.#at = at;
    if (isCorrection) return this.#note('corrections');
    const unit_key = `${this.was.doc.rollout_id}/${name}`;
    let known = this.#units.get(unit_key);
    if (known === undefined) {
      const stored = await read.get(rolloutUnits, unit_key, io);
      const { rollout_id } = this.was.doc;
      const fresh = { unit_key, rollout_id, arm, answers, ...nothingDecided, blind: nothingDecided, counted: false, first_at: at };
      this.#units.set(unit_key, (known = { stored, unit: stored?.doc ?? fresh }));
    }
    if (known.unit.counted) return this.#note('late');
    if (known.unit.arm !== arm) return this.#note('misrouted');
    const { unit } = known;
    known.unit = { ...unit, ...withOne(unit, wrong), ...(isBlind && { blind: withOne(unit.blind, wrong) }) };
    if (this.#knowsAll && known.unit.decided >= known.unit.answers) this.#count(known);
  }

  /** A call of an agent whose config is on trial. @param at - by the server's clock */
  called({ arm, success, trace_id, agent_config_version: version, rollout_id: drawnIn }: PromptEvent, at: string): void {
    if (at > this.#at) this.#at = at;
    const { rollout_id, key, rules, candidate, stable } = this.was.doc;
    const isCandidate = draw(key, trace_id).at < rules.share;
    // Whoever had not heard of this rollout yet, or sends late, may speak of a version that is not in it. Of those who drew by the canary before it only the stable arm
    // could be of it, too: they would all count on one side.
    const isOfArm = isCandidate ? version === candidate.version : stable === null ? version !== candidate.version : version === stable;
    const isOfThis = drawnIn === undefined || drawnIn === rollout_id;
    if (isCandidate !== (arm === 'canary') || !isOfArm || !isOfThis) return this.#note('misrouted');
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

  /** Counts units that have waited long enough, in the order they began. @returns how many */
  async settle(read: Reader<Tenant>, io: Io): Promise<number> {
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
    return items.length;
  }

  /** What was counted, and what follows from it. A verdict that ends the traffic takes the label away in the same commit. */
  async writes(read: Reader<Tenant>, io: Io): Promise<readonly Write<Tenant>[]> {
    const { doc } = this.was;
    const evidence = { ...this.#evidence, updated_at: this.#at };
    const kept: Write<Tenant>[] = [
      put(rolloutEvidence, this.#stored, evidence),
      ...[...this.#units.values()].map(({ stored, unit }) => put(rolloutUnits, stored, unit)),
    ];
    const { verdict, why, figures } = standingOf(doc, evidence, this.#at);
    // What is said with a reason is the end of it.
    const ends = why !== undefined;
    if (!doc.serving || (verdict === doc.verdict && !ends)) return kept;
    const because = { who: ROOM, reason: reasonOf(verdict, why), trace_id: doc.trace_id, policy: doc.policy };
    const change = { verdict, figures, decided_at: this.#at, ...(ends && { why, serving: false }) };
    return [...kept, replace(rollouts, this.was, change, because), ...(ends ? await withoutLabel(read, doc, because, io) : [])];
  }

  /** Whether it is known from the start how many answers a unit has: those of a table or a trace are suggested together; of a data set another table may come any time. */
  get #knowsAll(): boolean {
    const { kind, rules } = this.was.doc;
    return kind !== 'models' || rules.unit === 'table';
  }
  #note(what: 'corrections' | 'late' | 'misrouted'): void {
    this.#evidence = { ...this.#evidence, [what]: this.#evidence[what] + 1 };
  }
  #count(known: { unit: RolloutUnit }): void {
    const { arm, blind } = known.unit;
    known.unit = { ...known.unit, counted: true };
    const { series } = this.#evidence;
    this.#evidence = {
      ...this.#evidence,
      series: {
        ...series,
        overridden: count(series.overridden, { arm, wrong: sharesOf(known.unit) }),
        ...(blind.decided > 0 && { blind: count(series.blind, { arm, wrong: sharesOf(blind) }) }),
      },
    };
  }
}

type Decided = RolloutUnit['blind'];
const nothingDecided: Decided = { decided: 0, wrong: { stable: 0, candidate: 0 } };
const withOne = ({ decided, wrong }: Decided, more: Trial['wrong']): Decided => ({
  decided: decided + 1,
  wrong: { stable: wrong.stable + Number(more.stable), candidate: wrong.candidate + Number(more.candidate) },
});
const sharesOf = ({ decided, wrong }: Decided) => ({ stable: wrong.stable / decided, candidate: wrong.candidate / decided });

const reasonOf = (verdict: string, why: string | undefined): string =>
  ({
    harm: 'the candidate is worse than what is live: rolled back by the standing rule',
    sample_ratio: 'the arms did not get the shares they should have: no comparison holds',
    most_pairs: 'the pairs the policy allows are used up',
    most_days: 'the days the policy allows are over',
  })[why ?? ''] ?? `found ${verdict} by the figures`;
