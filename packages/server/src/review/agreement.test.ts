import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { isSure } from './accept-alone.ts';
import { agreement, kappa } from './agreement.ts';
import { byValue, valuesOf } from './value.ts';

const pairs = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).flatMap(([pair, count]) => Array.from({ length: count }, () => pair.split(' ') as [string, string]));

test('kappa of a known table, of habits that agree by chance, of perfect agreement, and of none to speak of', () => {
  // 50 grant proposals read by two people: observed 0.7, by chance 0.5.
  ok(Math.abs((kappa(pairs({ 'yes yes': 20, 'yes no': 5, 'no yes': 10, 'no no': 15 })) ?? 0) - 0.4) < 1e-12);
  ok(Math.abs(kappa(pairs({ 'a a': 25, 'a b': 25, 'b a': 25, 'b b': 25 })) ?? 1) < 1e-12);
  equal(kappa(pairs({ 'a a': 5, 'b b': 5 })), 1);
  equal(kappa(pairs({ 'a a': 5 })), undefined, 'two people who always say the same one thing agree by chance alone');
  equal(kappa([]), undefined);
});

test('that no term fits and that the first one does not are two answers, to kappa as to agreement', () => {
  type Said = 'reject' | 'none_of_these';
  const refused = (first_decision: Said, decision: Said) =>
    ({
      domain: 'none',
      first_semantic_id: null,
      first_decision,
      semantic_id: null,
      decision,
      agrees: first_decision === decision,
    }) as const;
  const term = { domain: 'none', first_semantic_id: 'sem.a', semantic_id: 'sem.a', agrees: true } as const;
  const named = { ...term, first_decision: 'override', decision: 'accept' } as const;
  const of = (...first: readonly Said[]) => agreement([...first.map((said) => refused(said, 'none_of_these')), named, named])[0];
  deepEqual([of('none_of_these')?.agreement, of('none_of_these')?.kappa], [1, 1]);
  const apart = of('reject', 'reject', 'reject');
  equal(apart?.agreement, 0.4);
  ok((apart?.kappa ?? 1) < 0.5);
  // Each says `reject` in two of three: one in three agree, five in nine would by chance.
  const mixed = agreement([refused('reject', 'reject'), refused('reject', 'none_of_these'), refused('none_of_these', 'reject')])[0];
  ok(Math.abs((mixed?.kappa ?? 1) - (1 / 3 - 5 / 9) / (1 - 5 / 9)) < 1e-12);
});

test('what is unsure and common teaches most', () => {
  const column = (name: string, score: number) => ({
    column: name,
    abstained: false,
    candidates: [{ semantic_id: 'sem.a', score, reasons: [] }],
  });
  const [sure = 0, unsure = 0, common = 0, same = 0] = valuesOf([
    column('a', 0.99),
    column('b', 0.5),
    column('cust_nm', 0.5),
    column('Cust-NM', 0.5),
  ]);
  ok(sure < unsure && unsure < common && common === same);
});

test('what teaches most comes first; what teaches alike comes in an order of each person’s own, and stays in it while others decide', () => {
  const open = Array.from({ length: 200 }, (_, i) => ({
    suggestion_id: `su_${i}`,
    column: `c${i}`,
    abstained: false,
    candidates: [{ semantic_id: 'sem.a', score: i < 100 ? 0.5 + i / 2000 : 0.9 + i / 4000, reasons: [] }],
  }));
  const seen = (by: string, of = open) => [...byValue(of, by)].map(({ suggestion_id }) => suggestion_id);
  const [ann, bob] = [seen('ann'), seen('bob')];
  const unsure = new Set(open.slice(0, 100).map(({ suggestion_id }) => suggestion_id));
  for (const queue of [ann, bob]) ok(queue.slice(0, 100).every((id) => unsure.has(id)));
  ok(ann.slice(0, 20).filter((id) => bob.slice(0, 20).includes(id)).length < 12, 'two people do not begin with the same');
  const [decided] = bob;
  deepEqual(
    seen(
      'ann',
      open.filter(({ suggestion_id }) => suggestion_id !== decided),
    ),
    ann.filter((id) => id !== decided),
  );
});

test('a tie is never sure, nor what is abstained from, nor a class without a threshold', () => {
  const suggestion = (scores: readonly number[], abstained = false) => ({
    abstained,
    candidates: scores.map((score, i) => ({ semantic_id: `sem.${i}`, score, reasons: [] })),
  });
  equal(isSure(suggestion([0.97, 0.01]), 0.95), true);
  equal(isSure(suggestion([0.94, 0.01]), 0.95), false);
  equal(isSure(suggestion([0.5, 0.5]), 0.5), false);
  equal(isSure(suggestion([0.97], true), 0.95), false);
  equal(isSure(suggestion([0.97]), undefined), false);
  equal(isSure(suggestion([]), 0.5), false);
});
