import { AncillaError, isAncillaError, toProblem, type ErrorCode } from '@ancilla/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Any error as one of Ancilla's own: the shell's by their status, the unforeseen ones as `internal`, with what was thrown as cause. */
export function toAncillaError(error: unknown): AncillaError {
  if (isAncillaError(error)) return error;
  const status: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'statusCode') : undefined;
  if (status === 413) return new AncillaError('request.too_large', 'the body is too large');
  if (status === 415) return new AncillaError('request.media_type', 'this content type is not read here');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new AncillaError('request.malformed', 'the request cannot be read');
  return new AncillaError('internal', 'something failed inside', { cause: error });
}

/** Where a request went, without its query. */
export const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1).join('');

const MAY_BE_REPEATED: ReadonlySet<ErrorCode> = new Set(['server.draining', 'redaction.failed', 'store.unavailable']);

/** Answers with `application/problem+json`. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AncillaError, trace_id: string | undefined): FastifyReply {
  const problem = toProblem(error, { instance: pathOf(request), ...(trace_id !== undefined && { trace_id }) });
  if (MAY_BE_REPEATED.has(error.code)) void reply.header('retry-after', '1');
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  // What is left of a refused body is not read, so the connection cannot carry another request: one sent on it would wait until it is cut.
  const isCutOff = request.raw.destroyed && !request.raw.readableEnded;
  if (isCutOff || error.code === 'request.too_large' || error.code === 'server.draining') void reply.header('connection', 'close');
  return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
