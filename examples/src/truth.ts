import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';

/** What the truth file, made by hand for the demo, says of a column; undefined: none of the glossary's terms. */
export type Truth = (tenant: string, table: string, column: string) => string | undefined;

export async function readTruth(): Promise<Truth> {
  const rows: readonly (readonly string[])[] = parse(await readFile(new URL('../data/truth.csv', import.meta.url), 'utf8'), { from: 2 });
  const answers = new Map(rows.map(([tenant, table, column, semantic_id = '']) => [JSON.stringify([tenant, table, column]), semantic_id]));
  return (tenant, table, column) => answers.get(JSON.stringify([tenant, table, column]));
}
