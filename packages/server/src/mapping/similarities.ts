import { QUANTITY, type ReadyGlossary, type ReadyName, type ReadyNames, type ReadyTerm } from './glossary-index.ts';
import { nearer, nearness } from './nearness.ts';
import type { Places } from './places.ts';
import type { Profile } from './profile-shape.ts';
import type { Values } from './profile.ts';
import { newSheet, type FeatureSheet } from './sheet.ts';
import { add, raise, tally } from './tally.ts';
import { dice, jaccard, type NameView } from './text.ts';

/** A column made ready to be compared. */
export interface ReadyColumn {
  readonly name: string;
  readonly view: NameView;
  readonly values: Values;
  readonly vector: Float32Array;
  /** Where the words of its values point; undefined when none is known. */
  readonly valueVector: Float32Array | undefined;
  readonly tokens: readonly string[];
  /** Whether a word of its name is known: another may mean anything. */
  readonly understood: boolean;
  /** Whether it is called like what the table is about. */
  readonly subjectNamed: boolean;
  /** Whether it holds the table's first texts that do not repeat. */
  readonly subjectFirst: boolean;
}

export interface Similarities {
  readonly sheet: FeatureSheet;
  /** How few terms the column's name fits: 1 for `invoice_number`, little for `id`. */
  readonly specificity: number;
}
/** From here a term's name has all words of a column's. */
const COVERS = 0.9;

/**
 * Similarities of a column and every term, in the glossary's order; what memory and the table's other columns say comes from elsewhere. Each is a short loop over a few
 * lists: a command runs most of it before it is compiled, and what is short is compiled at once. For the same reason the loops count: until they are compiled, iterators
 * cost more than what is done with what they give.
 */
export function similaritiesOf(column: ReadyColumn, glossary: ReadyGlossary, tableWords: readonly string[]): Similarities {
  const { terms, bySaid, byOwn, vectors } = glossary;
  const { view, values, vector, valueVector } = column;
  const size = terms.length;
  const meant = new Set(view.meant);
  const rarities = view.meant.map(glossary.rarity);
  const weight = sum(rarities);
  const fits = nameFitsOf(view, meant, rarities, glossary);
  // Shares of the column's words, by rarity, that a term says and that it is called by; how many different ones it is called by.
  const said = divide(tally(view.meant, bySaid, size, rarities), weight);
  const own = divide(tally(view.meant, byOwn, size, rarities), weight);
  const ownWords = tally([...meant], byOwn, size);
  const context = tableWords.filter((word) => !meant.has(word));
  const contextWords = tally(context, byOwn, size);
  const name = nameSimilarities(fits, own, ownWords, meant.size, glossary.ownCounts);
  const coverage = values.profile.count > 0 ? coveragesOf(values, values.profile.detected['indicator'] ?? 0, glossary) : undefined;
  const dtypes = glossary.dtypes.map((dtype) => dtypeScore(dtype, values.profile));
  const subject = column.subjectNamed || column.subjectFirst ? subjectsOf(terms, tableWords) : undefined;
  const sheet = newSheet(size).with({
    overall: overallOf(name, said, coverage, dtypes, glossary),
    name_similarity: name,
    name_exact: fits.exact,
    ngram_similarity: fits.grams,
    term_explained: explained(terms, new Set([...meant, ...tableWords]), ownWords, contextWords),
    description_overlap: said,
    description_adds: less(said, own),
    dtype_score: dtypeScores(dtypes, glossary.dtypePlaces),
    ...(coverage !== undefined && { sample_coverage: coverage, values_allowed: allowed(coverage, terms) }),
    regex_match: formsKept(values.profile, glossary.byForm, size),
    ...(view.tokens.length > 0 && { embedding_similarity: nearer(nearness(vector, vectors)) }),
    ...(valueVector !== undefined && { value_meaning: nearer(nearness(valueVector, vectors)) }),
    ...(context.length > 0 && { table_context: divide(contextWords, context.length) }),
    ...(column.subjectNamed && subject !== undefined && { subject_named: subject }),
    ...(column.subjectFirst && subject !== undefined && { subject_first: subject }),
  });
  return { sheet, specificity: 1 / Math.sqrt(Math.max(1, countOver(COVERS, fits.covered))) };
}

