// Runs in browsers too.
import { promised } from './calibrate.ts';
import { domainOf } from './domain.ts';
import { scoredBy } from './learn.ts';
import { toGroups, type Group, type TrainingRow } from './fit.ts';
import { score, type Model } from './model.ts';

/** Two models on decisions neither was trained on. Means are over tables, not over columns. */
export interface Comparison {
  readonly groups: number;
  readonly clusters: number;
  readonly old: Readonly<Record<string, number>>;
  readonly new: Readonly<Record<string, number>>;
  readonly mrr_difference_lower: number;
  /** Of what terms are about, where it changed most for the worse; 0 where no domain has decisions enough to say. */
  readonly mrr_difference_of_worst_domain: number;
}

const BOOTSTRAPS = 1000;
/** Of fewer decisions a mean says nothing of their domain. */
const FEWEST_OF_DOMAIN = 20;

/** Rank of the best right answer, `none` among the candidates; 1 is best. */
function rankOf(model: Model, { candidates }: Group): number {
  const scores = score(
    model,
    candidates.map(({ features }) => features),
  );
  const right = scores.filter((_, at) => candidates[at]?.chosen).reduce((most, each) => Math.max(most, each), 0);
  // Ties count against the model.
  return 1 + scores.filter((each, at) => each >= right && candidates[at]?.chosen === false).length;
}

/**
 * Mean reciprocal rank, recall at 1 and NDCG at 5 of both models by table, each with its 95 % interval (`_low`, `_high`), and the lower bound of the mean difference, by a paired
 * bootstrap over tables.
 */
export function compare(old: Model, new_: Model, rows: readonly TrainingRow[]): Comparison {
  const groups = toGroups(rows);
  const ranked = groups.map((group) => ({ group, old: rankOf(old, group), new: rankOf(new_, group) }));
  const figuresBy = (keyOf: (group: Group) => string) =>
    [...Map.groupBy(ranked, ({ group }) => keyOf(group))]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, of]) => ({ count: of.length, old: figures(of.map((each) => each.old)), new: figures(of.map((each) => each.new)) }));
  const tables = figuresBy(({ cluster }) => cluster);
  const domains = figuresBy(({ candidates }) => domainOf(candidates.find(({ chosen }) => chosen)?.candidate ?? '')).filter(
    ({ count }) => count >= FEWEST_OF_DOMAIN,
  );
  const mean = (values: readonly number[]): number =>
    values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
  const random = generator(20_240_607);
  // The same draws of tables for every figure: differences are of pairs.
  const draws = Array.from({ length: BOOTSTRAPS }, () => tables.map(() => Math.floor(random() * tables.length)));
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  const bounds = (values: readonly number[]): readonly [low: number, high: number] => {
    const means = draws.map((draw) => mean(draw.map((at) => values[at] ?? 0))).toSorted((a, b) => a - b);
    return [round(means[Math.floor(0.025 * BOOTSTRAPS)] ?? 0), round(means[Math.ceil(0.975 * BOOTSTRAPS) - 1] ?? 0)];
  };
  const all = (which: 'old' | 'new') => {
    const of = (figure: 'mrr' | 'recall_at_1' | 'ndcg_at_5'): Readonly<Record<string, number>> => {
      const values = tables.map((table) => table[which][figure]);
      const [low, high] = bounds(values);
      return { [figure]: round(mean(values)), [`${figure}_low`]: low, [`${figure}_high`]: high };
    };
    return {
      ...of('mrr'),
      ...of('recall_at_1'),
      ...of('ndcg_at_5'),
      calibration_error: round(calibrationError(which === 'old' ? old : new_, rows)),
    };
  };
  return {
    groups: groups.length,
    clusters: tables.length,
    old: all('old'),
    new: all('new'),
    mrr_difference_lower: bounds(tables.map((table) => table.new.mrr - table.old.mrr))[0],
    mrr_difference_of_worst_domain: domains.length === 0 ? 0 : round(Math.min(...domains.map((of) => of.new.mrr - of.old.mrr))),
  };
}

function figures(ranks: readonly number[]): { readonly mrr: number; readonly recall_at_1: number; readonly ndcg_at_5: number } {
  return {
    mrr: ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length,
    recall_at_1: ranks.filter((rank) => rank === 1).length / ranks.length,
    // With one right answer the ideal gain is 1 (Järvelin and Kekäläinen, 2002).
    ndcg_at_5: ranks.reduce((sum, rank) => sum + (rank <= 5 ? 1 / Math.log2(1 + rank) : 0), 0) / ranks.length,
  };
}

const BINS = 10;
/** Expected calibration error: how far what scores promise is from what was right, in ten bins (Naeini and others, 2015). */
function calibrationError(model: Model, rows: readonly TrainingRow[]): number {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, said: 0, right: 0 }));
  const scored = scoredBy(model, rows);
  for (const { score: raw, right } of scored) {
    const said = promised(model.calibration, raw);
    const bin = bins[Math.min(BINS - 1, Math.floor(said * BINS))];
    if (bin === undefined) continue;
    bin.count++;
    bin.said += said;
    bin.right += Number(right);
  }
  return scored.length === 0 ? 0 : bins.reduce((sum, { said, right }) => sum + Math.abs(said - right), 0) / scored.length;
}

/** A small generator with a fixed seed: the same comparison every time. @see Steele, Lea, Flood 2014, mixing as in mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
