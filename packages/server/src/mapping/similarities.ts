import { similarity } from '../embedding/providers/index.ts';
import { QUANTITY, type Places, type ReadyGlossary, type ReadyName, type ReadyTerm } from './glossary-index.ts';
import type { Profile, Values } from './profile.ts';
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
  const sheet = newSheet(terms.length);
  const { view, values } = column;
  const named = view.tokens.length > 0;
  const meant = new Set(view.meant);
  const rarities = view.meant.map(glossary.rarity);
  const weight = rarities.reduce((sum, each) => sum + each, 0);
  const fits = named ? nameFitsOf(view, meant, rarities, glossary) : undefined;
  // Shares of the column's words, by rarity, that a term says and that it is called by; how many different ones it is called by.
  const said = tally(view.meant, glossary.bySaid, terms.length, rarities);
  const own = tally(view.meant, glossary.byOwn, terms.length, rarities);
  const ownWords = tally([...meant], glossary.byOwn, terms.length);
  const around = new Set([...meant, ...tableWords]);
  const context = tableWords.filter((word) => !meant.has(word));
  const contextWords = tally(context, glossary.byOwn, terms.length);
  const coverages = values.profile.count > 0 ? coveragesOf(values, glossary) : undefined;
  const dtypes = new Map(glossary.dtypes.map((dtype) => [dtype, dtypeScore(dtype, values.profile)]));
  let covering = 0;

  for (const [at, term] of terms.entries()) {
    const [words, grams, overlap] = [fits?.words[at] ?? 0, fits?.grams[at] ?? 0, fits?.overlap[at] ?? 0];
    if ((fits?.covered[at] ?? 0) > COVERS) covering++;
    const described = weight === 0 ? 0 : (said[at] ?? 0) / weight;
    const called = weight === 0 ? 0 : (own[at] ?? 0) / weight;
    const contained = called * Math.sqrt(jaccard(ownWords[at] ?? 0, meant.size, term.own.size));
    // A column without a name has no name that fits: what is left says less.
    const name = named ? Math.max(0.5 * words + 0.5 * grams, contained, 0.5 * overlap + 0.5 * grams, words) : 0;
    const dtype = dtypes.get(term.dtype);
    const known = coverages !== undefined && term.values.size > 0;
    const listed = known ? (coverages[at] ?? 0) : 0;
    const coverage = term.indicates ? Math.max(listed, values.profile.detected['indicator'] ?? 0) : listed;
    const isSubject =
      (column.subjectNamed || column.subjectFirst) && term.naming.some((rest) => rest.every((word) => tableWords.includes(word)));
    sheet.set(at, {
      overall:
        (2 * name + described + (known ? coverage : 0) + (dtype === undefined ? 0 : 0.3 * dtype)) /
        (3 + (known ? 1 : 0) + (dtype === undefined ? 0 : 0.3)),
      name_similarity: name,
      name_exact: fits?.exact[at] ?? 0,
      ngram_similarity: grams,
      term_explained: explained(term, around),
      description_overlap: described,
      description_adds: named ? described - called : 0,
      dtype_score: dtype ?? 0.5,
      sample_coverage: coverage,
      values_allowed: known && term.closed ? coverage : 0,
      regex_match: term.forms.reduce((most, form) => Math.max(most, values.profile.detected[form] ?? 0), 0),
      embedding_similarity: named ? similarity(column.vector, ...term.vectors) : 0,
      value_meaning: column.valueVector === undefined ? 0 : similarity(column.valueVector, ...term.vectors),
      table_context: context.length === 0 ? 0 : (contextWords[at] ?? 0) / context.length,
      subject_named: isSubject && column.subjectNamed ? 1 : 0,
      subject_first: isSubject && column.subjectFirst ? 1 : 0,
    });
  }
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
  const raise = (of: Float64Array, at: number, to: number): void => {
    if (to > (of[at] ?? 0)) of[at] = to;
  };
  const rows = view.tokens.map((token) => glossary.words.likeness(token));
  const grams = tally([...view.grams], glossary.byGram, names.length);
  const words = tally([...meant], glossary.byMeant, names.length);
  for (const [i, name] of names.entries()) {
    const [there, back] = bothWays(rows, rarities, name);
    raise(fits.words, name.term, there + back === 0 ? 0 : (2 * there * back) / (there + back));
    raise(fits.covered, name.term, there);
    raise(fits.grams, name.term, dice(grams[i] ?? 0, view.grams.size, name.grams.size));
    raise(fits.overlap, name.term, jaccard(words[i] ?? 0, meant.size, name.size));
  }
  for (const i of glossary.byName.get(view.words.join(' ')) ?? []) raise(fits.exact, names[i]?.term ?? 0, 1);
  return fits;
}

/** How much of a column's name a term's name has, and the other way round: each word by its best counterpart, weighted by rarity. */
function bothWays(rows: readonly Float64Array[], rarities: readonly number[], name: ReadyName): readonly [there: number, back: number] {
  let [there, thereWeights, back, backWeights] = [0, 0, 0, 0];
  for (const [i, row] of rows.entries()) {
    let best = 0;
    for (const number of name.numbers) best = Math.max(best, row[number] ?? 0);
    there += (rarities[i] ?? 0) * best;
    thereWeights += rarities[i] ?? 0;
  }
  for (const [i, number] of name.numbers.entries()) {
    let best = 0;
    for (const row of rows) best = Math.max(best, row[number] ?? 0);
    back += (name.rarities[i] ?? 0) * best;
    backWeights += name.rarities[i] ?? 0;
  }
  return [thereWeights === 0 ? 0 : there / thereWeights, backWeights === 0 ? 0 : back / backWeights];
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
    const nearly = new Set(variantsOf(value).flatMap((variant) => byValue.get(variant) ?? []));
    add(exact === undefined ? nearly : [...nearly].filter((at) => !exact.includes(at)), NEARLY);
  });
  const words = sharesBy(values.words, valueRarity, terms.length, (word, add) => add(byValueWord.get(word) ?? [], 1));
  return whole.map((covered, at) => Math.max(covered, BY_WORDS * (words[at] ?? 0)));
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
  return all === 0 ? found : found.map((weight) => Math.min(1, weight / all));
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
