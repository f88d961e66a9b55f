import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { tenantDefaultPolicy } from '@ancilla/redaction';
import { openGate } from '../ingest/gate.ts';
import { cleanTable } from './clean-table.ts';

const gate = openGate({ policy: tenantDefaultPolicy, tokenKey: { version: 1, bytes: new Uint8Array(32).fill(5) } });
const io = { signal: new AbortController().signal };
const clean = (columns: Parameters<typeof cleanTable>[1]['table']['columns']) =>
  cleanTable(gate, { dataset: 'crm', table: { name: 'people', columns } }, io);

test('a column’s name tells what its values are, and nothing about the column beside it', async () => {
  const { table, receipt } = await clean([
    { name: 'birth_date', samples: ['1984-03-12'] },
    { name: 'order_date', dtype: 'date', samples: ['2024-03-12'] },
    { name: 'mail', samples: ['ann@mail.example', 'bob@mail.example'] },
  ]);
  const [birth, order] = table.columns;
  match(birth?.samples?.[0] ?? '', /^<DATE_OF_BIRTH_/);
  deepEqual(order, { name: 'order_date', dtype: 'date', samples: ['2024-03-12'] });
  deepEqual(receipt.counts, { DATE_OF_BIRTH: 1, EMAIL: 2 });
  equal(receipt.bytes_in < receipt.bytes_out, true);
});

test('a type is a word that somebody chose, and is looked at too', async () => {
  const { table } = await clean([{ name: 'a', dtype: 'see ann@mail.example' }, { name: 'b' }, { name: 'c', dtype: 'varchar(20)' }]);
  match(table.columns[0]?.dtype ?? '', /^see <EMAIL_/);
  deepEqual(
    table.columns.slice(1).map(({ dtype }) => dtype),
    [undefined, 'varchar(20)'],
  );
});

test('columns keep their places, whatever they are called and whether they have values', async () => {
  const names = ['b', '2019', '__proto__', 'constructor', '1', 'a'];
  const { table } = await clean(names.map((name) => ({ name, ...(name !== 'a' && { samples: ['x'] }) })));
  deepEqual(
    table.columns.map(({ name, samples }) => [name, samples]),
    names.map((name) => [name, name === 'a' ? undefined : ['x']]),
  );
});

test('names that redaction makes equal stay apart', async () => {
  const { table } = await clean([{ name: 'ann@mail.example' }, { name: ' ann@mail.example' }, { name: 'a' }, { name: 'a_2' }]);
  equal(new Set(table.columns.map(({ name }) => name)).size, 4);
});

test('names and cells that redaction makes longer than they may be are cut, not refused', async () => {
  const addresses = (count: number) => Array.from({ length: count }, (_, i) => `u${i}@x.example`).join(' ');
  const [name, cell] = [addresses(18), addresses(150).slice(0, 2000)];
  const { dataset, table } = await cleanTable(
    gate,
    { dataset: name, table: { name, columns: [{ name, samples: [cell, 'x'] }, { name }] } },
    io,
  );
  for (const text of [dataset, table.name]) ok(text.length === 256 && text.startsWith('<EMAIL_'));
  const [first, second] = table.columns;
  deepEqual([first?.name.length, first?.samples?.map(({ length }) => length)], [256, [2000, 1]]);
  ok(second?.name !== first?.name && (second?.name.length ?? 0) <= 256, 'and stay apart');
  ok(!JSON.stringify(table).includes('@x.example'));
});

test('what is left after redaction is still a table, or nothing goes on', async () => {
  const broken: Parameters<typeof cleanTable>[0] = { clean: async (value) => ({ ...(await gate.clean(value, io)), value: null }) };
  await rejects(cleanTable(broken, { dataset: 'crm', table: { name: 'people', columns: [{ name: 'a' }] } }, io), {
    code: 'redaction.failed',
  });
});
