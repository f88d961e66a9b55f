// For tests of this package: a transport that keeps what it is sent, an event, and spans.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { PromptEventInput } from '@ancilla/contracts';
import { context, ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Redacted, SagaLease, Transport, WalAppend } from './transport.ts';

export interface FakeTransport {
  readonly transport: Transport;
  readonly sent: PromptEventInput[];
  readonly uploads: { readonly category: string; readonly text: string }[];
  readonly wal: WalAppend[];
  readonly completed: SagaLease[];
}

const receipt = (value: unknown, count: number): Redacted['receipt'] => {
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length;
  return {
    policy_id: 'tenant_default',
    policy_version: '1',
    engine_version: '1.0.0',
    token_key_version: 1,
    counts: count > 0 ? { EMAIL: count } : {},
    bytes_in: bytes,
    bytes_out: bytes,
  };
};

/** Redacts every `secret@example.org`; resolves what `documents` holds under `kind/id`. */
export function fakeTransport(over: Partial<Transport> = {}, documents: Readonly<Record<string, unknown>> = {}): FakeTransport {
  const sent: PromptEventInput[] = [];
  const uploads: { category: string; text: string }[] = [];
  const wal: WalAppend[] = [];
  const completed: SagaLease[] = [];
  const transport: Transport = {
    async resolve(kind, id) {
      const content = documents[`${kind}/${id}`];
      return content === undefined ? undefined : { id, version: '7', content };
    },
    serving: async () => [],
    async redact(value) {
      const text = JSON.stringify(value);
      const clean = text.replaceAll('secret@example.org', '<EMAIL_aaaa>');
      return { value: JSON.parse(clean) as unknown, receipt: receipt(value, text.split('secret@example.org').length - 1) };
    },
    async sendEvents(events) {
      sent.push(...events);
      return { accepted: events.length, duplicates: 0, rejected: [] };
    },
    async putArtifact({ category, bytes }) {
      uploads.push({ category, text: new TextDecoder().decode(bytes) });
      return `ar_${uploads.length}`;
    },
    startSaga: async () => ({ saga_id: 'sg_1', epoch: 1, lease_token: 'lease' }),
    async appendWal(_, entries) {
      wal.push(...entries);
    },
    async heartbeat() {},
    async completeSaga(lease) {
      completed.push(lease);
    },
    ...over,
  };
  return { transport, sent, uploads, wal, completed };
}

export const fakeEvent = (seq: number): PromptEventInput => ({
  event_id: `pe_${String(seq).padStart(26, '0')}`,
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  span_id: '00f067aa0ba902b7',
  agent_id: 'a',
  agent_config_id: 'a',
  agent_config_version: '1',
  prompt_template_id: null,
  prompt_version: null,
  prompt_hash: '0'.repeat(64),
  redaction_applied: true,
  redaction_receipt: receipt('', 0),
  input_artifact_refs: [],
  model_id: 'm',
  model_version: null,
  endpoint: 'https://api.example.com',
  start_ts: '2026-11-24T00:00:00.000Z',
  end_ts: '2026-11-24T00:00:00.001Z',
  latency_ms: 1,
  cost_estimate: null,
  response_summary: {},
  success: true,
  metrics: { token_count_in: null, token_count_out: null, bytes_sent: 2 },
  execution_env: { realm: 'test', node_id: 'n', sdk: 'ancilla-ts', sdk_version: '0.1.0' },
  emitter: { id: 'em1', seq },
});

/** A tracer whose ended spans can be looked at, with the active span carried over awaits as a program that uses OpenTelemetry has it. */
export function recordSpans() {
  const storage = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (at, run, self, ...args) => storage.run(at, () => run.apply(self, args)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  const exporter = new InMemorySpanExporter();
  return {
    tracer: new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test'),
    spans: () =>
      exporter.getFinishedSpans().map((span) => ({
        id: span.spanContext().spanId,
        name: span.name,
        number: span.attributes['ancilla.attempt'],
        parent: span.parentSpanContext?.spanId,
        status: span.status,
      })),
  };
}
