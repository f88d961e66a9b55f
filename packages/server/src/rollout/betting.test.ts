// Simulations are seeded: the same runs on every machine.
import { ok } from 'node:assert/strict';
import { test } from 'node:test';
import { interval, judge, Wealth } from './betting.ts';
import { randomFrom, type Random } from './rollout.fixture.ts';
import { isSplitAsMeant } from './sample-ratio.ts';

/** One pair of a canary at half and half: whether each arm was wrong. */
const pair = (random: Random, candidate: number, stable: number): number => Number(random() < candidate) - Number(random() < stable);

const ALPHA = 0.05;
/** Three standard errors above the bound. */
const bound = (runs: number): number => ALPHA + 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / runs);
const share = (runs: number, seed: number, happens: (random: Random) => boolean): number => {
  const random = randomFrom(seed);
  let count = 0;
  for (let i = 0; i < runs; i++) if (happens(random)) count++;
  return count / runs;
};
const many = (length: number, draw: () => number): number[] => Array.from({ length }, draw);
const RUNS = 500;
const LONGEST = 2500;

/** Looks after every ten pairs, and calls it better as soon as the usual 95 % interval allows: what people do by hand. */
const naive = (differences: readonly number[], margin: number): boolean => {
  let sum = 0;
  let squares = 0;
  return differences.some((difference, i) => {
    const n = i + 1;
    sum += difference;
    squares += difference * difference;
    if (n < 50 || n % 10 !== 0) return false;
    const mean = sum / n;
    return mean + 1.645 * Math.sqrt((squares / n - mean * mean) / n) < margin;
  });
};

test('at the boundary the wealth is a martingale: averaged over both outcomes it stays 1, to 1e-12', () => {
  for (const margin of [0.02, 0.05, 0.1])
    for (let p = 0.1; p < 0.95; p += 0.1) {
      // d is 1 or -1 with a mean of the margin, mixed with ties.
      const up = (p + margin) / 2;
      const down = (p - margin) / 2;
      const after = [1, -1, 0].map((d) => Math.exp(new Wealth(1 - margin).add(margin - d)));
      const mean = up * (after[0] ?? 0) + down * (after[1] ?? 0) + (1 - up - down) * (after[2] ?? 0);
      if (down >= 0) ok(Math.abs(mean - 1) < 1e-12, `${margin} ${p}: ${mean}`);
    }
});
test('a candidate that is worse by the margin is promoted in at most alpha of all runs, however often one looks; by hand it is in many', () => {
  for (const [stable, margin] of [
    [0.05, 0.05],
    [0.1, 0.05],
    [0.2, 0.1],
    [0.3, 0.05],
    [0.1, 0.02],
  ] as const) {
    const runs = (promoted: (differences: readonly number[]) => boolean, seed: number) =>
      share(RUNS, seed, (random) => promoted(many(LONGEST, () => pair(random, stable + margin, stable))));
    const ours = runs((differences) => judge(differences, { margin, alpha: ALPHA }).betterAt !== undefined, 1);
    ok(ours <= bound(RUNS), `stable ${stable}, margin ${margin}: ${ours}`);
    const byHand = runs((differences) => naive(differences, margin), 1);
    ok(byHand > 0.2, `the harness finds a bad test: ${byHand}`);
  }
});

test('one that is worse by more is promoted more rarely still', () => {
  const worse = share(RUNS, 2, (random) => {
    const differences = many(LONGEST, () => pair(random, 0.3, 0.1));
    return judge(differences, { margin: 0.05, alpha: ALPHA }).betterAt !== undefined;
  });
  ok(worse < 0.01, String(worse));
});

test('an equal one is promoted within 3,000 pairs in four of five runs, and a harmful one is found', () => {
  const equal = share(
    200,
    3,
    (random) =>
      judge(
        many(3000, () => pair(random, 0.1, 0.1)),
        { margin: 0.05, alpha: ALPHA },
      ).betterAt !== undefined,
  );
  ok(equal >= 0.8, String(equal));
  const found = share(
    200,
    4,
    (random) =>
      judge(
        many(1000, () => pair(random, 0.3, 0.1)),
        { margin: 0.05, alpha: ALPHA },
      ).harmAt !== undefined,
  );
  ok(found >= 0.95, String(found));
  const alarms = share(
    RUNS,
    5,
    (random) =>
      judge(
        many(LONGEST, () => pair(random, 0.1, 0.1)),
        { margin: 0.05, alpha: ALPHA },
      ).harmAt !== undefined,
  );
  ok(alarms <= bound(RUNS), `false alarms ${alarms}`);
});

