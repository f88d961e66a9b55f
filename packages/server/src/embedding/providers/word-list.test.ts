import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openWordList } from './word-list.ts';

test('a word is found where it stands in the list, and no other is', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '😀'), maxLength: 6 });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), maxLength: 6 }), { minLength: 1 }),
      fc.array(word),
      (list, others) => {
        const placeOf = openWordList(Buffer.from(list.join('\n'), 'latin1'), list.length);
        deepEqual(list.map(placeOf), [...list.keys()]);
        for (const other of others) equal(placeOf(other), list.includes(other) ? list.indexOf(other) : undefined);
      },
    ),
  );
});
