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
  let hash = FNV_START;
  for (let i = 0, word = 0; i <= bytes.length; i++) {
    const letter = bytes[i] ?? LINE_BREAK;
    if (letter !== LINE_BREAK) {
      hash = hashOn(hash, letter);
      continue;
    }
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    ends[word] = i;
    slots[slot] = ++word;
    hash = FNV_START;
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
