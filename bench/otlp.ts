// The OTLP receiver: batches of 100 spans with 3 KB of content each, durable and in the ledger when answered, beside the same server whose gate lets everything
// through; and spans of 32 KB, one at a time and in batches.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lanes, median, rate } from './measure.ts';

const SPANS = 100;
const BATCHES = 20;
const ROUNDS = 4;
const CONNECTIONS = 2;
const LARGE = 200;
const LARGE_BATCH = 20;
const WARM = 100;

/** Invented, with a value to find in about every third sentence. */
const SENTENCES = [
  'The customer asks why the parcel with the blue label has not arrived yet and wants to know when it will.',
  'Please answer politely, in two sentences, and do not promise a date that the warehouse has not confirmed.',
  'Order 4471820 was packed on Monday and left the depot in the evening; the carrier reported a delay.',
  'You can reach me at anna.keller@mail.example or call +49 30 1254 0645 after five.',
  'If the address is wrong, ask for the street, the number and the town before anything else is changed.',
  'The tool returned {"status":"in_transit","weight_kg":2.4,"stops":3} and nothing about the recipient.',
  'My name is Peter Lindholm and the invoice went to the wrong account, DE89 3704 0044 0532 0130 00.',
  'Earlier messages are summarised below; keep what matters for the answer and leave out the rest.',
];
let made = 0;
/** Never the same twice: what comes again is not read again. */
function text(bytes: number): string {
  let written = `Message ${made++}. `;
  for (let at = randomBytes(1)[0] ?? 0; written.length < bytes; at++) written += `${SENTENCES[at % SENTENCES.length]} `;
  return written.slice(0, bytes);
}

const string = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const span = (input: number, output: number) => ({
  traceId: randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
  name: 'chat gpt-4o',
  kind: 3,
  startTimeUnixNano: '1763900000000000000',
  endTimeUnixNano: '1763900001200000000',
  attributes: [
    string('gen_ai.operation.name', 'chat'),
    string('gen_ai.provider.name', 'openai'),
    string('gen_ai.request.model', 'gpt-4o'),
    string('gen_ai.input.messages', JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text(input) }] }])),
    string('gen_ai.output.messages', JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: text(output) }] }])),
    { key: 'gen_ai.usage.input_tokens', value: { intValue: '412' } },
  ],
});
const request = (spans: readonly object[]): string =>
  JSON.stringify({
    resourceSpans: [{ resource: { attributes: [string('service.name', 'bench')] }, scopeSpans: [{ scope: { name: 'bench' }, spans }] }],
  });

async function start(folder: string, hooks: readonly string[]) {
  const main = 'packages/server/bin/ancilla.js';
  const child = spawn(process.execPath, ['--conditions=ancilla-source', ...hooks, main, 'serve'], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, ANCILLA_PORT: '0', ANCILLA_DATA: folder, ANCILLA_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface(child.stdout), 'line');
  const admin = (await readFile(join(folder, 'platform-admin-key'), 'utf8')).trim();
  const ask = async (path: string, body: object): Promise<{ readonly secret?: string }> => {
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
    return (await (await fetch(String(url) + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as { secret?: string };
  };
  await ask('/governance/tenants', { tenant_id: 'bench' });
  const { secret = '' } = await ask('/governance/keys', { tenant_id: 'bench', role: 'agent', subject: 'bench' });
  return {
    async post(body: string): Promise<void> {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
      const answer = await fetch(`${String(url)}/v1/traces`, { method: 'POST', headers, body });
      const said = await answer.text();
      if (answer.status !== 200 || said !== '{}') throw new Error(`answered ${answer.status} ${said.slice(0, 200)}`);
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

const folder = await mkdtemp(join(tmpdir(), 'ancilla-otlp-'));
try {
  await using redacting = await start(join(folder, 'a'), []);
  await using open = await start(join(folder, 'b'), ['--import', join(import.meta.dirname, 'otlp', 'without-redaction.mjs')]);
  const rates: Record<'redacting' | 'open', number[]> = { redacting: [], open: [] };
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, server] of Object.entries({ redacting, open })) {
      const bodies = Array.from({ length: BATCHES }, () => request(Array.from({ length: SPANS }, () => span(2048, 1024))));
      const measured = await rate(SPANS * BATCHES, () => lanes(CONNECTIONS, bodies, (body) => server.post(body)));
      // The first round warms up.
      if (round > 0 && (name === 'redacting' || name === 'open')) rates[name].push(measured);
    }
  const [with_, without] = [median(rates.redacting), median(rates.open)];
  process.stdout.write(
    `batches        ${Math.round(with_)} spans/s  without redaction ${Math.round(without)}  × ${(with_ / without).toFixed(2)}  (at least 0.3)\n`,
  );
  for (const many of [1, LARGE_BATCH]) {
    const times: number[] = [];
    for (let i = 0; i < LARGE + WARM; i++) {
      const body = request(Array.from({ length: many }, () => span(31 * 1024, 1024)));
      const began = performance.now();
      await redacting.post(body);
      if (i >= WARM) times.push((performance.now() - began) / many);
    }
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
    process.stdout.write(`spans of 32 KB, ${many} in a request: a span p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, durable (p99 under 5)\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
