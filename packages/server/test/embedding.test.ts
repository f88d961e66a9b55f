// Vectors from a server behind HTTP: a real one stands in for it.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { embeddingSpaces, replace } from '@ancilla/contracts';
import { govern } from './shop.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const io = { signal: new AbortController().signal };

/** Answers OpenAI's shape with what is told of the texts: vectors, or a status. */
async function startModel(answer: (texts: readonly string[]) => readonly (readonly number[])[] | number) {
  let asked = 0;
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        asked++;
        const { input } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { readonly input: readonly string[] };
        const said = answer(input);
        const data = typeof said === 'number' ? [] : said.map((embedding, index) => ({ index, embedding }));
        reply.writeHead(typeof said === 'number' ? said : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    asked: () => asked,
    settings: {
      ANCILLA_EMBEDDING_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ANCILLA_EMBEDDING_MODEL: 'm',
      ANCILLA_EMBEDDING_REVISION: 'r1',
    },
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
const callsOf = async ({ north }: TestServer) => {
  interface Event {
    readonly model_id: string;
    readonly model_version: string | null;
    readonly success: boolean;
    readonly error_code?: string;
    readonly saga_id?: string;
  }
  return (await north.auditor.get<{ readonly items: readonly Event[] }>(200, '/dif/prompt_events')).items;
};

test('a search is the first thing a server may be asked: what its model is, it tells with the vectors', async () => {
  using model = await startModel((texts) => texts.map(() => [3, 4, 0]));
  await using server = await startTestServer(model.settings);
  const { agent } = server.north;
  const search = () => agent.post<{ items: readonly { score: number }[] }>(200, '/dif/embeddings/search', { text: 'client' });
  deepEqual((await search()).items, []);
  interface Embedded {
    readonly items: readonly { readonly embedding_vector: readonly number[]; readonly model_meta: { revision: string; dim: number } }[];
  }
  await server.restart();
  const [made] = (await agent.post<Embedded>(200, '/dif/embeddings', { texts: ['customer'] })).items;
  deepEqual(made?.embedding_vector, [0.6, 0.8, 0]);
  deepEqual([made.model_meta.revision, made.model_meta.dim], ['r1', 3]);
  deepEqual(
    (await search()).items.map(({ score }) => Math.round(score * 1e6)),
    [1e6],
  );
  deepEqual(
    (await callsOf(server)).map(({ model_id, model_version, success }) => [model_id, model_version, success]),
    Array.from({ length: 3 }, () => ['m', 'r1', true]),
  );
});

test('as many texts as are let in are embedded, by a model whose vectors are long', async () => {
  const long = Array.from({ length: 1536 }, (_, i) => Math.sin(i));
  using model = await startModel((texts) => texts.map(() => long));
  await using server = await startTestServer(model.settings);
  const texts = Array.from({ length: 256 }, (_, i) => `customer name ${i}`);
  equal((await server.north.agent.post<{ items: readonly object[] }>(200, '/dif/embeddings', { texts })).items.length, texts.length);
});

test('a call that failed is in the evidence too, each try of it: a server that is down, and one that gives too little', async () => {
  let answer: Parameters<typeof startModel>[0] = () => 500;
  using model = await startModel((texts) => answer(texts));
  await using server = await startTestServer(model.settings);
  const { agent } = server.north;
  const refused = await agent.post<{ code: string; detail: string }>(502, '/dif/embeddings', { texts: ['customer name'] });
  equal(refused.code, 'saga.failed');
  match(refused.detail, /embedding\.provider; see .*saga_id=sg_\w+$/);
  const tries = await callsOf(server);
  equal(tries.length, model.asked());
  deepEqual(new Set(tries.map(({ success, error_code }) => `${success} ${error_code}`)), new Set(['false embedding.provider']));
  equal(new Set(tries.map(({ saga_id }) => saga_id)).size, 1);
  answer = () => [];
  await agent.post(502, '/dif/embeddings/search', { text: 'client' });
  const [last] = await callsOf(server);
  deepEqual([last?.success, last?.error_code, last?.saga_id], [false, 'embedding.provider', undefined]);

  // Suggestions do without: what ranks them is in the server. They say so, and score as they do with vectors.
  await govern(server.north.admin);
  interface Suggested {
    readonly degraded: readonly { readonly code: string }[];
    readonly items: readonly { readonly column: string; readonly candidates: readonly object[] }[];
  }
  const table = { name: 'orders', columns: [{ name: 'city', samples: ['Lyon'] }] };
  const suggest = () => agent.post<Suggested>(200, '/mapping/suggest', { dataset: 'd', table, glossary: 'crm' });
  answer = () => 500;
  const without = await suggest();
  equal((await callsOf(server)).filter(({ error_code }) => error_code === 'embedding.provider').length, tries.length + 2);
  answer = (texts) => texts.map(() => [3, 4, 0]);
  const withVectors = await suggest();
  deepEqual(
    [without, withVectors].map(({ degraded }) => degraded.map(({ code }) => code)),
    [['embedding.provider'], []],
  );
  const shown = ({ items }: Suggested) => items.map(({ column, candidates }) => [column, candidates]);
  deepEqual(shown(without), shown(withVectors));
});

test('a vector of another length, or of a space there is not or no more, is refused with what there is; another tenant’s spaces are not named', async () => {
  await using server = await startTestServer();
  const { agent } = server.north;
  const search = (body: object) => agent.post<{ code: string; detail: string }>(409, '/dif/embeddings/search', body);
  const unknown = '0'.repeat(64);
  for (const [body, path] of [
    [{}, '/text'],
    [{ text: 'client', vector: [1] }, '/text'],
    [{ vector: [1] }, '/space_id'],
  ] as const) {
    const refused = await agent.post<{ code: string; errors: readonly { path: string }[] }>(422, '/dif/embeddings/search', body);
    deepEqual([refused.code, refused.errors.map((each) => each.path)], ['schema.invalid', [path]]);
  }
  const nothing = await search({ vector: [1], space_id: unknown });
  deepEqual([nothing.code, nothing.detail], ['embedding.space', 'there are no vectors of this space or any other']);
  interface Embedded {
    readonly items: readonly { readonly embedding_vector: readonly number[]; readonly space_id: string }[];
  }
  const [made] = (await agent.post<Embedded>(200, '/dif/embeddings', { texts: ['customer name'] })).items;
  const { embedding_vector: vector, space_id } = made ?? { embedding_vector: [], space_id: '' };
  equal((await agent.post<{ items: readonly object[] }>(200, '/dif/embeddings/search', { vector, space_id })).items.length, 1);
  const { detail, ...other } = await search({ vector, space_id: unknown });
  deepEqual(
    [other.code, detail],
    ['embedding.space', `there are no vectors of this space; there are of ${space_id} (${vector.length} numbers)`],
  );
  const short = await search({ vector: vector.slice(1), space_id });
  deepEqual(
    [short.code, short.detail],
    ['embedding.space', `a vector of this space has ${vector.length} numbers, this one has ${vector.length - 1}`],
  );
  equal((await search({ text: 'client', space_id: unknown })).detail, `a text is embedded in the space in use, which is ${space_id}`);
  const south = await server.south.agent.post<{ detail: string }>(409, '/dif/embeddings/search', { vector, space_id });
  equal(south.detail, 'there are no vectors of this space or any other');
  const tenant = server.stores().tenant('north');
  const row = await tenant.get(embeddingSpaces, space_id, io);
  ok(row);
  const because = { who: 'test', reason: 'its time is over', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' };
  await tenant.commit([replace(embeddingSpaces, row, { status: 'purged' }, because)], [], io);
  equal((await search({ vector, space_id })).detail, 'there are no vectors of this space or any other');
});
