import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isAncillaError } from '@ancilla/contracts';
import { UsageError, type CommandIo } from './io.ts';
import { mapCommand } from './map.ts';
import { trainCommand } from './train.ts';

const GLOSSARY = JSON.stringify([
  { semantic_id: 'crm.customer.name', name: 'customer name' },
  { semantic_id: 'crm.address.city', name: 'city' },
  { semantic_id: 'crm.order.total', name: 'order total', dtype: 'number' },
]);
const FILES = {
  'shop/source/customers.csv': 'cust_nm,town,zzq\nAnn,Oslo,§\nBo,Bergen,¤\n',
  'shop/source/clients.csv': 'client_name,"odd, name"\nCy,Oslo\nDi,Bergen\n',
  'shop/source/nameless.csv': 'c01,c02\nx,y\n',
  'shop/glossary.json': GLOSSARY,
  'shop/truth.csv':
    'table,column,semantic_id\nclients,client_name,crm.customer.name\nclients,"odd, name",crm.address.city\ncustomers.csv,town,crm.address.city\n',
};

/** A folder with a case, changed as a test wants it; commands run in it. */
async function caseWith(t: TestContext, changed: Readonly<Record<string, string | Uint8Array>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-map-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [path, content] of Object.entries({ ...FILES, ...changed })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const said = { out: '', err: '' };
  const io: CommandIo = {
    env: {},
    stdin: (async function* () {})(),
    stdout: { write: (text) => ((said.out += text), true), once: () => undefined },
    stderr: { write: (text) => (said.err += text) },
    readFile: (path) => readFile(path, 'utf8'),
    stopped: Promise.resolve(),
  };
  const out = join(folder, 'out.csv');
  const map = async (...more: readonly string[]) => {
    await mapCommand(
      ['--source', join(folder, 'shop/source'), '--glossary', join(folder, 'shop/glossary.json'), '--out', out, ...more],
      io,
    );
    return readFile(out, 'utf8');
  };
  return { folder, said, io, map, truth: join(folder, 'shop/truth.csv') };
}
const firsts = (csv: string): readonly string[] =>
  csv
    .split('\n')
    .filter((line) => /,1,[^,]*,[\d.]+$/.test(line))
    .map((line) => line.replace(/,1,([^,]*),.*$/, '=$1'));

test('every column gets its candidates, best first, ranks without a gap; a nameless one is abstained from', async (t) => {
  const { map } = await caseWith(t);
  const csv = await map();
  match(csv, /^file,column,rank,semantic_id,score\n/);
  ok(firsts(csv).includes('customers.csv,cust_nm=crm.customer.name'));
  ok(firsts(csv).includes('customers.csv,town=crm.address.city'));
  ok(!csv.includes('nameless.csv'));
  equal(await map(), csv, 'the same bytes again');
});

