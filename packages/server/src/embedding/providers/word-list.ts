const LINE_BREAK = 10;
/** FNV-1a, one letter further. */
const FNV_START = 2_166_136_261;
const hashOn = (hash: number, letter: number): number => Math.imul(hash ^ letter, 16_777_619);

/**
 * Finds words in a long list by a hash table of places: strings and a Map of all of them would take longer to make than most tables to map.
 * @param bytes - the words, one a line, each once, in Latin-1
 * @returns the place of a word in the list
 */
export function openWordList(bytes: Uint8Array, count: number): (word: string) => number | undefined {
  const ends = new Uint32Array(count);
  // At most half full: places from 1 on, 0 is free.
  const slots = new Uint32Array(2 ** (33 - Math.clz32(count)));
  const mask = slots.length - 1;
  for (let word = 0, at = 0; word < count; word++, at++) {
    let hash = FNV_START;
    for (; at < bytes.length && bytes[at] !== LINE_BREAK; at++) hash = hashOn(hash, bytes[at] ?? 0);
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    ends[word] = at;
    slots[slot] = word + 1;
  }

  const isAt = (word: string, end: number): boolean => {
    const start = end - word.length;
    if (start < 0 || (start > 0 && bytes[start - 1] !== LINE_BREAK)) return false;
    for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word.charCodeAt(i)) return false;
    return true;
  };
  return (word) => {
    let sought = FNV_START;
    for (let i = 0; i < word.length; i++) sought = hashOn(sought, word.charCodeAt(i));
    for (let slot = sought & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const at = (slots[slot] ?? 0) - 1;
      if (isAt(word, ends[at] ?? 0)) return at;
    }
    return undefined;
  };
}
