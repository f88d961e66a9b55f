import { parseModel, priorModel, type Model } from '@ancilla/ranker';
import { openEmbeddedProvider } from '../embedding/providers/embedded.ts';
import { readBaseModel } from '../mapping/base-model.ts';
import { learnFrom, toApproved, type Answer } from '../mapping/learn.ts';
import { compareTable, rankCompared, type ComparedTable, type RankedColumn } from '../mapping/rank-table.ts';
import type { Term } from '../mapping/glossaries.ts';
import { readGlossary, readJson, readTableFile, readTruth, tableName, tableNames, writeOut } from './case-folder.ts';
import { parseOptions, UsageError, type CommandIo } from './io.ts';
import { usageOf } from './usage.ts';

/** `ancilla map`: suggestions for every column of a folder of CSV files, without a server. A column that is left out is one on which it abstains. */
export async function mapCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { options } = parseOptions(args, {
    values: ['source', 'glossary', 'out', 'approved', 'approved-tables', 'tables', 'base', 'suggest-at'],
    flags: [],
  });
  const { source, glossary, out } = options;
  if (source === undefined || glossary === undefined || out === undefined) throw new UsageError(usageOf('map'));
  if ((options.approved === undefined) !== (options['approved-tables'] === undefined))
    throw new UsageError('--approved and --approved-tables go together: the answers, and the tables whose answers may be used');
  const suggestAt = options['suggest-at'] === undefined ? undefined : Number(options['suggest-at']);
  if (suggestAt !== undefined && !(suggestAt >= 0 && suggestAt <= 1)) throw new UsageError('--suggest-at is a score from 0 to 1');
  const [terms, prior, similarity, files] = await Promise.all([
    readGlossary(glossary),
    readBase(options.base),
    openEmbeddedProvider(),
    tableNames(source),
  ]);
  const chosen = (list: string | undefined, option: string): readonly string[] => (list === undefined ? [] : pick(list, files, option));
  const wanted = options.tables === undefined ? files : chosen(options.tables, '--tables');
  const approvedFiles = chosen(options['approved-tables'], '--approved-tables');
  const answers = options.approved === undefined ? [] : await readTruth(options.approved);

  const compared = new Map<string, ComparedTable>();
  for (const file of new Set([...wanted, ...approvedFiles])) {
    const table = await readTableFile(source, file, (repair) => io.stderr.write(`${repair}\n`));
    // On one machine, for one command: nothing keyed leaves it.
    compared.set(file, compareTable({ table, terms, similarity, keyed: (text) => text }));
  }
  const approvedTables = approvedFiles.flatMap((file) => compared.get(file) ?? []);
  checkAnswers(options.approved ?? '', answers, approvedTables, terms);
  const asked = wanted.flatMap((file) => {
    const table = compared.get(file);
    return table === undefined ? [] : [[file, table] as const];
  });
  await writeOut(
    out,
    `${[HEADER, ...predict(asked, { prior, approvedTables, answers, ...(suggestAt !== undefined && { suggestAt }) })].join('\n')}\n`,
  );
  return 0;
}

/** The first line of a file of predictions. */
export const HEADER = 'file,column,rank,semantic_id,score';

/** Lines of predictions for tables, of what the base model and the approved answers of other tables give. */
export function predict(
  wanted: readonly (readonly [file: string, table: ComparedTable])[],
  {
    prior,
    approvedTables,
    answers,
    suggestAt = 0,
  }: {
    readonly prior: Model;
    readonly approvedTables: readonly ComparedTable[];
    readonly answers: readonly Answer[];
    /** A column whose best candidate scores less is left out, as a review policy's `suggest_at` has it. */
    readonly suggestAt?: number;
  },
): readonly string[] {
  const approved = approvedTables.flatMap((table) => toApproved(table, answers));
  const model = learnFrom(approvedTables, answers, { prior, approved });
  return wanted.flatMap(([file, compared]) => {
    const memory = approved.filter(({ table }) => table !== compared.table.name);
    return rankCompared(compared, model, memory).flatMap((column) => toLines(file, column, suggestAt));
  });
}

/** Candidates are listed, however unlikely, unless it is all but sure that no term fits, or there is nothing to go by. */
const SURE_OF_NONE = 0.9995;

const toLines = (file: string, { column, blind, none, candidates }: RankedColumn, suggestAt: number): readonly string[] =>
  blind || none > SURE_OF_NONE || (candidates[0]?.score ?? 0) < suggestAt
    ? []
    : candidates.map(({ semantic_id, score }, i) => [file, column, String(i + 1), semantic_id, score.toFixed(6)].map(quote).join(','));

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

const pick = (list: string, files: readonly string[], option: string): readonly string[] =>
  list.split(',').map((each) => {
    const file = files.find((name) => tableName(name) === tableName(each));
    if (file === undefined)
      throw new UsageError(`${option}: there is no table ${tableName(each)}; there are ${files.map(tableName).join(', ')}`);
    return file;
  });

/** Answers of approved tables name columns and terms that there are. */
function checkAnswers(path: string, answers: readonly Answer[], tables: readonly ComparedTable[], terms: readonly Term[]): void {
  const ids = new Set(terms.map(({ semantic_id }) => semantic_id));
  const columns = new Map(tables.map(({ table }) => [table.name, new Set(table.columns.map(({ name }) => name))]));
  for (const [at, { table, column, semantic_id }] of answers.entries()) {
    const known = columns.get(table);
    if (known === undefined) continue;
    if (!known.has(column)) throw new UsageError(`${path}, entry ${at + 1}: table ${table} has no column ${column}`);
    if (!ids.has(semantic_id)) throw new UsageError(`${path}, entry ${at + 1}: the glossary has no ${semantic_id}`);
  }
}

/** @param base - a file; `none`: what is known before anything was learned; left out: the model that ships */
async function readBase(base: string | undefined): Promise<Model> {
  if (base === undefined) return readBaseModel();
  if (base === 'none') return priorModel;
  try {
    return parseModel(await readJson(base));
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`--base ${base}: ${error.message}; \`ancilla train\` makes one`);
    throw error;
  }
}
