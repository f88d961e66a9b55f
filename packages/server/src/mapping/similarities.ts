import { similarity as cosine } from '../embedding/providers/index.ts';
import { QUANTITY, type ReadyGlossary, type ReadyName, type ReadyTerm } from './glossary-index.ts';
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
  const sheet = newSheet(glossary.terms.length);
  let fits = 0;
  const { view, values } = column;
  const named = view.tokens.length > 0;
  const meant = new Set(view.meant);
  const rarities = view.meant.map(glossary.rarity);
  const rows = view.tokens.map((token) => glossary.words.likeness(token));
  const around = new Set([...meant, ...tableWords]);
  const context = tableWords.filter((word) => !meant.has(word));
  const coverages = values.profile.count > 0 ? coveragesOf(values, glossary) : undefined;
  const joined = view.words.join(' ');

  for (const [at, term] of glossary.terms.entries()) {
    let [words, grams, overlap, covered, exact] = [0, 0, 0, 0, 0];
    for (const name of named ? term.names : []) {
      const [there, back] = bothWays(rows, rarities, name);
      words = Math.max(words, there + back === 0 ? 0 : (2 * there * back) / (there + back));
      covered = Math.max(covered, there);
      grams = Math.max(grams, dice(view.grams, name.grams));
      overlap = Math.max(overlap, jaccard(meant, new Set(name.meant)));
      if (name.words.join(' ') === joined) exact = 1;
    }
    if (covered > COVERS) fits++;
    const described = share(view.meant, term.said, glossary.rarity);
    const contained = named ? share(view.meant, term.own, glossary.rarity) * Math.sqrt(jaccard(meant, term.own)) : 0;
    const name = Math.max(0.5 * words + 0.5 * grams, contained, 0.5 * overlap + 0.5 * grams, words);
    const dtype = dtypeScore(term.dtype, values.profile);
    const known = coverages !== undefined && term.values.size > 0;
    const listed = known ? (coverages[at] ?? 0) : 0;
    const coverage = term.indicates ? Math.max(listed, values.profile.detected['indicator'] ?? 0) : listed;
    const parts: (readonly [weight: number, value: number])[] = [];
    // A column without a name has no name that fits: what is left says less.
    parts.push([2, named ? name : 0], [1, described]);
    if (known) parts.push([1, coverage]);
    if (dtype !== undefined) parts.push([0.3, dtype]);
    const weight = parts.reduce((sum, [each]) => sum + each, 0);
    const naming = namesOnly(term, tableWords);
    sheet.set(at, {
      overall: weight === 0 ? 0 : parts.reduce((sum, [each, value]) => sum + each * value, 0) / weight,
      name_similarity: name,
      name_exact: exact,
      ngram_similarity: grams,
      term_explained: share(term.names[0]?.meant ?? [], around, glossary.rarity),
      description_overlap: described,
      description_adds: named ? described - share(view.meant, term.own, glossary.rarity) : 0,
      dtype_score: dtype ?? 0.5,
      sample_coverage: coverage,
      values_allowed: known && term.closed ? coverage : 0,
      regex_match: term.forms.reduce((most, form) => Math.max(most, values.profile.detected[form] ?? 0), 0),
      embedding_similarity: named ? term.vectors.reduce((most, vector) => Math.max(most, cosine(column.vector, vector)), 0) : 0,
      value_meaning:
        column.valueVector === undefined
          ? 0
          : term.vectors.reduce((most, vector) => Math.max(most, cosine(column.valueVector ?? vector, vector)), 0),
      table_context: context.length === 0 ? 0 : context.filter((word) => term.own.has(word)).length / context.length,
      subject_named: naming && column.subjectNamed ? 1 : 0,
      subject_first: naming && column.subjectFirst ? 1 : 0,
    });
  }
  return { sheet, specificity: 1 / Math.sqrt(Math.max(1, fits)) };
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

/** How much of some words, by rarity, is among others. */
function share(words: readonly string[], among: ReadonlySet<string>, rarity: Rarity): number {
  let [all, found] = [0, 0];
  for (const word of words) {
    const weight = rarity(word);
    all += weight;
    if (among.has(word)) found += weight;
  }
  return all === 0 ? 0 : found / all;
}

/** Whether a term is simply the name of what the table is about. */
const namesOnly = ({ names }: ReadyTerm, tableWords: readonly string[]): boolean =>
  names.some(({ meant }) => meant.some((word) => NAMING.has(word)) && meant.every((word) => NAMING.has(word) || tableWords.includes(word)));
const NAMING = new Set(['name', 'title', 'full']);

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