const sum = (of: readonly number[]): number => of.reduce((all, each) => all + each, 0);

/** In place; by nothing is nothing. */
function divide(list: Float64Array, by: number): Float64Array {
  if (by === 0) return list.fill(0);
  for (let at = 0; at < list.length; at++) list[at] = (list[at] ?? 0) / by;
  return list;
}

function less(list: Float64Array, other: Float64Array): Float64Array {
  const made = new Float64Array(list.length);
  for (let at = 0; at < made.length; at++) made[at] = (list[at] ?? 0) - (other[at] ?? 0);
  return made;
}

function countOver(least: number, list: Float64Array): number {
  let count = 0;
  for (let at = 0; at < list.length; at++) if ((list[at] ?? 0) > least) count++;
  return count;
}

/** How well a name fits those of each term: of a term with several names, the best of each. */
interface NameFits {
  readonly words: Float64Array;
  /** How much of the name, by rarity, the term's has. */
  readonly covered: Float64Array;
  readonly grams: Float64Array;
  readonly overlap: Float64Array;
  readonly exact: Float64Array;
}

function nameFitsOf(view: NameView, meant: ReadonlySet<string>, rarities: readonly number[], glossary: ReadyGlossary): NameFits {
  const { names } = glossary;
  const none = (): Float64Array => new Float64Array(glossary.terms.length);
  const fits: NameFits = { words: none(), covered: none(), grams: none(), overlap: none(), exact: none() };
  // A column without a name has none that fits.
  if (view.tokens.length === 0) return fits;
  const rows = view.tokens.map((token) => glossary.words.likeness(token));
  const count = names.terms.length;
  raiseWords(fits, rows, rarities, names);
  raiseDice(fits.grams, tally(view.grams, glossary.byGram, count), view.grams.length, names);
  raiseJaccard(fits.overlap, tally([...meant], glossary.byMeant, count), meant.size, names);
  for (const i of glossary.byName.get(view.words.join(' ')) ?? []) fits.exact[names.terms[i] ?? 0] = 1;
  return fits;
}

/** How much of a column's name a term's name has, and the other way round: each word by its best counterpart, weighted by rarity. */
function raiseWords({ words, covered }: NameFits, rows: readonly Float64Array[], rarities: readonly number[], names: ReadyNames): void {
  const weight = sum(rarities);
  const nearest = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) raiseAll(nearest, row);
  for (let i = 0; i < names.terms.length; i++) {
    const from = names.starts[i] ?? 0;
    const to = names.starts[i + 1] ?? 0;
    let back = 0;
    for (let at = from; at < to; at++) back += (names.rarities[at] ?? 0) * (nearest[names.numbers[at] ?? 0] ?? 0);
    // Most names have no word that is like one of the column's.
    if (back === 0) continue;
    back /= names.weights[i] ?? 0;
    const there = thereOf(rows, rarities, names.numbers.subarray(from, to)) / weight;
    raise(words, names.terms[i] ?? 0, (2 * there * back) / (there + back));
    raise(covered, names.terms[i] ?? 0, there);
  }
}

function raiseAll(list: Float64Array, to: Float64Array): void {
  for (let at = 0; at < list.length; at++) list[at] = Math.max(list[at] ?? 0, to[at] ?? 0);
}

function thereOf(rows: readonly Float64Array[], rarities: readonly number[], numbers: Uint32Array): number {
  let there = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    let best = 0;
    for (let at = 0; at < numbers.length; at++) best = Math.max(best, row?.[numbers[at] ?? 0] ?? 0);
    there += (rarities[i] ?? 0) * best;
  }
  return there;
}

