// Runs in browsers too. What one call's `tool()` is.
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { CallOptions, CallParts } from './call-options.ts';
import { errorCode } from './identity.ts';
import { runTool, ToolError } from './tools.ts';
import type { SagaLease } from './transport.ts';

export type Toolbox = ReturnType<typeof toolbox>;

/** A third of a lease: between two tools, or while its answer streams, a model may take longer than one. */
const BEAT_MS = 20_000;

/** The tools of one call. Without a saga of the caller's, the first tool starts one, since no effect may happen without its intent in the log. */
export function toolbox(
  parts: CallParts,
  options: CallOptions,
  at: { readonly trace_id: string; readonly span_id: string },
  signal: AbortSignal,
) {
  const { config, tools, transport, tracer } = parts;
  const used = new Map<string, number>();
  let own: Promise<SagaLease> | undefined;
  let lease: SagaLease | undefined = options.saga;
  let isOver = false;
  let stopBeating = (): void => {};
  const beat = (of: SagaLease): void => {
    if (isOver) return;
    stopBeating = parts.later(BEAT_MS, () => {
      // A beat that was lost is made up for by the next one; a saga that is lost is told by whatever is appended to it.
      const sent = transport.heartbeat(of, { signal: AbortSignal.timeout(BEAT_MS) });
      void sent.catch(() => {}).finally(() => beat(of));
    });
  };
  const obtain = async (): Promise<SagaLease> => {
    if (lease !== undefined) return lease;
    own ??= transport
      .startSaga(
        {
          name: 'agent.call',
          trace_id: at.trace_id,
          owner_agent_id: config.agent_id,
          idempotency_key: `call/${at.trace_id}/${at.span_id}`,
        },
        { signal },
      )
      .then((started) => (beat(started), started));
    lease = await own;
    return lease;
  };
  return {
    lease: () => lease,
    async run(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
      const spec = config.tools.find((tool) => tool.name === name);
      if (spec === undefined) throw new ToolError('tool.unknown', `agent ${config.agent_id} declares no tool ${name}`);
      const bound = tools[name];
      if (bound === undefined) throw new ToolError('tool.unbound', `tool ${name} is declared but not bound`);
      const ordinal = (used.get(name) ?? 0) + 1;
      used.set(name, ordinal);
      return await tracer.startActiveSpan(
        `execute_tool ${name}`,
        { kind: SpanKind.INTERNAL, attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name } },
        async (span) => {
          try {
            return await runTool({
              spec,
              bound,
              args,
              ordinal,
              lease: await obtain(),
              trace_id: at.trace_id,
              transport,
              signal,
              pause: parts.pause,
            });
          } catch (error) {
            span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode(error) });
            throw error;
          } finally {
            span.end();
          }
        },
      );
    },
    /** Never throws: the call is over and its effects are in the log; the server sweeps a saga whose end it was not told. */
    async close(event_id: string) {
      isOver = true;
      stopBeating();
      if (own === undefined || lease === undefined) return;
      try {
        await transport.completeSaga(lease, { signal: AbortSignal.timeout(10_000) });
      } catch (error) {
        parts.onProblem({ code: errorCode(error), detail: `saga ${lease.saga_id} of the call’s tools could not be completed`, event_id });
      }
    },
  };
}
