import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '#platform';
import { leafHash, merkleRoot, nodeHash } from './merkle.ts';
import { rfcLeaves, rfcRoots } from './fixtures/vectors.ts';

test('the published roots of the first eight leaves come out', () => {
  deepEqual(
    rfcRoots.map((_, size) => toHex(merkleRoot(rfcLeaves.slice(0, size).map(leafHash)))),
    rfcRoots,
  );
});

test('leaf and node hashes are those of the published vectors', () => {
  equal(toHex(leafHash('L123456')), '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56');
  // The vector's children are not 32 bytes long, which the hash function itself does not mind.
  equal(toHex(nodeHash(Buffer.from('N123'), Buffer.from('N456'))), 'aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb');
});

test('a leaf that is not a hash is refused', () => {
  throws(() => merkleRoot([new Uint8Array(31)]), RangeError);
});