/** By letter groups: how many are shared, how many the column's name has. */
function raiseDice(fits: Float64Array, shared: Float64Array, mine: number, { terms, gramCounts }: ReadyNames): void {
  for (let i = 0; i < terms.length; i++) raise(fits, terms[i] ?? 0, dice(shared[i] ?? 0, mine, gramCounts[i] ?? 0));
}

/** By words. */
function raiseJaccard(fits: Float64Array, shared: Float64Array, mine: number, { terms, wordCounts }: ReadyNames): void {
  for (let i = 0; i < terms.length; i++) raise(fits, terms[i] ?? 0, jaccard(shared[i] ?? 0, mine, wordCounts[i] ?? 0));
}

/** @param own - shares of the column's words that a term is called by; @param ownWords - how many of its `count` different ones */
function nameSimilarities(fits: NameFits, own: Float64Array, ownWords: Float64Array, count: number, ownCounts: Uint32Array): Float64Array {
  const { words, grams, overlap } = fits;
  const made = new Float64Array(own.length);
  for (let at = 0; at < made.length; at++) {
    const word = words[at] ?? 0;
    const gram = grams[at] ?? 0;
    const called = own[at] ?? 0;
    const contained = called === 0 ? 0 : called * Math.sqrt(jaccard(ownWords[at] ?? 0, count, ownCounts[at] ?? 0));
    // A column without a name has no name that fits: what is left says less.
    made[at] = Math.max(0.5 * word + 0.5 * gram, contained, 0.5 * (overlap[at] ?? 0) + 0.5 * gram, word);
  }
  return made;
}

/** Name, description, values and type together: of what is known, the mean. */
function overallOf(
  name: Float64Array,
  said: Float64Array,
  coverage: Float64Array | undefined,
  dtypes: readonly (number | undefined)[],
  { terms, dtypePlaces }: ReadyGlossary,
): Float64Array {
  const made = new Float64Array(name.length);
  for (let at = 0; at < made.length; at++) {
    const known = coverage !== undefined && terms[at]?.exemplified === true;
    const dtype = dtypes[dtypePlaces[at] ?? 0];
    made[at] =
      (2 * (name[at] ?? 0) + (said[at] ?? 0) + (known ? (coverage[at] ?? 0) : 0) + (dtype === undefined ? 0 : 0.3 * dtype)) /
      (3 + (known ? 1 : 0) + (dtype === undefined ? 0 : 0.3));
  }
  return made;
}

/** How much of each term's first name, by rarity, the words around a column say. */
function explained(
  terms: readonly ReadyTerm[],
  around: ReadonlySet<string>,
  ownWords: Float64Array,
  contextWords: Float64Array,
): Float64Array {
  const made = new Float64Array(terms.length);
  // What is called by none of the words around has none of them in its name.
  for (let at = 0; at < made.length; at++)
    if ((ownWords[at] ?? 0) + (contextWords[at] ?? 0) > 0) made[at] = shareSaid(terms[at]?.names[0], around);
  return made;
}

function shareSaid(name: ReadyName | undefined, around: ReadonlySet<string>): number {
  let all = 0;
  let found = 0;
  for (let i = 0; i < (name?.meant.length ?? 0); i++) {
    const weight = name?.rarities[i] ?? 0;
    all += weight;
    if (around.has(name?.meant[i] ?? '')) found += weight;
  }
  return all === 0 ? 0 : found / all;
}

/** Terms that are the name of what a table is about. */
const subjectsOf = (terms: readonly ReadyTerm[], tableWords: readonly string[]): Float64Array =>
  Float64Array.from(terms, ({ naming }) => (naming.some((rest) => rest.every((word) => tableWords.includes(word))) ? 1 : 0));

/** Where nothing is known of the type, half. */
function dtypeScores(dtypes: readonly (number | undefined)[], places: Uint32Array): Float64Array {
  const made = new Float64Array(places.length);
  for (let at = 0; at < made.length; at++) made[at] = dtypes[places[at] ?? 0] ?? 0.5;
  return made;
}

