import { completed, folded, isKnown, isPublicWord, meaningOf, sensesOf, singular } from './vocabulary.ts';

/** ASCII with neither capitals nor digits. */
const PLAIN = /^[\n -/:-@[-~]*$/;
/** Words of a name: parted at case changes, between letters and digits, and at everything that is neither; lower-case. */
export function wordsOf(name: string): readonly string[] {
  // Most names are plain words already.
  if (PLAIN.test(name)) return name.match(/[a-z]+/g) ?? [];
  let text = name.normalize('NFC');
  // Most texts have nothing to part: to see that is quicker than to look for where.
  if (/\p{Lu}/u.test(text)) text = text.replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').replaceAll(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2');
  if (/\d/.test(text)) text = text.replaceAll(/(\p{L}{2})(\d)/gu, '$1 $2');
  return text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? [];
}

/** A name that says nothing: c01, col_3, field7, unnamed, a number. */
const NAMELESS = /^(?:(?:col|column|var|_c|unnamed|attr|attribute)[ _:.-]*\d*|field[ _:.-]*\d+|[cfvx][ _:.-]*\d+|[\d\p{P}\p{S}\s]*)$/iu;

/** A word of a name, and what it may stand for: itself first. */
export interface Token {
  readonly word: string;
  /** The word it mostly stands for, in plain English. */
  readonly meant: string;
  readonly senses: readonly string[];
}

/** A name as it is compared: its words, what they stand for, its letter groups. */
export interface NameView {
  readonly words: readonly string[];
  readonly tokens: readonly Token[];
  readonly meant: readonly string[];
  /** Each once. */
  readonly grams: readonly string[];
}

/** The words by which a name is compared. What stands in square brackets is a footnote, not a name. */
const wordsCompared = (name: string): readonly string[] => (NAMELESS.test(name.trim()) ? [] : wordsOf(name.replaceAll(/\[[^\]]*\]/g, ' ')));

/** What a word of a name is compared as. */
export type TokensOf = (word: string) => readonly Token[];
/** Each word is looked up once: names have the same words again and again. @param isWord - words of the glossary at hand, of which a compound may be made beside the shipped ones */
export function openTokens(isWord: (word: string) => boolean): TokensOf {
  const known = new Map<string, readonly Token[]>();
  return (word) => {
    let tokens = known.get(word);
    if (tokens === undefined) {
      if (known.size >= KEPT) known.clear();
      known.set(word, (tokens = partsOf(completed(word), isWord).flatMap(toTokens)));
    }
    return tokens;
  };
}
const KEPT = 5000;

/** A name as it is compared. */
export const toNameView = (name: string, tokensOf: TokensOf): NameView => toView(wordsCompared(name), tokensOf);

/** Names of one thing, each once: `age_at_index` and `Age At Index` are the same. */
export function toNameViews(names: readonly string[], tokensOf: TokensOf): readonly NameView[] {
  const each = new Map(names.map(wordsCompared).map((words) => [words.join(' '), words]));
  return [...each.values()].map((words) => toView(words, tokensOf));
}

function toView(words: readonly string[], tokensOf: TokensOf): NameView {
  const tokens = words.flatMap(tokensOf);
  return { words, tokens, meant: tokens.map(({ meant }) => meant), grams: words.length === 0 ? [] : gramsOf(words.join(' ')) };
}

/** A short form of several words (`plz`, `bmi`) is these words; every other word is itself, with its senses. */
function toTokens(word: string): readonly Token[] {
  const meaning = meaningOf(word);
  if (meaning.length > 1) return meaning.map((part) => ({ word: part, meant: part, senses: [part] }));
  const one = singular(folded(word));
  const senses = sensesOf(word);
  return [{ word: one, meant: meaning[0] ?? one, senses: [...new Set([one, ...senses])] }];
}

/** Linking letters of German, Dutch and Scandinavian compounds. */
const LINKS = ['', 's', 'n', 'en', 'e', 'es'];
/** Scripts written without spaces, whose words are short. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+$/u;
const LEAST_PART = 3;

/** A compound's parts (`hausnummer`, `streetname`), when it is made of known words throughout; else the word itself. */
function partsOf(word: string, isWord: (word: string) => boolean): readonly string[] {
  const unspaced = UNSPACED.test(word);
  if ((word.length < 5 && !unspaced) || isKnown(word) || isKnown(singular(word)) || isWord(word)) return [word];
  const least = unspaced ? 1 : LEAST_PART;
  const known = (part: string): boolean =>
    (part.length >= least && (isKnown(part) || isPublicWord(part) || isWord(part))) || SHORT.has(part);
  // By where a part ends: the fewest parts up to there.
  const best = new Map<number, readonly string[]>([[0, []]]);
  for (let end = 1; end <= word.length; end++) {
    for (let start = 0; start < end; start++) {
      const before = best.get(start);
      if (before === undefined) continue;
      const part = word.slice(start, end);
      const link = LINKS.find((each) => part.endsWith(each) && known(part.slice(0, part.length - each.length)));
      if (link === undefined) continue;
      const was = best.get(end);
      if (was === undefined || before.length + 1 < was.length) best.set(end, [...before, part.slice(0, part.length - link.length)]);
    }
  }
  const whole = best.get(word.length);
  if (whole !== undefined) return whole;
  // A name that was cut ends in a stump.
  const stump = word.length === 10 ? [3, 4, 5, 6].find((rest) => (best.get(word.length - rest)?.length ?? 0) > 0) : undefined;
  return stump === undefined ? [word] : [...(best.get(word.length - stump) ?? []), word.slice(word.length - stump)];
}
/** Short words of which compounds are often made. */
const SHORT = new Set(['nr', 'no', 'id', 'st', 'dt', 'cd', 'nm', 'ty']);

/** Groups of three letters, edges included, each once. */
export function gramsOf(text: string): readonly string[] {
  const padded = `  ${text} `;
  const grams = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at++) grams.add(padded.slice(at, at + 3));
  return [...grams];
}

/** Twice what two sets share, of all they have: by how much they share and their sizes. */
export const dice = (both: number, a: number, b: number): number => (a + b === 0 ? 0 : (2 * both) / (a + b));
/** What two sets share, of what either has: by how much they share and their sizes. */
export const jaccard = (both: number, a: number, b: number): number => (both === 0 ? 0 : both / (a + b - both));
/** The same of the sets themselves. */
export const jaccardOf = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => jaccard(a.intersection(b).size, a.size, b.size);
