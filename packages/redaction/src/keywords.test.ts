import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Keywords, WordSet, wordSet } from './keywords.ts';

test('a list of words finds each of them where it stands in a text, and nothing else', () => {
  const words = Array.from({ length: 3000 }, (_, n) => `w${n.toString(36)}`);
  const listed = new WordSet(words);
  for (const [index, word] of words.entries()) equal(listed.numberOf(`(${word})`, 1, 1 + word.length), index + 1);
  for (const other of ['', 'w', 'W1', 'wzzz', 'w1 ', 'v1']) equal(listed.has(other), false, other);
});

test('a list in small letters is found whatever the case, beyond ASCII too', () => {
  const listed = wordSet('straße,número,łódź,пароль,a-b');
  for (const form of ['STRAßE', 'Número', 'NÚMERO', 'Łódź', 'ŁÓDŹ', 'Пароль', 'A-B']) equal(listed.numberInAnyCase(form) > 0, true, form);
  for (const other of ['numero', 'łódz', 'a\rb', 'a_b']) equal(listed.numberInAnyCase(other), 0, other);
  equal(listed.has('Número'), false);
});

test('the longest phrase that ends with a word is told, and no phrase whose words do not stand before it', () => {
  const keywords = new Keywords('id,tax id,federal tax id,tax,number of birth');
  const before = (words: string) => (count: number) => words.split(' ').slice(-count).join(' ');
  equal(keywords.endingWith(before('my federal tax'), 'ID'), 'federal tax id');
  equal(keywords.endingWith(before('my tax'), 'Id'), 'tax id');
  equal(keywords.endingWith(before('my federal'), 'id'), 'id');
  equal(keywords.endingWith(before('date of'), 'birth'), undefined);
  equal(keywords.mayPrecede('the FEDERAL id', 4, 11), true);
  equal(keywords.mayPrecede('the id', 0, 3), false);
});
