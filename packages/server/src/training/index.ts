// Decisions become de-identified datasets, datasets become models, models go live by evidence.
import type { Io, Room } from '@ancilla/contracts';
import type { Attest } from '../curator/index.ts';
import { openAttest } from './attest.ts';
import { openBuildSaga } from './build-saga.ts';
import { consentRoutes } from './consent-routes.ts';
import { datasetRoutes } from './dataset-routes.ts';
import { trainingJobs } from './jobs.ts';
import { modelEventRoute } from './model-events.ts';
import { modelRoutes } from './model-routes.ts';
import { openFlagged } from './flagged.ts';
import type { TrainingParts } from './parts.ts';
import { openQueue } from './queue.ts';
import { openDoor } from './release.ts';
import { releaseRoutes } from './release-routes.ts';
import { runRoutes } from './run-routes.ts';
import { openRunSaga } from './run-saga.ts';
import { registerShipped } from './shipped-model.ts';

export { openTrainer } from './runs.ts';

/** A server trains two models at a time: each has a core and up to four gigabytes. */
const RUNS = { atOnce: 2, mostWaiting: 20 };

/** Opens the room. */
export function openTraining(parts: TrainingParts) {
  const buildSaga = openBuildSaga(parts);
  const queue = openQueue(RUNS);
  const runSaga = openRunSaga(parts, queue);
  const door = openDoor(parts);
  const flagged = openFlagged(parts);
  return {
    routes: [
      ...datasetRoutes(parts, buildSaga, door, flagged),
      ...releaseRoutes(parts, door),
      ...runRoutes(parts, runSaga, queue),
      ...modelRoutes(parts),
      modelEventRoute,
      ...consentRoutes(parts, door, flagged),
    ],
    sagas: [buildSaga, runSaga, flagged.saga],
    jobs: [...trainingJobs(parts, buildSaga, runSaga), flagged.job],
    attest: openAttest(parts),
    registerShipped: (from: { readonly trace_id: string }, io: Io) => registerShipped(parts, from, io),
  } satisfies Room & { attest: Attest; registerShipped: unknown };
}
