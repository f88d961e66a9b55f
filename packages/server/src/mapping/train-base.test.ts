import { equal, notEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { featureNames } from '@ancilla/ranker';
import { customers, keyed, orderAnswers, orders, similarity, terms } from './shop.fixture.ts';
import { trainBase, type Case } from './train-base.ts';

const shop: Case = {
  name: 'shop',
  terms,
  tables: [customers, orders],
  answers: [...orderAnswers, { table: 'customers', column: 'e-mail', semantic_id: 'shop.customer.email' }],
};
const parts = { similarity, keyed };

test('the same cases give the same model, byte for byte; other answers another', () => {
  const model = JSON.stringify(trainBase([shop], parts));
  equal(JSON.stringify(trainBase([structuredClone(shop)], parts)), model);
  notEqual(JSON.stringify(trainBase([{ ...shop, answers: orderAnswers }], parts)), model);
});

test('a large case counts as much as a small one', () => {
  const twice: Case = {
    ...shop,
    tables: [...shop.tables, ...shop.tables.map((table) => ({ ...table, name: `${table.name} copy` }))],
    answers: [...shop.answers, ...shop.answers.map((answer) => ({ ...answer, table: `${answer.table} copy` }))],
  };
  const weightsOf = (each: Case) => trainBase([each], parts).weights;
  const moved = weightsOf(twice).map((weight, at) => Math.abs(weight - (weightsOf(shop)[at] ?? 0)));
  ok(Math.max(...moved.filter((_, at) => featureNames[at]?.includes('memory') !== true)) < 1.5);
});
