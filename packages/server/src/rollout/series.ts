import type { RolloutEvidence, RolloutSeries } from '@ancilla/contracts';

const emptySeries = (): RolloutSeries => ({
  differences: [],
  waiting: { stable: [], candidate: [] },
  stable: { units: 0, wrong: 0 },
  candidate: { units: 0, wrong: 0 },
});

/** Before anything was counted. */
export const emptyEvidence = (): Pick<RolloutEvidence, 'series' | 'corrections' | 'late' | 'misrouted'> => ({
  series: { overridden: emptySeries(), failed: emptySeries(), blind: emptySeries() },
  corrections: 0,
  late: 0,
  misrouted: 0,
});

/** A millionth: what rounding may add up to over the longest rollout stays far below any margin. */
const rounded = (share: number): number => Math.round(share * 1e6) / 1e6;

/** Which arm a unit was on, and the share of its answers that were wrong there. */
export interface Counted {
  readonly arm: 'stable' | 'candidate' | 'both';
  readonly wrong: { readonly stable: number; readonly candidate: number };
}

/**
 * Counts a unit. One on both arms is a pair in itself. Otherwise pairs are made in the order of arrival, never by outcome: a unit of the candidate with all that waits on the
 * other side.
 */
export function count({ differences, waiting, stable, candidate }: RolloutSeries, { arm, wrong }: Counted): RolloutSeries {
  const add = (to: RolloutSeries['stable'], share: number) => ({ units: to.units + 1, wrong: rounded(to.wrong + share) });
  const pair = (of: number, beside: number) => [...differences, rounded(of - beside)];
  switch (arm) {
    case 'both':
      return {
        differences: pair(wrong.candidate, wrong.stable),
        waiting,
        stable: add(stable, wrong.stable),
        candidate: add(candidate, wrong.candidate),
      };
    case 'candidate': {
      const met = waiting.stable.length > 0;
      return {
        differences: met ? pair(wrong.candidate, mean(waiting.stable)) : differences,
        waiting: met ? { ...waiting, stable: [] } : { ...waiting, candidate: [...waiting.candidate, rounded(wrong.candidate)] },
        stable,
        candidate: add(candidate, wrong.candidate),
      };
    }
    case 'stable': {
      const [first, ...rest] = waiting.candidate;
      return {
        differences: first === undefined ? differences : pair(first, wrong.stable),
        waiting: first === undefined ? { ...waiting, stable: [...waiting.stable, rounded(wrong.stable)] } : { ...waiting, candidate: rest },
        stable: add(stable, wrong.stable),
        candidate,
      };
    }
  }
}

const mean = (of: readonly number[]): number => of.reduce((sum, each) => sum + each, 0) / of.length;
