import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { featureNames, priorModel, type Model } from '@ancilla/ranker';
import fc from 'fast-check';
import { readBaseModel } from './base-model.ts';
import { toApproved } from './learn.ts';
import { compareTable, rankCompared, rankTable } from './rank-table.ts';
import type { Term } from './glossaries.ts';
import type { Table } from './ready-columns.ts';
import type { Approved } from './recall.ts';
import { customers, keyed, orderAnswers, orders, similarity, terms } from './shop.fixture.ts';

const base = await readBaseModel();
const rank = (table: Table, memory: readonly Approved[] = [], model: Model = base) =>
  rankTable({ table, terms, similarity, keyed, model, memory });
const compare = (table: Table) => compareTable({ table, terms, similarity, keyed });
const first = (table: Table, name: string, memory: readonly Approved[] = []) =>
  rank(table, memory).find(({ column }) => column === name) ?? rank({ name: 'none', columns: [{ name: 'none', samples: [] }] })[0];

test('names, short forms and other languages find their term', () => {
  deepEqual(
    rank(customers)
      .slice(0, 4)
      .map(({ candidates }) => candidates[0]?.semantic_id),
    ['shop.customer.id', 'shop.customer.name', 'shop.customer.email', 'shop.address.postal_code'],
  );
});

test('the table tells what a name alone does not: id of customers, id of orders', () => {
  equal(first(customers, 'id')?.candidates[0]?.semantic_id, 'shop.customer.id');
  equal(first(orders, 'id')?.candidates[0]?.semantic_id, 'shop.order.id');
});

test('findings in words are what a term of yes and no allows, and no quantity; a description speaks where names do not', () => {
  const clinic: readonly Term[] = [
    { semantic_id: 'c.percent_necrosis', name: 'percent_necrosis', description: 'How much of a sample is dead' },
    {
      semantic_id: 'c.necrosis_present',
      name: 'necrosis_present',
      description: 'Whether there is any',
      dtype: 'enum',
      enum_values: ['Yes', 'No', 'Unknown'],
    },
    { semantic_id: 'c.alpha_clinical_m', name: 'alpha_clinical_m', description: 'A finding on one rare disease' },
    { semantic_id: 'c.beta_clinical_m', name: 'beta_clinical_m', description: 'Whether there is a distant metastasis' },
  ];
  const of = (name: string, ...samples: readonly string[]) =>
    rankTable({ table: { name: 'cases', columns: [{ name, samples }] }, terms: clinic, similarity, keyed, model: base, memory: [] })[0]
      ?.candidates[0]?.semantic_id;
  equal(of('necrosis', 'Present', 'Not identified', 'Present'), 'c.necrosis_present');
  equal(of('necrosis', '12', '40', '7'), 'c.percent_necrosis');
  equal(of('clinical_distant_metastasis', 'x', 'y', 'z'), 'c.beta_clinical_m');
});

test('a column that is like nothing is abstained from', () => {
  const strange = first(customers, 'qwx_zzt');
  equal(strange?.abstained, true);
  ok((strange?.none ?? 0) > (strange?.candidates[0]?.score ?? 1));
  equal(first(customers, 'e-mail')?.abstained, false);
});

test('without a name, without values that say anything and without memory it does not guess', () => {
  const nameless: Table = {
    name: 'sheet1',
    columns: [
      { name: 'c01', samples: ['3', '5'] },
      { name: 'col_2', samples: ['paid', 'sent'] },
    ],
  };
  deepEqual(
    rank(nameless).map(({ blind, abstained }) => ({ blind, abstained })),
    [
      { blind: true, abstained: true },
      { blind: false, abstained: first(nameless, 'col_2')?.abstained },
    ],
  );
});

test('probabilities of candidates and none are together at most one; best first', () => {
  for (const { none, candidates } of rank(customers)) {
    const scores = candidates.map(({ score }) => score);
    ok(scores.reduce((sum, each) => sum + each, none) < 1 + 1e-4);
    deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
  }
});

test('the more terms there are, the likelier it is that the best of them is alike by chance', () => {
  const strange = Array.from({ length: 200 }, (_, n): Term => ({ semantic_id: `far.${n}`, name: `zk${n}` }));
  const none = (of: readonly Term[]) =>
    rankTable({ table: customers, terms: of, similarity, keyed, model: base, memory: [] }).find(({ column }) => column === 'cust_nm')
      ?.none ?? 0;
  ok(none([...terms, ...strange]) > 2 * none(terms));
});

