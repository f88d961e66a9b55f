// Runs in browsers too.
import type { Collection } from './collection.ts';
import { accessLog, apiKeys, tenants } from './documents/access.ts';
import { artifactKeys, artifacts } from './documents/artifact.ts';
import { changes } from './documents/change.ts';
import { embeddings, embeddingSpaces } from './documents/embedding.ts';
import { curatorVersions, labelMoves, labels } from './documents/governed.ts';
import { jobSchedules } from './documents/job.ts';
import { mappingHistory, mappingSuggestions } from './documents/mapping.ts';
import { cursors, rollups } from './documents/projection.ts';
import { otlpKeys } from './documents/otlp.ts';
import { promptEvents } from './documents/prompt-event.ts';
import { quarantine } from './documents/quarantine.ts';
import { reviewGold, reviewOpinions, reviewSelections } from './documents/review.ts';
import { rolloutEvidence, rollouts, rolloutUnits } from './documents/rollout.ts';
import { sagaState, tenantWal, wakeups } from './documents/saga.ts';
import { consents, modelRegistry, trainingApprovals, trainingCatalog, trainingExamples, trainingRuns } from './documents/training.ts';

/** Everything Ancilla stores. To add a kind of document is to add a row. */
export const storageMap: readonly Collection[] = [
  promptEvents,
  mappingHistory,
  reviewOpinions,
  tenantWal,
  accessLog,
  changes,
  curatorVersions,
  trainingCatalog,
  modelRegistry,
  embeddings,
  labels,
  labelMoves,
  consents,
  artifacts,
  tenants,
  apiKeys,
  trainingApprovals,
  trainingRuns,
  rollouts,
  rolloutEvidence,
  rolloutUnits,
  sagaState,
  mappingSuggestions,
  reviewGold,
  reviewSelections,
  trainingExamples,
  rollups,
  cursors,
  wakeups,
  jobSchedules,
  artifactKeys,
  quarantine,
  otlpKeys,
  embeddingSpaces,
];
