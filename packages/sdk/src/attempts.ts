// Runs in browsers too. Tries of one call: retries, and other models that step in.
import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { errorCode } from './identity.ts';

/** Each try as a span below the active one, numbered; what it throws goes on. @param operation - as the call's own span names it */
export function attempts(tracer: Tracer, operation: string): <T>(model_id: string, run: () => Promise<T>) => Promise<T> {
  let number = 0;
  return (model_id, run) =>
    tracer.startActiveSpan(
      `${operation} ${model_id}`,
      {
        kind: SpanKind.CLIENT,
        attributes: { 'gen_ai.operation.name': operation, 'gen_ai.request.model': model_id, 'ancilla.attempt': ++number },
      },
      async (span) => {
        try {
          return await run();
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode(error) });
          throw error;
        } finally {
          span.end();
        }
      },
    );
}
