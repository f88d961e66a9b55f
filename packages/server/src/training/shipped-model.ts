// The model that ships stands in the platform's registry as a tenant's own stand in its: with file, digest and card, so that a tenant can read it, and go back to it.
import { idFrom, insert, modelRegistry, toTimestamp, type Io, type ModelVersion } from '@ancilla/contracts';
import { sha256, sha256Hex } from '@ancilla/evidence';
import { PLATFORM } from '../artifacts/index.ts';
import { TRAINER_VERSION } from './dataset.ts';
import type { TrainingParts } from './parts.ts';
import { toModelContent } from './registry.ts';
import { modelBytes } from './runs.ts';

/** Who registers what comes with a release. */
const RELEASE = 'ancilla';

/** Registers it, and labels it `production` for every tenant that has none of its own; safe to repeat. */
export async function registerShipped(
  { platform, artifacts, curator, models: { shipped }, tasks, clock }: TrainingParts,
  { trace_id }: { readonly trace_id: string },
  io: Io,
): Promise<void> {
  for (const { name: task, model_id } of tasks) {
    const { version, model, card } = shipped;
    const bytes = modelBytes(model);
    const digest = sha256Hex(bytes);
    const artifact_ref = idFrom('ar', sha256(`shipped/${model_id}/${digest}`));
    const about = {
      artifact_id: artifact_ref,
      category: 'model',
      content_type: 'application/json',
      trace_id,
      created_by: RELEASE,
    } as const;
    await artifacts.put({ tenant: platform, tenant_id: PLATFORM }, { ...about, bytes }, io);
    const doc: ModelVersion = {
      model_version_id: idFrom('md', sha256(`shipped/${model_id}/${version}`)),
      model_id,
      version,
      task,
      dataset_id: null,
      run_id: null,
      trace_id,
      artifact_ref,
      digest,
      dataset_sha256: null,
      trainer: { version: TRAINER_VERSION, isolation: { layers: [], missing: [] } },
      compared_with: null,
      metrics_old: {},
      metrics_new: {},
      held_out_groups: 0,
      held_out_clusters: 0,
      card,
      created_at: toTimestamp(clock.now()),
    };
    await curator.ship({ kind: 'models', id: model_id, version, content: toModelContent(doc) }, { trace_id }, io);
    if ((await platform.get(modelRegistry, doc.model_version_id, io)) !== undefined) continue;
    await platform.commit([insert(modelRegistry, doc)], [], io);
  }
}
