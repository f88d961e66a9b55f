import type { EmbeddedProvider } from '../embedding/providers/index.ts';
import { formsPromised, hasForm } from './forms.ts';
import type { Term } from './glossaries.ts';
import { joined } from './nearness.ts';
import { placesOf, type Places } from './places.ts';
import { openTokens, toNameViews, wordsOf, type NameView, type TokensOf } from './text.ts';
import { meaningOf, singular } from './vocabulary.ts';
import { openWordIndex, type Rarity, type WordIndex } from './word-likeness.ts';

/** A term made ready to be compared. */
export interface ReadyTerm {
  readonly term: Term;
  readonly names: readonly ReadyName[];
  /** Words of id and name, in plain English. */
  readonly own: ReadonlySet<string>;
  /** Those of them that tell it from other terms. */
  readonly telling: readonly string[];
  /** Those of its id, and those of its name: either says it in full. */
  readonly ways: readonly (readonly string[])[];
  /** Whether values of it are known. */
  readonly exemplified: boolean;
  /** Whether it lists every value there is, not samples. */
  readonly closed: boolean;
  /** Whether its values only say that something is so or not. */
  readonly indicates: boolean;
  /** As declared; where nothing is declared, as its name's words say. */
  readonly dtype: string;
  /** Of its names that say `name` or the like, the other words. */
  readonly naming: readonly (readonly string[])[];
  /** What of its id stands before the last part: `sem.customer` of `sem.customer.name`; empty when it has one part. */
  readonly group: string;
}
export interface ReadyName extends NameView {
  readonly rarities: readonly number[];
}
/** Every name of every term, one after the other. All of them are gone through for every column: what is asked then stands in lists of numbers. */
export interface ReadyNames {
  /** Its term's place in the glossary. */
  readonly terms: Uint32Array;
  /** Where its words begin among the words of all; at the end, how many there are. */
  readonly starts: Uint32Array;
  /** Of each word: its number in the index, its rarity. */
  readonly numbers: Uint32Array;
  readonly rarities: Float64Array;
  /** Of its words together. */
  readonly weights: Float64Array;
  /** How many different words and letter groups it has. */
  readonly wordCounts: Uint32Array;
  readonly gramCounts: Uint32Array;
}
/** A glossary made ready: what one column after the other is held against. */
export interface ReadyGlossary {
  readonly terms: readonly ReadyTerm[];
  readonly byId: ReadonlyMap<string, ReadyTerm>;
  /** Where a term stands in `terms`. */
  readonly places: ReadonlyMap<string, number>;
  /** Of words among the terms. */
  readonly rarity: Rarity;
  /** Of values and their words among the terms: `yes` says nothing. */
  readonly valueRarity: Rarity;
  readonly words: WordIndex;
  /** What a word of a name is, with the words of the terms at hand. */
  readonly tokensOf: TokensOf;
  /** Whether some terms have a word of their own, whole or cut short, and others do not. */
  readonly tells: (word: string) => boolean;
  /** All names, and where among them a letter group, a word in plain English and a whole name stand. */
  readonly names: ReadyNames;
  readonly byGram: Places;
  readonly byMeant: Places;
  readonly byName: Places;
  /** Where each term's name points, and its name with its description: one after the other. */
  readonly vectors: Float32Array;
  /** Places in `terms` of those that have a word in id or name, and of those that have it in the description, too. */
  readonly byOwn: Places;
  readonly bySaid: Places;
  /** Places in `terms` of those that list a value, a word of a value. */
  readonly byValue: Places;
  readonly byValueWord: Places;
  /** Places in `terms` of those whose own words promise a form of values. */
  readonly byForm: Places;
  /** Each once; and by term its place among them. */
  readonly dtypes: readonly string[];
  readonly dtypePlaces: Uint32Array;
  /** By term: how many words it has in id and name. */
  readonly ownCounts: Uint32Array;
  /** How many groups ids tell apart, and by term which it belongs to. */
  readonly groups: number;
  readonly groupOf: Uint32Array;
}

type VectorOf = EmbeddedProvider['vectorOf'];
const ready = new WeakMap<readonly Term[], ReadyGlossary>();

/** Made once for a list of terms, kept as long as the list is. */
export function toReadyGlossary(terms: readonly Term[], vectorOf: VectorOf): ReadyGlossary {
  const known = ready.get(terms);
  if (known !== undefined) return known;
  const made = toReady(terms, vectorOf);
  ready.set(terms, made);
  return made;
}

