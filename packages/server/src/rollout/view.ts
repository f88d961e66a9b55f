import { Rollout, type RolloutEvidence, type RolloutSeries } from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import { interval } from './betting.ts';
import { emptyEvidence } from './series.ts';
import { alphaOf, harmAlphaOf, testsOf } from './verdict.ts';

const Arm = Type.Object({ units: Type.Integer(), rate: Type.Union([Type.Number(), Type.Null()]) });
const Question = Type.Object({
  stable: Arm,
  candidate: Arm,
  pairs: Type.Integer(),
  /** The e-value against "worse by the margin", its largest so far; at `needed` the candidate is eligible. */
  e_better: Type.Number(),
  /** The e-value against "not worse"; at `needed_harm` it is rolled back. */
  e_harm: Type.Number(),
  needed: Type.Number(),
  needed_harm: Type.Number(),
  /** Where the mean difference lies, candidate less stable, at all looks together with probability 1 − alpha. */
  interval: Type.Union([Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), Type.Null()]),
});

/** A rollout with what is known so far. */
export const RolloutView = Type.Object({
  ...Type.Omit(Rollout, ['key']).properties,
  /** How often people decided against the answer, and how often calls failed. */
  overridden: Question,
  failed: Question,
  /** Of `overridden` what was decided without seeing an answer: who is shown one tends to take it. */
  blind: Question,
  counts: Type.Object({ corrections: Type.Integer(), late: Type.Integer(), misrouted: Type.Integer() }),
});
export type RolloutView = Static<typeof RolloutView>;

const round = (value: number): number => Math.round(value * 1e4) / 1e4;
/** E-values beyond this say nothing more. */
const MOST_LOG = Math.log(1e9);

const armOf = ({ units, wrong }: RolloutSeries['stable']) => ({ units, rate: units === 0 ? null : round(wrong / units) });

const questionOf = (rollout: Rollout, series: RolloutSeries): Static<typeof Question> => {
  const { better, harm } = testsOf(rollout, series);
  const alpha = alphaOf(rollout);
  const range = interval(series.differences, alpha);
  return {
    stable: armOf(series.stable),
    candidate: armOf(series.candidate),
    pairs: series.differences.length,
    e_better: round(Math.exp(Math.min(better, MOST_LOG))),
    e_harm: round(Math.exp(Math.min(harm, MOST_LOG))),
    needed: round(1 / alpha),
    needed_harm: round(1 / harmAlphaOf(rollout)),
    interval: range === undefined ? null : [...range],
  };
};

/** @param evidence - undefined while nothing was counted */
export function viewOf(rollout: Rollout, evidence: RolloutEvidence | undefined): RolloutView {
  const { series, corrections, late, misrouted } = evidence ?? emptyEvidence();
  const { key: _, ...shown } = rollout;
  return {
    ...shown,
    overridden: questionOf(rollout, series.overridden),
    failed: questionOf(rollout, series.failed),
    blind: questionOf(rollout, series.blind),
    counts: { corrections, late, misrouted },
  };
}