/** What terms that list every value there is have of a column's. */
function allowed(coverage: Float64Array, terms: readonly ReadyTerm[]): Float64Array {
  const made = new Float64Array(terms.length);
  for (let at = 0; at < made.length; at++) if (terms[at]?.closed === true) made[at] = coverage[at] ?? 0;
  return made;
}

/** How many of a column's values have a form that a term promises. */
function formsKept({ detected }: Profile, byForm: Places, size: number): Float64Array {
  const made = new Float64Array(size);
  for (const [form, share] of Object.entries(detected)) for (const at of byForm.get(form) ?? []) raise(made, at, share);
  return made;
}

/** What a value that is nearly listed, and one whose words alone are listed, count. */
const NEARLY = 0.8;
const BY_WORDS = 0.8;

/** How much of a column's values, by rarity, each term lists. @param indicators - share of the values that only say that something is so or not */
function coveragesOf({ lower, words }: Values, indicators: number, glossary: ReadyGlossary): Float64Array {
  const { terms } = glossary;
  const made = valuesListed(lower, glossary);
  const byWords = wordsListed(words, glossary);
  for (let at = 0; at < made.length; at++) raise(made, at, BY_WORDS * (byWords[at] ?? 0));
  for (let at = 0; at < made.length; at++) if (terms[at]?.indicates === true) raise(made, at, indicators);
  return made;
}

function valuesListed(values: ReadonlySet<string>, { terms, byValue, valueRarity }: ReadyGlossary): Float64Array {
  const made = new Float64Array(terms.length);
  let all = 0;
  for (const value of values) {
    const weight = valueRarity(value);
    all += weight;
    const exact = byValue.get(value) ?? [];
    add(made, exact, weight);
    const nearly = variantsOf(value).flatMap((variant) => byValue.get(variant) ?? []);
    if (nearly.length > 0) add(made, [...new Set(nearly.filter((at) => !exact.includes(at)))], NEARLY * weight);
  }
  return atMostOne(divide(made, all));
}

function wordsListed(words: ReadonlySet<string>, { terms, byValueWord, valueRarity }: ReadyGlossary): Float64Array {
  const made = new Float64Array(terms.length);
  let all = 0;
  for (const word of words) {
    const weight = valueRarity(word);
    all += weight;
    add(made, byValueWord.get(word) ?? [], weight);
  }
  return atMostOne(divide(made, all));
}

function atMostOne(list: Float64Array): Float64Array {
  for (let at = 0; at < list.length; at++) list[at] = Math.min(1, list[at] ?? 0);
  return list;
}

/** A value without what is often written around one: a remark in brackets or behind a colon, a letter before a code (`pT2`, `t2`) or behind it (`t2a`). */
function variantsOf(value: string): readonly string[] {
  const bare = value.replace(/\s*[([:;,].*$/, '').trim();
  const variants = bare === value || bare === '' ? [] : [bare];
  if (/^[a-z]{2}\d/.test(bare)) variants.push(bare.slice(1));
  if (/\d[a-z]$/.test(bare)) variants.push(bare.slice(0, -1));
  return variants;
}

/** How well a column's values have the type of a term; undefined when it has none or there are no values. */
function dtypeScore(dtype: string, { count, number, date, unique, detected }: Profile): number | undefined {
  if (dtype === '' || count === 0) return undefined;
  if (dtype === QUANTITY) return detected['quantity'] ?? 0;
  if (/num|int|float|decimal|double/.test(dtype)) return number;
  if (/date|time/.test(dtype)) return Math.max(date, detected['time'] ?? 0);
  if (/bool/.test(dtype)) return Math.max(detected['boolean'] ?? 0, detected['indicator'] ?? 0);
  if (/enum|categor/.test(dtype)) return unique < 0.5 ? 1 : 0.3;
  if (/ident|key/.test(dtype)) return 0.5 + 0.5 * Number(unique > 0.9);
  if (/url|uri/.test(dtype)) return detected['url'] ?? 0;
  return 1 - 0.5 * number - 0.5 * date;
}
