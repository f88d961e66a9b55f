// Runs in browsers too. An answer that comes in pieces.

/** Whether an answer is a stream of text. */
export const isStream = (output: unknown): output is AsyncIterable<unknown> =>
  typeof output === 'object' && output !== null && Symbol.asyncIterator in output;

/** How a stream ended: with all of its text, or before. */
export type Ended = { readonly text: string; readonly isCut: boolean } | { readonly error: unknown };

/** A reader left before the stream's end, or it was aborted or thrown away while nobody read. */
export class StreamAborted extends Error {
  override readonly name = 'AbortError';
  readonly code = 'call.aborted';
}

/** Of a longer answer its beginning is what hooks and artifacts see; characters. */
const MOST_KEPT = 4 * 1024 * 1024;
/** Calls whose stream nobody holds any more: it will never be read. */
const thrownAway = new FinalizationRegistry<() => void>((tell) => tell());

/**
 * The same pieces, to be read once; how it ended is told exactly once, also when the reader leaves, or nobody ever reads and the call is
 * aborted or the stream is thrown away.
 * @throws what the stream throws, after it was told
 */
export function through(stream: AsyncIterable<unknown>, signal: AbortSignal, ended: (how: Ended) => void): AsyncIterable<string> {
  let isOver = false;
  const end = (how: Ended): void => {
    if (isOver) return;
    isOver = true;
    signal.removeEventListener('abort', aborted);
    ended(how);
  };
  const aborted = (): void => end({ error: new StreamAborted('the call was aborted') });
  if (signal.aborted) aborted();
  else signal.addEventListener('abort', aborted, { once: true });
  async function* read(): AsyncIterable<string> {
    let text = '';
    let isCut = false;
    try {
      for await (const piece of stream) {
        signal.throwIfAborted();
        if (typeof piece !== 'string') throw new TypeError('a streamed answer is a stream of text');
        isCut ||= text.length + piece.length > MOST_KEPT;
        if (!isCut) text += piece;
        yield piece;
      }
      end({ text, isCut });
    } catch (error) {
      end({ error });
      throw error;
    } finally {
      end({ error: new StreamAborted('the reader left before the end') });
    }
  }
  const once = read();
  thrownAway.register(once, () => end({ error: new StreamAborted('nobody read the stream') }));
  return once;
}
