import { expand, isKnown, isPublicWord, singular } from './vocabulary.ts';

/** Words of a name: parted at case changes, between letters and digits, and at everything that is neither; lower-case. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .normalize('NFC')
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replaceAll(/(\p{L}{2})(\d)/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** A name that says nothing: c01, col_3, field7, unnamed, a number. */
const NAMELESS = /^(?:(?:c|col|column|field|f|var|v|x|_c|unnamed|attr|attribute)[ _:.-]*\d*|[\d\W_]*)$/i;

/** A name as it is compared: its words, what they stand for, its letter groups. */
export interface NameView {
  readonly words: readonly string[];
  readonly meant: readonly string[];
  readonly grams: ReadonlySet<string>;
}

/** @param isWord - words of the glossary at hand, of which a compound may be made beside the shipped ones */
export function toNameView(name: string, isWord: (word: string) => boolean = () => false): NameView {
  // What stands in square brackets is a footnote, not a name.
  const words = NAMELESS.test(name.trim()) ? [] : wordsOf(name.replaceAll(/\[[^\]]*\]/g, ' '));
  const meant = words.flatMap((word) => partsOf(word, isWord)).flatMap((word) => expand(word).map(singular));
  return { words, meant, grams: words.length === 0 ? new Set() : gramsOf(words.join(' ')) };
}

/** Linking letters of German, Dutch and Scandinavian compounds. */
const LINKS = ['', 's', 'n', 'en', 'e', 'es'];

/** A compound's parts (`hausnummer`, `streetname`), when it is made of known words throughout; else the word itself. */
function partsOf(word: string, isWord: (word: string) => boolean): readonly string[] {
  if (word.length < 5 || isKnown(word) || isKnown(singular(word)) || isWord(word)) return [word];
  const known = (part: string): boolean => (part.length >= 3 && (isKnown(part) || isPublicWord(part) || isWord(part))) || SHORT.has(part);
  const best = new Map<number, readonly string[]>([[0, []]]);
  for (let end = 2; end <= word.length; end++) {
    for (let start = 0; start < end - 1; start++) {
      const before = best.get(start);
      if (before === undefined) continue;
      const part = word.slice(start, end);
      const stem = LINKS.find((link) => part.endsWith(link) && known(part.slice(0, part.length - link.length)));
      if (stem === undefined) continue;
      const was = best.get(end);
      if (was === undefined || before.length + 1 < was.length) best.set(end, [...before, part.slice(0, part.length - stem.length)]);
    }
  }
  return best.get(word.length) ?? [word];
}
/** Short words of which compounds are often made. */
const SHORT = new Set(['nr', 'no', 'id', 'st', 'dt', 'cd']);

/** Groups of three letters, edges included. */
export function gramsOf(text: string): ReadonlySet<string> {
  const padded = `  ${text} `;
  const grams = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at++) grams.add(padded.slice(at, at + 3));
  return grams;
}

const shared = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number => {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  let count = 0;
  for (const each of few) if (many.has(each)) count++;
  return count;
};

/** Twice what two sets share, of all they have. */
export const dice = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number =>
  a.size + b.size === 0 ? 0 : (2 * shared(a, b)) / (a.size + b.size);
/** What two sets share, of what either has. */
export const jaccard = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number => {
  const both = shared(a, b);
  return both === 0 ? 0 : both / (a.size + b.size - both);
};
