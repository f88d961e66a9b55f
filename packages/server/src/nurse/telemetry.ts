import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '@ancilla/contracts';
import { context, ProxyTracerProvider, ROOT_CONTEXT, type Context, type ContextManager, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** Where the server's own spans go. Without an endpoint none are made: one costs as much as a good part of a small request. */
export interface Telemetry extends AsyncDisposable {
  readonly tracer: Tracer;
  flush(): Promise<void>;
}

/** Carries the active span over awaits. */
class AsyncContextManager implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    at: Context,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(at, () => run.apply(self, args));
  }
  bind<T>(_: Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    this.#storage.disable();
    return this;
  }
}

const nowhere: Telemetry = {
  tracer: new ProxyTracerProvider().getTracer('ancilla'),
  async flush() {},
  async [Symbol.asyncDispose]() {},
};

/**
 * @param of - `endpoint`: base URL of an OTLP/HTTP receiver (`OTEL_EXPORTER_OTLP_ENDPOINT`), to which /v1/traces is added
 */
export function openTelemetry(of: { readonly endpoint: string | undefined; readonly version: string; readonly clock: Clock }): Telemetry {
  if (of.endpoint === undefined) return nowhere;
  context.setGlobalContextManager(new AsyncContextManager());
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'ancilla', 'service.version': of.version }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${of.endpoint.replace(/\/+$/, '')}/v1/traces` }),
        scheduledDelayMillis: 1000,
      }),
    ],
  });
  return {
    tracer: provider.getTracer('ancilla', of.version),
    flush: () => provider.forceFlush(),
    async [Symbol.asyncDispose]() {
      await provider.shutdown();
      context.disable();
    },
  };
}
