import { deepEqual, doesNotThrow, equal, rejects, throws } from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toBase64 } from '#platform';
import {
  consistency257to300,
  consistency6to7,
  consistency6to8,
  inclusion256of300,
  inclusion5of8,
  rfcLeaves,
  tessera,
} from './fixtures/vectors.ts';
import { countingEntries, memoryLog } from './fixtures/memory-log.ts';
import {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './proofs.ts';

const log = memoryLog(countingEntries(300));

test('the published proofs come out', async () => {
  const rfc = memoryLog(rfcLeaves);
  deepEqual(await base64(inclusionProof(5, 8, rfc.read)), inclusion5of8);
  deepEqual(await base64(consistencyProof(6, 8, rfc.read)), consistency6to8);
  deepEqual(await base64(consistencyProof(6, 7, rfc.read)), consistency6to7);
  deepEqual(await base64(inclusionProof(256, 300, log.read)), inclusion256of300);
  deepEqual(await base64(consistencyProof(257, 300, log.read)), consistency257to300);
  deepEqual(await base64(consistencyProof(7, 15, memoryLog(tessera.entries).read)), tessera.consistency7to15);
});

test('every proof of every size up to 33 verifies', async () => {
  for (let size = 0; size <= 33; size++) {
    for (let index = 0; index < size; index++) verifyInclusion(await inclusion(index, size));
    for (let old = 0; old <= size; old++) verifyConsistency(await consistency(old, size));
  }
});

test('an inclusion proof verifies, and with any one bit, index, size or hash changed it does not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), async (size, pick, noise) => {
      const claim = await inclusion(pick % size, size);
      doesNotThrow(() => verifyInclusion(claim));
      for (const forged of forgedInclusions(claim, noise)) throws(() => verifyInclusion(forged), { name: 'EvidenceError' });
    }),
  );
});

test('a consistency proof verifies, and with any one bit, size or hash changed it does not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), async (size, pick, noise) => {
      const claim = await consistency(1 + (pick % size), size);
      doesNotThrow(() => verifyConsistency(claim));
      for (const forged of forgedConsistencies(claim, noise)) throws(() => verifyConsistency(forged), { name: 'EvidenceError' });
    }),
  );
});

test('a proof reads O(log n) nodes, in one call, far beyond 32 bits', async () => {
  const size = 2 ** 52 + 12_345;
  const asked: number[] = [];
  const read = async (at: readonly unknown[]) => {
    asked.push(at.length);
    return at.map(() => new Uint8Array(32));
  };
  const hashes = await inclusionProof(2 ** 51 + 7, size, read);
  throws(() => verifyInclusion({ index: 2 ** 51 + 7, size, leaf: log.root(1), root: log.root(1), hashes }), { code: 'proof.mismatch' });
  const between = await consistencyProof(2 ** 40 + 3, size, read);
  throws(() => verifyConsistency({ oldSize: 2 ** 40 + 3, oldRoot: log.root(1), size, root: log.root(1), hashes: between }), {
    code: 'proof.mismatch',
  });
  equal(asked.length, 2);
  equal(Math.max(...asked) < 120, true);
});

test('what cannot be asked is a mistake of the caller', async () => {
  await rejects(inclusionProof(3, 3, log.read), RangeError);
  await rejects(inclusionProof(-1, 3, log.read), RangeError);
  await rejects(consistencyProof(4, 3, log.read), RangeError);
  await rejects(
    inclusionProof(1, 3, async () => []),
    RangeError,
  );
});

