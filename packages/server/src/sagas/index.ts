// Outside effects: intent before, outcome after, undo in reverse; declared sagas the server runs, and sagas agents drive over HTTP.
import type { Clock, NewId, PlatformStore, Random, Room, TenantStore } from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import { isWait } from './definition.ts';
import { openEngine } from './engine.ts';
import { openExternalSagas } from './external.ts';
import { openSagaLog } from './log.ts';
import { sagaRoutes } from './routes.ts';
import { openRunner, type Runner } from './runner.ts';

export type { Runner } from './runner.ts';

export interface SagasParts {
  readonly platform: PlatformStore;
  readonly tenantStore: (tenant_id: string) => TenantStore;
  readonly artifacts: Artifacts;
  readonly hmac: (tenant_id: string, purpose: string, data: string) => Uint8Array;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  /** Unique for each start of a process. */
  readonly owner_id: string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly later: (ms: number, run: () => void) => () => void;
  readonly onError: (error: unknown) => void;
  readonly exclusive: boolean;
  readonly leaseMs?: number;
}

/** Opens the room; `serve` is called once all rooms have said which sagas they have. */
export function openSagas({ leaseMs = 30_000, ...parts }: SagasParts): Room & { readonly runner: Runner } {
  const log = openSagaLog(parts);
  const engine = openEngine({ ...parts, log, leaseMs });
  const runner = openRunner({ ...parts, engine, log });
  const handlers = (): ReadonlySet<string> =>
    new Set(
      [...runner.sagas.values()].flatMap(({ steps }) =>
        steps.flatMap((step) => (isWait(step) || step.compensate === undefined ? [] : [step.compensate.ref])),
      ),
    );
  const external = openExternalSagas({ ...parts, log, handlers, noteActive: runner.noteActive });
  return { runner, routes: sagaRoutes({ ...parts, log, runner, external }) };
}
