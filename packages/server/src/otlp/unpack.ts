// The bytes of a request, unpacked within bounds: a small body that unpacks to a large one is refused before it is large.
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { AncillaError, isAncillaError } from '@ancilla/contracts';

export const PACKED_LIMIT = 16 * 1024 * 1024;
export const UNPACKED_LIMIT = 32 * 1024 * 1024;
/** Spans of text pack to a tenth; a body that packs to a thousandth is made to hurt. */
const MOST_RATIO = 250;
/** Below this size a ratio says nothing. */
const RATIO_FROM = 1024 * 1024;

/** @throws {AncillaError} `request.too_large`, `request.media_type`, `request.malformed` */
export async function unpack(body: AsyncIterable<Uint8Array>, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return gather(body, () => PACKED_LIMIT);
  if (encoding !== 'gzip') throw new AncillaError('request.media_type', 'bodies are read plain or in gzip');
  let packed = 0;
  const counted = (async function* () {
    for await (const chunk of body) {
      packed += chunk.length;
      yield chunk;
    }
  })();
  const gunzip = createGunzip();
  const chunks: Buffer[] = [];
  try {
    await pipeline(Readable.from(counted, { objectMode: false }), gunzip, async (unpacked: AsyncIterable<Uint8Array>) => {
      chunks.push(await gather(unpacked, () => Math.min(UNPACKED_LIMIT, Math.max(RATIO_FROM, packed * MOST_RATIO))));
    });
  } catch (error) {
    if (isAncillaError(error)) throw error;
    throw new AncillaError('request.malformed', 'the body is no gzip', { cause: error });
  }
  return Buffer.concat(chunks);
}

async function gather(body: AsyncIterable<Uint8Array>, limit: () => number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit()) throw new AncillaError('request.too_large', `the body unpacks to more than ${limit()} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
