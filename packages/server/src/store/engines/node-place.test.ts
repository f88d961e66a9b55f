import { test } from 'node:test';
import { deepEqual } from 'node:assert/strict';
import { append, emptyEdge } from '@ancilla/evidence';
import fc from 'fast-check';
import { nodePlace } from './node-place.ts';

test('nodes have the places 0, 1, 2 … in the order in which they get full', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), (size) => {
      const { nodes } = append(
        emptyEdge,
        Array.from({ length: size }, () => new Uint8Array(32)),
      );
      deepEqual(
        nodes.map(nodePlace),
        nodes.map((_, i) => i),
      );
    }),
  );
});