function toReady(terms: readonly Term[], vectorOf: VectorOf): ReadyGlossary {
  const own = new Set(
    terms.flatMap(({ semantic_id, name = '' }) => [...wordsOf(semantic_id), ...wordsOf(name)]).filter((word) => word.length > 3),
  );
  const tokensOf = openTokens((word) => own.has(word));
  const meanings = new Map<string, readonly string[]>();
  /** Words of a text in plain English; each is looked up once, since descriptions say the same words again and again. */
  function inEnglish(text: string): readonly string[] {
    const said: string[] = [];
    for (const word of wordsOf(text)) {
      let meaning = meanings.get(word);
      if (meaning === undefined) meanings.set(word, (meaning = meaningOf(word).map(singular)));
      for (let i = 0; i < meaning.length; i++) said.push(meaning[i] ?? '');
    }
    return said;
  }
  const plain = terms.map((term) => toPlainTerm(term, tokensOf, inEnglish));
  const bySaid = placesOf(plain.map(({ said }) => said));
  const byValue = placesOf(plain.map(({ values }) => values));
  const byValueWord = placesOf(plain.map(({ valueWords }) => valueWords));
  const rarity = rarityAmong(terms.length, (word) => bySaid.get(word)?.length ?? 0);
  const words = openWordIndex(
    plain.flatMap(({ ready: { names } }) => names.flatMap(({ tokens }) => tokens)),
    (word) => {
      const { vector, confidence } = vectorOf(word);
      return confidence === 1 ? vector : undefined;
    },
  );
  const byOwn = placesOf(plain.map((term) => [...term.ready.own]));
  const tells = tellsIn(byOwn, terms.length);
  const telling = new Set([...new Set(plain.flatMap(({ ready: term }) => [...term.own, ...term.ways.flat()]))].filter(tells));
  const made = plain.map(({ ready: term }): ReadyTerm => ({
    ...term,
    telling: [...term.own].filter((word) => telling.has(word)),
    ways: term.ways.map((way) => way.filter((word) => telling.has(word))),
    names: term.names.map((name) => ({ ...name, rarities: name.meant.map(rarity) })),
  }));
  const names = made.flatMap((term) => term.names);
  const dtypes = [...new Set(made.map(({ dtype }) => dtype))];
  const groups = new Map([...new Set(made.map(({ group }) => group))].map((group, at) => [group, at]));
  return {
    terms: made,
    byId: new Map(made.map((each) => [each.term.semantic_id, each])),
    places: new Map(made.map(({ term }, at) => [term.semantic_id, at])),
    rarity,
    valueRarity: rarityAmong(terms.length, havingEither(byValue, byValueWord)),
    words,
    tokensOf,
    tells,
    vectors: joined(plain.flatMap(({ texts }) => texts.map((text) => vectorOf(text).vector))),
    names: toReadyNames(made, words),
    byGram: placesOf(names.map(({ grams }) => grams)),
    byMeant: placesOf(names.map(({ meant }) => meant)),
    byName: placesOf(names.map((name) => [name.words.join(' ')])),
    byOwn,
    bySaid,
    dtypes,
    dtypePlaces: Uint32Array.from(made, ({ dtype }) => dtypes.indexOf(dtype)),
    ownCounts: Uint32Array.from(made, (term) => term.own.size),
    byValue,
    byValueWord,
    byForm: placesOf(plain.map(({ forms }) => forms)),
    groups: groups.size,
    groupOf: Uint32Array.from(made, ({ group }) => groups.get(group) ?? 0),
  };
}

function toReadyNames(terms: readonly ReadyTerm[], { numberOf }: WordIndex): ReadyNames {
  const names = terms.flatMap((term) => term.names);
  const starts = new Uint32Array(names.length + 1);
  for (const [at, { tokens }] of names.entries()) starts[at + 1] = (starts[at] ?? 0) + tokens.length;
  return {
    terms: Uint32Array.from(terms.flatMap((term, at) => term.names.map(() => at))),
    starts,
    numbers: Uint32Array.from(names.flatMap(({ tokens }) => tokens.map(({ word }) => numberOf.get(word) ?? 0))),
    rarities: Float64Array.from(names.flatMap(({ rarities }) => rarities)),
    weights: Float64Array.from(names, ({ rarities }) => rarities.reduce((sum, each) => sum + each, 0)),
    wordCounts: Uint32Array.from(names, ({ meant }) => new Set(meant).size),
    gramCounts: Uint32Array.from(names, ({ grams }) => grams.length),
  };
}

/** `ship` for `shipping`: cut short, but not so short that it could be anything. */
export const isSameOrCut = (word: string, whole: string): boolean =>
  word === whole || (word.length >= SHORTEST_CUT && whole.startsWith(word));
