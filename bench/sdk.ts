// What the SDK adds to a model call: `agent.call` on a 2 KB prompt without a network, redaction in process included, against calling the same function
// bare. Then whether memory stays flat over a hundred thousand calls.
import { randomBytes } from 'node:crypto';
import { tenantDefaultPolicy } from '@ancilla/redaction';
import { openSdk } from '../packages/sdk/src/sdk.ts';
import type { Transport } from '../packages/sdk/src/transport.ts';
import { median } from './measure.ts';

const CALLS = 2000;
const FLAT_FROM = 10_000;
const FLAT_TO = 100_000;

const documents: Readonly<Record<string, unknown>> = {
  'agent_configs/bench.agent': {
    agent_id: 'bench.agent',
    prompt_template_id: 'pt.bench',
    pre_hooks: [{ name: 'redact', policy_ref: 'tenant_default' }],
    post_hooks: [{ name: 'extract_candidates' }, { name: 'normalize_confidences' }],
  },
  'prompt_templates/pt.bench': { template: 'Answer the ticket.\n{{ticket}}', variables: ['ticket'] },
  'redaction_policies/tenant_default': tenantDefaultPolicy,
};
const transport: Transport = {
  resolve: async (kind, id) => {
    const content = documents[`${kind}/${id}`];
    return content === undefined ? undefined : { id, version: '1', content };
  },
  serving: async () => [],
  redact: () => Promise.reject(new Error('redaction runs in process here')),
  sendEvents: async (events) => ({ accepted: events.length, duplicates: 0, rejected: [] }),
  putArtifact: async () => 'ar_none',
  startSaga: async () => ({ saga_id: 'sg_none', epoch: 1, lease_token: 'none' }),
  appendWal: async () => undefined,
  heartbeat: async () => undefined,
  completeSaga: async () => undefined,
};
const sdk = openSdk({
  transport,
  clock: { now: () => Date.now() },
  random: { bytes: (n) => new Uint8Array(randomBytes(n)) },
  elapsed: () => performance.now(),
  later(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  realm: 'bench',
  node_id: 'bench',
  tokenKey: { version: 1, bytes: new Uint8Array(randomBytes(32)) },
});
const agent = sdk.agent('bench.agent');
const model = { id: 'bench', endpoint: 'https://api.example.com' };
const PROSE =
  'You match columns of a table to terms of a glossary. Answer with JSON only: a list of candidates, each with an id and a confidence between zero and one. ' +
  'Prefer the term whose description fits the values, and say nothing when no term fits. Column names may be abbreviated, written in other languages, or be ' +
  'wrong; the values are a sample of the first rows. Do not guess from one value alone, and never repeat a value in the answer. ';
/** 2 KB of instructions with a ticket in which six values are to be found, different in every call. */
const ticket = (n: number) =>
  `${PROSE.repeat(3).slice(0, 1720)}\nTicket ${n}: Mara Lindqvist (mara.${n}@example.org, +44 20 7946 0018) asks why order ${100_000 + n} is late. ` +
  `She paid by 4111 1111 1111 1111 from 203.0.113.${n % 256}; the account is GB82 WEST 1234 5698 7654 32. Please answer today.`;
const answer = async () => ({ output: '[{"id":"reply","confidence":0.9}]', token_count_in: 500, token_count_out: 20 });
const call = (n: number) => agent.call({ variables: { ticket: ticket(n) }, model })(answer);

async function timed(run: (n: number) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < CALLS; n++) {
    const start = performance.now();
    await run(n);
    times.push(performance.now() - start);
  }
  return times;
}
const heapMb = async (): Promise<number> => {
  await sdk.flush();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024 ** 2;
};

await timed(call);
const bare = await timed((n) => Promise.resolve(ticket(n)).then(answer));
const wrapped = await timed(call);
const ms = median(wrapped) - median(bare);
const p99 = wrapped.toSorted((a, b) => a - b)[Math.floor(CALLS * 0.99)] ?? 0;
process.stdout.write(
  `agent.call adds ${ms.toFixed(3)} ms at the median to a call with a 2 KB prompt (p99 of the whole ${p99.toFixed(2)} ms; under 1 ms is asked)\n`,
);

if (globalThis.gc === undefined) process.stdout.write('memory: run with --expose-gc to measure it\n');
else {
  for (let n = 0; n < FLAT_FROM; n++) await call(n);
  const before = await heapMb();
  for (let n = FLAT_FROM; n < FLAT_TO; n++) await call(n);
  const after = await heapMb();
  process.stdout.write(
    `heap after ${FLAT_FROM} calls ${before.toFixed(1)} MB, after ${FLAT_TO} ${after.toFixed(1)} MB  × ${(after / before).toFixed(2)}\n`,
  );
}
