import { createPatch, type Operation } from 'rfc6902';

/** The shortest way between two lists costs time and memory in the product of their lengths; longer ones are replaced as a whole. */
const MAX_CELLS = 40_000;

/** What turns one document into another, as a JSON Patch (RFC 6902): `apply(diff(a, b), a)` is `b`. */
export const diff = (from: unknown, to: unknown): Operation[] =>
  createPatch(from, to, (input: unknown, output: unknown, at) =>
    Array.isArray(input) && Array.isArray(output) && input.length * output.length > MAX_CELLS
      ? [{ op: 'replace', path: at.toString(), value: output }]
      : undefined,
  );
