import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { priorModel } from '@ancilla/ranker';
import { learnFrom, toApproved, toTrainingRows } from './learn.ts';
import { compareTable, rankCompared } from './rank-table.ts';
import type { Table } from './ready-columns.ts';
import { customers, keyed, orderAnswers, orders, similarity, terms } from './shop.fixture.ts';

const compare = (table: Table) => compareTable({ table, terms, similarity, keyed });

test('a decided table gives its answers, and that none fits where there is no answer', () => {
  deepEqual(
    toApproved(compare(orders), orderAnswers).map(({ semantic_id, table, column }) => [`${table}.${column}`, semantic_id]),
    [
      ['orders.id', 'shop.order.id'],
      ['orders.status', 'shop.order.status'],
      ['orders.gross_total', undefined],
    ],
  );
});

test('each column is one decision with its right candidate marked, none for a column without an answer', () => {
  const rows = toTrainingRows(rankCompared(compare(orders), priorModel, []), {
    table: 'orders',
    answers: orderAnswers,
    group: 'g',
    weight: 2,
  });
  deepEqual(
    rows.filter(({ chosen }) => chosen).map(({ group, cluster, candidate, weight }) => ({ group, cluster, candidate, weight })),
    [
      { group: 'g/orders.id', cluster: 'g/orders', candidate: 'shop.order.id', weight: 2 },
      { group: 'g/orders.status', cluster: 'g/orders', candidate: 'shop.order.status', weight: 2 },
      { group: 'g/orders.gross_total', cluster: 'g/orders', candidate: 'none', weight: 2 },
    ],
  );
});

test('one table alone moves no weight: there is no other it could be tried on', () => {
  equal(learnFrom([compare(orders)], orderAnswers, { prior: priorModel, approved: [] }), priorModel);
});

test('approved tables are learned from: their like is found more surely', () => {
  // Here a column of amounts is always called after a colour.
  const odd = (name: string): Table => ({
    name,
    columns: [
      { name: 'magenta', samples: ['12.5', '3.0'] },
      { name: 'status', samples: ['paid'] },
    ],
  });
  const tables = ['a', 'b', 'c', 'd'].map((name) => compare(odd(name)));
  const answers = ['a', 'b', 'c', 'd'].flatMap((table) => [
    { table, column: 'magenta', semantic_id: 'shop.order.total' },
    { table, column: 'status', semantic_id: 'shop.order.status' },
  ]);
  const approved = tables.flatMap((table) => toApproved(table, answers));
  const learned = learnFrom(tables, answers, { prior: priorModel, approved });
  const sure = (model: typeof priorModel) =>
    rankCompared(compare(odd('e')), model, approved)[0]?.candidates.find(({ semantic_id }) => semantic_id === 'shop.order.total')?.score ??
    0;
  ok(sure(learned) > sure(priorModel), `${sure(learned)}, ${sure(priorModel)}`);
  equal(JSON.stringify(learnFrom(tables, answers, { prior: priorModel, approved })), JSON.stringify(learned));
});

test('what is known of one table says nothing against the others', () => {
  const memory = toApproved(compare(orders), orderAnswers);
  equal(rankCompared(compare(customers), priorModel, memory)[0]?.candidates[0]?.semantic_id, 'shop.customer.id');
});
