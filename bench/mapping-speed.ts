// How long suggestions take: a table of 100 columns and 300 rows against a glossary of 736 terms, by `ancilla map`, start-up included, the first time
// and after (what code compiles to is kept), and in a process that runs, beside the cases' own COMA-like script; a table of 5 columns and 20 rows as somebody's first; and how long
// training on 20,000 decisions takes beside computing their features once.
//   bench/mapping-speed.ts [CASES_DIR]
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { learn, priorModel, type TrainingRow } from '@ancilla/ranker';
import { readTableFile } from '../packages/server/src/cli/case-folder.ts';
import { readBaseModel } from '../packages/server/src/mapping/base-model.ts';
import { openEmbeddedProvider } from '../packages/server/src/embedding/providers/index.ts';
import { compareTable, rankCompared } from '../packages/server/src/mapping/rank-table.ts';
import { median } from './measure.ts';

const cases = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'shared', 'benchmarks', 'mapping');
const [COLUMNS, ROWS, DECISIONS] = [100, 300, 20_000];
const [FEW_COLUMNS, FEW_ROWS] = [5, 20];
if (!existsSync(join(cases, 'baseline.py'))) {
  process.stdout.write(`no labelled tables at ${cases}: name a folder of cases\n`);
  process.exit(0);
}
const run = promisify(execFile);
const main = join(import.meta.dirname, '..', 'packages', 'server', 'bin', 'ancilla.js');
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

/** A case of one table: real columns of a case's tables side by side, their rows repeated. */
async function makeTable(name: string, count: number, rows: number, wide: string) {
  const from = join(cases, name);
  await mkdir(join(wide, 'source'), { recursive: true });
  await cp(join(from, 'glossary.json'), join(wide, 'glossary.json'));
  const columns: { readonly name: string; readonly values: readonly string[] }[] = [];
  for (const file of (await readdir(join(from, 'source'))).toSorted()) {
    const table = await readTableFile(join(from, 'source'), file, () => {});
    columns.push(...table.columns.map((column) => ({ name: column.name, values: column.samples.length === 0 ? [''] : column.samples })));
  }
  const names = new Set<string>();
  const chosen = columns.filter((column) => !names.has(column.name) && names.add(column.name).size > 0).slice(0, count);
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = Array.from({ length: rows }, (_, row) => chosen.map(({ values }) => quote(values[row % values.length] ?? '')).join(','));
  await writeFile(join(wide, 'source', 'wide.csv'), `${chosen.map((column) => quote(column.name)).join(',')}\n${lines.join('\n')}\n`);
  await writeFile(join(wide, 'truth.csv'), `table,column,semantic_id\nwide,${quote(chosen[0]?.name ?? '')},age_at_index\n`);
  return { wide, chosen };
}

const folder = await mkdtemp(join(tmpdir(), 'ancilla-mapping-speed-'));
try {
  const { wide, chosen } = await makeTable('gdc-a', COLUMNS, ROWS, join(folder, 'cases', 'wide'));
  const small = await makeTable('business-a', FEW_COLUMNS, FEW_ROWS, join(folder, 'small'));
  const out = join(folder, 'ours.csv');
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const map = (of: string) => {
    const asked = ['--source', join(of, 'source'), '--glossary', join(of, 'glossary.json'), '--out', out];
    return seconds(() => run(process.execPath, ['--conditions=ancilla-source', main, 'map', ...asked], { env }));
  };
  const first = await map(wide);
  const after: number[] = [];
  const afterSmall: number[] = [];
  for (let i = 0; i < 5; i++) {
    after.push(await map(wide));
    afterSmall.push(await map(small.wide));
  }
  const theirs = await seconds(() => run('python3', [join(cases, 'baseline.py'), join(folder, 'cases'), folder, '--method', 'coma']));
  process.stdout.write(
    `${COLUMNS} columns × ${ROWS} rows, 736 terms: ancilla map ${first.toFixed(2)} s, then ${median(after).toFixed(2)} s, COMA-like ${theirs.toFixed(2)} s: × ${(theirs / first).toFixed(1)}, × ${(theirs / median(after)).toFixed(1)}\n`,
  );

  process.stdout.write(`${FEW_COLUMNS} columns × ${FEW_ROWS} rows, 170 terms: ancilla map ${median(afterSmall).toFixed(2)} s\n`);

  const terms = JSON.parse(await readFile(join(wide, 'glossary.json'), 'utf8')) as Parameters<typeof compareTable>[0]['terms'];
  const similarity = await openEmbeddedProvider();
  const model = await readBaseModel();
  const again = async () => {
    const whole = await readTableFile(join(wide, 'source'), 'wide.csv', () => {});
    rankCompared(compareTable({ table: whole, terms, similarity, keyed: (text) => text }), model, []);
  };
  const warm: number[] = [];
  for (let i = 0; i < 15; i++) warm.push(await seconds(again));
  process.stdout.write(
    `the same in a process that runs: ${median(warm.slice(5)).toFixed(2)} s: × ${(theirs / median(warm.slice(5))).toFixed(1)}\n`,
  );
  const rows: TrainingRow[] = [];
  const table = { name: 'wide', columns: chosen.map(({ name, values }) => ({ name, samples: values.slice(0, 30) })) };
  const compute = async () => {
    for (let made = 0; made < DECISIONS; made += COLUMNS) {
      const ranked = rankCompared(compareTable({ table, terms, similarity, keyed: (text) => text }), priorModel, []);
      for (const { column, features } of ranked)
        for (const [at, candidate] of features.entries())
          rows.push({
            group: `${made}/${column}`,
            cluster: `${made}`,
            candidate: candidate.semantic_id,
            chosen: at === made % 3,
            features: candidate.features,
          });
    }
  };
  const features = await seconds(compute);
  const training = await seconds(async () => learn(rows));
  process.stdout.write(
    `${DECISIONS} decisions: features ${features.toFixed(1)} s, training ${training.toFixed(1)} s: × ${(training / features).toFixed(2)}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
