import { createHash } from 'node:crypto';
import { AncillaError, isAncillaError, type Artifact } from '@ancilla/contracts';

/** Hashes and counts what passes, and ends what is too long. */
export const measure = (bytes: AsyncIterable<Uint8Array>, maxBytes: number) => {
  const hash = createHash('sha256');
  let size = 0;
  async function* passing() {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > maxBytes) throw new AncillaError('request.too_large', `an artifact is at most ${maxBytes} bytes`);
      hash.update(chunk);
      yield chunk;
    }
  }
  return { bytes: passing(), result: () => ({ size, sha256: hash.digest('hex') }) };
};

/** Also compares size and hash with the ledger's before it lets the last segment go. */
export async function* checked(plain: AsyncIterable<Uint8Array>, meta: Artifact): AsyncGenerator<Uint8Array> {
  const measured = measure(plain, Infinity);
  let held: Uint8Array | undefined;
  for await (const segment of measured.bytes) {
    if (held !== undefined) yield held;
    held = segment;
  }
  const { size, sha256 } = measured.result();
  if (size !== meta.size || sha256 !== meta.sha256) throw new AncillaError('artifact.corrupt', 'the content is not what the ledger says');
  if (held !== undefined) yield held;
}

/** Reads the first piece now, so that a wrong key or an altered start is known before anything is answered. Closing it closes the source, read or not. */
export const startReading = async (source: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> => {
  let first: IteratorResult<Uint8Array> | undefined;
  try {
    first = await source.next();
  } catch (error) {
    // The document says there is an object: then a missing one is a loss, not an unknown id.
    if (isAncillaError(error, 'not_found')) throw new AncillaError('artifact.corrupt', 'the artifact’s object is gone', { cause: error });
    throw error;
  }
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const held = first;
        first = undefined;
        return held ?? source.next();
      },
      return: () => source.return(undefined),
    }),
  };
};
