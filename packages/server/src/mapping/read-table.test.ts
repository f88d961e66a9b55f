import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { isAncillaError } from '@ancilla/contracts';
import fc from 'fast-check';
import { readTable } from './read-table.ts';

const read = (text: string | Uint8Array) => readTable(typeof text === 'string' ? Buffer.from(text) : text, 'crm.csv');
const names = (text: string | Uint8Array): readonly string[] => read(text).table.columns.map(({ name }) => name);

test('a table is read as it stands: quotes, commas, line breaks, empty lines', () => {
  const { table, rows, repairs } = read('a,b\r\n"x, ""y""\nz",2\r\n\r\n3,4\r\n');
  deepEqual(table, {
    name: 'crm.csv',
    columns: [
      { name: 'a', samples: ['x, "y"\nz', '3'] },
      { name: 'b', samples: ['2', '4'] },
    ],
  });
  equal(rows, 2);
  deepEqual(repairs, []);
});

test('a header without rows is a table without values', () => {
  deepEqual(read('a,b\n').table.columns, [
    { name: 'a', samples: [] },
    { name: 'b', samples: [] },
  ]);
});

const declared: readonly (readonly [what: string, bytes: Uint8Array, said: RegExp])[] = [
  ['UTF-8', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('größe,b\n1,2\n')]), /byte order mark was passed over/],
  ['UTF-16, little end first', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('größe,b\n1,2\n', 'utf16le')]), /UTF-16 \(little/],
  ['UTF-16, big end first', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from('größe,b\n1,2\n', 'utf16le').swap16()]), /UTF-16 \(big/],
];
for (const [what, bytes, said] of declared)
  test(`${what} with a byte order mark is read as that, and it is said`, () => {
    deepEqual(names(bytes), ['größe', 'b']);
    equal(said.test(read(bytes).repairs.join()), true);
  });

test('columns without a name and names that stand twice get a free name, and it is said', () => {
  const { table, repairs } = read('id,,id,id_2,id\n1,2,3,4,5\n');
  deepEqual(
    table.columns.map(({ name }) => name),
    ['id', 'column_2', 'id_3', 'id_2', 'id_4'],
  );
  equal(repairs.length, 3);
  equal(new Set(table.columns.map(({ name }) => name)).size, 5);
});

const refused: readonly (readonly [what: string, text: string | Uint8Array, code: string, says: RegExp])[] = [
  ['an empty file', '', 'csv.empty', /crm\.csv: there is no header line/],
  ['blank lines', '\n\n \n', 'csv.empty', /header/],
  ['a header of empty cells', ',,\n1,2,3\n', 'csv.empty', /header/],
  ['a row that is too long', 'a,b\n1,2\n1,2,3\n', 'csv.ragged', /crm\.csv, line 3: .*double quotes/],
  ['a row that is too short', 'a,b\n1\n', 'csv.ragged', /line 2/],
  ['a quote that is never closed', 'a,b\n1,2\n"3,4\n5,6\n', 'csv.header', /line \d+: a double quote is never closed/],
  ['a quote inside a cell', 'a,b\n1,x"y"\n', 'csv.header', /line 2: a double quote/],
  ['text behind a closed quote', 'a,b\n"1"x,2\n', 'csv.header', /line 2/],
  ['Latin-1', Buffer.from('a,b\n1,2\ngröße,3\n', 'latin1'), 'csv.encoding', /line 3: not UTF-8; save the file as UTF-8/],
  ['half a character at the end', Buffer.from('a,b\n1,ö').subarray(0, -1), 'csv.encoding', /line 2/],
  ['NUL bytes', 'a,b\n1,\0\n', 'csv.encoding', /line 2: a NUL/],
  ['UTF-16 without a byte order mark', Buffer.from('a,b\n1,2\n', 'utf16le'), 'csv.encoding', /NUL|UTF-8/],
  [
    'half a character of UTF-16',
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\n', 'utf16le'), Buffer.from([0x61])]),
    'csv.encoding',
    /UTF-16/,
  ],
  ['a cell of two megabytes', `a,b\n"${'x'.repeat(2 * 1024 * 1024)}",2\n`, 'csv.header', /longer than a megabyte/],
];
for (const [what, text, code, says] of refused)
  test(`${what} is refused, with file, line and what to do`, () => {
    throws(
      () => read(text),
      (error: unknown) => {
        ok(isAncillaError(error));
        equal(error.code, code);
        match(error.message, says);
        return true;
      },
    );
  });

test('whatever bytes come, they are a whole table or a refusal by name', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 80 }),
        fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'ö') }).map((text) => new TextEncoder().encode(text)),
      ),
      (bytes) => {
        try {
          const { table, rows } = readTable(bytes, 'f.csv');
          for (const { samples } of table.columns) equal(samples.length, Math.min(200, rows));
          equal(new Set(table.columns.map(({ name }) => name)).size, table.columns.length);
        } catch (error) {
          ok(isAncillaError(error) && error.code.startsWith('csv.'), String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});
