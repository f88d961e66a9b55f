import { QUANTITY, type ReadyGlossary, type ReadyName, type ReadyTerm } from './glossary-index.ts';
import { nearer, nearness } from './nearness.ts';
import type { Places } from './places.ts';
import type { Profile } from './profile-shape.ts';
import type { Values } from './profile.ts';
import { newSheet, type FeatureSheet } from './sheet.ts';
import { dice, jaccard, type NameView } from './text.ts';
import type { Rarity } from './word-likeness.ts';

/** A column made ready to be compared. */
export interface ReadyColumn {
  readonly name: string;
  readonly view: NameView;
  readonly values: Values;
  readonly vector: Float32Array;
  /** Where the words of its values point; undefined when none is known. */
  readonly valueVector: Float32Array | undefined;
  readonly tokens: readonly string[];
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

/** Similarities of a column and every term, in the glossary's order; what memory and the table's other columns say comes from elsewhere. */
export function similaritiesOf(column: ReadyColumn, glossary: ReadyGlossary, tableWords: readonly string[]): Similarities {
  const { terms } = glossary;
  const { view, values } = column;
  const named = view.tokens.length > 0;
  const meant = new Set(view.meant);
  const rarities = view.meant.map(glossary.rarity);
  const weight = rarities.reduce((sum, each) => sum + each, 0);
  const list = (): Float64Array => new Float64Array(terms.length);
  const fits = nameFitsOf(view, meant, rarities, glossary);
  // Shares of the column's words, by rarity, that a term says and that it is called by; how many different ones it is called by.
  const said = tally(view.meant, glossary.bySaid, terms.length, rarities);
  const own = tally(view.meant, glossary.byOwn, terms.length, rarities);
  const ownWords = tally([...meant], glossary.byOwn, terms.length);
  const around = new Set([...meant, ...tableWords]);
  const context = tableWords.filter((word) => !meant.has(word));
  const contextWords = tally(context, glossary.byOwn, terms.length);
  const coverages = values.profile.count > 0 ? coveragesOf(values, glossary) : undefined;
  const dtypes = new Map(glossary.dtypes.map((dtype) => [dtype, dtypeScore(dtype, values.profile)]));
  const isSubject = column.subjectNamed || column.subjectFirst;
  const [overall, name_similarity, term_explained, description_overlap, description_adds] = [list(), list(), list(), list(), list()];
  const [dtype_score, sample_coverage, values_allowed, regex_match] = [list(), list(), list(), list()];
  const [table_context, subject] = [list(), list()];
  let covering = 0;

  for (let at = 0; at < terms.length; at++) {
    const term = terms[at];
    if (term === undefined) continue;
    const [words, grams, overlap] = [fits.words[at] ?? 0, fits.grams[at] ?? 0, fits.overlap[at] ?? 0];
    if ((fits.covered[at] ?? 0) > COVERS) covering++;
    const described = weight === 0 ? 0 : (said[at] ?? 0) / weight;
    const called = weight === 0 ? 0 : (own[at] ?? 0) / weight;
    const contained = called === 0 ? 0 : called * Math.sqrt(jaccard(ownWords[at] ?? 0, meant.size, term.own.size));
    // A column without a name has no name that fits: what is left says less.
    const name = Math.max(0.5 * words + 0.5 * grams, contained, 0.5 * overlap + 0.5 * grams, words);
    const dtype = dtypes.get(term.dtype);
    const known = coverages !== undefined && term.exemplified;
    const listed = known ? (coverages[at] ?? 0) : 0;
    const coverage = term.indicates ? Math.max(listed, values.profile.detected['indicator'] ?? 0) : listed;
    overall[at] =
      (2 * name + described + (known ? coverage : 0) + (dtype === undefined ? 0 : 0.3 * dtype)) /
      (3 + (known ? 1 : 0) + (dtype === undefined ? 0 : 0.3));
    name_similarity[at] = name;
    // What is called by none of the words around has none of them in its name.
    if ((ownWords[at] ?? 0) + (contextWords[at] ?? 0) > 0) term_explained[at] = explained(term, around);
    if (context.length > 0) table_context[at] = (contextWords[at] ?? 0) / context.length;
    description_overlap[at] = described;
    description_adds[at] = described - called;
    dtype_score[at] = dtype ?? 0.5;
    sample_coverage[at] = coverage;
    if (known && term.closed) values_allowed[at] = coverage;
    if (isSubject && term.naming.some((rest) => rest.every((word) => tableWords.includes(word)))) subject[at] = 1;
  }
  for (const [form, share] of Object.entries(values.profile.detected))
    for (const at of glossary.byForm.get(form) ?? []) raise(regex_match, at, share);
  const sheet = newSheet(terms.length).with({
    overall,
    name_similarity,
    name_exact: fits.exact,
    ngram_similarity: fits.grams,
    term_explained,
    description_overlap,
    description_adds,
    dtype_score,
    sample_coverage,
    values_allowed,
    regex_match,
    ...(named && { embedding_similarity: nearer(nearness(column.vector, glossary.vectors)) }),
    ...(column.valueVector !== undefined && { value_meaning: nearer(nearness(column.valueVector, glossary.vectors)) }),
    ...(context.length > 0 && { table_context }),
    ...(column.subjectNamed && { subject_named: subject }),
    ...(column.subjectFirst && { subject_first: subject }),
  });
  return { sheet, specificity: 1 / Math.sqrt(Math.max(1, covering)) };
}

/** What each of a list's members has of some words, by where the words stand; a word counts 1, or its weight. */
function tally(words: readonly string[], places: Places, size: number, weights?: readonly number[]): Float64Array {
  const found = new Float64Array(size);
  for (const [i, word] of words.entries()) {
    const weight = weights === undefined ? 1 : (weights[i] ?? 0);
    for (const at of places.get(word) ?? []) found[at] = (found[at] ?? 0) + weight;
  }
  return found;
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
  const { terms, names } = glossary;
  const none = (): Float64Array => new Float64Array(terms.length);
  const fits: NameFits = { words: none(), covered: none(), grams: none(), overlap: none(), exact: none() };
  // A column without a name has none that fits.
  if (view.tokens.length === 0) return fits;
  const rows = view.tokens.map((token) => glossary.words.likeness(token));
  const bothWays = bothWaysOf(rows, rarities);
  const grams = tally([...view.grams], glossary.byGram, names.length);
  const words = tally([...meant], glossary.byMeant, names.length);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name === undefined) continue;
    const [there, back] = bothWays(name);
    if (there + back > 0) {
      raise(fits.words, name.term, (2 * there * back) / (there + back));
      raise(fits.covered, name.term, there);
    }
    raise(fits.grams, name.term, dice(grams[i] ?? 0, view.grams.size, name.gramCount));
    raise(fits.overlap, name.term, jaccard(words[i] ?? 0, meant.size, name.wordCount));
  }
  for (const i of glossary.byName.get(view.words.join(' ')) ?? []) raise(fits.exact, names[i]?.term ?? 0, 1);
  return fits;
}

