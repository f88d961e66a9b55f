import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toHex } from '#platform';
import { leafHash, merkleRoot } from './merkle.ts';
import { append, edgeRoot, emptyEdge, type RightEdge } from './right-edge.ts';
import { countingRoots, rfcLeaves, rfcRoots } from './fixtures/vectors.ts';

const leaves = Array.from({ length: 700 }, (_, i) => leafHash(String(i)));

test('the edge has the published root at every size', () => {
  let edge = emptyEdge;
  rfcRoots.forEach((root, size) => {
    equal(toHex(edgeRoot(edge)), root);
    const leaf = rfcLeaves[size];
    if (leaf !== undefined) ({ edge } = append(edge, [leafHash(leaf)]));
  });
});

test('the edge has the right root around every tile boundary', () => {
  let edge = emptyEdge;
  for (const [size, root] of Object.entries(countingRoots)) {
    const added = Array.from({ length: Number(size) - edge.size }, (_, i) => leafHash(String(edge.size + i)));
    ({ edge } = append(edge, added));
    equal(toHex(edgeRoot(edge)), root, `size ${size}`);
  }
});

test('however leaves are grouped, and through JSON, the edge has the root of the recursive definition and lists every full subtree once', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(90), { maxLength: 7 }), (groups) => {
      let edge = emptyEdge;
      const seen = new Set<string>();
      for (const count of groups) {
        const growth = append(edge, leaves.slice(edge.size, edge.size + count));
        // JSON is how it is stored; the shape survives.
        edge = JSON.parse(JSON.stringify(growth.edge)) as RightEdge;
        for (const { level, index, hash } of growth.nodes) {
          equal(seen.has(`${level}/${index}`), false);
          seen.add(`${level}/${index}`);
          deepEqual(hash, merkleRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)));
        }
      }
      deepEqual(edgeRoot(edge), merkleRoot(leaves.slice(0, edge.size)));
      equal(seen.size, fullNodes(edge.size));
    }),
  );
});

test('an edge that cannot be one is refused', () => {
  const { edge } = append(emptyEdge, leaves.slice(0, 3));
  const refused: readonly RightEdge[] = [
    { ...edge, size: 4 },
    { ...edge, size: -1 },
    { ...edge, size: 2.5 },
    { ...edge, hashes: edge.hashes.slice(1) },
    { ...edge, hashes: edge.hashes.map((hash) => hash.slice(4)) },
  ];
  for (const bad of refused) throws(() => edgeRoot(bad), RangeError);
  throws(() => append(edge, [new Uint8Array(31)]), RangeError);
});

const fullNodes = (size: number): number => (size === 0 ? 0 : size + fullNodes(Math.floor(size / 2)));
