import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseFeatures } from './features-file.ts';

const file = {
  feature_names: ['a'],
  prompt_hash: null,
  columns: { id: { tokens: ['id'], embedding_id: null, candidates: [{ semantic_id: 's', features: [1] }], profile: {} } },
};

test('a features file is read as it was written', () => {
  deepEqual(parseFeatures(JSON.parse(JSON.stringify(file))), file);
});

test('what is none is not taken for one', () => {
  for (const other of [
    null,
    [],
    {},
    { ...file, columns: [] },
    { ...file, columns: { id: { ...file.columns.id, candidates: [{ semantic_id: 1 }] } } },
  ])
    equal(parseFeatures(other), undefined);
});