test('a column whose best candidate scores less than asked is left out, as a review policy has it', async (t) => {
  const { map } = await caseWith(t);
  const bestOf = (csv: string) =>
    new Map(
      [...csv.matchAll(/^([^,\n]+,(?:"[^"]*"|[^,\n]*)),1,[^,\n]*,([\d.]+)$/gm)].map(([, column = '', score]) => [column, Number(score)]),
    );
  const all = bestOf(await map());
  const floor = [...all.values()].toSorted((a, b) => a - b)[1] ?? 0;
  deepEqual(bestOf(await map('--suggest-at', String(floor))), new Map([...all].filter(([, score]) => score >= floor)));
  ok(all.size > bestOf(await map('--suggest-at', String(floor))).size);
  for (const wrong of ['much', '1.1', '-1']) await rejects(map('--suggest-at', wrong), /--suggest-at is a score from 0 to 1/);
});

test('an approved table decides for its like, and is not told its own answers', async (t) => {
  const { map, truth } = await caseWith(t, {
    'shop/source/more.csv': '"odd, name"\nOslo\n',
  });
  const approved = await map('--approved', truth, '--approved-tables', 'clients', '--tables', 'more,clients');
  ok(firsts(approved).includes('more.csv,"odd, name"=crm.address.city'));
  const alone = await map('--tables', 'clients');
  const own = await map('--tables', 'clients', '--approved', truth, '--approved-tables', 'clients');
  equal(own, alone);
});

test('a model made by train is used by map; none uses what is known without any', async (t) => {
  const { folder, io, map, said } = await caseWith(t);
  const model = join(folder, 'model.json');
  await trainCommand(['--cases', folder, '--out', model], io);
  match(said.out, /learned from 7 columns of 1 cases \(shop\)/);
  const bytes = await readFile(model, 'utf8');
  await trainCommand(['--cases', folder, '--out', model], io);
  equal(await readFile(model, 'utf8'), bytes, 'the same cases give the same bytes');
  const results = [await map('--base', model), await map('--base', 'none'), await map()];
  equal(new Set(results).size, 3);
});

const wrong: readonly (readonly [
  what: string,
  changed: Readonly<Record<string, string | Uint8Array>>,
  args: readonly string[],
  says: RegExp,
])[] = [
  ['a ragged table', { 'shop/source/customers.csv': 'a,b\n1\n' }, [], /customers\.csv, line 2: .*cells than the header/],
  ['a table in Latin-1', { 'shop/source/customers.csv': Buffer.from('größe\n1\n', 'latin1') }, [], /customers\.csv, line 1: not UTF-8/],
  ['a glossary that is no JSON', { 'shop/glossary.json': '{' }, [], /glossary\.json: not JSON/],
  ['a glossary that is no list', { 'shop/glossary.json': '{"a":1}' }, [], /glossary\.json: not a glossary/],
  ['an empty glossary', { 'shop/glossary.json': '[]' }, [], /glossary\.json: the glossary is empty/],
  ['a term without an id', { 'shop/glossary.json': '[{"semantic_id":"a"},{"name":"x"}]' }, [], /entry 2, .*semantic_id/],
  ['a term with a wrong field', { 'shop/glossary.json': '[{"semantic_id":"a","enum_values":"x"}]' }, [], /entry 1, \/enum_values/],
  [
    'two terms of one id',
    { 'shop/glossary.json': '[{"semantic_id":"a"},{"semantic_id":"a"}]' },
    [],
    /entry 2, \/semantic_id: a stands twice/,
  ],
  ['a term called none', { 'shop/glossary.json': '[{"semantic_id":"none"}]' }, [], /none means that no term fits/],
  ['a table that is not there', {}, ['--tables', 'nope'], /--tables: there is no table nope; there are clients/],
  ['answers without tables', {}, ['--approved', 'x'], /go together/],
  ['a base that is no model', { 'model.json': '{"kind":"x"}' }, ['--base', 'model.json'], /--base .*model\.json: kind/],
  ['a base that is not there', {}, ['--base', 'nope.json'], /nope\.json: cannot be read \(ENOENT\)/],
  [
    'answers without a column semantic_id',
    { 'shop/truth.csv': 'table,column\nclients,a\n' },
    ['--approved', 'shop/truth.csv', '--approved-tables', 'clients'],
    /truth\.csv, line 1: needs the columns/,
  ],
  [
    'an answer for a column that is not there',
    { 'shop/truth.csv': 'table,column,semantic_id\nclients,nope,crm.address.city\n' },
    ['--approved', 'shop/truth.csv', '--approved-tables', 'clients'],
    /entry 1: table clients has no column nope/,
  ],
  [
    'an answer that is no term',
    { 'shop/truth.csv': 'table,column,semantic_id\nclients,client_name,nope\n' },
    ['--approved', 'shop/truth.csv', '--approved-tables', 'clients'],
    /entry 1: the glossary has no nope/,
  ],
];
for (const [what, changed, args, says] of wrong)
  test(`${what} is refused by file and place, and nothing is written`, async (t) => {
    const { folder, map } = await caseWith(t, changed);
    const inFolder = args.map((arg) => (/\.(?:json|csv)$/.test(arg) ? join(folder, arg) : arg));
    await rejects(map(...inFolder), (error: unknown) => {
      ok(error instanceof UsageError || isAncillaError(error), String(error));
      match(error.message, says);
      return true;
    });
    await rejects(readFile(join(folder, 'out.csv')), { code: 'ENOENT' });
  });

test('what was mended is said', async (t) => {
  const { map, said } = await caseWith(t, { 'shop/source/customers.csv': '\uFEFFa,a\n1,2\n' });
  await map();
  deepEqual(
    said.err
      .trim()
      .split('\n')
      .map((line) => line.replace(/^.*customers\.csv: /, '')),
    ['a byte order mark was passed over', 'column 2 is called a like one before it: called a_2'],
  );
});

test('train says which case is not there and what a case is', async (t) => {
  const { folder, io } = await caseWith(t);
  const out = join(folder, 'model.json');
  await rejects(trainCommand(['--cases', folder, '--out', out, '--leave-out', 'nope'], io), /no case nope; there are shop/);
  await rejects(trainCommand(['--cases', folder, '--out', out, '--leave-out', 'shop'], io), /no case is left/);
  await rejects(trainCommand([], io), /usage: ancilla train/);
});
