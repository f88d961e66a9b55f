import {
  embeddings,
  insert,
  mappingHistory,
  projection,
  promptEvents,
  replace,
  rollupLevels,
  rollups,
  toTimestamp,
  type Entry,
  type Rollup,
  type RollupKind,
} from '@ancilla/contracts';
import { isByPolicy } from '../mapping/index.ts';
import { bucketStart } from './buckets.ts';
import { bucketOf, merge } from './histogram.ts';

/** One thing to count: sums to add to a subject at a time, and a latency for its histogram. */
interface Increment {
  readonly kind: RollupKind;
  readonly subject: string;
  readonly at: string;
  readonly sums: Readonly<Record<string, number>>;
  readonly latency_ms?: number;
}
type Counted = Entry<typeof promptEvents | typeof embeddings | typeof mappingHistory>;

/** What one entry of the feed adds. An entry whose document was removed adds nothing: its bucket was sealed while it was there. */
function toIncrements(entry: Counted): readonly Increment[] {
  switch (entry.in) {
    case 'prompt_events': {
      if (entry.doc === undefined) return [];
      const { agent_id, model_id, start_ts: at, success, latency_ms, cost_estimate, metrics } = entry.doc;
      const cost = cost_estimate ?? 0;
      return [
        { kind: 'agent', subject: agent_id, at, latency_ms, sums: { calls: 1, errors: success ? 0 : 1, latency_ms } },
        {
          kind: 'model',
          subject: model_id,
          at,
          sums: {
            calls: 1,
            tokens_in: metrics.token_count_in ?? 0,
            tokens_out: metrics.token_count_out ?? 0,
            cost_est_total: cost,
            priced: cost_estimate === null ? 0 : 1,
            inference_ms: metrics.inference_ms ?? latency_ms,
          },
        },
        { kind: 'tenant', subject: 'tenant', at, sums: { model_costs: cost } },
      ];
    }
    case 'embeddings':
      return entry.doc === undefined ? [] : [{ kind: 'tenant', subject: 'tenant', at: entry.doc.created_at, sums: { embedding_count: 1 } }];
    case 'mapping_history': {
      // What a model was sure of itself is no acceptance.
      if (entry.doc === undefined || isByPolicy(entry.doc)) return [];
      const { decision, semantic_id, candidates, decided_at: at, model, blind } = entry.doc;
      // Who was shown nothing can only name a term: the one that would have been shown is an acceptance.
      const accepted = blind === true ? semantic_id !== null && semantic_id === candidates[0]?.semantic_id : decision === 'accept';
      const sums = { decisions: 1, accepted: accepted ? 1 : 0, overridden: decision === 'override' && !accepted ? 1 : 0 };
      // The id that was suggested is the one a decision speaks about; a new one counts for the id that was chosen.
      const subject = candidates[0]?.semantic_id ?? semantic_id;
      return [
        { kind: 'model_version', subject: `${model.id}@${model.version}`, at, sums },
        ...(subject === null ? [] : [{ kind: 'semantic_id', subject, at, sums } as const]),
      ];
    }
  }
}

const addSums = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> => {
  const sum: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
};

/** Adds two rollups of one subject. */
export const addRollup = <R extends Pick<Rollup, 'sums' | 'histogram'>>(a: R, b: Pick<Rollup, 'sums' | 'histogram'>): R => ({
  ...a,
  sums: addSums(a.sums, b.sums),
  histogram: merge(a.histogram, b.histogram),
});

/** What one subject gained within one minute. */
interface Minute {
  readonly kind: RollupKind;
  readonly subject: string;
  readonly start: number;
  readonly sums: Record<string, number>;
  readonly histogram: Record<string, number>;
}

/** Adds up a batch by minute: most entries of a batch share a few minutes, and a minute lies in one hour, day and month. */
function toMinutes(entries: readonly Counted[]): Iterable<Minute> {
  const minutes = new Map<string, Minute>();
  for (const entry of entries)
    for (const { kind, subject, at, sums, latency_ms } of toIncrements(entry)) {
      // 2026-11-27T07:12
      const key = `${at.slice(0, 16)}/${kind}/${subject}`;
      let minute = minutes.get(key);
      if (minute === undefined) minutes.set(key, (minute = { kind, subject, start: Date.parse(at), sums: {}, histogram: {} }));
      for (const [name, value] of Object.entries(sums)) minute.sums[name] = (minute.sums[name] ?? 0) + value;
      if (latency_ms === undefined) continue;
      const bucket = bucketOf(latency_ms);
      minute.histogram[bucket] = (minute.histogram[bucket] ?? 0) + 1;
    }
  return minutes.values();
}

/** The rollups a batch of entries adds up to, on all levels. */
export function toRollups(entries: readonly Counted[]): ReadonlyMap<string, Rollup> {
  const all = new Map<string, Rollup>();
  for (const { kind, subject, start, sums, histogram } of toMinutes(entries))
    for (const level of rollupLevels) {
      const bucket = toTimestamp(bucketStart(level, start));
      const rollup_id = `${level}/${bucket}/${kind}/${subject}`;
      const was = all.get(rollup_id);
      const added: Rollup = { rollup_id, level, kind, subject, bucket, sums, histogram };
      all.set(rollup_id, was === undefined ? added : addRollup(was, added));
    }
  return all;
}

/** Keeps the rollups: each entry counts exactly once, since the cursor is committed with the sums. */
export const rollupProjection = projection({
  name: 'nurse.rollups',
  from: [promptEvents, embeddings, mappingHistory],
  owns: [rollups],
  async apply(entries, read, io) {
    const added = [...toRollups(entries).values()];
    return await Promise.all(
      added.map(async (rollup) => {
        const was = await read.get(rollups, rollup.rollup_id, io);
        return was === undefined ? insert(rollups, rollup) : replace(rollups, was, addRollup(was.doc, rollup));
      }),
    );
  },
});
