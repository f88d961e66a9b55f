import { DAY_MS, HOUR_MS, rollupLevels, toTimestamp, type RollupLevel } from '@ancilla/contracts';

/** Start of the bucket of a level that a time lies in, UTC. */
export function bucketStart(level: RollupLevel, ms: number): number {
  const at = new Date(ms);
  const [year, month, day, hour, minute] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes()];
  switch (level) {
    case 'month':
      return Date.UTC(year, month);
    case 'day':
      return Date.UTC(year, month, day);
    case 'hour':
      return Date.UTC(year, month, day, hour);
    case 'minute':
      return Date.UTC(year, month, day, hour, minute);
  }
}

/** Start of the next bucket. */
export function nextBucket(level: RollupLevel, start: number): number {
  const at = new Date(start);
  if (level === 'month') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1);
  return start + { day: DAY_MS, hour: HOUR_MS, minute: 60_000 }[level];
}

/** A run of buckets of one level, `from ≤ bucket < to`. */
export interface Run {
  readonly level: RollupLevel;
  readonly from: string;
  readonly to: string;
}

/** Where a range ends at the latest: the bucket after has a year of more than four digits, and no longer sorts as text. */
const LATEST = Date.UTC(9999, 11);

/**
 * The fewest buckets that make up a range, widened to whole minutes: months where whole months fit, days beside them, and so on.
 * A year costs at most 12 months, 60 days, 46 hours and 118 minutes, whatever happened in it.
 */
export function coverRange(fromMs: number, toMs: number): readonly Run[] {
  const to = Math.min(bucketStart('minute', toMs - 1) + 60_000, LATEST);
  const runs: { level: RollupLevel; from: number; to: number }[] = [];
  for (let at = bucketStart('minute', fromMs); at < to;) {
    const here = at;
    const level = rollupLevels.findLast((each) => bucketStart(each, here) === here && nextBucket(each, here) <= to) ?? 'minute';
    const next = nextBucket(level, here);
    const last = runs.at(-1);
    if (last?.level === level && last.to === here) last.to = next;
    else runs.push({ level, from: here, to: next });
    at = next;
  }
  return runs.map((run) => ({ level: run.level, from: toTimestamp(run.from), to: toTimestamp(run.to) }));
}
