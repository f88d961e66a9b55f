// Runs in browsers too. Words and phrases that decide, found by one look-up a word.

/** A step of the hash that the pass over a text computes as it reads a word; the case of Latin letters does not count. */
export const hashStep = (hash: number, code: number): number => (Math.imul(hash, 31) + (code | 0x20)) | 0;
const SLOTS = 1 << 16;
/** Which lists may hold a word of this hash, a bit each; what it says is checked against the word itself. */
const slots = new Uint32Array(SLOTS);
const slotOf = (hash: number): number => (hash ^ (hash >>> 15)) & (SLOTS - 1);
/** Nearly every word is in no list: a bit each, in a table that stays in the nearest cache, says so. */
const some = new Uint8Array(SLOTS >> 3);
export function listsOf(hash: number): number {
  const slot = slotOf(hash);
  return ((some[slot >> 3] ?? 0) & (1 << (slot & 7))) === 0 ? 0 : (slots[slot] ?? 0);
}
/** The hash of a word that the pass has not read. */
export function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at++) hash = hashStep(hash, word.charCodeAt(at));
  return hash;
}

/** Words that are separated by commas. */
export const wordSet = (list: string): ReadonlySet<string> => new Set(list.split(','));

const MOST_LISTS = 31;
const NONE: readonly number[] = [];
let lists = 0;

/** A declared list of lower-case words and of phrases of two or three words. */
export class Keywords {
  readonly bit: number;
  readonly #entries: ReadonlySet<string>;
  /** By their last word: how many words stand before it in the entries that end with it, most first; none where it is listed itself. */
  readonly #byLast = new Map<string, readonly number[]>();

  /** @param list - separated by commas */
  constructor(list: string) {
    if (lists === MOST_LISTS) throw new Error(`at most ${MOST_LISTS} lists of keywords`);
    this.bit = 1 << lists++;
    this.#entries = wordSet(list);
    for (const entry of this.#entries) {
      const words = entry.split(' ');
      const last = words.at(-1) ?? '';
      const counts = this.#byLast.get(last) ?? NONE;
      if (!counts.includes(words.length - 1)) this.#byLast.set(last, [...counts, words.length - 1].toSorted((a, b) => b - a));
      for (const form of [last, last.toUpperCase(), last.slice(0, 1).toUpperCase() + last.slice(1)]) {
        const slot = slotOf(hashOf(form));
        slots[slot] = (slots[slot] ?? 0) | this.bit;
        some[slot >> 3] = (some[slot >> 3] ?? 0) | (1 << (slot & 7));
      }
    }
  }

  has(entry: string): boolean {
    return this.#entries.has(entry);
  }

  /** The longest entry that ends with a word. @param before - the words before it, asked for only where a phrase ends with it */
  endingWith(word: string, before: (count: number) => string): string | undefined {
    for (const count of this.#byLast.get(word) ?? NONE) {
      const entry = count === 0 ? word : `${before(count)} ${word}`;
      if (count === 0 || this.#entries.has(entry)) return entry;
    }
    return undefined;
  }
}
