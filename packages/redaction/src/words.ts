// Runs in browsers too. The words of a text in order, each with the lists of keywords that may hold it.
import { classAt, DIGIT, LETTER, UPPER } from './characters.ts';
import { hashStep, listsOf } from './keywords.ts';

/**
 * `phoneNumber`, `PHONE_NUMBER` and `phone number` are the same two words.
 * Letters next to digits are part of a code, and `aba` inside a hash is no routing number.
 */
export class Words {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly lists: number[] = [];

  /** The lists that may hold the word read last. */
  get lastLists(): number {
    return this.lists[this.lists.length - 1] ?? 0;
  }

  /** The number of the last word that ends at an offset or before; -1 where there is none. From the end: the pass asks near where it is. */
  lastBefore(at: number): number {
    let last = this.ends.length - 1;
    while (last >= 0 && (this.ends[last] ?? 0) > at) last--;
    return last;
  }

  /** A word that was read already. */
  add(start: number, end: number, hash: number): void {
    this.starts.push(start);
    this.ends.push(end);
    this.lists.push(listsOf(hash));
  }

  /** The words of a stretch that may hold several. */
  addAll(text: string, from: number, to: number): void {
    for (let at = from; at < to;) {
      if ((classAt(text, at) & LETTER) === 0) {
        at++;
        continue;
      }
      const start = at;
      let upper = (classAt(text, at) & UPPER) !== 0;
      let hash = hashStep(0, text.charCodeAt(at));
      at++;
      for (; at < to; at++) {
        const kind = classAt(text, at);
        if ((kind & LETTER) === 0) break;
        // A capital after a small letter begins a word; so does the last of several capitals before a small one.
        const capital = (kind & UPPER) !== 0;
        if (capital && (!upper || isSmall(text, at + 1))) break;
        upper = capital;
        hash = hashStep(hash, text.charCodeAt(at));
      }
      if ((classAt(text, start - 1) & DIGIT) === 0 && (classAt(text, at) & DIGIT) === 0) this.add(start, at, hash);
    }
  }
}

const isSmall = (text: string, at: number): boolean => {
  const kind = classAt(text, at);
  return (kind & LETTER) !== 0 && (kind & UPPER) === 0;
};

/** The words of a stretch, lower case. */
export function wordsOf(text: string): readonly string[] {
  const words = new Words();
  words.addAll(text, 0, text.length);
  return words.starts.map((start, at) => text.slice(start, words.ends[at]).toLowerCase());
}
