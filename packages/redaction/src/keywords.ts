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
function hashOf(text: string, start = 0, end = text.length): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = hashStep(hash, text.charCodeAt(at));
  return hash;
}

/** Slots for each word of a list: one word in sixteen of those that are not in it has to be looked up. */
const SLOTS_EACH = 16;
/** A declared list. Nearly every word that is asked for is not in it, which its hash says before it is cut out of its text and looked up. */
export class WordSet {
  readonly #words: ReadonlySet<string>;
  readonly #some: Uint8Array;

  constructor(words: Iterable<string>) {
    this.#words = new Set(words);
    this.#some = new Uint8Array(2 << (31 - Math.clz32(this.#words.size * SLOTS_EACH)));
    for (const word of this.#words) this.#some[this.#slotOf(word, 0, word.length)] = 1;
  }

  /** Whether a word, or a stretch of a text, is listed. */
  has(text: string, start = 0, end = text.length): boolean {
    return this.mayHave(text, start, end) && this.#words.has(text.slice(start, end));
  }

  /** False only for what is not listed. */
  mayHave(text: string, start = 0, end = text.length): boolean {
    return this.#some[this.#slotOf(text, start, end)] === 1;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#words[Symbol.iterator]();
  }

  #slotOf(text: string, start: number, end: number): number {
    const hash = hashOf(text, start, end);
    return (hash ^ (hash >>> 15)) & (this.#some.length - 1);
  }
}

/** Words that are separated by commas. */
export const wordSet = (list: string): WordSet => new WordSet(list.split(','));

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
    this.#entries = new Set(list.split(','));
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
