import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { glossaryErrors } from './glossaries.ts';

const paths = (content: unknown) => glossaryErrors(content).map(({ path, message }) => `${path} ${message}`);

test('a glossary whose terms cannot be told apart or named is refused by place when it is saved', () => {
  const term = { semantic_id: 'sem.city', name: 'city' };
  for (const fine of [[term], { entries: [term, { semantic_id: 'sem.town' }] }, { note: 'no list of terms' }]) deepEqual(paths(fine), []);
  deepEqual(paths([term, { name: 'town' }]), ['/1/semantic_id is missing']);
  deepEqual(paths({ entries: [{ semantic_id: '' }] }), ['/entries/0/semantic_id must not have fewer than 1 characters']);
  deepEqual(paths({ entries: [] }), ['/entries must not have fewer than 1 items']);
  deepEqual(paths({ entries: [term, term] }), ['/entries/1/semantic_id sem.city stands twice; ids must differ']);
  deepEqual(paths([{ semantic_id: 'none' }]), ['/0/semantic_id none means that no term fits; call the term otherwise']);
  deepEqual(paths({ entries: { 'sem.city': {} } }), ['/entries must be array']);
});