test('a drift that both arms share does no harm', () => {
  const promoted = share(RUNS, 6, (random) => {
    let n = 0;
    const differences = many(LONGEST, () => {
      const p = 0.3 - (0.2 * n++) / LONGEST;
      return pair(random, p + 0.05, p);
    });
    return judge(differences, { margin: 0.05, alpha: ALPHA }).betterAt !== undefined;
  });
  ok(promoted <= bound(RUNS), String(promoted));
});

test('columns of one table share their fate: fed one by one the bound breaks, fed as the table’s mean it holds', () => {
  /** Ten columns of one table: four in five go the way the table goes. */
  const table = (random: Random, p: number): readonly number[] => {
    const fate = Number(random() < p);
    return many(10, () => (random() < 0.8 ? fate : Number(random() < p)));
  };
  const promoted = (fed: 'columns' | 'means') =>
    share(300, 7, (random) => {
      const differences: number[] = [];
      for (let i = 0; i < 400; i++) {
        const [candidate, stable] = [table(random, 0.15), table(random, 0.1)];
        const each = candidate.map((wrong, at) => wrong - (stable[at] ?? 0));
        if (fed === 'columns') differences.push(...each);
        else differences.push(each.reduce((sum, d) => sum + d, 0) / each.length);
      }
      return judge(differences, { margin: 0.05, alpha: ALPHA }).betterAt !== undefined;
    });
  ok(promoted('means') <= bound(300), String(promoted('means')));
  ok(promoted('columns') > 0.2, `the harness finds the trap: ${promoted('columns')}`);
});

test('tries that share alpha stay within it; tries that each take all of it do not', () => {
  const anyOf = (alphaOf: (attempt: number) => number) =>
    share(300, 8, (random) =>
      [1, 2, 3, 4, 5].some(
        (attempt) =>
          judge(
            many(1000, () => pair(random, 0.15, 0.1)),
            { margin: 0.05, alpha: alphaOf(attempt) },
          ).betterAt !== undefined,
      ),
    );
  ok(anyOf((attempt) => ALPHA / 2 ** attempt) <= bound(300));
  ok(anyOf(() => ALPHA) > anyOf((attempt) => ALPHA / 2 ** attempt));
});

test('the interval covers the truth at all times together, and narrows', () => {
  const missed = share(100, 9, (random) => {
    const found = interval(
      many(300, () => pair(random, 0.3, 0.2)),
      ALPHA,
    );
    return found === undefined || found[0] > 0.1 || found[1] < 0.1;
  });
  ok(missed <= bound(100), String(missed));
  const random = randomFrom(10);
  const differences = many(1000, () => pair(random, 0.3, 0.2));
  const width = (n: number) => {
    const [low, high] = interval(differences.slice(0, n), ALPHA) ?? [-1, 1];
    return high - low;
  };
  ok(width(1000) < width(100) && width(1000) < 0.25, `${width(100)} ${width(1000)}`);
  ok(interval([], ALPHA) === undefined);
});

test('a split that is not the one meant is noticed, an honest one is not', () => {
  const alarmed = (split: number, seed: number) =>
    share(RUNS, seed, (random) => {
      const units = { candidate: 0, stable: 0 };
      for (let i = 0; i < 1000; i++) {
        if (random() < split) units.candidate++;
        else units.stable++;
        if (!isSplitAsMeant(units, 0.5, 0.01)) return true;
      }
      return false;
    });
  ok(alarmed(0.5, 11) <= 0.01 + 3 * Math.sqrt((0.01 * 0.99) / RUNS), String(alarmed(0.5, 11)));
  ok(alarmed(0.6, 12) > 0.95, String(alarmed(0.6, 12)));
});
