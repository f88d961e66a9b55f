import type { Io } from '@ancilla/contracts';
import type { Gate, Taken } from '../ingest/index.ts';

/** What redaction makes of texts, known before it is asked for. */
export interface ReadAhead {
  has(text: string): boolean;
  /** @throws what redaction threw when it read the text, {RangeError} for one that was not read */
  of(text: string): Taken;
  /** What is left of each. */
  readonly left: Iterable<string>;
}

/** Texts asked for at once: enough for the threads, and who else has something to be read still has their turn. */
const AT_ONCE = 64;

/** Reads texts in the threads of redaction: many together take seconds, in which this one would serve nobody. @throws when the caller has gone */
export async function readAhead(gate: Pick<Gate, 'take'>, texts: Iterable<string>, io: Io): Promise<ReadAhead> {
  const all = [...new Set(texts)];
  const read = new Map<string, PromiseSettledResult<Taken>>();
  for (let from = 0; from < all.length; from += AT_ONCE) {
    io.signal.throwIfAborted();
    const some = all.slice(from, from + AT_ONCE);
    for (const [index, outcome] of (await Promise.allSettled(some.map((text) => gate.take(text, io)))).entries())
      read.set(some[index] ?? '', outcome);
  }
  return {
    has: (text) => read.has(text),
    of(text) {
      const outcome = read.get(text);
      if (outcome === undefined) throw new RangeError('a text that was not read ahead');
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    },
    left: [...read.values()].flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.text] : [])),
  };
}
