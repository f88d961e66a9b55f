import { ok } from 'node:assert/strict';
import { test } from 'node:test';
import { toName } from './name-filter.ts';
import { inLatin, isAdjective, isFamilyForm, isOtherScript } from './other-scripts.ts';

for (const [written, latin] of [
  ['Сергей', 'sergei'],
  ['Юлия', 'yuliya'],
  ['Юлия', 'iuliia'],
  ['Хабибуллин', 'khabibullin'],
  ['Ђорђе', 'dorde'],
  ['Јелена', 'jelena'],
  ['Γιώργος', 'giorgos'],
  ['Μπάμπης', 'babis'],
  // In the cases of a sentence.
  ['Ольге', 'olga'],
  ['Анной', 'anna'],
  ['Дмитрием', 'dmitrii'],
  ['Петровым', 'petrov'],
  ['Γιάννη', 'giannis'],
  ['Παπαδόπουλου', 'papadopoulos'],
] as const)
  test(`${written} may be written ${latin}`, () => {
    ok(isOtherScript(toName(written)));
    ok(inLatin(toName(written)).has(latin), [...inLatin(toName(written))].join(' '));
  });

test('families and patronymics are told by their ends, adjectives of places too', () => {
  for (const name of ['Викторович', 'Петровна', 'Достоевского', 'Шевченко', 'Παπαδόπουλος', 'Νικολάου'])
    ok(isFamilyForm(toName(name)), name);
  for (const name of ['Большой', 'Чёрное', 'Великая', 'Новые']) ok(isAdjective(toName(name)) || !isFamilyForm(toName(name)), name);
  for (const name of ['Anna', '王', 'José']) ok(!isOtherScript(toName(name)), name);
});
