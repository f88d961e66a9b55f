import type { Route } from '@ancilla/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What any caller may send, beside what routes declare that they read. */
const SENT = ['authorization', 'content-encoding', 'content-type', 'traceparent', 'tracestate', 'x-ancilla-tenant'];
/** How long a browser may remember what it was told. */
const REMEMBERED_SECONDS = 600;

/**
 * Lets pages of other origins ask: those that are listed and no other, and never with a browser's own credentials, so that a page can do no more than whoever gave it a key.
 * @returns whether the request was a browser's question beforehand, which is answered then
 * @see Fetch, section 3.2 (CORS protocol)
 */
export function openCors(origins: readonly string[], routes: readonly Route[]): (request: FastifyRequest, reply: FastifyReply) => boolean {
  const allowed = new Set(origins);
  const methods = [...new Set(routes.map(({ method }) => method))].toSorted().join(', ');
  const headers = [...new Set([...SENT, ...routes.flatMap((route) => Object.keys(route.headers?.properties ?? {}))])].toSorted().join(', ');
  return (request, reply) => {
    if (allowed.size === 0) return false;
    // What is answered differs by it, also where nothing is allowed.
    reply.header('vary', 'origin');
    const { origin, 'access-control-request-method': asked } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return false;
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': 'retry-after' });
    if (request.method !== 'OPTIONS' || asked === undefined) return false;
    void reply
      .status(204)
      .headers({
        'access-control-allow-methods': methods,
        'access-control-allow-headers': headers,
        'access-control-max-age': String(REMEMBERED_SECONDS),
      })
      .send();
    return true;
  };
}
