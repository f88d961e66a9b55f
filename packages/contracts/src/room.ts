// Runs in browsers too.
import type { Collection, Tenant } from './collection.ts';
import type { Route } from './route.ts';
import type { Saga } from './saga.ts';
import type { Entry, Io, Reader, TenantStore, Write } from './store.ts';

/**
 * Whatever can be recomputed from the feed. One that owns collections commits its cursor with its output, so each entry counts exactly once;
 * one that delivers elsewhere is at least once, deduplicated by id at the receiver.
 */
export type Projection<C extends Collection<'log'> = Collection<'log'>> = { readonly name: string; readonly from: readonly C[] } & (
  | {
      readonly owns: readonly Collection<'state'>[];
      apply(entries: readonly Entry<C>[], read: Reader<Tenant>, io: Io): Promise<readonly Write<Tenant>[]>;
    }
  | { deliver(entries: readonly Entry<C>[], of: { readonly tenant_id: string }, io: Io): Promise<void> }
);
/** Declares a projection. */
export const projection = <const C extends Collection<'log'>>(declared: Projection<C>): Projection<C> => declared;

/** Whose data: a tenant's store, and its id for whatever is kept by tenant beside it. */
export interface Of {
  readonly tenant: TenantStore;
  readonly tenant_id: string;
}

/** A scheduled saga: what is done for each tenant from time to time, or when someone asks for it. */
export interface Job {
  readonly name: string;
  readonly what: string;
  readonly everyHours: number;
  /**
   * Starts its saga. `key` is the same whenever the same due run is started again, so that it happens once; undefined: there is nothing to do.
   * @throws {AncillaError} when the tenant does not allow it
   */
  start(
    of: Of,
    run: { readonly key: string; readonly by: string; readonly trace_id: string },
    io: Io,
  ): Promise<{ readonly saga_id: string } | undefined>;
}

/** A room is a value: main wires it without a container, and OpenAPI, role tests and the reference are read off it. */
export interface Room {
  readonly routes?: readonly Route[];
  // A saga's memo is its own business: whoever runs it reads and writes it through the saga's own schema.
  readonly sagas?: readonly Saga[];
  readonly projections?: readonly Projection[];
  readonly jobs?: readonly Job[];
}
