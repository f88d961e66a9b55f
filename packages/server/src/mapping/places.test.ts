import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { placesOf } from './places.ts';

test('places are in order, each once, of what stands in one place and of what stands in several', () => {
  const places = placesOf([['a', 'b', 'a'], [], ['b', 'b'], ['b', 'c']]);
  deepEqual(
    ['a', 'b', 'c'].map((each) => places.get(each)),
    [[0], [0, 2, 3], [3]],
  );
  equal(places.get('d'), undefined);
  deepEqual([...places.keys()], ['a', 'b', 'c']);
});
