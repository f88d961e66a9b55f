import type { Receipt, Write } from '@ancilla/contracts';
import type { PreparedCommit } from './engines/engine.ts';

/** A log document this process wrote. */
interface Kept {
  readonly in: string;
  readonly seq: number;
  readonly id: string;
  readonly doc: object;
  /** Of its text. */
  readonly characters: number;
}

/**
 * The newest entries of one store, as this process wrote them: projections read a log right after it was written, and need not ask the engine for what is still in
 * memory.
 */
export interface Tail {
  /** What a commit wrote, once it is durable. */
  add(writes: readonly Write[], prepared: PreparedCommit, receipt: Receipt): void;
  /**
   * All entries with `after < seq < size`; undefined when one of them is not here. With `size` what the store had a moment ago, no document among them was
   * removed by then: a removal is an entry too, another process's is not here, and after one of this process nothing is.
   */
  between(after: number, size: number): readonly Kept[] | undefined;
}

/** Text of all documents kept, over all stores. */
const MOST_CHARACTERS = 16 * 2 ** 20;

/** Opens the tails of all stores of a process, which share one bound. */
export function openTails(mostCharacters = MOST_CHARACTERS): () => Tail {
  /** Those that hold something, in the order in which they were last written. */
  const holding = new Set<Kept[]>();
  let characters = 0;
  const forget = (kept: Kept[], count: number) => {
    for (const entry of kept.splice(0, count)) characters -= entry.characters;
    if (kept.length === 0) holding.delete(kept);
  };
  return () => {
    const kept: Kept[] = [];
    return {
      add(writes, prepared, receipt) {
        if (writes.some(({ op }) => op === 'remove')) forget(kept, kept.length);
        for (const [i, write] of writes.entries()) {
          const { seq, duplicate } = receipt.writes[i] ?? {};
          const row = prepared.writes[i];
          if (seq === undefined || duplicate === true || write.op !== 'insert' || row?.op !== 'insert') continue;
          // What lies between was written by another process, or is an entry of `changes`.
          if (kept.at(-1)?.seq !== seq - 1) forget(kept, kept.length);
          kept.push({ in: row.to, seq, id: row.key, doc: write.doc, characters: row.body.length });
          characters += row.body.length;
        }
        // Last in the set: what was written longest ago is let go first.
        holding.delete(kept);
        if (kept.length > 0) holding.add(kept);
        while (characters > mostCharacters) {
          const [oldest] = holding;
          if (oldest === undefined) return;
          // By halves: a busy store's projections are seldom far behind.
          forget(oldest, Math.ceil(oldest.length / 2));
        }
      },
      between(after, size) {
        const first = kept[0]?.seq;
        const last = kept.at(-1)?.seq;
        if (first === undefined || last === undefined || after + 1 < first || last < size - 1) return undefined;
        return kept.slice(after + 1 - first, size - first);
      },
    };
  };
}
