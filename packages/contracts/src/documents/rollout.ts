// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Count, Name, Ref, Sha256Hex, Timestamp, TraceId, Version } from '../fields.ts';
import { Id } from '../ids.ts';
import { GovernedKindName, GovernedVersion } from './governed.ts';

export const rolloutStages = ['shadow', 'canary'] as const;
const Share = Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 });

/** What a promotion policy says of comparing a candidate with what is live; kept with each rollout as it was when it began. */
export const RolloutRules = Closed({
  /** Share of traffic a canary gets. A shadow is asked beside every answer and never shown. */
  share: Type.Optional(Share),
  /** The candidate may be wrong so much more often, as a share of all answers, and still count as no worse. */
  margin: Type.Optional(Share),
  /** How often a worse candidate may be called eligible, and how often a good one be rolled back, over all looks. Tries of one candidate share it. */
  alpha: Type.Optional(Share),
  /** Pairs of units before a candidate can be eligible; after how many it is over, with the verdict it has by then. */
  least_pairs: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  most_pairs: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  most_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
  /** What falls on one arm as a whole and counts once: what lies inside shares its fate. */
  unit: Type.Optional(Type.Enum(['dataset', 'table'])),
  /** So long after its first decision a unit counts as it stands, even if not all of it is decided. */
  settle_hours: Type.Optional(Type.Number({ minimum: 0, maximum: 8760 })),
});
export type RolloutRules = Static<typeof RolloutRules>;

/** A candidate beside what is live, from the move of its label on. Every revision stands in `changes`: who began it, and by which figures it ended. */
export const Rollout = Closed({
  rollout_id: Id('ro'),
  /** Arms are drawn by it. Whoever may read the rollout can check who fell on which arm; nobody could know before. */
  key: Sha256Hex,
  kind: GovernedKindName,
  id: Name,
  stage: Type.Enum(rolloutStages),
  /** `digest`: of a model's file, of any other document's content; the same bytes are the same candidate. */
  candidate: Closed({ version: Version, digest: GovernedVersion.properties.digest }),
  /** What it is compared with; null when that is what the release ships. */
  stable: Type.Union([Version, Type.Null()]),
  /** The how-manieth try of these bytes on this stage. */
  attempt: Type.Integer({ minimum: 1 }),
  policy: Ref,
  rules: Type.Required(RolloutRules),
  /** Whether the candidate gets traffic. */
  serving: Type.Boolean(),
  /** One that people ended while it was `running` is `inconclusive`. */
  verdict: Type.Enum(['running', 'eligible', 'rolled_back', 'inconclusive']),
  /** `flagged`: what the candidate learned from may not be learned from any more. The last three: people ended it. */
  why: Type.Optional(Type.Enum(['harm', 'sample_ratio', 'most_pairs', 'most_days', 'flagged', 'promoted', 'replaced', 'by_hand'])),
  /** The figures the verdict stands on. */
  figures: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z0-9_]{1,64}$' }), Type.Number())),
  trace_id: TraceId,
  started_by: Name,
  started_at: Timestamp,
  /** When it is over without a verdict. */
  ends_at: Timestamp,
  decided_at: Type.Optional(Timestamp),
});
export type Rollout = Static<typeof Rollout>;

export const rollouts = collection({
  name: 'rollouts',
  kind: 'versioned',
  scope: { tenant: true },
  schema: Rollout,
  key: 'rollout_id',
  time: 'started_at',
  retention: 'for_ever',
  summary: 'Candidates compared with what is live, in shadow or canary, and how that ended',
  indexes: { all: [], by_subject: ['kind', 'id'], by_serving: ['kind', 'id', 'serving'], serving: ['serving'] },
});

const Arm = Closed({
  /** Units that counted, and their shares of wrong answers added up. */
  units: Count,
  wrong: Type.Number({ minimum: 0 }),
});
/** One question of a comparison, such as how often people override, as the pairs that answered it so far. */
export const RolloutSeries = Closed({
  /** Candidate less stable, a pair each, in order: the verdict is a function of these. */
  differences: Type.Array(Type.Number({ minimum: -1, maximum: 1 })),
  /** Units that wait for one of the other arm. */
  waiting: Closed({ stable: Type.Array(Type.Number()), candidate: Type.Array(Type.Number()) }),
  stable: Arm,
  candidate: Arm,
});
export type RolloutSeries = Static<typeof RolloutSeries>;

export const RolloutEvidence = Closed({
  rollout_id: Id('ro'),
  /** `blind`: of `overridden` what was decided without seeing an answer. */
  series: Closed({ overridden: RolloutSeries, failed: RolloutSeries, blind: RolloutSeries }),
  /** Decisions that corrected a counted one: they change nothing that was counted. */
  corrections: Count,
  /** What came of a unit after it was counted. */
  late: Count,
  /** What was on another arm than it should have been. */
  misrouted: Count,
  updated_at: Timestamp,
});
export type RolloutEvidence = Static<typeof RolloutEvidence>;
export const rolloutEvidence = collection({
  name: 'rollout_evidence',
  kind: 'state',
  scope: { tenant: true },
  schema: RolloutEvidence,
  key: 'rollout_id',
  time: 'updated_at',
  retention: 'as_needed',
  summary: 'What is known of each rollout so far; computed from decisions and calls',
  indexes: { all: [] },
});

const Decided = { decided: Count, wrong: Closed({ stable: Count, candidate: Count }) };
/** A data set or table whose decisions come in. */
export const RolloutUnit = Closed({
  unit_key: Type.String({ minLength: 1, maxLength: 256 }),
  rollout_id: Id('ro'),
  arm: Type.Enum(['stable', 'candidate', 'both']),
  /** Answers there are to decide on, and what is decided of them; without having seen an answer, too. */
  answers: Count,
  ...Decided,
  blind: Closed(Decided),
  counted: Type.Boolean(),
  first_at: Timestamp,
});
export type RolloutUnit = Static<typeof RolloutUnit>;
export const rolloutUnits = collection({
  name: 'rollout_units',
  kind: 'state',
  scope: { tenant: true },
  schema: RolloutUnit,
  key: 'unit_key',
  time: 'first_at',
  retention: 'as_needed',
  summary: 'What falls on one arm as a whole, while its decisions come in',
  indexes: { by_rollout: ['rollout_id'], open: ['rollout_id', 'counted'] },
});
