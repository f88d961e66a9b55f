// Runs in browsers too.
import type { Static, TObject, TSchema } from 'typebox';
import { Type } from 'typebox';
import type { Action, Who } from './permissions.ts';
import type { TenantStore } from './store.ts';

type Answers = { readonly [status: number]: TSchema };

/** Bytes as an answer: what is not JSON (content of an artifact, a checkpoint, metrics). */
export interface Bytes {
  readonly content_type: string;
  readonly bytes: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Further headers, lower-case. */
  readonly headers?: Readonly<Record<string, string>>;
}
/** The schema of an answer in bytes. */
export const Bytes = Type.Unsafe<Bytes>(Type.String({ format: 'binary' }));
/** The schema of a request body that is streamed and not parsed; the handler bounds it. */
export const ByteStream = Type.Unsafe<AsyncIterable<Uint8Array>>(Type.String({ format: 'binary' }));

/** Where a request stands in a distributed trace: W3C Trace Context. `span_id` is the server's own span for this request. */
export interface TraceContext {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string;
}

/** A request that has passed authentication, `may()`, size bounds and its schemas. */
export interface Request<P extends TSchema, Q extends TSchema, B extends TSchema> {
  /** The caller's tenant's store; a platform admin names the tenant in `x-ancilla-tenant`. */
  readonly tenant: TenantStore;
  readonly tenant_id: string;
  readonly who: Who;
  readonly params: Static<P>;
  readonly query: Static<Q>;
  readonly body: Static<B>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly trace: TraceContext;
  readonly signal: AbortSignal;
}

/** One HTTP route as data: OpenAPI, role tests and the reference are read off it. Path parameters are written `{name}`. */
export interface Route<P extends TSchema = TSchema, Q extends TSchema = TSchema, B extends TSchema = TSchema, A extends Answers = Answers> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: `/${string}`;
  /** A row of the permission table: a route nobody may be refused does not compile. */
  readonly action: Action;
  readonly summary: string;
  /** `platform`: no tenant is needed and `tenant` must not be touched; the room uses the platform store it was opened with. Default `tenant`. */
  readonly scope?: 'tenant' | 'platform';
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The largest body in bytes; 1 MiB unless told. */
  readonly bodyLimitBytes?: number;
  /** `stream`: the body is an async iterable of bytes of any content type (`ByteStream`), bounded by `bodyLimitBytes`. */
  readonly consumes?: 'json' | 'stream';
  /** The headers of Ancilla's own that it reads, as the API's document names them; the handler says what is wrong with one. */
  readonly headers?: TObject;
  readonly answers: A;
  // A method: as a property no list could hold routes of different schemas without `any`.
  handle(request: Request<P, Q, B>): Promise<{ [S in keyof A & number]: readonly [status: S, body: Static<A[S]>] }[keyof A & number]>;
}

/** Declares a route; what it may answer is checked against its schemas. */
export const route = <P extends TSchema, Q extends TSchema, B extends TSchema, const A extends Answers>(
  declared: Route<P, Q, B, A>,
): Route<P, Q, B, A> => declared;
