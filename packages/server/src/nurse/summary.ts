import { everyOf, rollups, type Io, type RollupKind, type TenantStore } from '@ancilla/contracts';
import { Type, type Static } from 'typebox';
import { coverRange, type Run } from './buckets.ts';
import { quantile } from './histogram.ts';
import { addRollup } from './rollup.ts';

const Rate = Type.Union([Type.Number(), Type.Null()]);
const decided = { decisions: Type.Integer(), acceptance_rate: Rate, override_rate: Rate } as const;
/** The answer of `GET /nurse/summary`. Rates of nothing are null. */
export const Summary = Type.Object({
  from: Type.String(),
  to: Type.String(),
  agents: Type.Array(
    Type.Object({
      agent_id: Type.String(),
      calls: Type.Integer(),
      calls_per_s: Type.Number(),
      avg_latency_ms: Rate,
      p50: Rate,
      p95: Rate,
      p99: Rate,
      error_rate: Rate,
    }),
  ),
  models: Type.Array(
    Type.Object({
      model_id: Type.String(),
      calls: Type.Integer(),
      tokens_in: Type.Number(),
      tokens_out: Type.Number(),
      cost_est_total: Type.Number({ description: 'USD cents, of the calls whose price is known' }),
      priced_calls: Type.Integer(),
      inference_seconds: Type.Number(),
    }),
  ),
  tenants: Type.Array(
    Type.Object({
      tenant_id: Type.String(),
      model_costs: Type.Number({ description: 'USD cents' }),
      embedding_count: Type.Integer(),
      storage_size: Type.Integer({ description: 'Bytes now' }),
    }),
  ),
  semantic_ids: Type.Array(Type.Object({ semantic_id: Type.String(), ...decided })),
  /** By the model that suggested. */
  model_versions: Type.Array(Type.Object({ model_id: Type.String(), version: Type.String(), ...decided })),
});
export type Summary = Static<typeof Summary>;

type Sums = { readonly sums: Record<string, number>; readonly histogram: Record<string, number> };

/** All subjects of a kind over a range of time, from the fewest buckets that make it up. */
async function readKind(
  tenant: TenantStore,
  kind: RollupKind,
  runs: readonly Run[],
  io: Io,
): Promise<readonly (readonly [string, Sums])[]> {
  const subjects = new Map<string, Sums>();
  for (const { level, from, to } of runs) {
    const parts = everyOf((page) => tenant.find(rollups, { index: 'by_kind', equals: { level, kind }, from, to, ...page }, io));
    for await (const { doc } of parts) {
      const was = subjects.get(doc.subject);
      subjects.set(doc.subject, was === undefined ? doc : addRollup(was, doc));
    }
  }
  return [...subjects].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 1e6) / 1e6);
const round = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100);

const decidedOf = ({ decisions = 0, accepted = 0, overridden = 0 }: Readonly<Record<string, number>>) => ({
  decisions,
  acceptance_rate: ratio(accepted, decisions),
  override_rate: ratio(overridden, decisions),
});

/** What happened in a range of time. Costs the same over an hour or a year. */
export async function summarise(
  tenant: TenantStore,
  of: { readonly tenant_id: string; readonly fromMs: number; readonly toMs: number; readonly storage_size: number },
  io: Io,
): Promise<Summary> {
  const runs = coverRange(of.fromMs, of.toMs);
  const [agents, models, tenants, semantics, versions] = await Promise.all(
    (['agent', 'model', 'tenant', 'semantic_id', 'model_version'] as const).map((kind) => readKind(tenant, kind, runs, io)),
  );
  const seconds = Math.max(1, (of.toMs - of.fromMs) / 1000);
  const own = tenants?.[0]?.[1].sums ?? {};
  return {
    from: new Date(of.fromMs).toISOString(),
    to: new Date(of.toMs).toISOString(),
    agents: (agents ?? []).map(([agent_id, { sums, histogram }]) => {
      const calls = sums['calls'] ?? 0;
      return {
        agent_id,
        calls,
        calls_per_s: Math.round((calls / seconds) * 1e6) / 1e6,
        avg_latency_ms: round(calls === 0 ? null : (sums['latency_ms'] ?? 0) / calls),
        p50: round(quantile(histogram, 0.5)),
        p95: round(quantile(histogram, 0.95)),
        p99: round(quantile(histogram, 0.99)),
        error_rate: ratio(sums['errors'] ?? 0, calls),
      };
    }),
    models: (models ?? []).map(([model_id, { sums }]) => ({
      model_id,
      calls: sums['calls'] ?? 0,
      tokens_in: sums['tokens_in'] ?? 0,
      tokens_out: sums['tokens_out'] ?? 0,
      cost_est_total: Math.round((sums['cost_est_total'] ?? 0) * 1e6) / 1e6,
      priced_calls: sums['priced'] ?? 0,
      inference_seconds: (sums['inference_ms'] ?? 0) / 1000,
    })),
    tenants: [
      {
        tenant_id: of.tenant_id,
        model_costs: Math.round((own['model_costs'] ?? 0) * 1e6) / 1e6,
        embedding_count: own['embedding_count'] ?? 0,
        storage_size: of.storage_size,
      },
    ],
    semantic_ids: (semantics ?? []).map(([semantic_id, { sums }]) => ({ semantic_id, ...decidedOf(sums) })),
    model_versions: (versions ?? []).map(([subject, { sums }]) => {
      const cut = subject.lastIndexOf('@');
      return { model_id: subject.slice(0, cut), version: subject.slice(cut + 1), ...decidedOf(sums) };
    }),
  };
}
