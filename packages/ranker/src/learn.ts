// Runs in browsers too. From decisions to a model whose scores keep their promise.
import { calibrate, type Scored } from './calibrate.ts';
import { fitDecisions, toGroups, type TrainingRow } from './fit.ts';
import { priorModel, score, type Model } from './model.ts';

/** The answer that no term fits; a score is a promise about a term. */
const NONE = 'none';

/**
 * Fits the weights to all decisions, and the calibration to what models of one half of the tables say of the other: nobody is asked about what they were told.
 * With fewer than 100 decisions the prior's calibration stays. Deterministic.
 */
export function learn(rows: readonly TrainingRow[], { prior = priorModel }: { readonly prior?: Model } = {}): Model {
  const model = fitDecisions(rows, prior);
  const clusters = [...new Set(rows.map(({ cluster }) => cluster))].toSorted((a, b) => (a < b ? -1 : 1));
  const half = new Map(clusters.map((cluster, at) => [cluster, at % 2]));
  const of = (which: number) => rows.filter(({ cluster }) => half.get(cluster) === which);
  const [even, odd] = [of(0), of(1)];
  const calibration = calibrate([...scoredBy(fitDecisions(even, prior), odd), ...scoredBy(fitDecisions(odd, prior), even)]);
  return calibration === undefined ? model : { ...model, calibration };
}

/** The best term of each decision, and whether it was the right one. */
export function scoredBy(model: Model, rows: readonly TrainingRow[]): readonly Scored[] {
  return toGroups(rows).flatMap(({ candidates, weight }) => {
    const scores = score(
      model,
      candidates.map(({ features }) => features),
    );
    let best = -1;
    for (const [at, { candidate }] of candidates.entries())
      if (candidate !== NONE && (best < 0 || (scores[at] ?? 0) > (scores[best] ?? 0))) best = at;
    const chosen = candidates[best]?.chosen;
    return chosen === undefined ? [] : [{ score: scores[best] ?? 0, right: chosen, weight }];
  });
}
