import { Readable } from 'node:stream';
import type { Bytes } from '@ancilla/contracts';
import type { FastifyReply } from 'fastify';

// A JSON answer never has both fields: `Bytes` is what a route hands over when its answer is not JSON.
const isBytes = (answer: unknown): answer is Bytes =>
  typeof answer === 'object' && answer !== null && 'content_type' in answer && 'bytes' in answer;

/** Answers with JSON, or with the bytes a route declared. */
export function sendAnswer(reply: FastifyReply, status: number, answer: unknown): FastifyReply {
  if (!isBytes(answer)) return reply.status(status).type('application/json').send(JSON.stringify(answer));
  const { content_type, bytes, headers = {} } = answer;
  const whole = typeof bytes === 'string' || bytes instanceof Uint8Array;
  return reply
    .status(status)
    .type(content_type)
    .headers(headers)
    .send(whole ? Buffer.from(bytes) : Readable.from(bytes, { objectMode: false }));
}
