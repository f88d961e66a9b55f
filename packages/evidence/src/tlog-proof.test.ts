import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toBase64 } from '#platform';
import { fromUtf8, toUtf8 } from './encoding.ts';
import { memoryLog } from './fixtures/memory-log.ts';
import { tessera } from './fixtures/vectors.ts';
import { leafHash } from './merkle.ts';
import { parseVerifierKey } from './note-keys.ts';
import { inclusionProof } from './proofs.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.ts';

const keys = [parseVerifierKey(tessera.vkey)];
const leaf = leafHash('five');

test('the published proof file comes out, and verifies', async () => {
  equal(toBase64(leaf), tessera.leaf4);
  const hashes = await inclusionProof(4, 15, memoryLog(tessera.entries).read);
  equal(formatTlogProof({ index: 4, hashes, checkpoint: tessera.checkpoint15 }), tessera.proof4);
  const { index, checkpoint } = verifyTlogProof(tessera.proof4, leaf, keys);
  equal(index, 4);
  equal(checkpoint.size, 15);
  throws(() => verifyTlogProof(tessera.proof4, leafHash('six'), keys), { code: 'proof.mismatch' });
});

test('any changed byte is refused', () => {
  const good = toUtf8(tessera.proof4);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = fromUtf8(good.map((byte, i) => (i === at ? byte ^ mask : byte)));
      if (changed !== undefined) throws(() => verifyTlogProof(changed, leaf, keys), { name: 'EvidenceError' });
    }),
    { numRuns: 1000 },
  );
});

test('extra bytes travel along; a file out of form is refused', () => {
  const proof = { ...parseTlogProof(tessera.proof4), extra: Uint8Array.of(1, 2) };
  deepEqual(parseTlogProof(formatTlogProof(proof)), proof);
  const { proof4 } = tessera;
  const bad = [
    '',
    proof4.replace('@v1', '@v2'),
    proof4.replace('index 4\n', ''),
    proof4.replace('index 4', 'index 04'),
    proof4.replace('yiM', 'yi'),
    proof4.replace('index', 'extra !\nindex'),
    proof4.replaceAll('\n\n', '\n'),
    proof4.replace('index 4\n', `index 4\n${`${tessera.leaf4}\n`.repeat(60)}`),
  ];
  for (const text of bad) throws(() => parseTlogProof(text), { code: 'proof.malformed' });
});