const SHORTEST_CUT = 4;
/** What nearly all terms have tells nothing apart. */
const COMMON = 0.8;
function tellsIn(byOwn: Places, terms: number): (word: string) => boolean {
  // In order, all that a word may be cut from stand in a row.
  const words = [...byOwn.keys()].toSorted();
  return (word) => {
    let [from, to] = [0, words.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((words[middle] ?? '') < word) from = middle + 1;
      else to = middle;
    }
    const having = new Set<number>();
    for (; isSameOrCut(word, words[from] ?? ''); from++) for (const at of byOwn.get(words[from] ?? '') ?? []) having.add(at);
    return having.size > 0 && having.size < COMMON * terms;
  };
}

/** How many have something as a value or as a word of one; a value of one word is both. */
function havingEither(one: Places, other: Places): (each: string) => number {
  // Counted once: no more than the glossary has.
  const both = new Map<string, number>();
  return (each) => {
    const [a, b] = [one.get(each), other.get(each)];
    if (a === undefined || b === undefined) return (a ?? b ?? []).length;
    const known = both.get(each) ?? new Set([...a, ...b]).size;
    both.set(each, known);
    return known;
  };
}

/** @param having - how many of the terms have a word: asked of a table's words, which are few beside a glossary's */
const rarityAmong =
  (terms: number, having: (word: string) => number): Rarity =>
  (word) =>
    Math.log(1 + terms / (1 + having(word))) + 0.1;

function toPlainTerm(term: Term, tokensOf: TokensOf, inEnglish: (text: string) => readonly string[]) {
  const parts = term.semantic_id.split(/[.:/#|]/);
  const tail = parts.at(-1) ?? '';
  const names = toNameViews(
    [term.name ?? '', tail].filter((name) => name !== ''),
    tokensOf,
  );
  const own = new Set([...inEnglish(term.semantic_id), ...names.flatMap(({ meant }) => meant)]);
  const values = (term.enum_values ?? term.sample_values ?? []).map((value) => value.trim().toLowerCase());
  const short = term.name ?? wordsOf(tail).join(' ');
  return {
    ready: {
      term,
      names,
      own,
      ways: [inEnglish(term.semantic_id), inEnglish(term.name ?? '')],
      exemplified: values.length > 0,
      closed: (term.enum_values ?? []).length > 0,
      indicates: isIndicator(term.enum_values ?? []),
      dtype: term.dtype?.toLowerCase() ?? (values.length === 0 ? dtypeOf(names[0]?.meant ?? []) : ''),
      naming: names.flatMap(({ meant }) => (meant.some((word) => NAMING.has(word)) ? [meant.filter((word) => !NAMING.has(word))] : [])),
      group: term.semantic_id.slice(0, Math.max(0, term.semantic_id.length - tail.length - 1)),
    },
    /** Words of id, name and description, in plain English. */
    said: [...own, ...inEnglish(term.description ?? '')],
    values,
    // All at once: a long list of codes is as many short texts.
    valueWords: wordsOf(values.join('\n')),
    forms: formsPromised(`${short} ${term.description ?? ''}`.toLowerCase()),
    /** Its name, and its name with its description. */
    texts: [short, `${short} ${(term.description ?? '').slice(0, 200)}`],
  };
}

const NAMING = new Set(['name', 'title', 'full']);

const NOBODY_KNOWS = /^(?:unknown|not (?:reported|allowed to collect|available|evaluated|specified)|missing|other|n\/?a)$/i;
/** Besides that nobody knows or said, all of its values say yes or no. */
function isIndicator(listed: readonly string[]): boolean {
  let said = 0;
  for (const value of listed) {
    if (NOBODY_KNOWS.test(value.trim())) continue;
    if (++said > 4 || !hasForm(value.trim(), 'indicator')) return false;
  }
  return said >= 2;
}

/** The type of what is counted or measured, with or without a unit. */
export const QUANTITY = 'quantity';
const MEASURED = new Set(
  'number count amount percent quantity total sum price cost rate ratio score rank age height weight length width depth size area volume speed distance duration elevation population density temperature salary income revenue profit year days months years minimum maximum average median index'.split(
    ' ',
  ),
);
const DATED = new Set(['date', 'birthday']);
/** Which type of values a name's words speak of; empty when of none. */
function dtypeOf(words: readonly string[]): string {
  if (words.some((word) => DATED.has(word))) return 'date';
  return words.some((word) => MEASURED.has(word)) ? QUANTITY : '';
}
