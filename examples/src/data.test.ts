import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { readGlossary } from './glossary.ts';
import { readFictional, readTables, sources, type DemoTenant } from './tables.ts';
import { readTruth } from './truth.ts';

test('every answer of the truth file is of a column that is there and a term of the glossary', async () => {
  const truth = await readTruth();
  const terms = new Set((await readGlossary()).map(({ semantic_id }) => semantic_id));
  let answered = 0;
  for (const tenant of Object.keys(sources) as DemoTenant[])
    for (const table of await readTables(tenant))
      for (const { name } of table.columns) {
        const term = truth(tenant, table.name, name);
        if (term === undefined) continue;
        answered++;
        ok(terms.has(term), `${term} of ${table.name}.${name}`);
      }
  equal(answered, 98, 'a row whose table or column was renamed would be lost in silence');
});

test('every table has columns with values', async () => {
  for (const tenant of Object.keys(sources) as DemoTenant[])
    for (const { name, columns } of [...(await readTables(tenant)), await readFictional()]) {
      ok(columns.length >= 2, name);
      for (const { name: column, samples } of columns) ok(samples.length > 0, `${name}.${column} has no values`);
    }
});

test('descriptions read as prose: no escape and no markup of the file they come from is left', async () => {
  for (const { semantic_id, description } of await readGlossary())
    ok(!/[\\<`]|\[\[|\]\(/.test(description), `${semantic_id}: ${description}`);
});
