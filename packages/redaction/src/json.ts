// Runs in browsers too.

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Past any of these the input is refused, never passed through in part. */
export interface Limits {
  /** UTF-16 code units over all strings and keys. */
  readonly characters: number;
  readonly depth: number;
  /** Values and keys. */
  readonly nodes: number;
}
export const defaultLimits: Limits = { characters: 16 * 1024 * 1024, depth: 64, nodes: 1_000_000 };
