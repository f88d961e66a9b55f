import { readdir, readFile, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { featureNames, priorModel } from '@ancilla/ranker';
import { isolationFor } from './isolate.ts';
import { decisionOf, draft, featuresOf } from './learning.fixture.ts';
import { train, trainer } from './runs.ts';

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
