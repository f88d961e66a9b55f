import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import {
  AncillaError,
  isAncillaError,
  tenants,
  toProblem,
  type Collection,
  type Io,
  type PlatformStore,
  type Random,
  type Route,
  type TenantStore,
  type TraceContext,
  type Who,
} from '@ancilla/contracts';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, trace, type Tracer } from '@opentelemetry/api';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { may, type Access } from '../access/index.ts';
import { readConsole } from './console-files.ts';
import { docsPage, docsStyle } from './docs-page.ts';
import { parseJsonBody, type JsonBounds } from './json-body.ts';
import { toOpenApi } from './openapi.ts';
import { readRoutes } from './read-routes.ts';
import { coerceQuery, compileCheck } from './request.ts';
import { parseTraceparent } from './trace-context.ts';

/** One line about a request or an error: ids, templates and numbers, never a query, header or body. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  line: Readonly<Record<string, string | number | boolean | undefined>>,
) => void;

export interface HttpParts {
  readonly routes: readonly Route[];
  readonly collections: readonly Collection[];
  readonly access: Access;
  readonly platform: PlatformStore;
  readonly tenantStore: (tenant_id: string) => TenantStore;
  readonly tracer: Tracer;
  readonly random: Random;
  /** Seconds that never step back. */
  readonly elapsed: () => number;
  readonly log: Log;
  readonly observe: (method: string, route: string, status: number, seconds: number) => void;
  readonly version: string;
  readonly consoleFolder?: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Reasons why the server should get no traffic yet, or no more. */
  readonly notReady?: () => readonly string[];
  readonly bounds?: JsonBounds;
}

export interface Http {
  readonly routes: readonly Route[];
  listen(port: number, host: string): Promise<{ readonly url: string }>;
  /** No new requests, those under way may finish within the time, then all connections are closed. */
  close(deadlineMs: number): Promise<void>;
}

