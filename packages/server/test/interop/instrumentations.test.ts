// Not part of `npm test`: real instrumentations, really run against a local server that speaks the APIs of OpenAI and Anthropic. `npm run test:interop` with
//   ANCILLA_TEST_PYTHON            a Python, and
//   ANCILLA_TEST_INSTRUMENTATIONS  a folder, that have what .ci/run installs
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { searchFolder } from '../marker-hunt.ts';
import { startOtlpReceiver } from '../otlp-receiver.ts';
import { startTestServer } from '../test-server.ts';

const python = process.env['ANCILLA_TEST_PYTHON'] ?? 'python3';
const folder = process.env['ANCILLA_TEST_INSTRUMENTATIONS'] ?? '';
const has = (module: string): boolean => spawnSync(python, ['-c', `import ${module}`]).status === 0;

const apis = ['openai', 'anthropic'] as const;
type Api = (typeof apis)[number];
/** What each answers with, and is asked for. */
const models: Readonly<Record<Api, { readonly asked: string; readonly answers: string }>> = {
  openai: { asked: 'gpt-4o', answers: 'gpt-4o-2024-11-20' },
  anthropic: { asked: 'claude-sonnet-5', answers: 'claude-sonnet-5-20260601' },
};

interface Instrumentation {
  readonly name: string;
  readonly api: Api;
  readonly command: string;
  readonly args: readonly string[];
  readonly there: boolean;
}
const instrumentations: readonly Instrumentation[] = apis.flatMap((api) => [
  ...(
    [
      ['traceloop', `opentelemetry.instrumentation.${api}`],
      ['openinference', `openinference.instrumentation.${api}`],
    ] as const
  ).map(([library, module]) => ({
    name: `${library}, ${api}`,
    api,
    command: python,
    args: [join(import.meta.dirname, 'instrumented.py'), library, api],
    there: has(module),
  })),
  ...['LegacyOpenTelemetry', 'OpenTelemetry', 'langchain'].map((library) => ({
    name: `${library}, ${api}`,
    api,
    command: process.execPath,
    args: [join(import.meta.dirname, 'instrumented.mjs'), library, api],
    there: folder !== '' && existsSync(join(folder, 'node_modules', '@arizeai', 'openinference-instrumentation-langchain')),
  })),
]);

/** Answers every request as a model would, with the word in what it says. */
async function startModel(word: string) {
  const text = `It is ${word}, on its way.`;
  const server = createServer((request, reply) => {
    const isAnthropic = request.url?.endsWith('/messages') === true;
    request.resume().on('end', () => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.end(
        JSON.stringify(
          isAnthropic
            ? {
                id: 'msg_1',
                type: 'message',
                role: 'assistant',
                model: models.anthropic.answers,
                content: [{ type: 'text', text }],
                stop_reason: 'end_turn',
                stop_sequence: null,
                usage: { input_tokens: 12, output_tokens: 5 },
              }
            : {
                id: 'chatcmpl-1',
                object: 'chat.completion',
                created: 1,
                model: models.openai.answers,
                choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
                usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
              },
        ),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const missing = instrumentations.filter(({ there }) => !there).map(({ name }) => name);
const skip = missing.length > 0 && `not installed: ${missing.join('; ')}`;
test('real instrumentations give the same event, and no byte of what was said is kept, logged or forwarded', { skip }, async () => {
  const word = `canary${randomBytes(6).toString('hex')}`;
  using model = await startModel(word);
  await using backend = await startOtlpReceiver();
  await using server = await startTestServer({ ANCILLA_OTLP_FORWARD: backend.url, ANCILLA_LOG_LEVEL: 'debug' });
  const env = {
    ...process.env,
    TRACES_URL: `${server.url}/v1/traces`,
    TRACES_KEY: server.north.agent.key,
    MODEL_URL: model.url,
    WORD: word,
  };
  for (const { name, command, args } of instrumentations) {
    const child = spawn(command, args, { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = await once(child, 'exit');
    equal(code, 0, `${name}: ${said.slice(-2000)}`);
  }
  interface Event {
    readonly model_id: string;
    readonly model_version: string;
    readonly prompt_hash: string;
    readonly metrics: { readonly token_count_in: number; readonly token_count_out: number };
  }
  const { items } = await server.north.auditor.get<{ readonly items: readonly Event[] }>(200, '/dif/prompt_events');
  equal(items.length, instrumentations.length);
  equal(new Set(items.map(({ prompt_hash }) => prompt_hash)).size, 1);
  const told = items.map(({ model_id, model_version, metrics }) =>
    [model_id, model_version, metrics.token_count_in, metrics.token_count_out].join(' '),
  );
  deepEqual(told.toSorted(), instrumentations.map(({ api }) => `${models[api].asked} ${models[api].answers} 12 5`).toSorted());
  await server.stop();
  ok(backend.spans().length >= items.length);
  ok(!backend.bytes().includes(word) && !server.logs().includes(word));
  deepEqual(await searchFolder(server.folder, word), []);
});
