// General knowledge of how columns are called: abbreviations, synonyms and the words of other languages, each to plain English.
import { general } from './words/general.ts';
import { places } from './words/places.ts';

/** Letters that are no accented letter and yet mostly written as others. */
const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };
/** A word without accents, lower-case: `straße` and `strasse`, `número` and `numero` are the same. */
export const folded = (word: string): string =>
  /^[ -~]*$/.test(word)
    ? word
    : word
        .normalize('NFKD')
        .replaceAll(/\p{M}/gu, '')
        .replaceAll(/[ßøæœłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
        .normalize('NFC');

/** What a word stands for, the likeliest first; each is one English word or several. */
const senses = new Map<string, (readonly string[])[]>();
const english = new Set<string>();
const inEnglish = new Set<string>();
for (const line of `${places}${general}`
  .trim()
  .split('\n')
  .filter((each) => each !== '')) {
  const [to = '', from = ''] = line.split(':');
  const meaning = to.trim().split(' ');
  for (const word of meaning) english.add(word);
  if (meaning.length === 1) inEnglish.add(meaning[0] ?? '');
  for (const word of from.trim().split(/\s+/)) {
    const key = folded(word);
    const known = senses.get(key);
    if (known === undefined) senses.set(key, [meaning]);
    else if (!known.some((each) => each.join() === meaning.join())) known.push(meaning);
  }
}

const publicWords = new Set(
  'brand parent child index row column license rate note level domain file format method mode option plan policy process project report request result rule schedule scope section service session set setting shop site store tag task template test tier token transaction view visit and of in on by at per for the is has'.split(
    ' ',
  ),
);

/** Names in some file formats (dBASE) are cut at ten letters: the known words that are longer, by their first ten. */
const CUT = 10;
const cutWords = new Map([...senses.keys(), ...english].filter((word) => word.length > CUT).map((word) => [word.slice(0, CUT), word]));
/** The word that a stump of ten letters is the beginning of. */
export const completed = (word: string): string => (word.length === CUT ? (cutWords.get(folded(word)) ?? word) : word);

function lookUp(word: string): readonly (readonly string[])[] | undefined {
  const plain = folded(word);
  return (
    senses.get(plain) ??
    senses.get(singular(plain)) ??
    // German and Dutch plurals and cases: `kunden`, `adressen`.
    (plain.length > 5 && plain.endsWith('en') ? senses.get(plain.slice(0, -1)) : undefined) ??
    // German without umlauts: `gebaeude`, `hoehe`.
    (/[aou]e/.test(plain) ? senses.get(plain.replaceAll(/([aou])e/g, '$1')) : undefined)
  );
}

/** The plain English words a word of a column's name stands for; itself when it is plain or unknown. */
export const meaningOf = (word: string): readonly string[] =>
  inEnglish.has(singular(word)) ? [singular(word)] : (lookUp(word)?.[0] ?? [word]);
/** Single English words that a word may stand for besides. */
export const sensesOf = (word: string): readonly string[] =>
  (lookUp(word) ?? []).flatMap((meaning) => (meaning.length === 1 ? meaning : []));

/** Whether a word has a meaning here, so that a longer one may be made of it. */
export const isKnown = (word: string): boolean => english.has(word) || lookUp(word) !== undefined;

/** Words that may stand in the clear in training data: everybody's, no tenant's. */
export const isPublicWord = (word: string): boolean => isKnown(word) || publicWords.has(word);

/** An English plural as its singular; other words as they are. */
export function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && /(?:ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
}
