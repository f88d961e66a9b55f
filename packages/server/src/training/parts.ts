import {
  AncillaError,
  type Clock,
  type DecisionLog,
  type Doc,
  type Io,
  type KeyedHash,
  type NewId,
  type PlatformStore,
  type SagaRunner,
  type Task,
  type TenantStore,
} from '@ancilla/contracts';
import type { Artifacts } from '../artifacts/index.ts';
import type { Curator } from '../curator/index.ts';
import type { Gates } from '../ingest/index.ts';
import type { LiveModels } from '../mapping/index.ts';
import type { Isolation } from './isolate.ts';

/** What the room is opened with. */
export interface TrainingParts {
  readonly platform: PlatformStore;
  readonly tasks: readonly Task[];
  readonly artifacts: Artifacts;
  readonly curator: Curator;
  readonly gates: Gates;
  readonly models: LiveModels;
  readonly sagas: SagaRunner;
  readonly storeOf: (tenant_id: string) => TenantStore;
  readonly hmac: KeyedHash;
  /** How a run is kept apart here; found out once, when the first run starts. */
  readonly isolation: () => Promise<Isolation>;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** A task's decisions behind an entry of the feed, in the order they were made; those that are erased are left out. */
export async function* decisionsAfter<C extends DecisionLog>(
  tenant: TenantStore,
  task: Task<C>,
  after: number,
  io: Io,
): AsyncGenerator<{ readonly seq: number; readonly doc: Doc<C> }> {
  for await (const { seq, doc } of tenant.feed<C>([task.decisions], after, io))
    // An entry's type forgets of which log it is where that is a parameter.
    if (doc !== undefined) yield { seq, doc: doc as Doc<C> };
}

/** @throws {AncillaError} `not_found`, naming those there are */
export function taskOf(tasks: readonly Task[], name: string): Task {
  const task = tasks.find((each) => each.name === name);
  if (task === undefined) throw new AncillaError('not_found', `no task ${name}; there are ${tasks.map((each) => each.name).join(', ')}`);
  return task;
}
