// The mapping agent on labelled tables: without a person, after three approved tables, after all others. Every figure comes from `ancilla map` and the cases' own scorer,
// beside the cases' own baseline in the same run; no case is scored by a base model that saw it.
//   bench/mapping.ts [CASES_DIR]      a folder for each case: source/*.csv, glossary.json, truth.csv; score.py and baseline.py beside them
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const cases = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'shared', 'benchmarks', 'mapping');
/** What the bars are about; city-values has no headers and stands apart. */
const MACRO = ['business-a', 'web-tables-a', 'addresses-names-a', 'gdc-a', 'soccer'];
/** So many tables of a case, spread evenly, are predicted with others approved. */
const TESTED = 12;
const APPROVED = 3;
/** `coldSame`: without approvals, over the tables that the approved figures are about; `shuffled`: all others approved, three in ten of them with another column's answer. */
const stages = ['plain', 'cold', 'coldSame', 'one', 'three', 'all', 'shuffled'] as const;
const SHUFFLED = 0.3;

if (!existsSync(join(cases, 'score.py'))) {
  process.stdout.write(`no labelled tables at ${cases}: name a folder of cases\n`);
  process.exit(0);
}

const run = async (command: string, args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(command, args, { maxBuffer: 2 ** 26, encoding: 'utf8' })).stdout;
const main = join(import.meta.dirname, '..', 'packages', 'server', 'src', 'cli', 'main.ts');
const ancilla = (...args: readonly string[]) => run(process.execPath, ['--conditions=ancilla-source', main, ...args]);

/** Means over tables: right at once, reciprocal rank, recall at the size of the truth; over columns: share that could be taken unseen at 95 % precision, calibration error. */
const measured = ['recall@1', 'MRR', 'R@GT', 'coverage@95', 'ECE'] as const;
type Figures = Readonly<Record<(typeof measured)[number], number>>;
const mean = (all: readonly Figures[]): Figures =>
  Object.fromEntries(measured.map((name) => [name, all.reduce((sum, each) => sum + each[name], 0) / all.length])) as Figures;
const show = (of: Figures): string => measured.map((name) => of[name].toFixed(3)).join(' / ');

/** One file of predictions, as the cases' scorer sees it. */
async function score(name: string, predictions: string, ...options: readonly string[]): Promise<Figures> {
  const said = await run('python3', [join(cases, 'score.py'), join(cases, name), predictions, '--more', '--json', ...options]);
  const { macro } = JSON.parse(said) as { macro: Figures };
  return macro;
}

/** A truth file in which some answers have changed places, the same ones in every run. */
async function shuffledTruth(from: string, to: string): Promise<string> {
  const [header = '', ...lines] = (await readFile(join(from, 'truth.csv'), 'utf8')).trim().split(/\r?\n/);
  const answer = (line: string): string => line.slice(line.lastIndexOf(','));
  const moved = lines.filter((_, at) => (at * 7) % 10 < SHUFFLED * 10);
  const mixed = lines.map((line) => {
    const place = moved.indexOf(line);
    if (place < 0) return line;
    // Far enough away to be of another table, and another answer.
    const half = Math.floor(moved.length / 2);
    const others = [...moved.slice(place + half), ...moved].map(answer);
    return line.slice(0, -answer(line).length) + (others.find((other) => other !== answer(line)) ?? '');
  });
  const path = join(to, 'shuffled.csv');
  await writeFile(path, `${[header, ...mixed].join('\n')}\n`);
  return path;
}

const folder = await mkdtemp(join(tmpdir(), 'ancilla-mapping-'));
try {
  const names = (await readdir(cases, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const baseline = join(folder, 'baseline');
  await mkdir(baseline);
  await run('python3', [join(cases, 'baseline.py'), cases, baseline, '--method', 'coma']);

  const shipped = join(import.meta.dirname, '..', 'packages', 'server', 'data', 'mapping-base.json');
  const again = join(folder, 'base.json');
  await ancilla('train', '--cases', cases, '--out', again);
  const [was, is] = await Promise.all([shipped, again].map(async (path) => JSON.stringify(JSON.parse(await readFile(path, 'utf8')))));
  process.stdout.write(`the base model that ships ${was === is ? 'is' : 'is not'} what these cases give\n`);

  const figures: Record<string, Record<(typeof stages)[number], Figures>> = {};
  for (const name of names.toSorted()) {
    const at = join(cases, name);
    const [base, out] = [join(folder, `${name}.json`), join(folder, `${name}.csv`)];
    await ancilla('train', '--cases', cases, '--leave-out', name, '--out', base);
    const map = (...more: readonly string[]) =>
      ancilla('map', '--source', join(at, 'source'), '--glossary', join(at, 'glossary.json'), '--base', base, '--out', out, ...more);
    await map();
    const cold = await score(name, out);
    const tables = (await readdir(join(at, 'source'))).map((file) => file.replace(/\.csv$/, '')).toSorted();
    const step = Math.max(1, tables.length / TESTED);
    const tested = Array.from({ length: Math.min(TESTED, tables.length) }, (_, i) => Math.floor(i * step));
    const testedTables = tested.map((i) => tables[i] ?? '');
    /** The same tables, each with others approved. */
    const after = async (approvedFor: (at: number) => readonly string[], truth = join(at, 'truth.csv')): Promise<Figures> => {
      const lines: string[] = [];
      for (const i of tested) {
        await map('--approved', truth, '--approved-tables', approvedFor(i).join(','), '--tables', tables[i] ?? '');
        const [header = '', ...rest] = (await readFile(out, 'utf8')).trim().split('\n');
        lines.push(...(lines.length === 0 ? [header] : []), ...rest);
      }
      await writeFile(out, `${lines.join('\n')}\n`);
      return score(name, out, '--tables', testedTables.join(','));
    };
    /** So many others, spread over the case, the same ones in every run. */
    const some = (count: number) => (i: number) =>
      Array.from({ length: count }, (_, n) => tables[(i + Math.ceil(((n + 1) * tables.length) / (count + 1))) % tables.length] ?? '');
    figures[name] = {
      plain: await score(name, join(baseline, `${name}.csv`)),
      cold,
      coldSame: await score(name, out, '--tables', testedTables.join(',')),
      one: await after(some(1)),
      three: await after(some(APPROVED)),
      all: await after((i) => tables.filter((_, other) => other !== i)),
      shuffled: await after((i) => tables.filter((_, other) => other !== i), await shuffledTruth(at, folder)),
    };
    for (const [what, of] of Object.entries(figures[name])) process.stdout.write(`${name.padEnd(20)} ${what.padEnd(10)} ${show(of)}\n`);
  }
  process.stdout.write(`${'macro of the five'.padEnd(20)} ${'what'.padEnd(10)} ${measured.join(' / ')}\n`);
  for (const what of stages) {
    const of = mean(MACRO.flatMap((name) => figures[name]?.[what] ?? []));
    process.stdout.write(`${'macro of the five'.padEnd(20)} ${what.padEnd(10)} ${show(of)}\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
