/**
 * The betting e-process on paired differences: exact at every sample size and under every stopping rule, so that people may look as often as they like.
 * Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting" (JRSS B, 2024); Ville's inequality bounds its errors.
 *
 * A difference `d` is in [-1, 1]: the candidate's share of wrong answers less the stable one's, on one unit.
 */

/** Shares of the largest bet that is safe: a mixture, so that no effect size has to be guessed beforehand. */
const BETS = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85] as const;

/** Wealth of the mixture, logarithmic, after each bet on `gain` with |gain| ≤ most. Under the null the gain's mean is at most 0, and so the wealth's growth. */
export class Wealth {
  readonly #bets: readonly number[];
  readonly #logs: Float64Array;
  #peak = 0;
  constructor(most: number) {
    this.#bets = BETS.map((share) => share / most);
    this.#logs = new Float64Array(BETS.length);
  }
  /** @returns the log e-value after this gain */
  add(gain: number): number {
    return this.#mixed(this.#bet(gain));
  }
  /** @returns the largest log e-value so far, 0 before any. The mixture is never above its best bet, which alone says nearly always that it is no larger. */
  peak(gain: number): number {
    const highest = this.#bet(gain);
    if (highest > this.#peak) this.#peak = Math.max(this.#peak, this.#mixed(highest));
    return this.#peak;
  }
  #bet(gain: number): number {
    let highest = -Infinity;
    for (let i = 0; i < this.#bets.length; i++) {
      const log = (this.#logs[i] ?? 0) + Math.log1p((this.#bets[i] ?? 0) * gain);
      this.#logs[i] = log;
      highest = Math.max(highest, log);
    }
    return highest;
  }
  #mixed(highest: number): number {
    let sum = 0;
    for (const log of this.#logs) sum += Math.exp(log - highest);
    return highest + Math.log(sum / BETS.length);
  }
}

/** What is tested: `better` rejects "worse by `margin` or more", `harm` rejects "not worse at all". */
export interface Tests {
  /** Non-inferiority margin of the share of wrong answers, in (0, 1). */
  readonly margin: number;
  /** Error bound of each test, over all looks. */
  readonly alpha: number;
}

/** Where the two tests stand. */
export interface Verdict {
  /** Largest log e-value against "worse by the margin". */
  readonly better: number;
  /** Largest log e-value against "not worse". */
  readonly harm: number;
  /** After how many differences each crossed its boundary; undefined while it has not. */
  readonly betterAt: number | undefined;
  readonly harmAt: number | undefined;
}

/** Runs both tests over all differences, in order. @param atLeast - differences before `better` may be called; `harm` may at once */
export function judge(differences: readonly number[], { margin, alpha }: Tests, atLeast = 0): Verdict {
  const boundary = Math.log(1 / alpha);
  const forBetter = new Wealth(1 - margin);
  const forHarm = new Wealth(1);
  let better = 0;
  let harm = 0;
  let betterAt: number | undefined;
  let harmAt: number | undefined;
  for (const [i, difference] of differences.entries()) {
    better = forBetter.peak(margin - difference);
    harm = forHarm.peak(difference);
    if (better >= boundary && i + 1 >= atLeast) betterAt ??= i + 1;
    if (harm >= boundary) harmAt ??= i + 1;
  }
  return { better, harm, betterAt, harmAt };
}

/** Steps of the interval's scan: it is true to a hundredth. */
const STEPS = 100;

/**
 * Confidence sequence of the mean difference: it covers the truth at all times together with probability 1 − alpha.
 * @returns undefined while nothing is known
 */
export function interval(differences: readonly number[], alpha: number): readonly [low: number, high: number] | undefined {
  if (differences.length === 0) return undefined;
  const boundary = Math.log(2 / alpha);
  const isPlausible = (mean: number): boolean => {
    const above = new Wealth(1 + mean);
    const below = new Wealth(1 - mean);
    return differences.every((difference) => above.peak(difference - mean) < boundary && below.peak(mean - difference) < boundary);
  };
  let low: number | undefined;
  let high = 0;
  for (let step = -STEPS; step <= STEPS; step++) {
    const mean = step / STEPS;
    // A difference of 1 in size leaves nothing to bet on at the ends.
    if (Math.abs(mean) === 1 || !isPlausible(mean)) continue;
    low ??= mean;
    high = mean;
  }
  return low === undefined ? undefined : [low, high];
}
