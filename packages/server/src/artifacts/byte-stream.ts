/** All bytes of a stream. Only for streams whose length is bounded elsewhere. */
export const collect = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

/** Bytes as a stream of pieces of at most `size` bytes. */
// oxlint-disable-next-line require-await -- a stream of bytes that are there already
export async function* chunked(bytes: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A stream's first bytes, and all of it: `head` has more than `size` bytes, or the stream ended. `all` gives the head again and must be used or closed. */
export const peek = async (
  stream: AsyncIterable<Uint8Array>,
  size: number,
): Promise<{ readonly head: Buffer; readonly ended: boolean; readonly all: AsyncIterable<Uint8Array> }> => {
  const source = stream[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let ended = false;
  for (let taken = 0; taken <= size && !ended;) {
    const { done, value } = await source.next();
    if (done === true) ended = true;
    else {
      parts.push(value);
      taken += value.length;
    }
  }
  const head = Buffer.concat(parts);
  async function* all() {
    let exhausted = ended;
    try {
      yield head;
      while (!exhausted) {
        const { done, value } = await source.next();
        if (done === true) exhausted = true;
        else yield value;
      }
    } finally {
      if (!exhausted) await source.return?.();
    }
  }
  return { head, ended, all: all() };
};
