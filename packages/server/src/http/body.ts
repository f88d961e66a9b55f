import type { Readable } from 'node:stream';
import { AncillaError } from '@ancilla/contracts';
import { parseJsonBody } from './json-body.ts';

/** How deep a JSON body may be nested. */
const MOST_DEPTH = 64;
/** Keys a JSON body may have, by the bytes it may have: 20,000 a MiB. */
const BYTES_A_KEY = 2 ** 20 / 20_000;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The bytes of a body, and no more than the route reads. @throws {AncillaError} `request.too_large` */
export async function* boundedBytes(payload: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of payload) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    yield chunk;
  }
}

/** Whether a body announces more than the route reads: refused before a byte of it is. @throws {AncillaError} `request.too_large` */
export function checkAnnounced(headers: Headers, limit: number): void {
  if (Number(headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
}

/** Reads a JSON body within its bounds. @throws {AncillaError} `request.media_type`, `request.too_large`, `request.too_deep`, `request.malformed` */
export async function readJson(headers: Headers, payload: Readable, limit: number): Promise<unknown> {
  checkJson(headers);
  checkAnnounced(headers, limit);
  return parseJsonBody(await collect(payload, limit), { depth: MOST_DEPTH, keys: Math.floor(limit / BYTES_A_KEY) });
}

/** All of a body at once. By events: most bodies are one chunk, for which an iterator's promises would cost more than the parsing. */
function collect(payload: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    payload.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      // What is still to come is not read.
      payload.pause();
      reject(tooLarge(limit));
    });
    payload.on('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    payload.on('error', reject);
    payload.on('close', () => {
      if (!payload.readableEnded) reject(new AncillaError('request.malformed', 'the body ended early'));
    });
  });
}

function checkJson({ 'content-type': type, 'content-encoding': encoding }: Headers): void {
  // As almost all say it.
  if (type !== 'application/json') checkMedia(String(type ?? ''));
  if (encoding !== undefined && encoding !== 'identity')
    throw new AncillaError('request.media_type', 'this route reads bodies that are not compressed');
}

function checkMedia(type: string): void {
  const [media = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (media !== 'application/json') throw new AncillaError('request.media_type', 'this route reads application/json');
  if (parameters.some((parameter) => parameter.startsWith('charset=') && !/^charset="?utf-?8"?$/.test(parameter)))
    throw new AncillaError('request.media_type', 'JSON is read as UTF-8 only');
}

const tooLarge = (limit: number) => new AncillaError('request.too_large', `the body is larger than ${limit} bytes`);
