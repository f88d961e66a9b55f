// The mapping agent on labelled tables: without a person, after one and three approved tables, after all others, and what the offline gate says of models trained on them. Every
// figure comes from what `ancilla map` does and the cases' own scorer, beside the cases' own baseline in the same run; no case is scored by a base model that saw it.
//   bench/mapping.ts [CASES_DIR]      a folder for each case: source/*.csv, glossary.json, truth.csv; score.py and baseline.py beside them
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseModel, type Model } from '@ancilla/ranker';
import { HEADER, predict } from '../packages/server/src/cli/map.ts';
import { openEmbeddedProvider } from '../packages/server/src/embedding/providers/index.ts';
import type { Answer } from '../packages/server/src/mapping/learn.ts';
import { judged } from './gate.ts';
import { readCase, shuffled, type LabelledCase } from './labelled-case.ts';

const cases = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'shared', 'benchmarks', 'mapping');
/** What the bars are about; city-values has no headers and stands apart. */
const MACRO = ['business-a', 'web-tables-a', 'addresses-names-a', 'gdc-a', 'soccer'];
/** So often tables of a case, spread evenly, are predicted with others approved: other tables, or with others approved, each time. */
const DRAWS = 3;
const TESTED = 12;
/** `plain`: the baseline; `cold`: all tables; the others are over the drawn tables, with so many of the others approved; `shuffled`: all, three in ten of the answers wrong. */
const stages = ['plain', 'cold', 'none', 'one', 'three', 'all', 'shuffled'] as const;

if (!existsSync(join(cases, 'score.py'))) {
  process.stdout.write(`no labelled tables at ${cases}: name a folder of cases\n`);
  process.exit(0);
}

const run = async (command: string, args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(command, args, { maxBuffer: 2 ** 26, encoding: 'utf8' })).stdout;
const main = join(import.meta.dirname, '..', 'packages', 'server', 'bin', 'ancilla.js');
const train = (...args: readonly string[]) =>
  run(process.execPath, ['--conditions=ancilla-source', main, 'train', '--cases', cases, ...args]);
const readModel = async (path: string): Promise<Model> => parseModel(JSON.parse(await readFile(path, 'utf8')));

/** Means over tables: right at once, reciprocal rank, recall at the size of the truth; over columns: share that could be taken unseen at 95 % precision, calibration error. */
const measured = ['recall@1', 'MRR', 'R@GT', 'coverage@95', 'ECE'] as const;
type Figures = Readonly<Record<(typeof measured)[number], number>>;
const mean = (all: readonly Figures[]): Figures =>
  Object.fromEntries(measured.map((name) => [name, all.reduce((sum, each) => sum + each[name], 0) / all.length])) as Figures;
const show = (of: Figures): string => measured.map((name) => of[name].toFixed(3)).join(' / ');
const spread = (of: readonly Figures[]): string =>
  of.length < 2 ? '' : `  MRR ${Math.min(...of.map(({ MRR }) => MRR)).toFixed(3)}–${Math.max(...of.map(({ MRR }) => MRR)).toFixed(3)}`;

/** One file of predictions, as the cases' scorer sees it. */
async function score(name: string, predictions: string, ...options: readonly string[]): Promise<Figures> {
  const said = await run('python3', [join(cases, 'score.py'), join(cases, name), predictions, '--more', '--json', ...options]);
  const { macro } = JSON.parse(said) as { macro: Figures };
  return macro;
}

