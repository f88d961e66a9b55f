import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedProvider } from '../embedding/providers/index.ts';
import { trainBase, type Case } from '../mapping/train-base.ts';
import { readGlossary, readTableFile, readTruth, tableNames, writeOut } from './case-folder.ts';
import { parseOptions, UsageError, type CommandIo } from './io.ts';
import { usageOf } from './usage.ts';

/** `ancilla train`: the base model for mapping, from tables whose meaning is known; the same cases give the same bytes. */
export async function trainCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const { options } = parseOptions(args, { values: ['cases', 'out', 'leave-out'], flags: [] });
  if (options.cases === undefined || options.out === undefined) throw new UsageError(usageOf('train'));
  const folder = options.cases;
  const found = await caseNames(folder);
  const left = options['leave-out']?.split(',') ?? [];
  for (const name of left)
    if (!found.includes(name)) throw new UsageError(`--leave-out: there is no case ${name}; there are ${found.join(', ')}`);
  const names = found.filter((name) => !left.includes(name));
  if (names.length === 0) throw new UsageError('no case is left to learn from');
  const cases: Case[] = [];
  for (const name of names) cases.push(await readCase(join(folder, name), name, io));
  const model = trainBase(cases, { similarity: await openEmbeddedProvider(), keyed: (text) => text });
  await writeOut(options.out, `${JSON.stringify(model, null, 1)}\n`);
  const columns = cases.reduce((sum, { tables }) => sum + tables.reduce((all, table) => all + table.columns.length, 0), 0);
  io.stdout.write(`${options.out}: learned from ${columns} columns of ${cases.length} cases (${names.join(', ')})\n`);
  return 0;
}

async function caseNames(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new UsageError(`${folder}: cannot be read`);
  });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  if (names.length === 0) throw new UsageError(`${folder}: there is no case\n${usageOf('train')}`);
  return names;
}

async function readCase(path: string, name: string, io: CommandIo): Promise<Case> {
  const source = join(path, 'source');
  const files = await tableNames(source);
  const [terms, answers] = await Promise.all([readGlossary(join(path, 'glossary.json')), readTruth(join(path, 'truth.csv'))]);
  const tables = await Promise.all(files.map((file) => readTableFile(source, file, (repair) => io.stderr.write(`${repair}\n`))));
  return { name, terms, answers, tables };
}
