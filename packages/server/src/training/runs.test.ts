import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { featureNames, parseModel } from '@ancilla/ranker';
import { isolationFor } from './isolate.ts';
import { draft } from './learning.fixture.ts';
import { decisions, emitTrainer, manyDecisions, misleading, order, parquetOf, run } from './runs.fixture.ts';
import { train, trainer } from './runs.ts';

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

test('a dataset of many decisions fits in little memory; one that does not is told so, with how much there is', async (t) => {
  const parquet = manyDecisions(4000);
  const within = async (heapBytes: number) => run(t, parquet, { limits: { ...trainer.limits, heapBytes } });
  equal((await within(80 * 1024 ** 2)).comparison.groups, 3900);
  await rejects(within(20 * 1024 ** 2), { code: 'training.isolated', message: /needed more memory than it may have/ });
});

test('what is no dataset ends the run, not the server', async (t) => {
  await rejects(run(t, Buffer.from('PAR1 this is none PAR1')), { code: 'training.isolated' });
});
