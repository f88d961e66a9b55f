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

/** A table that is nearly empty: what is in no list finds a free slot. */
const SLOTS_EACH = 8;
const MOST_WORDS = 0xffff;
/**
 * A declared list, in which stretches of a text are looked up where they stand: a set of the language's own would have each cut out,
 * and filed among all strings there are, before it could say no. For no words of a text's own: who knows the hash can make them meet in one slot.
 */
export class WordSet {
  /** By number; none has the number of a free slot. */
  readonly #words: string[] = [''];
  /** The words' numbers, each in the first free slot from its hash's on. */
  readonly #slots: Uint16Array;

  constructor(words: readonly string[]) {
    if (words.length > MOST_WORDS) throw new Error(`at most ${MOST_WORDS} words in a list`);
    this.#slots = new Uint16Array(2 << (31 - Math.clz32((words.length * SLOTS_EACH) | 1)));
    for (const word of words) {
      let slot = this.#slotOf(hashOf(word));
      while (this.#slots[slot] !== 0 && this.#words[this.#slots[slot] ?? 0] !== word) slot = this.#after(slot);
      if (this.#slots[slot] === 0) this.#slots[slot] = this.#words.push(word) - 1;
    }
  }

  /** Whether a word, or a stretch of a text, is listed. */
  has(text: string, start = 0, end = text.length): boolean {
    return this.numberOf(text, start, end) > 0;
  }

  /** Which word of the list it is, from one on; 0 where it is none. */
  numberOf(text: string, start = 0, end = text.length): number {
    for (let slot = this.#slotOf(hashOf(text, start, end)); ; slot = this.#after(slot)) {
      const number = this.#slots[slot] ?? 0;
      const word = this.#words[number] ?? '';
      if (number === 0 || (word.length === end - start && text.startsWith(word, start))) return number;
    }
  }

  /** The same of a list in small letters, whatever the case of what is looked up. */
  numberInAnyCase(text: string, start = 0, end = text.length): number {
    let hash = 0;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x80) return this.numberOf(text.slice(start, end).toLowerCase());
      hash = hashStep(hash, code);
    }
    for (let slot = this.#slotOf(hash); ; slot = this.#after(slot)) {
      const number = this.#slots[slot] ?? 0;
      const word = this.#words[number] ?? '';
      if (number === 0 || (word.length === end - start && isSmallOf(word, text, start))) return number;
    }
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#words.slice(1)[Symbol.iterator]();
  }

  #slotOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.#slots.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }
}

/** Whether a word is what stands in a text in ASCII, in small letters. */
function isSmallOf(word: string, text: string, start: number): boolean {
  for (let at = 0; at < word.length; at++) {
    const code = text.charCodeAt(start + at);
    if (word.charCodeAt(at) !== (code >= 0x41 && code <= 0x5a ? code | 0x20 : code)) return false;
  }
  return true;
}

/** Words that are separated by commas. */
export const wordSet = (list: string): WordSet => new WordSet(list.split(','));

const MOST_LISTS = 31;
const NONE = { word: '', counts: [] };
let lists = 0;

/** A declared list of lower-case words and of phrases of two or three words. */
export class Keywords {
  readonly bit: number;
  readonly #entries: WordSet;
  /** The last words of the entries; and by their numbers, how many words stand before each, most first, none where it is listed itself. */
  readonly #last: WordSet;
  readonly #ending: readonly { readonly word: string; readonly counts: readonly number[] }[];
  /** The words that stand before those. */
  readonly #before: WordSet;

  /** @param list - separated by commas */
  constructor(list: string) {
    if (lists === MOST_LISTS) throw new Error(`at most ${MOST_LISTS} lists of keywords`);
    this.bit = 1 << lists++;
    this.#entries = wordSet(list);
    const ending = new Map<string, readonly number[]>();
    const inner: string[] = [];
    for (const entry of this.#entries) {
      const before = entry.split(' ');
      const last = before.pop() ?? '';
      inner.push(...before);
      const counts = ending.get(last) ?? [];
      if (!counts.includes(before.length))
        ending.set(
          last,
          [...counts, before.length].toSorted((a, b) => b - a),
        );
    }
    this.#last = new WordSet([...ending.keys()]);
    this.#ending = [{ word: '', counts: [] }, ...Array.from(ending, ([word, counts]) => ({ word, counts }))];
    this.#before = new WordSet(inner);
    for (const last of this.#last)
      for (const form of [last, last.toUpperCase(), last.slice(0, 1).toUpperCase() + last.slice(1)]) {
        const slot = slotOf(hashOf(form));
        slots[slot] = (slots[slot] ?? 0) | this.bit;
        some[slot >> 3] = (some[slot >> 3] ?? 0) | (1 << (slot & 7));
      }
  }

  has(entry: string): boolean {
    return this.#entries.has(entry);
  }

  /** The longest entry that ends with a word, of a text or by itself. @param before - the words before it, asked for only where a phrase ends with it */
  endingWith(before: (count: number) => string, text: string, start = 0, end = text.length): string | undefined {
    const { word, counts } = this.#ending[this.#last.numberInAnyCase(text, start, end)] ?? NONE;
    for (const count of counts) {
      if (count === 0) return word;
      const words = before(count);
      if (words === '') continue;
      const entry = `${words} ${word}`;
      if (this.#entries.has(entry)) return entry;
    }
    return undefined;
  }

  /** Whether a word stands before others in an entry. */
  mayPrecede(text: string, start: number, end: number): boolean {
    return this.#before.numberInAnyCase(text, start, end) > 0;
  }
}
