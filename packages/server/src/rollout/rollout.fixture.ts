import type { Rollout } from '@ancilla/contracts';
import { DEFAULT_RULES } from '../curator/index.ts';

/** mulberry32: the same on every machine. */
export const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
export type Random = ReturnType<typeof randomFrom>;

export const START = '2026-11-01T00:00:00.000Z';

/** A rollout as it begins, under the rules that hold where a policy says nothing else. */
export const rolloutOf = ({
  rules,
  ...change
}: Partial<Omit<Rollout, 'rules'>> & { readonly rules?: Partial<Rollout['rules']> } = {}): Rollout => ({
  rollout_id: 'ro_01h455vb4pex5vsknk084sn02q',
  key: 'ab'.repeat(32),
  kind: 'models',
  id: 'mapping-ranker',
  stage: 'shadow',
  candidate: { version: 'v2', digest: `sha256:${'a'.repeat(64)}` },
  stable: null,
  attempt: 1,
  policy: 'default@1',
  rules: { ...DEFAULT_RULES, ...rules },
  serving: true,
  verdict: 'running',
  trace_id: 'a'.repeat(32),
  started_by: 'stella',
  started_at: START,
  ends_at: '2027-01-30T00:00:00.000Z',
  ...change,
});
