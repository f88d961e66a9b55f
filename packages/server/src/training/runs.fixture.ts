import { readdir, readFile, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { featureNames, priorModel } from '@ancilla/ranker';
import { isolationFor } from './isolate.ts';
import { writeDataset } from './dataset-file.ts';
import { datasetFields, type Cell } from './fields.ts';
import { decisionOf, draft, featuresOf } from './learning.fixture.ts';
import { train, trainer } from './runs.ts';
import { atOnce } from './turns.ts';

const packages = fileURLToPath(new URL('../../..', import.meta.url));
export const order = { feature_names: featureNames, shipped: priorModel, running: priorModel };
/** Decisions in which the second candidate was right: something to learn. */
export const decisions = Array.from({ length: 40 }, (_, n) => decisionOf(n, { decision: 'override', semantic_id: 'sem.address.city' }));
export const misleading = new Map(
  decisions.map((decision, n) => [
    decision.features_ref,
    featuresOf(decision, { numbers: (c) => featureNames.map((_, f) => (((c * 7 + f * 3 + n) % 11) + (f === 6 ? 5 * c : 0)) / 20) }),
  ]),
);
/** A dataset of so many decisions of twenty candidates, all but a hundred held out: much to read, little to learn. */
export function manyDecisions(count: number): Uint8Array {
  const fields = datasetFields(featureNames, false).filter(
    ({ name }) => ['example_id', 'split', 'cluster', 'candidate', 'chosen'].includes(name) || featureNames.includes(name),
  );
  const rows = Array.from({ length: count * CANDIDATES }, (_, at) => ({
    decision: Math.floor(at / CANDIDATES),
    candidate: at % CANDIDATES,
  }));
  const cellOf = (name: string, { decision, candidate }: (typeof rows)[number], feature: number): Cell => {
    if (name === 'example_id') return `ex_${decision}`;
    if (name === 'split') return decision < 100 ? 'train' : 'held_out';
    if (name === 'cluster') return `table ${Math.floor(decision / 10)}`;
    if (name === 'candidate') return candidate === 0 ? 'none' : `term ${candidate}`;
    if (name === 'chosen') return candidate === 1 + (decision % 3);
    return ((decision * 7 + candidate * 13 + feature * 5) % 97) / 100;
  };
  const columns = Object.fromEntries(fields.map(({ name }, feature) => [name, rows.map((row) => cellOf(name, row, feature))]));
  return atOnce(writeDataset(fields, columns));
}
const CANDIDATES = 21;
export const parquetOf = (of = decisions) => draft(of, { features: misleading }).bytes;
export const run = async (t: TestContext, parquet = parquetOf(), how: Partial<Parameters<typeof isolationFor>[0]> = {}) =>
  train(parquet, order, await isolationFor({ node: process.execPath, ...trainer, ...how }), t);

/** The trainer as JavaScript in a folder: Node strips types with WebAssembly, which is not to be had without a compiler. */
export async function emitTrainer(folder: string): Promise<string> {
  const ranker = join(packages, 'ranker', 'src');
  const emit = async (from: string, to: string) => {
    const js = stripTypeScriptTypes(await readFile(from, 'utf8'))
      .replaceAll(".ts'", ".js'")
      .replaceAll("'@ancilla/ranker'", "'./index.js'")
      .replaceAll("'hyparquet'", JSON.stringify(import.meta.resolve('hyparquet')));
    await writeFile(join(folder, to), js);
  };
  for (const name of await readdir(ranker)) if (!name.includes('.test.')) await emit(join(ranker, name), name.replace('.ts', '.js'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await emit(trainer.script, 'trainer.js');
  return join(folder, 'trainer.js');
}
