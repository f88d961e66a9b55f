import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { toApproved, type Answer } from './learn.ts';
import { compareTable } from './rank-table.ts';
import type { Table } from './ready-columns.ts';
import { recall, subjectOf, toReadyMemory } from './recall.ts';
import type { Term } from './glossaries.ts';
import { keyed, similarity, terms } from './shop.fixture.ts';

const column = (name: string, ...samples: readonly string[]) => ({ name, samples });
/** What a column of one table is told by the decided columns of others. */
function remembered(table: Table, decided: readonly (readonly [table: Table, answers: readonly Answer[]])[], of: readonly Term[] = terms) {
  const compare = (each: Table) => compareTable({ table: each, terms: of, similarity, keyed });
  const { columns, glossary, words, similarities } = compare(table);
  const [first] = columns;
  ok(first !== undefined);
  const memory = toReadyMemory(decided.flatMap(([each, answers]) => toApproved(compare(each), answers)));
  return recall(first, memory, glossary, words, similarities[0]?.specificity ?? 1);
}
const approved = (name: string, columns: Table['columns'], semantic_id: string): readonly [Table, readonly Answer[]] => [
  { name, columns },
  columns.map((each) => ({ table: name, column: each.name, semantic_id })),
];

test('same name and same values is near, same name alone less, another name not at all', () => {
  const city: Table = { name: 'branches', columns: [column('town', 'Oslo', 'Bergen')] };
  const both = (columns: Table['columns']): number =>
    remembered(city, [approved('shops', columns, 'shop.address.city')]).byTerm.get('shop.address.city')?.both ?? 0;
  equal(both([column('town', 'Oslo', 'Bergen')]), 1);
  ok(both([column('town', '1', '2')]) < 0.6);
  ok(both([column('weight', '1.5', '2')]) < 0.1);
});

test('what was decided of this very name counts before names that only mean the same, and so does what the glossary calls it', () => {
  const both = (name: string, ...decided: readonly (readonly [name: string, id: string])[]): readonly number[] => {
    const { byTerm } = remembered(
      { name: 'notes', columns: [column(name)] },
      decided.map(([each, id], at) => approved(`sheet ${at}`, [column(each)], id)),
      [...terms, { semantic_id: 'spot.town', name: 'town' }, { semantic_id: 'spot.village', name: 'village' }],
    );
    return ['spot.town', 'spot.village'].map((id) => byTerm.get(id)?.both ?? 0);
  };
  // All of these are words for a city: with nothing else to go by, one is as good as another.
  deepEqual(both('ort', ['gemeinde', 'spot.town'], ['plaats', 'spot.village']), [1, 1]);
  deepEqual(both('ort', ['ort', 'spot.village'], ['gemeinde', 'spot.town']), [0.1, 1]);
  deepEqual(both('ort', ['ort', 'spot.village'], ['ort', 'spot.town']), [1, 1]);
  deepEqual(both('village', ['gemeinde', 'spot.town']), [0.1, 0]);
});

test('a meaning that came from words that are not here says little: ship_city of city, orders.id of customers.id', () => {
  const id: Table = { name: 'customers', columns: [column('id', '1', '2')] };
  const found = remembered(id, [approved('orders', [column('id', '1', '2')], 'shop.order.id')]).byTerm.get('shop.order.id');
  ok((found?.both ?? 1) <= 0.1);
});

test('a telling word that a look-alike lacks makes it another thing: city of ship_city', () => {
  const shipping: Term = {
    semantic_id: 'shop.shipping.city',
    name: 'shipping city',
    description: 'Town a parcel goes to',
    dtype: 'string',
  };
  const both = (name: string): number =>
    remembered(
      { name: 'parcels', columns: [column(name, 'Oslo', 'Bergen')] },
      [approved('visits', [column('city', 'Oslo', 'Bergen')], 'shop.address.city')],
      [...terms, shipping],
    ).byTerm.get('shop.address.city')?.both ?? 0;
  ok(both('ship_city') <= 0.1, String(both('ship_city')));
  equal(both('city'), 1);
});

test('where name and table say a term in full, a look-alike that meant another says little', () => {
  const both = (table: string): number =>
    remembered({ name: table, columns: [column('id', '1', '2')] }, [
      approved('leads', [column('id', '1', '2')], 'shop.order.id'),
    ]).byTerm.get('shop.order.id')?.both ?? 0;
  ok(both('customers') <= 0.1, 'there is an id of customers');
  equal(both('things'), 1, 'there is none of things');
});

test('where name and table say one term in full, a look-alike that said less is of another: the id of order lines is not that of orders', () => {
  const line: Term = {
    semantic_id: 'shop.order_line.id',
    name: 'order line id',
    description: 'Key of a line of an order',
    dtype: 'identifier',
  };
  const both = (table: string): number =>
    remembered(
      { name: table, columns: [column('id', '1', '2')] },
      [approved('orders', [column('id', '1', '2')], 'shop.order.id')],
      [...terms, line],
    ).byTerm.get('shop.order.id')?.both ?? 0;
  ok(both('order_lines') <= 0.1, 'there is an id of order lines');
  equal(both('old_orders'), 1, 'there is none of old orders');
});

test('a name that fits many terms is no look-alike outside a table about the same', () => {
  const specific = (name: string): number =>
    remembered({ name, columns: [column('id', '1', '2')] }, [
      approved('invoices', [column('id', '1', '2')], 'shop.customer.email'),
    ]).byTerm.get('shop.customer.email')?.specific ?? 0;
  ok(specific('invoices') > specific('parcels'));
});

test('one table proves nothing about which terms occur; several that agree do', () => {
  const town: Table = { name: 'branches', columns: [column('weather', 'x')] };
  const share = (count: number): number =>
    remembered(
      town,
      Array.from({ length: count }, (_, n) => approved(`t${n}`, [column('town', 'Oslo')], 'shop.address.city')),
    ).byTerm.get('shop.address.city')?.share ?? 0;
  equal(share(1), 0);
  ok(share(5) > 0.5);
});

test('votes say how often a name meant this', () => {
  const town: Table = { name: 'branches', columns: [column('town', 'Oslo')] };
  const decided = [0, 1, 2].map((n) => approved(`t${n}`, [column('town')], n === 2 ? 'shop.customer.name' : 'shop.address.city'));
  const { byTerm } = remembered(town, decided);
  ok((byTerm.get('shop.address.city')?.votes ?? 0) > (byTerm.get('shop.customer.name')?.votes ?? 1));
});

test('that none fits is remembered like an answer, and nothing is said of terms', () => {
  const odd: Table = { name: 'branches', columns: [column('batch_flag', 'y')] };
  const { none, byTerm } = remembered(odd, [[{ name: 'shops', columns: [column('batch_flag', 'y')] }, []]]);
  equal(none?.name, 1);
  equal(byTerm.size, 0);
});

test('a table is about the words of its name, in plain English', () => {
  equal(subjectOf('kunden_adressen').join(' '), 'customer address');
});