test('of terms of which one fits better in everything the others are marked', () => {
  const cities: readonly Term[] = [
    { semantic_id: 'a.city', name: 'city' },
    { semantic_id: 'a.shipping_city', name: 'shipping city' },
    { semantic_id: 'a.weight', name: 'weight' },
  ];
  const [column] = rankTable({
    table: { name: 't', columns: [{ name: 'city', samples: [] }] },
    terms: cities,
    similarity,
    keyed,
    model: base,
    memory: [],
  });
  const place = featureNames.indexOf('unsurpassed');
  deepEqual(
    column?.features.map(({ semantic_id, features }) => [semantic_id, features[place]]),
    [
      ['a.city', 1],
      ['a.shipping_city', 0],
      ['a.weight', 0],
      ['none', 0],
    ],
  );
});

test('two terms that nothing tells apart are never accepted alone', () => {
  const twins = [
    { semantic_id: 'a.1', name: 'customer name' },
    { semantic_id: 'a.2', name: 'customer name' },
  ];
  const [column] = rankTable({
    table: { name: 't', columns: [{ name: 'customer name', samples: [] }] },
    terms: twins,
    similarity,
    keyed,
    model: base,
    memory: [],
  });
  equal(column?.candidates[0]?.score, column?.candidates[1]?.score);
  equal(column?.abstained, true);
});

test('an approved column decides for one of the same name, and the reason names it', () => {
  const memory = toApproved(compare(orders), [{ table: 'orders', column: 'status', semantic_id: 'shop.order.total' }]);
  const odd: Table = { name: 'order lines', columns: [{ name: 'status', samples: ['paid', 'sent'] }] };
  const before = rank(odd)[0]?.candidates.find(({ semantic_id }) => semantic_id === 'shop.order.total');
  const after = rank(odd, memory)[0]?.candidates.find(({ semantic_id }) => semantic_id === 'shop.order.total');
  ok((after?.score ?? 0) > (before?.score ?? 1));
  ok(
    after?.reasons.some(({ text }) => text.endsWith(': orders.status')),
    JSON.stringify(after?.reasons),
  );
});

test('a name of which no word is known says as little as none', () => {
  const noneOf = (name: string) => rank({ name: 'lines', columns: [{ name, samples: ['40', '45'] }] })[0]?.features.at(-1)?.features ?? [];
  const of = (name: string, feature: string) => noneOf(name)[featureNames.indexOf(feature)];
  deepEqual([of('zzyzx', 'none_weak_name'), of('zzyzx', 'none_nameless')], [0, 1]);
  deepEqual([of('c01', 'none_weak_name'), of('c01', 'none_nameless')], [0, 1]);
  ok((of('weather', 'none_weak_name') ?? 0) > 0.5);
});

test('what people said fits no term is not suggested again for its like', () => {
  const decided = toApproved(compare({ name: 'shops', columns: [{ name: 'order_total', samples: ['1', '2'] }] }), []);
  const odd: Table = { name: 'stores', columns: [{ name: 'order_total', samples: ['1', '2'] }] };
  ok((rank(odd, decided)[0]?.none ?? 0) > (rank(odd)[0]?.none ?? 1));
});

test('the features of a column end with those of none, and hold numbers between 0 and 1', () => {
  for (const { features, candidates } of rank(customers, toApproved(compare(orders), orderAnswers))) {
    equal(features.length, candidates.length + 1);
    equal(features.at(-1)?.semantic_id, 'none');
    for (const { features: numbers } of features) {
      equal(numbers.length, featureNames.length);
      ok(numbers.every((value) => value >= 0 && value <= 1));
    }
  }
});

test('the same table gives the same bytes, however its columns stand', () => {
  const bytes = JSON.stringify(rank(customers));
  equal(JSON.stringify(rank(structuredClone(customers))), bytes);
  const byColumn = (table: Table) => new Map(rank(table).map(({ column, candidates }) => [column, candidates.map(({ score }) => score)]));
  fc.assert(
    fc.property(fc.shuffledSubarray([...orders.columns], { minLength: orders.columns.length }), (columns) => {
      deepEqual(byColumn({ name: 'orders', columns }), new Map(columns.map(({ name }) => [name, byColumn(orders).get(name)])));
    }),
    { numRuns: 6 },
  );
});

test('another model ranks the same comparison: comparing does not depend on it', () => {
  const compared = compare(customers);
  deepEqual(rankCompared(compared, priorModel, []), rank(customers, [], priorModel));
});

test('a rejected term is not offered for its column again, and still is for others', () => {
  const rejected = new Map([['id', new Set(['shop.customer.id'])]]);
  const ranked = rankTable({ table: customers, terms, similarity, keyed, model: base, memory: [], rejected });
  const offered = (name: string) => ranked.find(({ column }) => column === name)?.candidates.map(({ semantic_id }) => semantic_id) ?? [];
  ok(!offered('id').includes('shop.customer.id'));
  equal(offered('id').length, terms.length - 1);
  ok(offered('cust_nm').includes('shop.customer.id'));
});
