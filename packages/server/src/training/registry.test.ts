import { equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelVersion } from '@ancilla/contracts';
import { unmeasured } from './registry.ts';

const model = (
  old: number,
  new_: number,
  {
    lower = new_ - old,
    figures,
    ...change
  }: Partial<ModelVersion> & { readonly lower?: number; readonly figures?: Readonly<Record<string, number>> } = {},
): ModelVersion => ({
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
  metrics_old: { mrr: old, recall_at_1: old, ndcg_at_5: old, calibration_error: 0.12 },
  metrics_new: {
    mrr: new_,
    recall_at_1: new_,
    ndcg_at_5: new_,
    calibration_error: 0.06,
    mrr_difference_lower: lower,
    mrr_difference_of_worst_domain: 0,
    ...figures,
  },
  held_out_groups: 300,
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
    [model(0.7, 0.8, { figures: { recall_at_1: 0.695 } }), true],
    [model(0.7, 0.8, { figures: { recall_at_1: 0.68 } }), false],
    [model(0.7, 0.8, { figures: { ndcg_at_5: 0.68 } }), false],
    [model(0.7, 0.8, { figures: { calibration_error: 0.11 } }), true],
    [model(0.7, 0.8, { figures: { calibration_error: 0.13 } }), false],
    [model(0.7, 0.8, { figures: { calibration_error: 0.13 }, held_out_groups: 8 }), true],
    [model(0.7, 0.8, { figures: { mrr_difference_of_worst_domain: -0.04 } }), true],
    [model(0.7, 0.8, { figures: { mrr_difference_of_worst_domain: -0.06 } }), false],
    [model(0.7, 0.8, { figures: { calibration_error: Number.NaN } }), false],
    [model(0.7, 0.8, { held_out_clusters: 0 }), false],
    [model(0.7, 0.8, { metrics_new: {} }), false],
    [model(0.7, 0.8, { metrics_old: {} }), false],
    [model(0.7, 0.8, { metrics_new: { mrr: Number.NaN, mrr_difference_lower: 0 } }), false],
  ] as const)
    equal(unmeasured(of, 'v1') === undefined, passes, JSON.stringify([of.metrics_old, of.metrics_new]));
});

test('a comparison holds against the model that runs now, not against one that ran once', () => {
  match(unmeasured(model(0.7, 0.8), 'v9') ?? '', /compared with v1, and v9 is live/);
  match(unmeasured(model(0.7, 0.8, { compared_with: null }), 'v9') ?? '', /compared with none/);
});
