// How it runs: rollups, the summary, Prometheus metrics, the server's own spans.
import { AncillaError, Bytes, DAY_MS, Instant, route, type Clock, type Io, type Room } from '@ancilla/contracts';
import { Type } from 'typebox';
import type { Metrics } from './metrics.ts';
import { rollupProjection } from './rollup.ts';
import { summarise, Summary } from './summary.ts';

export { openMetrics, type Metrics } from './metrics.ts';
export { openMetricsPort } from './metrics-port.ts';
export { openTelemetry, type Telemetry } from './telemetry.ts';

/** @param parts - `sizeBytes`: what a tenant's data takes on disk now */
export const openNurse = ({
  clock,
  metrics,
  sizeBytes,
}: {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly sizeBytes: (tenant_id: string, io: Io) => Promise<number>;
}) =>
  ({
    projections: [rollupProjection, metrics.projection],
    routes: [
      route({
        method: 'GET',
        path: '/nurse/summary',
        action: 'nurse.read',
        summary: 'Calls, latency, errors, tokens, cost and decision rates over a range of time; the last 24 hours unless told',
        params: Type.Object({}),
        query: Type.Object({ from: Type.Optional(Instant), to: Type.Optional(Instant) }),
        body: Type.Null(),
        answers: { 200: Summary },
        async handle({ tenant, tenant_id, query, signal }) {
          const toMs = query.to === undefined ? clock.now() : Date.parse(query.to);
          const fromMs = query.from === undefined ? toMs - DAY_MS : Date.parse(query.from);
          if (fromMs >= toMs)
            throw new AncillaError('schema.invalid', '`from` must be before `to`', {
              errors: [{ path: '/from', message: 'must be before to' }],
            });
          const io = { signal };
          return [200, await summarise(tenant, { tenant_id, fromMs, toMs, storage_size: await sizeBytes(tenant_id, io) }, io)] as const;
        },
      }),
      route({
        method: 'GET',
        path: '/metrics',
        action: 'metrics.read',
        scope: 'platform',
        summary: 'Prometheus metrics of this process',
        params: Type.Object({}),
        query: Type.Object({}),
        body: Type.Null(),
        answers: { 200: Bytes },
        async handle() {
          return [200, { content_type: metrics.registry.contentType, bytes: await metrics.registry.metrics() }] as const;
        },
      }),
    ],
  }) satisfies Room;
