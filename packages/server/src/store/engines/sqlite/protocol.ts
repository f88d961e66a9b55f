import type { ErrorCode, FieldError } from '@ancilla/contracts';
import type { Place, PreparedCommit, Reads } from '../engine.ts';
import type { Table } from '../../table.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly folder: string;
  readonly tables: readonly Table[];
  readonly maxOpenFiles: number;
}

/** One question to a worker; they come many at a time, and are answered so. Each names its store and key, so that the worker opens and closes files as it sees fit. */
export type Request = { readonly id: number; readonly place: Place } & (
  | { readonly op: 'create'; readonly log_id: string }
  | { readonly op: 'commit'; readonly commit: PreparedCommit }
  | { readonly op: 'read'; readonly what: keyof Reads; readonly args: readonly unknown[] }
);

/** Its answer. An error crosses as code, detail and places; `code` undefined: a mistake of ours. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly error: { readonly code: ErrorCode | undefined; readonly detail: string; readonly errors: readonly FieldError[] };
    };
