import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cachedProvider, openEmbeddedProvider, openHttpProvider, spaceId, type EmbeddingProvider } from './index.ts';
import { openTransformersProvider } from './transformers-js.ts';

const io = { signal: new AbortController().signal };

test('the embedded provider knows synonyms and spelling, says what it did not see, and always says the same', async () => {
  const provider = await openEmbeddedProvider();
  const near = (a: string, b: string): number => {
    const other = provider.vectorOf(b).vector;
    return provider.vectorOf(a).vector.reduce((sum, part, at) => sum + part * (other[at] ?? 0), 0);
  };
  ok(near('surname', 'last name') > near('surname', 'price'));
  ok(near('city', 'town') > near('city', 'quantity'));
  ok(near('custmr', 'customer') > near('custmr', 'latitude'));
  equal(provider.vectorOf('xqzzt').confidence, 0);
  equal(provider.vectorOf('customer xqzzt').confidence, 0.5);
  const again = await (await openEmbeddedProvider()).embed(['customer name'], io, 'north');
  deepEqual(again.texts[0]?.vector, provider.vectorOf('customer name').vector);
  equal(provider.vectorOf('').vector.length, again.meta.dim);
});

test('a model in a folder needs a library that the site installs, and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ancilla-onnx-'));
  try {
    await mkdir(join(folder, 'onnx'));
    await writeFile(join(folder, 'onnx', 'model.onnx'), '');
    await rejects(openTransformersProvider(folder), { code: 'config.invalid', message: /npm install @huggingface\/transformers/ });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a space is everything that shapes a vector', async () => {
  const { meta } = await (await openEmbeddedProvider()).embed(['city'], io, 'north');
  ok(spaceId(meta) !== spaceId({ ...meta, revision: 'other' }));
});

