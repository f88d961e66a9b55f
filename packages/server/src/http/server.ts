import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AncillaError, type Collection, type Route } from '@ancilla/contracts';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { readJson } from './body.ts';
import { openConnectionGuard } from './connections.ts';
import { readConsole } from './console-files.ts';
import { openCors } from './cors.ts';
import { docsPage, docsStyle } from './docs-page.ts';
import { describeError } from './log.ts';
import { toOpenApi } from './openapi.ts';
import { pathOf, sendProblem, toAncillaError } from './problem.ts';
import { readRoutes } from './read-routes.ts';
import { BODY_LIMIT, serveRoute, type ServeParts } from './serve-route.ts';

export interface HttpParts extends ServeParts {
  readonly routes: readonly Route[];
  readonly collections: readonly Collection[];
  readonly version: string;
  readonly consoleFolder?: string;
  /** Whose pages may ask, besides the server's own. */
  readonly corsOrigins: readonly string[];
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Reasons why the server should get no traffic now. */
  readonly notReady: () => Promise<readonly string[]>;
}

export interface Http {
  /** Those of the rooms and those derived from the collections. */
  readonly routes: readonly Route[];
  listen(port: number, host: string): Promise<{ readonly url: string }>;
  /** No new requests, those under way may finish within the time, then all connections are closed. */
  close(deadlineMs: number): Promise<void>;
}

const API_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The Fastify shell around routes that come as data, with the reference, the console's files and health beside them. */
export async function openHttp(parts: HttpParts): Promise<Http> {
  const { log, version, collections, consoleFolder, corsOrigins, tls, notReady } = parts;
  const routes: readonly Route[] = [...parts.routes, ...readRoutes(collections)];
  const consoleFiles = consoleFolder === undefined ? [] : await readConsole(consoleFolder);
  const connections = openConnectionGuard();
  const answersCors = openCors(corsOrigins, routes);
  let draining = false;
  const refuse = (thrown: unknown) => {
    const error = toAncillaError(thrown);
    if (error.code === 'internal') log('error', { at: 'error', ...describeError(error.cause ?? error) });
    return error;
  };

  const app: FastifyInstance = Fastify({
    logger: false,
    // A body has a minute, headers a quarter of one: who sends a byte at a time holds a connection no longer.
    requestTimeout: 60_000,
    keepAliveTimeout: 10_000,
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5000 },
    ...(tls !== undefined && { https: tls }),
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 1024 },
    forceCloseConnections: 'idle',
    // A draining server answers as everywhere: with problem+json, by the hook below.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    frameworkErrors: (_, request, reply) =>
      void sendProblem(request, reply, new AncillaError('request.malformed', 'the address cannot be read'), undefined),
    clientErrorHandler: connections.refuse,
  });

  // Hooks by callback: each that is a promise costs a request some turns.
  app.addHook('onRequest', (request, reply, done) => {
    connections.begins(request.raw.socket);
    reply.headers(API_HEADERS);
    if (answersCors(request, reply)) return;
    done(draining ? new AncillaError('server.draining', 'no new requests are taken') : undefined);
  });
  app.addHook('onResponse', ({ raw }, _, done) => {
    connections.ends(raw.socket);
    done();
  });
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, refuse(error), undefined));
  app.removeAllContentTypeParsers();
  const parse = async (request: FastifyRequest, payload: IncomingMessage): Promise<unknown> => {
    const { declared } = request.routeOptions.config;
    // Where nothing is served nothing is read either.
    return declared === undefined || declared.consumes === 'stream'
      ? payload
      : readJson(request.headers, payload, declared.bodyLimitBytes ?? BODY_LIMIT);
  };
  // By its name too, under which it is found at once.
  app.addContentTypeParser('application/json', parse);
  app.addContentTypeParser('*', parse);

  // A field of every request: a map beside them, by the request, is work for each garbage collection.
  app.decorateRequest('exchange', undefined);
  for (const route of routes) serveRoute(app, route, parts);
  const page = (path: string, content_type: string, bytes: string | Buffer, fixed = false) =>
    app.get(path, async (_, reply) => {
      if (fixed) reply.header('cache-control', 'public, max-age=31536000, immutable');
      return reply.header('content-security-policy', PAGE_POLICY).type(content_type).send(bytes);
    });
  page('/openapi.json', 'application/json', JSON.stringify(toOpenApi(routes, version)));
  page('/docs', 'text/html; charset=utf-8', docsPage(routes, collections, version));
  page('/docs/style.css', 'text/css; charset=utf-8', docsStyle);
  for (const [path, { content_type, bytes }] of consoleFiles) page(path, content_type, bytes, path.startsWith('/assets/'));
  app.get('/healthz', async (_, reply) => reply.type('application/json').send('{"status":"ok"}'));
  app.get('/readyz', async (_, reply) => {
    const reasons = await notReady();
    const [code, status] = reasons.length === 0 ? [200, 'ready'] : [503, 'not ready'];
    return reply.status(code).type('application/json').send(JSON.stringify({ status, reasons }));
  });

  const patterns = routes.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const methods = patterns.flatMap(({ method, pattern }) => (pattern.test(path) ? [method] : [])).join(', ');
    if (methods === '')
      return sendProblem(request, reply, new AncillaError('route.not_found', 'nothing is served at this address'), undefined);
    reply.header('allow', methods);
    return sendProblem(request, reply, new AncillaError('route.method', `this route takes ${methods}`), undefined);
  });

  return {
    routes,
    async listen(port, host) {
      await app.listen({ port, host });
      // Listening on a port, not on a pipe: it has an address.
      const { address, family, port: bound } = app.server.address() as AddressInfo;
      return { url: `${tls === undefined ? 'http' : 'https'}://${family === 'IPv6' ? `[${address}]` : address}:${bound}` };
    },
    async close(deadlineMs) {
      draining = true;
      const timer = setTimeout(() => app.server.closeAllConnections(), deadlineMs);
      await app.close();
      clearTimeout(timer);
    },
  };
}
