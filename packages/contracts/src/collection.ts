// Runs in browsers too.
import type { Static, TObject } from 'typebox';
import type { Action } from './permissions.ts';

/** A scope is a property, so that by width subtyping a handle takes only collections that name its scope. */
export type Tenant = { readonly tenant: true };
export type Platform = { readonly platform: true };

/** `log`: immutable, sequenced, in the ledger. `state`: replaced at a revision. `versioned`: a state whose every revision is an entry of the log `changes`. */
export type Kind = 'log' | 'state' | 'versioned';

type Field<S extends TObject> = keyof Static<S> & string;
type Fields = { readonly [index: string]: readonly string[] };

/** One kind of document, declared as data: tables, validation, API, retention and the reference page follow from it. */
export interface Collection<
  K extends Kind = Kind,
  S extends TObject = TObject,
  I extends Fields = Fields,
  P = unknown,
  N extends string = string,
> {
  readonly name: N;
  readonly kind: K;
  /** Which stores may hold it: a tenant's, the platform's, or both. */
  readonly scope: P;
  /** Closed object schema. Store fields (seq, revision) are never in it. */
  readonly schema: S;
  /** The field that identifies a document within one store. */
  readonly key: string;
  /** The field queries are ordered and bounded by: RFC 3339, UTC, milliseconds. */
  readonly time: string;
  /** Retention category. */
  readonly retention: string;
  /** One line for the reference page. */
  readonly summary: string;
  /** Index name → equality fields. Each index ends in (time, seq), newest first. An index over no field lists everything. */
  readonly indexes: I;
  /** Further sets of fields no two documents may share. */
  readonly unique?: readonly (readonly string[])[];
  /** The two GET routes of a collection are derived from this: a list filtered by one index, and one document by key, without the hidden fields. */
  readonly read?: { readonly path: `/${string}`; readonly action: Action; readonly hidden?: readonly string[] };
  /** How a document shows on a trace's page; `index` is the index over its trace id. */
  readonly trace?: { readonly kind: string; readonly index: string; readonly summary: readonly string[] };
}

/** Declares a collection; key, time, indexed and unique fields must be fields of the schema, or it does not compile. */
export const collection = <
  const N extends string,
  const K extends Kind,
  S extends TObject,
  const I extends { readonly [index: string]: readonly Field<S>[] },
  const P extends Tenant | Platform,
>(
  declared: Collection<K, S, I, P, N> & {
    readonly key: Field<S>;
    readonly time: Field<S>;
    readonly unique?: readonly (readonly Field<S>[])[];
    readonly trace?: { readonly kind: string; readonly index: keyof I & string; readonly summary: readonly Field<S>[] };
  },
): Collection<K, S, I, P, N> => declared;

/** The document type of a collection. */
export type Doc<C extends Collection> = Static<C['schema']>;

/** The number of the commit that wrote a state: store-wide, never reused. */
export type Revision = number & { readonly revision: true };

/** A document as read: with its sequence number when it is a log's, with its revision otherwise. */
export interface Stored<C extends Collection> {
  readonly doc: Doc<C>;
  readonly seq: C['kind'] extends 'log' ? number : undefined;
  readonly revision: C['kind'] extends 'log' ? undefined : Revision;
}
