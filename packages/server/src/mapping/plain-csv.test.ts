import { deepEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { plainRecords } from './plain-csv.ts';

test('what is read as plain CSV the parser reads alike; what it refuses is not', () => {
  const cell = fc.oneof(
    fc.constantFrom('a', '', 'ä b', '"q"', '"x,y"', '"1""2"', '""', '"\n"', '"\r\n"'),
    fc.constantFrom('"', 'a"b', '"a"b', '\r'),
  );
  const line = fc.array(fc.oneof({ weight: 9, arbitrary: cell.filter((each) => !/^(?:"|a"b|"a"b|\r)$/.test(each)) }, cell), {
    minLength: 1,
    maxLength: 3,
  });
  const text = fc
    .tuple(fc.array(line, { maxLength: 4 }), fc.constantFrom('\n', '\r\n', '\r'), fc.constantFrom('', '\n', '\r\n'))
    .map(([lines, lineBreak, end]) => lines.map((cells) => cells.join(',')).join(lineBreak) + end);
  const any = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '\r\n') });
  let plain = 0;
  fc.assert(
    fc.property(fc.oneof(text, any), (each) => {
      const records = plainRecords(each);
      if (records === undefined) return;
      plain++;
      deepEqual(records, parse(each, { skip_empty_lines: true }));
    }),
    { numRuns: 2000 },
  );
  ok(plain > 200, `${plain}`);
});
