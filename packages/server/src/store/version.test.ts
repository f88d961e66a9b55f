import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { STORAGE_VERSION, storageMap } from '@ancilla/contracts';
import { canonicalJson, sha256Hex } from '@ancilla/evidence';
import { toTable } from './table.ts';

test('what is stored changes only together with its version', () => {
  const digest = sha256Hex(canonicalJson(storageMap.map((of) => ({ ...toTable(of) }))));
  equal(
    `${STORAGE_VERSION} ${digest.slice(0, 16)}`,
    '2 ce4ac4acea06f580',
    'the kinds of documents, their indexes or unique sets changed: once a version is released, raise STORAGE_VERSION; then record the line above here',
  );
});