const BODY_LIMIT = 1024 * 1024;
const BOUNDS: JsonBounds = { depth: 64, keys: 200_000 };
const API_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The Fastify shell: authentication, may(), bounds, schemas, problem+json, one span and one log line a request. Routes come as data. */
export async function openHttp(parts: HttpParts): Promise<Http> {
  const routes: readonly Route[] = [...parts.routes, ...readRoutes(parts.collections)];
  const consoleFiles = parts.consoleFolder === undefined ? new Map<string, never>() : await readConsole(parts.consoleFolder);
  let draining = false;
  const app = Fastify({
    logger: false,
    requestTimeout: 60_000,
    keepAliveTimeout: 10_000,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: false, caseSensitive: true },
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    ...(parts.tls !== undefined && { https: { ...parts.tls } }),
    frameworkErrors: (_, request, reply) =>
      void sendError(parts, request, reply, new AncillaError('request.malformed', 'the address cannot be read'), undefined),
    clientErrorHandler: refuseConnection,
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = 15_000;

  for (const [name, value] of Object.entries(API_HEADERS)) app.addHook('onRequest', async (_, reply) => void reply.header(name, value));
  app.addHook('onRequest', async (_, reply) => {
    if (draining) {
      void reply.header('connection', 'close');
      throw new AncillaError('server.draining', 'no new requests are taken');
    }
  });
  app.setErrorHandler((error, request, reply) => sendError(parts, request, reply, error, undefined));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    const { consumes, bodyLimitBytes = BODY_LIMIT } = routeOf(request) ?? {};
    if (consumes === 'stream') return done(null, payload);
    readBody(request, payload, bodyLimitBytes, parts.bounds ?? BOUNDS).then(
      (body) => done(null, body),
      (error: Error) => done(error),
    );
  });

  for (const route of routes) addRoute(app, route, parts);
  const page = (path: string, content_type: string, bytes: string | Buffer, cached = false) =>
    app.get(path, async (_, reply) => {
      if (cached) void reply.header('cache-control', 'public, max-age=31536000, immutable');
      return reply.header('content-security-policy', PAGE_POLICY).type(content_type).send(bytes);
    });
  page('/openapi.json', 'application/json', JSON.stringify(toOpenApi(routes, parts.version)));
  page('/docs', 'text/html; charset=utf-8', docsPage(routes, parts.collections, parts.version));
  page('/docs/style.css', 'text/css; charset=utf-8', docsStyle);
  for (const [path, { content_type, bytes }] of consoleFiles) page(path, content_type, bytes, path.startsWith('/assets/'));
  app.get('/healthz', async (_, reply) => reply.type('application/json').send('{"status":"ok"}'));
  app.get('/readyz', async (_, reply) => {
    const reasons = parts.notReady?.() ?? [];
    return reply
      .status(reasons.length === 0 ? 200 : 503)
      .type('application/json')
      .send(JSON.stringify({ status: reasons.length === 0 ? 'ready' : 'not ready', reasons }));
  });
  const patterns = routes.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const methods = patterns.flatMap(({ method, pattern }) => (pattern.test(path) ? [method] : []));
    if (methods.length > 0) void reply.header('allow', methods.join(', '));
    const error =
      methods.length > 0
        ? new AncillaError('route.method', `this route takes ${methods.join(', ')}`)
        : new AncillaError('route.not_found', 'nothing is served at this address');
    return sendError(parts, request, reply, error, undefined);
  });

  return {
    routes,
    async listen(port, host) {
      await app.listen({ port, host });
      const address = app.server.address() as AddressInfo;
      return {
        url: `${parts.tls === undefined ? 'http' : 'https'}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
      };
    },
    async close(deadlineMs) {
      draining = true;
      const timer = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
      await app.close();
      clearTimeout(timer);
    },
  };
}

const declared = new WeakMap<object, Route>();
const routeOf = (request: FastifyRequest): Route | undefined => declared.get(request.routeOptions.config);

function addRoute(app: FastifyInstance, route: Route, parts: HttpParts): void {
  const checkParams = compileCheck(route.params);
  const checkQuery = compileCheck(route.query);
  const checkBody = compileCheck(route.body);
  const takesBody = !('type' in route.body && route.body.type === 'null');
  const config = {};
  declared.set(config, route);
  const url = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
  app.route({
    method: route.method,
    url,
    config,
    bodyLimit: route.bodyLimitBytes ?? BODY_LIMIT,
    // Who may not do this learns so before a byte of the body is read.
    async onRequest(request, reply) {
      const io = ioOf(request, reply);
      const began = startSpan(parts, request, route);
      started.set(request, began);
      const caller = await admit(parts, route, request, began.trace, io);
      callers.set(request, { ...caller, io });
    },
    async handler(request, reply) {
      const began = started.get(request);
      const caller = callers.get(request);
      if (began === undefined || caller === undefined) throw new AncillaError('internal', 'a request without its beginning');
      const query = coerceQuery(request.query as Record<string, unknown>, route.query);
      checkParams(request.params, 'path');
      checkQuery(query, 'query');
      const body = takesBody ? request.body : null;
      if (route.consumes !== 'stream') checkBody(body ?? null, 'body');
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
      );
      const [status, answer] = await context.with(began.context, () =>
        route.handle({
          tenant: caller.tenant,
          tenant_id: caller.tenant_id,
          who: caller.who,
          params: request.params as never,
          query: query as never,
          body: body as never,
          headers,
          trace: began.trace,
          signal: caller.io.signal,
        }),
      );
      return send(reply, status, answer);
    },
    onResponse: async (request, reply) => finish(parts, request, reply.statusCode),
    errorHandler: (error, request, reply) => sendError(parts, request, reply, error, started.get(request)?.trace),
  });
}

interface Began {
  readonly trace: TraceContext;
  readonly context: ReturnType<typeof context.active>;
  readonly at: number;
  readonly end: (status: number) => void;
}
const started = new WeakMap<FastifyRequest, Began>();
const callers = new WeakMap<
  FastifyRequest,
  { readonly who: Who; readonly tenant: TenantStore; readonly tenant_id: string; readonly io: Io }
>();

/** A caller that hangs up stops what is done for it. */
function ioOf(request: FastifyRequest, reply: FastifyReply): Io {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new AncillaError('internal', 'the caller hung up'));
  });
  void request;
  return { signal: controller.signal };
}

function startSpan({ tracer, random, elapsed }: HttpParts, request: FastifyRequest, route: Route): Began {
  const remote = parseTraceparent(one(request.headers['traceparent']));
  const parent =
    remote === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, { traceId: remote.trace_id, spanId: remote.span_id, traceFlags: remote.flags, isRemote: true });
  const span = tracer.startSpan(
    `${route.method} ${route.path}`,
    { kind: SpanKind.SERVER, attributes: { 'http.request.method': route.method, 'http.route': route.path } },
    parent,
  );
  const own = span.spanContext();
  const hex = (bytes: number) => Buffer.from(random.bytes(bytes)).toString('hex');
  const ids = span.isRecording()
    ? { trace_id: own.traceId, span_id: own.spanId }
    : { trace_id: remote?.trace_id ?? hex(16), span_id: hex(8) };
  return {
    trace: { ...ids, ...(remote !== undefined && { parent_span_id: remote.span_id }) },
    context: trace.setSpan(parent, span),
    at: elapsed(),
    end(status) {
      span.setAttribute('http.response.status_code', status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function finish({ log, observe, elapsed }: HttpParts, request: FastifyRequest, status: number): void {
  const began = started.get(request);
  const route = routeOf(request);
  if (began === undefined || route === undefined) return;
  began.end(status);
  const seconds = elapsed() - began.at;
  observe(route.method, route.path, status, seconds);
  log('info', {
    at: 'request',
    method: route.method,
    route: route.path,
    status,
    ms: Math.round(seconds * 1e6) / 1e3,
    trace_id: began.trace.trace_id,
  });
}

/** Who calls, for which tenant, and whether the table lets them. Denials of known callers are recorded. */
async function admit(parts: HttpParts, route: Route, request: FastifyRequest, at: TraceContext, io: Io) {
  const { access, platform, tenantStore } = parts;
  const unused = () => tenantStore('-');
  if (route.action === 'open') return { who: nobody, tenant: unused(), tenant_id: '' };
  const who = await access.authenticate(one(request.headers.authorization), io);
  const named = one(request.headers['x-ancilla-tenant']);
  const tenant_id = who.tenant_id ?? (route.scope === 'platform' ? undefined : named);
  const verdict = may(who, route.action, tenant_id);
  if (!verdict.allowed) {
    const in_ = who.tenant_id === undefined ? platform : tenantStore(who.tenant_id);
    await access.log(
      in_,
      {
        what: 'denied',
        action: route.action,
        subject: who.id,
        role: who.role,
        key_id: who.key_id,
        resource: `${route.method}:${route.path.replaceAll(/[{}]/g, '')}`,
        trace_id: at.trace_id,
      },
      io,
    );
    throw new AncillaError('access.denied', verdict.reason);
  }
  if (named !== undefined && who.tenant_id !== undefined && named !== who.tenant_id)
    throw new AncillaError('tenant.mismatch', 'x-ancilla-tenant names another tenant than the credential’s');
  if (route.scope === 'platform') return { who, tenant: unused(), tenant_id: tenant_id ?? '' };
  if (tenant_id === undefined) throw new AncillaError('tenant.missing', 'a platform admin names the tenant in x-ancilla-tenant');
  const record = await platform.get(tenants, tenant_id, io);
  if (record === undefined) throw new AncillaError('tenant.not_found', 'no such tenant');
  if (record.doc.status !== 'active') throw new AncillaError('tenant.disabled', `tenant ${tenant_id} is disabled`);
  return { who, tenant: tenantStore(tenant_id), tenant_id };
}
const nobody: Who = { id: 'anyone', role: 'agent', key_id: 'none' };

async function readBody(request: FastifyRequest, payload: AsyncIterable<Buffer>, limit: number, bounds: JsonBounds): Promise<unknown> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json') throw new AncillaError('request.media_type', 'this route reads application/json');
  if (Number(request.headers['content-length'] ?? 0) > limit)
    throw new AncillaError('request.too_large', `the body is larger than ${limit} bytes`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of payload) {
    size += chunk.length;
    if (size > limit) throw new AncillaError('request.too_large', `the body is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return parseJsonBody(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks), bounds);
}

function send(reply: FastifyReply, status: number, answer: unknown): FastifyReply {
  if (isBytes(answer)) {
    const { content_type, bytes, headers = {} } = answer;
    const body = typeof bytes === 'string' || bytes instanceof Uint8Array ? Buffer.from(bytes) : bytes;
    return reply
      .status(status)
      .headers(headers)
      .type(content_type)
      .send(Buffer.isBuffer(body) ? body : toStream(body));
  }
  return reply.status(status).type('application/json').send(JSON.stringify(answer));
}

const isBytes = (
  answer: unknown,
): answer is {
  readonly content_type: string;
  readonly bytes: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly headers?: Record<string, string>;
} => typeof answer === 'object' && answer !== null && 'content_type' in answer && 'bytes' in answer;
const toStream = (bytes: AsyncIterable<Uint8Array>): Readable => Readable.from(bytes, { objectMode: false });

function sendError(
  parts: HttpParts,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  at: TraceContext | undefined,
): FastifyReply {
  const known = toAncillaError(error);
  if (known.code === 'internal') {
    const { name, code, frames } = describe(known.cause ?? error);
    parts.log('error', { at: 'error', route: routeOf(request)?.path ?? 'none', name, code, frames, trace_id: at?.trace_id });
  }
  const problem = toProblem(known, { instance: request.url.split('?')[0] ?? '', ...(at !== undefined && { trace_id: at.trace_id }) });
  if (known.code === 'server.draining' || known.code === 'redaction.failed' || known.code === 'store.unavailable')
    void reply.header('retry-after', '1');
  if (known.code === 'auth.missing' || known.code === 'auth.invalid') void reply.header('www-authenticate', 'Bearer');
  // What is left of a refused body is not read.
  if (known.code === 'request.too_large') void reply.header('connection', 'close');
  return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

function toAncillaError(error: unknown): AncillaError {
  if (isAncillaError(error)) return error;
  const status: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'statusCode') : undefined;
  if (status === 413) return new AncillaError('request.too_large', 'the body is too large');
  if (status === 415) return new AncillaError('request.media_type', 'this content type is not read here');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new AncillaError('request.malformed', 'the request cannot be read');
  return new AncillaError('internal', 'something failed inside', { cause: error });
}

/** What may be logged of an error of unknown origin: its class and where it was thrown. Its message may quote anything. */
function describe(error: unknown): { readonly name: string; readonly code: string; readonly frames: string } {
  if (!(error instanceof Error)) return { name: typeof error, code: '', frames: '' };
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim())
    .join(' | ');
  return { name: error.name, code: 'code' in error ? String(error.code) : '', frames };
}

/** A connection that speaks no HTTP is answered and closed. */
function refuseConnection(_: Error, socket: Socket): void {
  if (socket.writable) {
    const body = JSON.stringify(toProblem(new AncillaError('request.malformed', 'this is not HTTP, or a header is too large')));
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  } else socket.destroy();
}

const one = (header: string | readonly string[] | undefined): string | undefined => (typeof header === 'string' ? header : header?.[0]);