/** A server that answers as told, one answer a request. */
async function serve(
  answers: readonly ((body: { readonly input?: readonly string[]; readonly inputs?: readonly string[] }) => {
    readonly status: number;
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
  })[],
) {
  const asked: { readonly url: string; readonly texts: number }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as { input?: readonly string[]; inputs?: readonly string[] };
      const answer = answers[Math.min(asked.length, answers.length - 1)]?.(body) ?? { status: 500 };
      asked.push({ url: request.url ?? '', texts: (body.input ?? body.inputs ?? []).length });
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(JSON.stringify(answer.body ?? {}));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    url,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
const openai = (body: { readonly input?: readonly string[] }) => ({
  status: 200,
  body: { data: (body.input ?? []).map((_, index) => ({ index, embedding: [index + 1, 0] })).toReversed() },
});
const waits: number[] = [];
const options = {
  model: 'm',
  revision: undefined,
  apiKey: undefined,
  fetch: (to: string | URL, init?: RequestInit) => fetch(to, init),
  sleep: async (ms: number) => void waits.push(ms),
  timeoutMs: 5000,
};
/** What Text Embeddings Inference says of itself, as far as it is read. */
const info = (model_sha: string | null = '5c38ec7c405ec4b44b94cc5a9bb96e735b38267a') => ({
  status: 200,
  body: { model_id: 'm', model_sha, model_type: { embedding: { pooling: 'cls' } } },
});

test('OpenAI’s shape is read by index, TEI’s and Hugging Face’s as a list', async () => {
  await using server = await serve([openai]);
  const made = await openHttpProvider({ ...options, url: server.url, shape: 'openai' }).embed(['a', 'b'], io, 'north');
  deepEqual(
    made.texts.map(({ vector }) => [...vector]),
    [
      [1, 0],
      [1, 0],
    ],
  );
  await using tei = await serve([() => info(), ({ inputs = [] }) => ({ status: 200, body: inputs.map(() => [3, 4]) })]);
  const provider = openHttpProvider({ ...options, url: tei.url, shape: 'tei' });
  deepEqual((await provider.embed(['a'], io, 'north')).texts[0]?.vector, Float32Array.from([0.6, 0.8]));
  deepEqual(
    tei.asked.map(({ url }) => url),
    ['/info', '/embed'],
  );
  await using hf = await serve([
    ({ inputs = [] }) => ({
      status: 200,
      body: inputs.map(() => [
        [1, 2],
        [3, 4],
      ]),
    }),
  ]);
  await rejects(openHttpProvider({ ...options, url: hf.url, shape: 'hf' }).embed(['a'], io, 'north'), {
    code: 'embedding.provider',
    message: /token-level/,
  });
});

test('an overloaded server is asked again when it says, a batch too large is halved, another error is an error', async () => {
  await using server = await serve([
    () => ({ status: 429, headers: { 'retry-after': '3' } }),
    (body) => ((body.input ?? []).length > 1 ? { status: 413 } : openai(body)),
  ]);
  const made = await openHttpProvider({ ...options, url: server.url, shape: 'openai' }).embed(['a', 'b', 'c'], io, 'north');
  equal(made.texts.length, 3);
  deepEqual(waits.splice(0), [3000]);
  deepEqual(
    server.asked.map(({ texts }) => texts),
    [3, 3, 2, 1, 1, 1],
  );
  await using failing = await serve([() => ({ status: 424 })]);
  await rejects(openHttpProvider({ ...options, url: failing.url, shape: 'hf' }).embed(['a'], io, 'north'), { message: /status 424/ });
  equal(failing.asked.length, 2, 'a backend that failed is asked once more');
  await using broken = await serve([() => ({ status: 500 })]);
  await rejects(openHttpProvider({ ...options, url: broken.url, shape: 'openai' }).embed(['a'], io, 'north'), {
    code: 'embedding.provider',
    message: /status 500/,
  });
});

test('an answer that breaks off is asked for again, as is one of a gateway; what a failure says has no address, which redaction would take out', async () => {
  let asked = 0;
  const breaking = createServer((request, response) => {
    request.resume().on('end', () => {
      asked++;
      if (asked === 2) return void response.writeHead(502).end();
      const text = JSON.stringify(openai({ input: ['a'] }).body);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      if (asked === 1) response.write(text.slice(0, 9), () => response.destroy());
      else response.end(asked === 3 ? text : text.replace('1', '?'));
    });
  }).listen(0, '127.0.0.1');
  await once(breaking, 'listening');
  const address = breaking.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  try {
    const provider = openHttpProvider({ ...options, url, shape: 'openai' });
    deepEqual((await provider.embed(['a'], io, 'north')).texts[0]?.vector, Float32Array.from([1, 0]));
    equal(asked, 3);
    await rejects(provider.embed(['a'], io, 'north'), { message: 'the openai server: an answer that is not JSON' });
  } finally {
    breaking.closeAllConnections();
    breaking.close();
    waits.splice(0);
  }
});

test('a server that does not answer in time is waited for once', async () => {
  let asked = 0;
  const silent = createServer(() => void asked++).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  try {
    await rejects(openHttpProvider({ ...options, url, shape: 'openai', timeoutMs: 200 }).embed(['a'], io, 'north'), {
      code: 'embedding.provider',
      message: /no answer within 0.2 s/,
    });
    equal(asked, 1);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

test('vectors of another length than the first do not enter the space', async () => {
  let size = 2;
  await using server = await serve([
    ({ inputs = [] }) => ({ status: 200, body: inputs.map(() => Array.from({ length: size++ }, () => 1)) }),
  ]);
  await rejects(openHttpProvider({ ...options, url: server.url, shape: 'hf', batch: 1 }).embed(['a', 'b'], io, 'north'), {
    code: 'embedding.provider',
    message: /3 numbers in a space of 2/,
  });
});

test('a space says which model a server has: its own word, or the site’s; nothing is cut off; another model waits for the next start', async () => {
  const bodies: unknown[] = [];
  const vectors = (body: { readonly inputs?: readonly string[] }) => {
    bodies.push(body);
    return { status: 200, body: (body.inputs ?? []).map(() => [3, 4]) };
  };
  await using tei = await serve([
    () => info(),
    vectors,
    () => info(),
    vectors,
    () => info('0'.repeat(40)),
    vectors,
    () => info(null),
    vectors,
  ]);
  const open = () => openHttpProvider({ ...options, revision: 'of-the-site', url: tei.url, shape: 'tei' });
  const provider = open();
  const { meta } = await provider.embed(['a'], io, 'north');
  deepEqual([meta.revision, meta.pooling, meta.dim], ['5c38ec7c405ec4b44b94cc5a9bb96e735b38267a', 'cls', 2]);
  deepEqual((await provider.embed(['a'], io, 'north')).meta, meta);
  await rejects(provider.embed(['a'], io, 'north'), { code: 'embedding.provider', message: /another model now/ });
  equal((await open().embed(['a'], io, 'north')).meta.revision, 'of-the-site', 'a folder’s model has no commit');
  await using hf = await serve([vectors]);
  const hosted = await openHttpProvider({ ...options, revision: 'v2', url: hf.url, shape: 'hf' }).embed(['a'], io, 'north');
  deepEqual([hosted.meta.revision, bodies.at(-1)], ['v2', { inputs: ['a'], normalize: true, truncate: false }]);
  await using other = await serve([() => ({ status: 200, body: { model_type: { reranker: {} } } })]);
  await rejects(openHttpProvider({ ...options, url: other.url, shape: 'tei' }).embed(['a'], io, 'north'), {
    message: /no embedding model/,
  });
});

test('what a provider said is not asked for again: by content, once in a request too, for each owner apart, and within a bound', async () => {
  const asked: string[][] = [];
  const inner = await openEmbeddedProvider();
  const counting: EmbeddingProvider = {
    ...inner,
    async embed(texts, ...rest) {
      asked.push([...texts]);
      return inner.embed(texts, ...rest);
    },
  };
  const { meta } = await inner.embed(['city'], io, 'north');
  const provider = cachedProvider(counting, 3 * meta.dim);
  const words = async (texts: readonly string[], owner: string) =>
    deepEqual(await provider.embed(texts, io, owner), await inner.embed(texts, io, owner));
  await words(['city', 'town', 'city'], 'north');
  await words(['town', 'city'], 'north');
  deepEqual(asked, [['city', 'town']]);
  await words(['city'], 'south');
  deepEqual(asked.splice(0), [['city', 'town'], ['city']]);
  // A fourth vector: the one that was used longest ago is let go.
  await words(['price'], 'north');
  await words(['city', 'town'], 'north');
  deepEqual(asked, [['price'], ['town']]);
  const few = cachedProvider({ ...inner, embed: async () => ({ meta, texts: [] }) });
  deepEqual((await few.embed(['a'], io, 'north')).texts, [], 'whoever asked finds out that it gave too few');
});
