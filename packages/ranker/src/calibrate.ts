// Runs in browsers too. Scores that keep their promise: of those that say 0.8, four in five are right.

/** Pairs of score and share of right answers, both rising; between them it is a straight line, and it goes from (0, 0) to (1, 1). */
export type Calibration = readonly (readonly [score: number, share: number])[];

/** The best candidate of one decision that the model was not trained on. */
export interface Scored {
  readonly score: number;
  readonly right: boolean;
  /** How much the decision counts. */
  readonly weight: number;
}

/** Fewer say too little. */
const FEWEST = 100;
/** What a step holds at least: a share of all decisions, and so many. */
const SMALLEST_STEP = 0.04;
const FEWEST_IN_STEP = 20;
/** What scores say by themselves is believed as if so many decisions, spread alike, had confirmed it: few decisions move a promise little. */
const CONFIRMED = 100;
const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/**
 * Isotonic regression by pooling adjacent violators (Ayer and others, 1955), over steps of equal weight that are shrunk to their own scores, so that few decisions make no
 * cliff. Deterministic.
 * @returns undefined when there are too few to say
 */
export function calibrate(scored: readonly Scored[]): Calibration | undefined {
  if (scored.length < FEWEST) return undefined;
  const inOrder = scored.toSorted((a, b) => a.score - b.score || Number(a.right) - Number(b.right));
  const all = inOrder.reduce((sum, { weight }) => sum + weight, 0);
  const steps: { weight: number; score: number; right: number }[] = [];
  for (const { score, right, weight } of inOrder) {
    let step = steps.at(-1);
    if (step === undefined || step.weight >= Math.max(FEWEST_IN_STEP, SMALLEST_STEP * all))
      steps.push((step = { weight: 0, score: 0, right: 0 }));
    step.weight += weight;
    step.score += weight * score;
    step.right += right ? weight : 0;
  }
  const confirmed = CONFIRMED / all;
  const pools: typeof steps = [];
  for (const { weight, score, right } of steps) {
    let pool = { weight: weight * (1 + confirmed), score: score * (1 + confirmed), right: right + score * confirmed };
    for (
      let before = pools.at(-1);
      before !== undefined && before.right / before.weight >= pool.right / pool.weight;
      before = pools.at(-1)
    ) {
      pool = { weight: before.weight + pool.weight, score: before.score + pool.score, right: before.right + pool.right };
      pools.pop();
    }
    pools.push(pool);
  }
  // Nothing is certain, and both rise, so that no two scores become one.
  const points = pools.map(
    ({ weight, score, right }) => [round(score / weight), Math.min(0.9999, Math.max(0.0001, round(right / weight)))] as const,
  );
  return points.filter(([score, share], at) => {
    const [before, beforeShare] = points[at - 1] ?? [0, 0];
    return score > before && share > beforeShare && score < 1;
  });
}

/** What a score promises. The order of scores stays. */
export function promised(calibration: Calibration | undefined, score: number): number {
  if (calibration === undefined) return score;
  let [x, y] = [0, 0];
  for (const [nextX, nextY] of [...calibration, [1, 1] as const]) {
    if (score <= nextX) return nextX === x ? nextY : y + ((nextY - y) * (score - x)) / (nextX - x);
    [x, y] = [nextX, nextY];
  }
  return 1;
}
