// Runs in browsers too. Words and phrases that decide, found by one look-up a word.

/** A step of the hash that the pass over a text computes as it reads a word; the case of Latin letters does not count. */
export const hashStep = (hash: number, code: number): number => (Math.imul(hash, 31) + (code | 0x20)) | 0;
const SLOTS = 1 << 16;
/** Which lists may hold a word of this hash, a bit each; what it says is checked against the word itself. */
const slots = new Uint32Array(SLOTS);
const slotOf = (hash: number): number => (hash ^ (hash >>> 15)) & (SLOTS - 1);
/** Nearly every word is in no list: a table that stays in the nearest cache says so. */
const some = new Uint8Array(SLOTS >> 3);
export function listsOf(hash: number): number {
  const slot = slotOf(hash);
  return some[slot >> 3] === 0 ? 0 : (slots[slot] ?? 0);
}

/** Words that are separated by commas. */
export const wordSet = (list: string): ReadonlySet<string> => new Set(list.split(','));

const MOST_LISTS = 31;
let lists = 0;

/** A declared list of lower-case words and of phrases of two or three words. */
export class Keywords {
  readonly bit: number;
  readonly #entries: ReadonlySet<string>;
  /** By their last word: the phrases that end with it, longest first, and the word itself where it is listed; with how many words stand before it. */
  readonly #byLast = new Map<string, { readonly entry: string; readonly before: number }[]>();

  /** @param list - separated by commas */
  constructor(list: string) {
    if (lists === MOST_LISTS) throw new Error(`at most ${MOST_LISTS} lists of keywords`);
    this.bit = 1 << lists++;
    this.#entries = wordSet(list);
    const counted = [...this.#entries].map((entry) => ({ entry, before: entry.split(' ').length - 1 }));
    for (const each of counted.toSorted((a, b) => b.before - a.before)) {
      const last = each.entry.slice(each.entry.lastIndexOf(' ') + 1);
      this.#byLast.set(last, [...(this.#byLast.get(last) ?? []), each]);
      for (const form of [last, last.toUpperCase(), last.slice(0, 1).toUpperCase() + last.slice(1)]) {
        let hash = 0;
        for (let at = 0; at < form.length; at++) hash = hashStep(hash, form.charCodeAt(at));
        const slot = slotOf(hash);
        slots[slot] = (slots[slot] ?? 0) | this.bit;
        some[slot >> 3] = 1;
      }
    }
  }

  has(entry: string): boolean {
    return this.#entries.has(entry);
  }

  /** The longest entry that ends with a word. @param before - the words before it, asked for only where a phrase ends with it */
  endingWith(word: string, before: (count: number) => string): string | undefined {
    const ending = this.#byLast.get(word);
    if (ending !== undefined)
      for (const each of ending) if (each.before === 0 || each.entry === `${before(each.before)} ${word}`) return each.entry;
    return undefined;
  }
}