function raise(of: Float64Array, at: number, to: number): void {
  if (to > (of[at] ?? 0)) of[at] = to;
}

const NOT_AT_ALL = [0, 0] as const;
/** How much of a column's name a term's name has, and the other way round: each word by its best counterpart, weighted by rarity. */
function bothWaysOf(
  rows: readonly Float64Array[],
  rarities: readonly number[],
): (name: ReadyName) => readonly [there: number, back: number] {
  const weight = rarities.reduce((sum, each) => sum + each, 0);
  const nearest = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) for (let at = 0; at < nearest.length; at++) nearest[at] = Math.max(nearest[at] ?? 0, row[at] ?? 0);
  return ({ numbers, rarities: theirs, weight: theirWeight }) => {
    let [there, back] = [0, 0];
    for (let i = 0; i < numbers.length; i++) back += (theirs[i] ?? 0) * (nearest[numbers[i] ?? 0] ?? 0);
    // Most names have no word that is like one of the column's.
    if (back === 0) return NOT_AT_ALL;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      let best = 0;
      for (const number of numbers) best = Math.max(best, row?.[number] ?? 0);
      there += (rarities[i] ?? 0) * best;
    }
    return [there / weight, back / theirWeight];
  };
}

/** How much of a term's first name, by rarity, the words around a column say. */
function explained({ names: [name] }: ReadyTerm, around: ReadonlySet<string>): number {
  let [all, found] = [0, 0];
  for (const [i, word] of name?.meant.entries() ?? []) {
    const weight = name?.rarities[i] ?? 0;
    all += weight;
    if (around.has(word)) found += weight;
  }
  return all === 0 ? 0 : found / all;
}

/** What a value that is nearly listed, and one whose words alone are listed, count. */
const NEARLY = 0.8;
const BY_WORDS = 0.8;

/** How much of a column's values, by rarity, each term lists. */
function coveragesOf(values: Values, { terms, byValue, byValueWord, valueRarity }: ReadyGlossary): Float64Array {
  const whole = sharesBy(values.lower, valueRarity, terms.length, (value, add) => {
    const exact = byValue.get(value);
    if (exact !== undefined) add(exact, 1);
    const nearly = variantsOf(value).flatMap((variant) => byValue.get(variant) ?? []);
    if (nearly.length > 0) add(new Set(exact === undefined ? nearly : nearly.filter((at) => !exact.includes(at))), NEARLY);
  });
  const words = sharesBy(values.words, valueRarity, terms.length, (word, add) => add(byValueWord.get(word) ?? [], 1));
  for (const [at, share] of words.entries()) raise(whole, at, BY_WORDS * share);
  return whole;
}

/** A value without what is often written around one: a remark in brackets or behind a colon, a letter before a code (`pT2`, `t2`) or behind it (`t2a`). */
function variantsOf(value: string): readonly string[] {
  const bare = value.replace(/\s*[([:;,].*$/, '').trim();
  const variants = bare === value || bare === '' ? [] : [bare];
  if (/^[a-z]{2}\d/.test(bare)) variants.push(bare.slice(1));
  if (/\d[a-z]$/.test(bare)) variants.push(bare.slice(0, -1));
  return variants;
}

/** @param find - adds what a value counts to the terms that list it */
function sharesBy(
  of: ReadonlySet<string>,
  rarity: Rarity,
  size: number,
  find: (each: string, add: (places: Iterable<number>, part: number) => void) => void,
): Float64Array {
  const found = new Float64Array(size);
  let all = 0;
  for (const each of of) {
    const weight = rarity(each);
    all += weight;
    find(each, (places, part) => {
      for (const at of places) found[at] = (found[at] ?? 0) + part * weight;
    });
  }
  if (all > 0) for (let at = 0; at < size; at++) found[at] = Math.min(1, (found[at] ?? 0) / all);
  return found;
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
