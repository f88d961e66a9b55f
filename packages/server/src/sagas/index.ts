// Outside effects: intent before, outcome after, undo in reverse; declared sagas the server runs, and sagas agents drive over HTTP.
import type { Clock, Later, NewId, PlatformStore, Random, Room, TenantStore } from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import { isWait } from './definition.ts';
import { openEngine } from './engine.ts';
import { openExternalSagas, type ExternalSagas } from './external.ts';
import { openSagaLog } from './log.ts';
import type { Offered } from './offered.ts';
import { openOperators, type Operators } from './operate.ts';
import { openPayloads } from './payloads.ts';
import { sagaRoutes } from './routes.ts';
import { openRunner, type Runner } from './runner.ts';
import { openSaid, type SaidParts } from './said.ts';

export { openJobs } from './jobs.ts';
export { offeredUndos } from './offered.ts';
export type { Runner } from './runner.ts';

export interface SagasParts extends SaidParts {
  readonly platform: PlatformStore;
  readonly tenantStore: (tenant_id: string) => TenantStore;
  readonly artifacts: Artifacts;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  /** Unique for each start of a process. */
  readonly owner_id: string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly later: Later;
  readonly onError: (error: unknown) => void;
  readonly exclusive: boolean;
  /** What callers may have undone, by `compensate_ref`. */
  readonly offered: Readonly<Record<string, Offered>>;
  readonly graceMs?: number;
}

/** The room, and what of it others and tests drive directly. */
export interface Sagas extends Room {
  readonly runner: Runner;
  readonly operators: Operators;
  readonly external: ExternalSagas;
}

/** Opens the room; `serve` is called once all rooms have said which sagas they have. */
export function openSagas({ graceMs = 3000, ...parts }: SagasParts): Sagas {
  const log = openSagaLog(parts);
  const payloads = openPayloads(parts.artifacts);
  const handlerOf = (ref: string) =>
    [...runner.sagas.values()]
      .flatMap(({ steps }) => steps.flatMap((step) => (isWait(step) || step.compensate?.ref !== ref ? [] : [step.compensate.run])))
      .at(0);
  const engine = openEngine({ ...parts, payloads, handlerOf, log });
  const runner: Runner = openRunner({ ...parts, payloads, engine, log, graceMs });
  const said = openSaid(parts);
  const external = openExternalSagas({ ...parts, payloads, log, said, noteActive: runner.noteActive });
  const operators = openOperators({ ...parts, payloads, log, runner, external });
  return { runner, operators, external, routes: sagaRoutes({ payloads, log, runner, operators, external, said }) };
}
