import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { priorModel, featureNames, parseModel } from '@ancilla/ranker';
import { isolationFor } from './isolate.ts';
import { decisionOf, draft, featuresOf } from './learning.fixture.ts';
import { train, trainer } from './runs.ts';

const packages = fileURLToPath(new URL('../../..', import.meta.url));
const order = { feature_names: featureNames, shipped: priorModel, running: priorModel };
/** Decisions in which the second candidate was right: something to learn. */
const decisions = Array.from({ length: 40 }, (_, n) => decisionOf(n, { decision: 'override', semantic_id: 'sem.address.city' }));
const misleading = new Map(
  decisions.map((decision, n) => [
    decision.features_ref,
    featuresOf(decision, { numbers: (c) => featureNames.map((_, f) => (((c * 7 + f * 3 + n) % 11) + (f === 6 ? 5 * c : 0)) / 20) }),
  ]),
);
const parquetOf = (of = decisions) => draft(of, { features: misleading }).bytes;
const run = async (t: TestContext, parquet = parquetOf(), how: Partial<Parameters<typeof isolationFor>[0]> = {}) =>
  train(parquet, order, await isolationFor({ node: process.execPath, ...trainer, ...how }), t);

/** The trainer as JavaScript in a folder: Node strips types with WebAssembly, which is not to be had without a compiler. */
async function emitTrainer(folder: string): Promise<string> {
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

test('the same dataset gives the same model to the byte: optimised, not optimised, interpreted', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-trainer-'));
  t.after(() => rm(folder, { recursive: true }));
  const script = await emitTrainer(folder);
  const plain = await run(t);
  deepEqual(await run(t), plain);
  deepEqual(await run(t, parquetOf(), { flags: ['--no-opt'] }), plain);
  deepEqual(await run(t, parquetOf(), { flags: ['--jitless'], script, readable: [...trainer.readable, folder] }), plain);
  notEqual(plain.digest, (await run(t, parquetOf(decisions.slice(1)))).digest, 'one example less is another model');
  deepEqual(parseModel(JSON.parse(Buffer.from(plain.bytes).toString('utf8'))).feature_names, featureNames);
});

test('a model is what its dataset says, whatever runs now: what was taken out of the dataset is forgotten', async (t) => {
  const first = await run(t);
  const running = parseModel(JSON.parse(Buffer.from(first.bytes).toString('utf8')));
  const again = await train(parquetOf(), { ...order, running }, await isolationFor({ node: process.execPath, ...trainer }), t);
  equal(again.digest, first.digest);
  deepEqual(again.comparison.old, first.comparison.new);
});

test('tables that are held out are compared on and not trained on', async (t) => {
  const { rows } = draft(decisions, { features: misleading });
  const { comparison, digest } = await run(t);
  const heldOut = rows.filter(({ split }) => split === 'held_out');
  equal(comparison.clusters, new Set(heldOut.map(({ cluster }) => cluster)).size);
  equal(comparison.groups, new Set(heldOut.map((row) => row['example_id'])).size);
  ok(comparison.clusters > 0);
  // Other answers on the held-out tables: other figures, the same model.
  const kept = new Set(heldOut.map((row) => row['mapping_history_id']));
  const others = decisions.map((decision) =>
    kept.has(decision.mapping_history_id) ? { ...decision, decision: 'none_of_these' as const, semantic_id: null } : decision,
  );
  const changed = await run(t, draft(others, { features: misleading }).bytes);
  equal(changed.digest, digest);
  notEqual(changed.comparison.old['mrr'], comparison.old['mrr']);
});

test('decisions of one table cannot be compared on another, and that is said', async (t) => {
  const one = decisions.map((decision) => ({ ...decision, source: { ...decision.source, table: 'orders' } }));
  await rejects(run(t, draft(one, { features: misleading }).bytes), { code: 'training.empty' });
});

test('what is no dataset ends the run, not the server', async (t) => {
  await rejects(run(t, Buffer.from('PAR1 this is none PAR1')), { code: 'training.isolated' });
});
