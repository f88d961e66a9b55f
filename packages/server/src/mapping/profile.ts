import { formsOf, redactedKind } from './forms.ts';
import type { Profile } from './profile-shape.ts';
import { wordsOf } from './text.ts';

/** Hashes a text under the tenant's key. */
export type Keyed = (text: string) => string;

const MOST_VALUES = 120;
const KEPT_HASHES = 100;
const DATE =
  /^\s*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?:[T ].*)?|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4})\s*$/;
const shapeOf = (value: string): string =>
  value
    .replaceAll(/\d/g, '9')
    .replaceAll(/\p{L}/gu, 'a')
    .replaceAll(/(.)\1+/gu, '$1+')
    .slice(0, 24);
const numberOf = (value: string): number | undefined => {
  const number = Number(value.replaceAll(',', ''));
  return value.trim() !== '' && Number.isFinite(number) ? number : undefined;
};

/** Values as they are compared with a term's own; kept only while ranking. */
export interface Values {
  readonly profile: Profile;
  readonly lower: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

export function toValues(samples: readonly string[], keyed: Keyed): Values {
  // Each value once, with how often it stands there: most columns repeat theirs.
  const counts = new Map<string, number>();
  let count = 0;
  for (const sample of samples) {
    const value = sample.trim();
    if (value === '') continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (++count === MOST_VALUES) break;
  }
  const share = (some: number): number => (count === 0 ? 0 : Math.round((some / count) * 1e4) / 1e4);
  const lower = new Set([...counts.keys()].map((value) => value.toLowerCase()));
  // All at once: a column's values are many short texts.
  const words = new Set(wordsOf([...lower].join('\n')).filter((word) => !/^\d+$/.test(word)));
  const shapes = new Map<string, number>();
  const detected = new Map<string, number>();
  const numbers: number[] = [];
  let [dates, letters] = [0, 0];
  for (const [value, times] of counts) {
    const kind = redactedKind(value);
    const shape = kind === undefined ? shapeOf(value) : `<${kind}>`;
    shapes.set(shape, (shapes.get(shape) ?? 0) + times);
    for (const form of formsOf(value)) detected.set(form, (detected.get(form) ?? 0) + times);
    const number = numberOf(value);
    if (number !== undefined) for (let i = 0; i < times; i++) numbers.push(number);
    if (DATE.test(value)) dates += times;
    letters += times * value.length;
  }
  numbers.sort((a, b) => a - b);
  const shares = (from: ReadonlyMap<string, number>) =>
    Object.fromEntries(
      [...from]
        .toSorted(([, a], [, b]) => b - a)
        .slice(0, 20)
        .map(([name, times]) => [name, share(times)]),
    );
  return {
    lower,
    words,
    profile: {
      count,
      number: share(numbers.length),
      date: share(dates),
      unique: share(lower.size),
      length: count === 0 ? 0 : Math.round((letters / count) * 10) / 10,
      shapes: shares(shapes),
      detected: shares(detected),
      // Orders of magnitude, not numbers: a quantile could be a value.
      quantiles:
        numbers.length * 2 > count
          ? [0.05, 0.25, 0.5, 0.75, 0.95].map((q) => Math.round(magnitude(numbers[Math.floor(q * (numbers.length - 1))] ?? 0) * 20) / 20)
          : null,
      values: [...lower].slice(0, KEPT_HASHES).map(keyed),
      words: [...words].slice(0, KEPT_HASHES).map(keyed),
    },
  };
}

const magnitude = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value));
/** A profile's hashes as sets, kept as long as it is: each is compared many times. */
const hashes = new WeakMap<Profile, { readonly values: ReadonlySet<string>; readonly words: ReadonlySet<string> }>();
function hashesOf(profile: Profile) {
  let found = hashes.get(profile);
  if (found === undefined) hashes.set(profile, (found = { values: new Set(profile.values), words: new Set(profile.words) }));
  return found;
}
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  let both = 0;
  for (const each of few) if (many.has(each)) both++;
  return both / few.size;
}
function common(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const name in a) sum += Math.min(a[name] ?? 0, b[name] ?? 0);
  return sum;
}

/** How alike two columns' values are, 0 to 1; undefined when either has none. */
export function profileSimilarity(a: Profile, b: Profile): number | undefined {
  if (a.count === 0 || b.count === 0) return undefined;
  const lengths = Math.max(a.length, b.length) === 0 ? 1 : Math.min(a.length, b.length) / Math.max(a.length, b.length);
  const kinds = 1 - Math.abs(a.number - b.number);
  const [mine, theirs] = [hashesOf(a), hashesOf(b)];
  if (a.quantiles !== null && b.quantiles !== null) {
    const other = b.quantiles;
    const ranges = a.quantiles.reduce((sum, value, i) => sum + 1 / (1 + 2 * Math.abs(value - (other[i] ?? 0))), 0) / a.quantiles.length;
    return 0.4 * ranges + 0.2 * common(a.shapes, b.shapes) + 0.15 * lengths + 0.15 * overlap(mine.values, theirs.values) + 0.1 * kinds;
  }
  return (
    0.3 * overlap(mine.values, theirs.values) +
    0.2 * overlap(mine.words, theirs.words) +
    0.25 * common(a.shapes, b.shapes) +
    0.15 * lengths +
    0.1 * kinds
  );
}
