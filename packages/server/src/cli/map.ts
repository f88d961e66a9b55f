import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AncillaError } from '@ancilla/contracts';
import { baseModel, parseModel, type Model } from '@ancilla/ranker';
import { parse } from 'csv-parse/sync';
import { openEmbeddedProvider } from '../embedding/providers/index.ts';
import { learnFrom, rankTable, readTable, toApproved, type Approved, type Table, type Term } from '../mapping/index.ts';
import { parseOptions, UsageError, type CommandIo } from './io.ts';

const USAGE =
  'usage: ancilla map --source DIR --glossary glossary.json --out predictions.csv [--approved truth.csv --approved-tables a,b] [--tables c,d] [--base FILE|none]';

/** `ancilla map`: suggestions for every column of a folder of CSV files, without a server. A column that is left out is one on which it abstains. */
export async function mapCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { options } = parseOptions(args, {
    values: ['source', 'glossary', 'out', 'approved', 'approved-tables', 'tables', 'base'],
    flags: [],
  });
  const { source, glossary, out } = options;
  if (source === undefined || glossary === undefined || out === undefined) throw new UsageError(USAGE);
  const terms = await readGlossary(glossary);
  const similarity = await openEmbeddedProvider();
  const names = (await readdir(source))
    .filter((name) => name.endsWith('.csv'))
    .map((name) => name.slice(0, -4))
    .toSorted();
  if (names.length === 0) throw new UsageError(`${source} holds no .csv file`);
  const wanted = options.tables === undefined ? names : list(options.tables, names, '--tables');
  const approvedNames = options['approved-tables'] === undefined ? [] : list(options['approved-tables'], names, '--approved-tables');
  const tables = new Map<string, Table>();
  for (const name of new Set([...wanted, ...approvedNames])) {
    const { table, repairs } = readTable(await readFile(join(source, `${name}.csv`)), name);
    for (const repair of repairs) io.stderr.write(`${name}: ${repair}\n`);
    tables.set(name, table);
  }
  const truth = options.approved === undefined ? [] : await readTruth(options.approved, new Set(approvedNames));
  // On one machine, for one command: nothing keyed leaves it.
  const keyed = (text: string): string => text;
  const approved: readonly Approved[] = toApproved(truth, tables, keyed);
  const prior = await readBase(options.base);
  const model = learnFrom({ tables, truth, terms, prior, similarity, keyed });
  const lines = ['file,column,rank,semantic_id,score'];
  for (const name of wanted) {
    const table = tables.get(name);
    if (table === undefined) continue;
    const memory = approved.filter(({ where }) => !where.startsWith(`${name}.`));
    for (const { column, abstained, candidates } of rankTable({ table, terms, model, similarity, memory, keyed })) {
      if (abstained && (candidates[0]?.score ?? 0) < ABSTAIN_BELOW) continue;
      for (const [i, { semantic_id, score }] of candidates.entries())
        lines.push([`${name}.csv`, column, String(i + 1), semantic_id, score.toFixed(6)].map(quote).join(','));
    }
  }
  await writeFile(out, `${lines.join('\n')}\n`);
  return 0;
}

/** An abstained column's candidates are still shown to a person while the best has some chance; below this there is nothing worth showing. */
const ABSTAIN_BELOW = 0.02;

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
/** A table by its file, with or without folder and ending. */
const tableName = (file: string): string =>
  file
    .trim()
    .replace(/^.*\//, '')
    .replace(/\.csv$/i, '');
const list = (text: string, known: readonly string[], option: string): readonly string[] =>
  text.split(',').map((each) => {
    const name = tableName(each);
    if (!known.includes(name)) throw new UsageError(`${option}: there is no table ${name}`);
    return name;
  });

async function readGlossary(path: string): Promise<readonly Term[]> {
  const value: unknown = JSON.parse(await read(path));
  // An array has an `entries` too: a method.
  const entries: unknown =
    !Array.isArray(value) && typeof value === 'object' && value !== null && 'entries' in value ? value.entries : value;
  if (
    !Array.isArray(entries) ||
    !entries.every(
      (each): each is Term => typeof each === 'object' && each !== null && typeof Reflect.get(each, 'semantic_id') === 'string',
    )
  )
    throw new UsageError(`${path} is no list of terms with a semantic_id each`);
  return entries;
}

async function readTruth(path: string, tables: ReadonlySet<string>) {
  const records = parse(await read(path), { columns: true, bom: true, skip_empty_lines: true }) as Record<string, string>[];
  return records.flatMap((row) => {
    const { table: given = row['file'], column, semantic_id } = row;
    if (given === undefined || column === undefined || semantic_id === undefined)
      throw new UsageError(`${path} needs the columns table, column, semantic_id`);
    const table = tableName(given);
    return tables.has(table) ? [{ table, column, semantic_id }] : [];
  });
}

async function readBase(base: string | undefined): Promise<Model> {
  if (base === undefined || base === 'none') return baseModel;
  try {
    return parseModel(JSON.parse(await read(base)));
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) throw new UsageError(`--base ${base}: ${error.message}`);
    throw error;
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AncillaError('config.invalid', `cannot read ${path}`, { cause });
  }
}
