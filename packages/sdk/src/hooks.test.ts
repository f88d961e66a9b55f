import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extractCandidates, firstJson, firstSentences, normalizeConfidences, summarize } from './hooks.ts';

test('summarize keeps the first sentences word for word', () => {
  const text = 'The order came late. It was sent on 3.5. of May! Who knows why? Nobody.';
  equal(firstSentences(text, 1), 'The order came late.');
  equal(firstSentences(text, 3), 'The order came late. It was sent on 3.5. of May! Who knows why?');
  equal(firstSentences(text, 99), text);
  equal(firstSentences(text, 0), '');
});

test('an abbreviation before a lower-case word and a decimal point end no sentence', () => {
  equal(firstSentences('Bring e.g. bread for 3.50 today. Then go.', 1), 'Bring e.g. bread for 3.50 today.');
});

test('a summary is always a beginning of its text, and never longer with fewer sentences', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 0, max: 5 }), (text, max) => {
      const short = firstSentences(text, max);
      ok(text.startsWith(short));
      ok(firstSentences(text, max + 1).length >= short.length);
    }),
  );
});

test('summarize reaches strings at any depth and leaves the rest alone', () => {
  deepEqual(summarize({ a: ['One. Two.', 7], b: { c: 'Three. Four.' } }, 1), { a: ['One.', 7], b: { c: 'Three.' } });
});

test('candidates are found bare, fenced, wrapped and under the usual names', () => {
  const wanted = [{ id: 'sem.customer.name', confidence: 0.9 }];
  deepEqual(extractCandidates([{ semantic_id: 'sem.customer.name', score: 0.9 }]), wanted);
  deepEqual(extractCandidates('Sure:\n```json\n{"candidates":[{"id":"sem.customer.name","confidence":0.9}]}\n```'), wanted);
  equal(extractCandidates('I do not know'), undefined);
  deepEqual(extractCandidates('[]'), []);
});

test('the first whole JSON value is read, brackets in strings and prose notwithstanding', () => {
  deepEqual(firstJson('see [1] and {"a":"}]"}'), [1]);
  deepEqual(firstJson('{not json} then {"a":1}'), { a: 1 });
  equal(firstJson('{"a":'), undefined);
});

test('confidences become probabilities in falling order', () => {
  const number = fc.oneof(fc.double({ noNaN: false }), fc.integer({ min: 0, max: 100 }));
  fc.assert(
    fc.property(fc.array(fc.record({ id: fc.string(), confidence: number })), (candidates) => {
      const normal = normalizeConfidences(candidates);
      const sum = normal.reduce((total, { confidence }) => total + confidence, 0);
      ok(sum <= 1 + 1e-9);
      for (const [i, { confidence }] of normal.entries()) ok(confidence >= 0 && confidence <= (normal[i - 1]?.confidence ?? 1));
      equal(normal.length, candidates.length);
    }),
  );
  deepEqual(
    normalizeConfidences([
      { id: 'a', confidence: 20 },
      { id: 'b', confidence: 60 },
    ]),
    [
      { id: 'b', confidence: 0.6 },
      { id: 'a', confidence: 0.2 },
    ],
  );
});
