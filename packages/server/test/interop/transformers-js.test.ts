// Not part of `npm test`: a model in ONNX form, really run by Transformers.js. `npm run test:interop` with
//   ANCILLA_TEST_TRANSFORMERS  a folder that has it in its node_modules, as .ci/run installs it
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { openTransformersProvider } from '../../src/embedding/providers/transformers-js.ts';
import { startTestServer } from '../test-server.ts';
import { writeOnnxModel } from './onnx-model.ts';

const folder = process.env['ANCILLA_TEST_TRANSFORMERS'];
const skip = folder === undefined && 'ANCILLA_TEST_TRANSFORMERS names no folder with Transformers.js';
const io = { signal: new AbortController().signal };
const WINDOW = 8;
// The library is found in the folder that a server starts in.
before(() => folder !== undefined && process.chdir(folder));

async function tinyModel() {
  const path = await mkdtemp(join(tmpdir(), 'ancilla-onnx-'));
  await writeOnnxModel(path, { city: [1, 0, 0], town: [0.8, 0.6, 0], price: [0, 0, 1] }, WINDOW);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('a model in a folder gives unit vectors, and says what it did not know and did not see', { skip }, async () => {
  await using model = await tinyModel();
  const provider = await openTransformersProvider(model.path);
  const texts = [
    'City',
    'city town',
    'city xqzzt',
    Array.from({ length: 12 }, () => 'price').join(' '),
    '',
    ...Array.from({ length: 40 }, () => 'town'),
  ];
  const { meta, texts: made } = await provider.embed(texts, io, 'north');
  match(meta.revision, /^[0-9a-f]{12}$/);
  deepEqual([meta.provider, meta.dim, meta.pooling, meta.quantisation], ['transformers.js', 3, 'mean', 'float32']);
  equal(made.length, texts.length);
  deepEqual(made[0]?.vector, Float32Array.from([1, 0, 0]));
  for (const { vector } of made.slice(0, 3)) ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6);
  // Two of its eight places are taken by marks of beginning and end.
  deepEqual(
    made.slice(0, 5).map(({ confidence }) => confidence),
    [1, 1, 0.5, (WINDOW - 2) / 12, 0],
  );
  deepEqual(made.at(-1), made.at(-2));
  await rejects(provider.embed(['city'], { signal: AbortSignal.abort(new Error('enough')) }, 'north'), /enough/);
});

test('another file, or what it is pooled by, is another space; a folder without a model is refused by name', { skip }, async () => {
  await using model = await tinyModel();
  const metaOf = async () => (await (await openTransformersProvider(model.path)).embed(['city'], io, 'north')).meta;
  const exact = await metaOf();
  await rename(join(model.path, 'onnx', 'model.onnx'), join(model.path, 'onnx', 'model_quantized.onnx'));
  equal((await metaOf()).quantisation, 'int8');
  await writeOnnxModel(model.path, { city: [0, 1, 0] }, WINDOW);
  ok((await metaOf()).revision !== exact.revision);
  await rm(join(model.path, 'tokenizer.json'));
  await rejects(openTransformersProvider(model.path), { code: 'config.invalid', message: /not a model that gives a vector/ });
  await rm(join(model.path, 'onnx'), { recursive: true });
  await rejects(openTransformersProvider(model.path), {
    code: 'config.invalid',
    message: /ANCILLA_EMBEDDING_FOLDER: no onnx\/model\.onnx/,
  });
});

test('a server embeds and searches with it, and the call stands in the ledger under its name', { skip }, async () => {
  await using model = await tinyModel();
  await using server = await startTestServer({ ANCILLA_EMBEDDING_FOLDER: model.path });
  const { agent } = server.north;
  const { items } = await agent.post<{ items: readonly { embedding_vector: readonly number[]; model_meta: { provider: string } }[] }>(
    200,
    '/dif/embeddings',
    { texts: ['city', 'price'] },
  );
  deepEqual(
    items.map(({ embedding_vector, model_meta }) => [embedding_vector, model_meta.provider]),
    [
      [[1, 0, 0], 'transformers.js'],
      [[0, 0, 1], 'transformers.js'],
    ],
  );
  const near = await agent.post<{ items: readonly { score: number }[] }>(200, '/dif/embeddings/search', { text: 'town', k: 1 });
  ok(Math.abs((near.items[0]?.score ?? 0) - 0.8) < 1e-6);
  const calls = await agent.get<{ items: readonly { endpoint: string }[] }>(200, '/dif/prompt_events?agent_id=hf.embedding.v1');
  match(calls.items[0]?.endpoint ?? '', /^transformers\.js:/);
});
