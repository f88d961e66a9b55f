import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { similarity } from './shop.fixture.ts';
import { openTokens, toNameView } from './text.ts';
import { abbreviates, openWordIndex } from './word-likeness.ts';

const vectorOf = (word: string) => {
  const { vector, confidence } = similarity.vectorOf(word);
  return confidence === 1 ? vector : undefined;
};
const tokensOf = openTokens(() => false);
const words = 'quantity customer supplier description physician first last town'.split(' ');
const index = openWordIndex(
  words.flatMap((word) => toNameView(word, tokensOf).tokens),
  vectorOf,
);
/** How near a column's word is to a word of the glossary. */
function near(word: string, other: string): number {
  const [token] = toNameView(word, tokensOf).tokens;
  const at = index.numberOf.get(other);
  ok(token !== undefined && at !== undefined, `${word}, ${other}`);
  return index.likeness(token)[at] ?? 0;
}

test('a word cut short, without vowels, or misspelled is near; the same word is nearest', () => {
  equal(near('quantity', 'quantity'), 1);
  for (const word of ['qnty', 'quantty', 'quant']) ok(near(word, 'quantity') >= 0.5 && near(word, 'quantity') < 1, word);
});

test('the shipped vocabulary makes synonyms near, and still tells them from the word itself', () => {
  ok(near('client', 'customer') > 0.9 && near('client', 'customer') < 1);
  ok(near('vendor', 'supplier') > 0.9);
});

test('word vectors know what the vocabulary does not', () => {
  ok(near('doctor', 'physician') > 0.5);
});

test('words of one subject are not the same word', () => {
  for (const [a, b] of [
    ['first', 'last'],
    ['customer', 'supplier'],
  ] as const)
    ok(near(a, b) < 0.6, `${a}, ${b}`);
});

test('an abbreviation keeps the first letter and the order of the others', () => {
  ok(abbreviates('desc', 'description') && abbreviates('mgmt', 'management') && abbreviates('qnty', 'quantity'));
  for (const [short, long] of [
    ['esc', 'description'],
    ['dnsc', 'description'],
    ['de', 'description'],
    ['description', 'desc'],
  ] as const)
    ok(!abbreviates(short, long), `${short}, ${long}`);
});