test('the reason says whether the proof is broken or leads elsewhere', async () => {
  const claim = await inclusion(5, 9);
  throws(() => verifyInclusion({ ...claim, hashes: claim.hashes.slice(1) }), { code: 'proof.malformed', message: /shorter/ });
  throws(() => verifyInclusion({ ...claim, hashes: [...claim.hashes, log.root(1)] }), { code: 'proof.malformed', message: /longer/ });
  throws(() => verifyInclusion({ ...claim, index: 9 }), { code: 'proof.malformed', message: /no leaf 9/ });
  throws(() => verifyInclusion({ ...claim, root: log.root(8) }), { code: 'proof.mismatch' });
  const grown = await consistency(5, 9);
  throws(() => verifyConsistency({ ...grown, oldSize: 9, size: 5 }), { code: 'proof.mismatch', message: /rolled back/ });
  throws(() => verifyConsistency({ ...grown, oldSize: 9, hashes: [] }), { code: 'proof.mismatch', message: /rewritten/ });
  throws(() => verifyConsistency({ ...grown, oldRoot: log.root(4) }), { code: 'proof.mismatch', message: /old root/ });
  throws(() => verifyConsistency({ ...grown, hashes: grown.hashes.slice(0, -1) }), { code: 'proof.malformed', message: /shorter/ });
  throws(() => verifyConsistency({ ...grown, hashes: [...grown.hashes, log.root(1)] }), { code: 'proof.malformed', message: /longer/ });
});

const base64 = async (proof: Promise<readonly Uint8Array[]>) => (await proof).map(toBase64);

async function inclusion(index: number, size: number): Promise<InclusionClaim> {
  return { index, size, leaf: log.leaves[index] ?? log.root(0), root: log.root(size), hashes: await inclusionProof(index, size, log.read) };
}

async function consistency(oldSize: number, size: number): Promise<ConsistencyClaim> {
  return { oldSize, size, oldRoot: log.root(oldSize), root: log.root(size), hashes: await consistencyProof(oldSize, size, log.read) };
}

/** The kinds of forgery of transparency-dev/merkle's test data. */
function forgedInclusions(claim: InclusionClaim, noise: number): readonly InclusionClaim[] {
  const { index, size, leaf, root } = claim;
  return [
    ...forgedHashes(claim.hashes, noise, [leaf, root]).map((hashes) => ({ ...claim, hashes })),
    { ...claim, leaf: flipBit(leaf, noise) },
    { ...claim, root: flipBit(root, noise) },
    { ...claim, leaf: root, root: leaf },
    ...[index + 1, index - 1, index ^ 2].filter((other) => other !== index).map((other) => ({ ...claim, index: other })),
    { ...claim, size: index },
    // A proof does not always pin the size, which the signed root does; twice the size is always another shape.
    { ...claim, size: size * 2 },
  ].filter((forged) => !(size === 1 && forged.leaf === root));
}

function forgedConsistencies(claim: ConsistencyClaim, noise: number): readonly ConsistencyClaim[] {
  const { oldSize, size, oldRoot, root } = claim;
  return [
    ...forgedHashes(claim.hashes, noise, [oldRoot, root]).map((hashes) => ({ ...claim, hashes })),
    { ...claim, oldRoot: flipBit(oldRoot, noise) },
    { ...claim, root: flipBit(root, noise) },
    ...(oldSize === size
      ? []
      : [
          { ...claim, oldRoot: root, root: oldRoot },
          { ...claim, size: oldSize },
          { ...claim, oldSize: size },
        ]),
    { ...claim, oldSize: size + 1 },
  ];
}

function forgedHashes(hashes: readonly Uint8Array[], noise: number, ends: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const at = hashes.length === 0 ? 0 : noise % hashes.length;
  const changed = hashes.map((_, i) => hashes.map((hash, j) => (i === j ? flipBit(hash, noise) : hash)));
  const longer = [new Uint8Array(32), ...ends].flatMap((hash) => [[hash, ...hashes], [...hashes, hash], hashes.toSpliced(at, 0, hash)]);
  const shorter = hashes.length === 0 ? [] : [hashes.slice(1), hashes.slice(0, -1), hashes.toSpliced(at, 1), []];
  const cut = hashes.slice(0, 1).map((hash) => [hash.subarray(1), ...hashes.slice(1)]);
  return [...changed, ...longer, ...shorter, ...cut];
}

const flipBit = (bytes: Uint8Array, noise: number): Uint8Array =>
  bytes.map((byte, i) => (i === (noise >> 3) % bytes.length ? byte ^ (1 << (noise & 7)) : byte));