/** The stages over one draw of tables, the same one in every run. */
async function drawn(name: string, { tables, answers }: LabelledCase, prior: Model, draw: number, out: string) {
  const count = tables.length;
  const step = Math.max(1, count / TESTED);
  const places = Array.from(
    { length: Math.min(TESTED, count) },
    (_, i) => (Math.floor(i * step) + Math.floor((draw * step) / DRAWS)) % count,
  );
  /** So many others, spread over the case. */
  const some = (number: number) => (at: number) => {
    const others = tables.filter((_, other) => other !== at);
    return Array.from(
      { length: number },
      (_, n) => others[(at + draw + Math.floor(((n + 1) * others.length) / (number + 1))) % others.length] ?? [],
    ).flat();
  };
  const after = async (approvedFor: (at: number) => LabelledCase['tables'], approved: readonly Answer[] = answers): Promise<Figures> => {
    const lines = places.flatMap((at) =>
      tables
        .slice(at, at + 1)
        .flatMap((table) => predict([[table.table.name, table]], { prior, approvedTables: approvedFor(at), answers: approved })),
    );
    await writeFile(out, `${[HEADER, ...lines].join('\n')}\n`);
    return score(name, out, '--tables', places.map((at) => tables[at]?.table.name ?? '').join(','));
  };
  const others = (at: number) => tables.filter((_, other) => other !== at);
  return {
    none: await after(() => []),
    one: await after(some(1)),
    three: await after(some(3)),
    all: await after(others),
    shuffled: await after(others, shuffled(answers, draw)),
  };
}

const folder = await mkdtemp(join(tmpdir(), 'ancilla-mapping-'));
try {
  const names = (await readdir(cases, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const baseline = join(folder, 'baseline');
  await mkdir(baseline);
  await run('python3', [join(cases, 'baseline.py'), cases, baseline, '--method', 'coma']);

  const again = join(folder, 'base.json');
  await train('--out', again);
  const shipped = join(import.meta.dirname, '..', 'packages', 'server', 'data', 'mapping-base.json');
  const [was, is] = await Promise.all([shipped, again].map(readModel));
  process.stdout.write(`the base model that ships ${JSON.stringify(was) === JSON.stringify(is) ? 'is' : 'is not'} what these cases give\n`);

  const similarity = await openEmbeddedProvider();
  const figures: Record<string, Record<(typeof stages)[number], Figures>> = {};
  const verdicts: string[] = [];
  for (const name of names.toSorted()) {
    const [base, out] = [join(folder, `${name}.json`), join(folder, `${name}.csv`)];
    await train('--leave-out', name, '--out', base);
    const [labelled, prior] = await Promise.all([readCase(join(cases, name), similarity), readModel(base)]);
    const { tables, answers } = labelled;
    const asked = tables.map((table) => [table.table.name, table] as const);
    await writeFile(out, `${[HEADER, ...predict(asked, { prior, approvedTables: [], answers: [] })].join('\n')}\n`);
    const whole = { plain: await score(name, join(baseline, `${name}.csv`)), cold: await score(name, out) };
    const draws: Awaited<ReturnType<typeof drawn>>[] = [];
    for (let draw = 0; draw < DRAWS; draw++) draws.push(await drawn(name, labelled, prior, draw, out));
    const of = (what: (typeof stages)[number]): readonly Figures[] =>
      what === 'plain' || what === 'cold' ? [whole[what]] : draws.map((draw) => draw[what]);
    figures[name] = Object.fromEntries(stages.map((what) => [what, mean(of(what))])) as Record<(typeof stages)[number], Figures>;
    for (const what of stages) process.stdout.write(`${name.padEnd(20)} ${what.padEnd(10)} ${show(mean(of(what)))}${spread(of(what))}\n`);
    verdicts.push(`${name.padEnd(20)} right      ${judged(labelled, prior, answers)}`);
    for (let draw = 0; draw < DRAWS; draw++)
      verdicts.push(`${name.padEnd(20)} shuffled   ${judged(labelled, prior, shuffled(answers, draw))}`);
  }
  process.stdout.write(`${'macro of the five'.padEnd(20)} ${'what'.padEnd(10)} ${measured.join(' / ')}\n`);
  for (const what of stages) {
    const of = mean(MACRO.flatMap((name) => figures[name]?.[what] ?? []));
    process.stdout.write(`${'macro of the five'.padEnd(20)} ${what.padEnd(10)} ${show(of)}\n`);
  }
  process.stdout.write(`the gate, of models trained on decisions in the order of the tables:\n${verdicts.join('\n')}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
