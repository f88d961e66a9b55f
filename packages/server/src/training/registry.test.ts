import { equal, match, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelVersion } from '@ancilla/contracts';
import { unmeasured } from './registry.ts';

const model = (old: number, new_: number, change: Partial<ModelVersion> & { readonly lower?: number } = {}): ModelVersion => ({
  model_version_id: 'md_01h455vb4pex5vsknk084sn02q',
  model_id: 'mapping-ranker',
  version: 'v2',
  task: 'mapping',
  dataset_id: 'ds_01h455vb4pex5vsknk084sn02q',
  dataset_sha256: 'a'.repeat(64),
  run_id: 'rn_01h455vb4pex5vsknk084sn02q',
  trace_id: 'a'.repeat(32),
  artifact_ref: 'ar_01h455vb4pex5vsknk084sn02q',
  digest: 'b'.repeat(64),
  trainer: { version: '1.0.0', isolation: { layers: [], missing: [] } },
  compared_with: { id: 'mapping-ranker', version: 'v1' },
  metrics_old: { mrr: old },
  metrics_new: { mrr: new_, mrr_difference_lower: change.lower ?? new_ - old },
  held_out_groups: 8,
  held_out_clusters: 2,
  card: {},
  created_at: '2026-11-27T00:00:00.000Z',
  ...change,
});

test('a model that is better or the same on tables it never saw passes the gate; one that is worse, on the mean or by a likely chance, does not', () => {
  for (const [of, passes] of [
    [model(0.7, 0.8), true],
    [model(0.7, 0.7), true],
    [model(0.7, 0.699), false],
    [model(0.7, 0.75, { lower: -0.02 }), false],
    [model(0.7, 0.75, { lower: -0.005 }), true],
    [model(0.7, 0.8, { held_out_clusters: 0 }), false],
    [model(0.7, 0.8, { metrics_new: {} }), false],
    [model(0.7, 0.8, { metrics_old: {} }), false],
    [model(0.7, 0.8, { metrics_new: { mrr: Number.NaN, mrr_difference_lower: 0 } }), false],
  ] as const)
    equal(unmeasured(of, 'v1', undefined) === undefined, passes, JSON.stringify([of.metrics_old, of.metrics_new]));
});

test('a comparison holds against the model that runs now, not against one that ran once', () => {
  match(unmeasured(model(0.7, 0.8), 'v9', undefined) ?? '', /compared with v1, and v9 is live/);
});

test('the model that was live before comes back without a comparison', () => {
  equal(unmeasured(model(0.7, 0.1), 'v3', { previous: 'v2' }), undefined);
  notEqual(unmeasured(model(0.7, 0.1), 'v3', { previous: 'v1' }), undefined);
});
