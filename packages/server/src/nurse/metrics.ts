import { embeddings, mappingHistory, projection, promptEvents, tenantWal, type Projection } from '@ancilla/contracts';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** The process's metrics: what Prometheus scrapes. Labels are ids and route templates, never content; of ids that callers choose, a bounded number. */
export interface Metrics {
  readonly registry: Registry;
  readonly http: { observe(method: string, route: string, status: number, seconds: number): void };
  /** Counts a body that came while redaction was unavailable, and what became of it. */
  readonly quarantined: (tenant_id: string, outcome: string) => void;
  /** Counts cleaned spans on their way to another backend, and what became of them. */
  readonly forwarded: (outcome: string, spans: number) => void;
  /** Counts what a tenant's feed brings; counters start at zero with the process, as Prometheus expects. */
  readonly projection: Projection;
}

/** GenAI duration buckets in seconds (OpenTelemetry semantic conventions 1.41). */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

/** Names of one kind a tenant has series of its own for; callers choose them, and each series stays in memory until the process ends. */
const MOST_NAMES = 200;
/** What further names are counted under. */
const OTHER = 'other';

/** The first names that come, as they are. */
function boundedNames(): (tenant_id: string, name: string) => string {
  const known = new Map<string, Set<string>>();
  return (tenant_id, name) => {
    let names = known.get(tenant_id);
    if (names === undefined) known.set(tenant_id, (names = new Set()));
    if (names.size < MOST_NAMES) names.add(name);
    return names.has(name) ? name : OTHER;
  };
}

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'ancilla_' });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `ancilla_${name}`, help, labelNames, registers: [registry] });
  const http = new Histogram({
    name: 'ancilla_http_request_duration_seconds',
    help: 'HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });
  const latency = new Histogram({
    name: 'ancilla_agent_latency_seconds',
    help: 'Agent calls',
    labelNames: ['tenant_id', 'agent_id'],
    buckets: SECONDS,
    registers: [registry],
  });
  const calls = counter('agent_calls_total', 'Agent calls', ['tenant_id', 'agent_id', 'success']);
  const tokensIn = counter('model_tokens_in_total', 'Tokens sent, where the provider told', ['tenant_id', 'model_id']);
  const tokensOut = counter('model_tokens_out_total', 'Tokens received, where the provider told', ['tenant_id', 'model_id']);
  const cost = counter('model_cost_est_cents_total', 'Estimated cost in USD cents, where a price is known', ['tenant_id', 'model_id']);
  const inference = counter('model_inference_seconds_total', 'Time in models', ['tenant_id', 'model_id']);
  const embedded = counter('embedding_count_total', 'Embeddings stored', ['tenant_id']);
  const decided = counter('decisions_total', 'Review decisions', ['tenant_id', 'decision']);
  const quarantined = counter('quarantine_total', 'Bodies that came while redaction was unavailable', ['tenant_id', 'outcome']);
  const agentName = boundedNames();
  const modelName = boundedNames();
  const forwarded = counter('otlp_forwarded_spans_total', 'Cleaned spans for ANCILLA_OTLP_FORWARD, by what became of them', ['outcome']);
  const steps = counter('saga_entries_total', 'Write-ahead log entries', ['tenant_id', 'kind', 'status']);

  return {
    registry,
    http: { observe: (method, route, status, seconds) => http.observe({ method, route, status }, seconds) },
    quarantined: (tenant_id, outcome) => quarantined.inc({ tenant_id, outcome }),
    forwarded: (outcome, spans) => forwarded.inc({ outcome }, spans),
    projection: projection({
      name: 'nurse.metrics',
      from: [promptEvents, embeddings, mappingHistory, tenantWal],
      async deliver(entries, { tenant_id }) {
        // To look up a counter by its labels costs more than to add: a batch has few models, and is added up first.
        const models = new Map<string, { in: number; out: number; cost: number; seconds: number }>();
        for (const entry of entries) {
          if (entry.doc === undefined) continue;
          switch (entry.in) {
            case 'prompt_events': {
              const { success, latency_ms, cost_estimate, metrics } = entry.doc;
              const agent_id = agentName(tenant_id, entry.doc.agent_id);
              const model_id = modelName(tenant_id, entry.doc.model_id);
              calls.inc({ tenant_id, agent_id, success: String(success) });
              latency.observe({ tenant_id, agent_id }, latency_ms / 1000);
              let sum = models.get(model_id);
              if (sum === undefined) models.set(model_id, (sum = { in: 0, out: 0, cost: 0, seconds: 0 }));
              sum.in += metrics.token_count_in ?? 0;
              sum.out += metrics.token_count_out ?? 0;
              sum.cost += cost_estimate ?? 0;
              sum.seconds += (metrics.inference_ms ?? latency_ms) / 1000;
              break;
            }
            case 'embeddings':
              embedded.inc({ tenant_id });
              break;
            case 'mapping_history':
              decided.inc({ tenant_id, decision: entry.doc.decision });
              break;
            case 'tenant_wal':
              steps.inc({ tenant_id, kind: entry.doc.kind, status: entry.doc.status });
              break;
          }
        }
        for (const [model_id, sum] of models) {
          tokensIn.inc({ tenant_id, model_id }, sum.in);
          tokensOut.inc({ tenant_id, model_id }, sum.out);
          cost.inc({ tenant_id, model_id }, sum.cost);
          inference.inc({ tenant_id, model_id }, sum.seconds);
        }
      },
    }),
  };
}
