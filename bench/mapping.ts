// The mapping agent on labelled tables: without a person, after three approved tables, after all others. Every figure comes from `ancilla map` and the cases' own scorer,
// beside the cases' own baseline in the same run; no case is scored by a base model that saw it.
//   bench/mapping.ts [CASES_DIR]      a folder for each case: source/*.csv, glossary.json, truth.csv; score.py and baseline.py beside them
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const cases = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'shared', 'benchmarks', 'mapping');
/** What the bars are about; city-values has no headers and stands apart. */
const MACRO = ['business-a', 'web-tables-a', 'addresses-names-a', 'gdc-a', 'soccer'];
/** So many tables of a case, spread evenly, are predicted with others approved. */
const TESTED = 12;
const APPROVED = 3;

if (!existsSync(join(cases, 'score.py'))) {
  process.stdout.write(`no labelled tables at ${cases}: name a folder of cases\n`);
  process.exit(0);
}

const run = async (command: string, args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(command, args, { maxBuffer: 2 ** 26, encoding: 'utf8' })).stdout;
const main = join(import.meta.dirname, '..', 'packages', 'server', 'src', 'cli', 'main.ts');
const ancilla = (...args: readonly string[]) => run(process.execPath, ['--conditions=ancilla-source', main, ...args]);

interface Figures {
  readonly recall: number;
  readonly mrr: number;
}
const average = (all: readonly number[]): number => all.reduce((sum, each) => sum + each, 0) / all.length;
const mean = (all: readonly Figures[]): Figures => ({
  recall: average(all.map(({ recall }) => recall)),
  mrr: average(all.map(({ mrr }) => mrr)),
});
const show = ({ recall, mrr }: Figures): string => `${recall.toFixed(3)} / ${mrr.toFixed(3)}`;

/** Recall@1 and MRR of one file of predictions, as the cases' scorer sees them. */
async function score(name: string, predictions: string, ...options: readonly string[]): Promise<Figures> {
  const lines = (await run('python3', [join(cases, 'score.py'), join(cases, name), predictions, '--json', ...options])).trim();
  const found = /"recall@1": ([\d.]+)[^}]*"MRR": ([\d.]+)/.exec(lines);
  if (found === null) throw new TypeError(`score.py said something else than figures: ${lines.slice(0, 200)}`);
  return { recall: Number(found[1]), mrr: Number(found[2]) };
}

const folder = await mkdtemp(join(tmpdir(), 'ancilla-mapping-'));
try {
  const names = (await readdir(cases, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const baseline = join(folder, 'baseline');
  await mkdir(baseline);
  await run('python3', [join(cases, 'baseline.py'), cases, baseline, '--method', 'coma']);

  const figures: Record<string, Record<'plain' | 'cold' | 'three' | 'all', Figures>> = {};
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
    const after = async (approvedFor: (at: number) => readonly string[]): Promise<Figures> => {
      const all: Figures[] = [];
      for (const i of tested) {
        const table = tables[i] ?? '';
        await map('--approved', join(at, 'truth.csv'), '--approved-tables', approvedFor(i).join(','), '--tables', table);
        // A table without labels has no figures.
        const found = await score(name, out, '--tables', table).catch(() => undefined);
        if (found !== undefined) all.push(found);
      }
      return mean(all);
    };
    figures[name] = {
      plain: await score(name, join(baseline, `${name}.csv`)),
      cold,
      // Spread over the case, the same ones in every run.
      three: await after((i) => [1, 2, 3].map((n) => tables[(i + Math.ceil((n * tables.length) / (APPROVED + 1))) % tables.length] ?? '')),
      all: await after((i) => tables.filter((_, other) => other !== i)),
    };
    const { plain, three, all } = figures[name];
    process.stdout.write(
      `${name.padEnd(20)} COMA-like ${show(plain)}   cold ${show(cold)}   3 approved ${show(three)}   all others ${show(all)}\n`,
    );
  }
  const macro = (what: 'plain' | 'cold' | 'three' | 'all') => mean(MACRO.flatMap((name) => figures[name]?.[what] ?? []));
  process.stdout.write(
    `macro of ${MACRO.length}           COMA-like ${show(macro('plain'))}   cold ${show(macro('cold'))}   3 approved ${show(macro('three'))}   all others ${show(macro('all'))}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
