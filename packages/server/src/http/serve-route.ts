import { AncillaError, type Random, type Route } from '@ancilla/contracts';
import { context, type Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { admit, noteDenial, type AdmitParts, type Asked, type Caller } from './admit.ts';
import { sendAnswer } from './answer.ts';
import { boundedBytes, checkAnnounced } from './body.ts';
import { cleaned, redactedOf } from './cleaned.ts';
import { describeError, type Log } from './log.ts';
import { hasBody } from './openapi.ts';
import { sendProblem, toAncillaError } from './problem.ts';
import { checkOf, queryCoercion } from './request.ts';
import { startRequestSpan, type RequestSpan } from './request-span.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The declaration a request is served by. */
    readonly declared?: Route;
  }
  interface FastifyRequest {
    /** What is known of a request to a declared route. */
    exchange: Exchange | undefined;
  }
}

export const BODY_LIMIT = 1024 * 1024;

/** What serving a request takes. */
export interface ServeParts extends AdmitParts {
  readonly tracer: Tracer;
  readonly random: Random;
  /** Seconds that never step back. */
  readonly elapsed: () => number;
  readonly log: Log;
  readonly observe: (method: string, route: string, status: number, seconds: number) => void;
}

/** What is known of a request under way. */
interface Exchange {
  readonly span: RequestSpan;
  readonly began: number;
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly asked: Asked;
  caller: Caller | undefined;
}

/** Serves one declared route: span, authentication, may(), bounds, schemas, the handler, and one line in the log. */
export function serveRoute(app: FastifyInstance, route: Route, parts: ServeParts): void {
  const { method, path, consumes, bodyLimitBytes = BODY_LIMIT } = route;
  const checkParams = checkOf(route.params);
  const checkQuery = checkOf(route.query);
  const coerceQuery = queryCoercion(route.query);
  const checkBody = checkOf(route.body);
  const redacted = redactedOf(route.body);

  app.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: { declared: route },
    // Who may not do this learns so before a byte of the body is read.
    async onRequest(request, reply) {
      const headers = headersOf(request);
      const span = startRequestSpan(parts, route, headers['traceparent']);
      const exchange: Exchange = {
        span,
        began: parts.elapsed(),
        signal: untilHungUp(reply),
        headers,
        asked: { route, params: Object(request.params), at: span.trace },
        caller: undefined,
      };
      request.exchange = exchange;
      exchange.caller = await admit(parts, route, headers, exchange.asked, exchange);
    },
    async handler(request, reply) {
      const { exchange } = request;
      if (exchange?.caller === undefined) throw new TypeError('a request without its beginning');
      const { span, signal, headers, asked, caller } = exchange;
      const query = coerceQuery(Object(request.query));
      checkParams(request.params, 'path');
      checkQuery(query, 'query');
      let body: unknown = hasBody(route.body) ? (request.body ?? null) : null;
      if (consumes === 'stream') {
        checkAnnounced(request.headers, bodyLimitBytes);
        // Without a content type and length the shell asks no parser: there is no body then.
        body = boundedBytes(isByteStream(request.body) ? request.body : request.raw, bodyLimitBytes);
      } else checkBody(body, 'body');
      if (redacted.length > 0) body = await cleaned(body, redacted, () => parts.writing(caller, { signal }));
      const [status, answer] = await context
        .with(span.context, () =>
          route.handle({
            ...caller,
            params: request.params,
            query,
            body,
            headers,
            trace: span.trace,
            signal,
          }),
        )
        .catch(async (error: unknown) => {
          await noteDenial(parts, error, asked, caller.who, { signal });
          throw error;
        });
      return sendAnswer(reply, status, answer);
    },
    onResponse(request, { statusCode: status }, done) {
      const { span, began } = request.exchange ?? {};
      if (span !== undefined && began !== undefined) {
        span.end(status);
        const seconds = parts.elapsed() - began;
        parts.observe(method, path, status, seconds);
        const ms = Math.round(seconds * 1e6) / 1e3;
        parts.log('info', { at: 'request', method, route: path, status, ms, trace_id: span.trace.trace_id });
      }
      done();
    },
    errorHandler(thrown, request, reply) {
      const trace_id = request.exchange?.span.trace.trace_id;
      const error = toAncillaError(thrown);
      if (error.code === 'internal') parts.log('error', { at: 'error', route: path, ...describeError(error.cause ?? error), trace_id });
      void sendProblem(request, reply, error, trace_id);
    },
  });
}

/** Aborted when the caller hangs up before the answer is out: whatever is done for it may stop. */
function untilHungUp({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new AncillaError('request.malformed', 'the caller hung up'));
  });
  return controller.signal;
}

function headersOf({ headers }: FastifyRequest): Readonly<Record<string, string | undefined>> {
  // Node joins what comes more than once, all but this one.
  const { 'set-cookie': list } = headers;
  const texts = headers as Readonly<Record<string, string | undefined>>;
  return list === undefined ? texts : { ...texts, 'set-cookie': list.join(', ') };
}

const isByteStream = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
