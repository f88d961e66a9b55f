import type { Rollout, RolloutEvidence, RolloutSeries } from '@ancilla/contracts';
import { judge, type Verdict } from './betting.ts';
import { isSplitAsMeant } from './sample-ratio.ts';

/** What the evidence says of a rollout now. */
export interface Standing {
  readonly verdict: Rollout['verdict'];
  readonly why?: Rollout['why'];
  readonly figures: Record<string, number>;
}

/** The questions that are asked; a candidate passes when it is no worse in each that has an answer, and one that harms in any is rolled back. */
const questions = ['overridden', 'failed'] as const;
/** A split that goes wrong by chance is called wrong once in a thousand rollouts: it stops a comparison in which nothing else is wrong. */
const SPLIT_ALPHA = 0.001;
/** So long a canary's calls may be behind: slower ones come later, and while there are few of either that looks like a split gone wrong. */
const SPLIT_AFTER_MS = 10 * 60_000;

/** Tries of the same bytes share the bound: halving it each time, all of them together stay within it. */
export const alphaOf = ({ attempt, rules }: Pick<Rollout, 'attempt' | 'rules'>): number => rules.alpha / 2 ** attempt;

/** Harm is looked for in each question, so each gets its part of the bound. */
export const harmAlphaOf = (rollout: Pick<Rollout, 'attempt' | 'rules' | 'kind'>): number =>
  alphaOf(rollout) / (rollout.kind === 'models' ? 1 : questions.length);

/** The two tests of one question. */
export const testsOf = (rollout: Pick<Rollout, 'attempt' | 'rules' | 'kind'>, { differences }: RolloutSeries): Verdict => {
  const { margin, least_pairs } = rollout.rules;
  const { better, betterAt } = judge(differences, { margin, alpha: alphaOf(rollout) }, least_pairs);
  const { harm, harmAt } = judge(differences, { margin, alpha: harmAlphaOf(rollout) });
  return { better, betterAt, harm, harmAt };
};

/**
 * A pure function of what was counted and of the time: whoever has the evidence comes to the same verdict.
 * @param at - by the server's clock
 * @returns with `why` what ends the traffic
 */
export function standingOf(rollout: Rollout, { series }: Pick<RolloutEvidence, 'series'>, at: string): Standing {
  const { rules, stage, verdict: before } = rollout;
  const isOver = at >= rollout.ends_at;
  const asked = questions.filter((question) => series[question].differences.length > 0);
  const tests = asked.map((question) => ({ question, ...testsOf(rollout, series[question]), pairs: series[question].differences.length }));
  const figures: Record<string, number> = { alpha: alphaOf(rollout), margin: rules.margin };
  for (const { question, better, harm, pairs } of tests) {
    figures[`${question}_pairs`] = pairs;
    figures[`${question}_e_better`] = Math.round(Math.exp(Math.min(better, 100)) * 1000) / 1000;
    figures[`${question}_e_harm`] = Math.round(Math.exp(Math.min(harm, 100)) * 1000) / 1000;
    for (const arm of ['stable', 'candidate'] as const) {
      const { units, wrong } = series[question][arm];
      figures[`${question}_${arm}_units`] = units;
      if (units > 0) figures[`${question}_${arm}_rate`] = Math.round((wrong / units) * 1e4) / 1e4;
    }
  }
  if (tests.some(({ harmAt }) => harmAt !== undefined)) return { verdict: 'rolled_back', why: 'harm', figures };
  const isSplit = ({ stable, candidate }: RolloutSeries) =>
    isSplitAsMeant({ stable: stable.units, candidate: candidate.units }, rules.share, SPLIT_ALPHA);
  // Also where there is no pair yet: a candidate of which nothing comes back, since it fails before it is heard of, makes none.
  const isSplitWrong = stage === 'canary' && questions.some((question) => !isSplit(series[question]));
  if (isSplitWrong && Date.parse(at) >= Date.parse(rollout.started_at) + SPLIT_AFTER_MS)
    return { verdict: 'inconclusive', why: 'sample_ratio', figures };
  // That it was found eligible stays true.
  const isEligible = before === 'eligible' || (!isSplitWrong && tests.length > 0 && tests.every(({ betterAt }) => betterAt !== undefined));
  const isUsedUp = tests.some(({ pairs }) => pairs >= rules.most_pairs);
  const ends = isUsedUp ? ({ why: 'most_pairs' } as const) : isOver ? ({ why: 'most_days' } as const) : undefined;
  return { verdict: isEligible ? 'eligible' : ends ? 'inconclusive' : 'running', ...ends, figures };
}
