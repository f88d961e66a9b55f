import { similarity as cosine } from '../embedding/providers/index.ts';
import type { ReadyGlossary, ReadyTerm } from './glossary-index.ts';
import type { Profile, Values } from './profile.ts';
import { dice, jaccard, type NameView } from './text.ts';
import { wordSimilarity, type Rarity } from './word-likeness.ts';

/** A column made ready to be compared. */
export interface ReadyColumn {
  readonly view: NameView;
  readonly values: Values;
  readonly vector: Float32Array;
  readonly tokens: readonly string[];
  /** How surely the column names what its table is about, 0 to 1. */
  readonly subject: number;
}

/** Similarities of a column and a term, by feature; what memory says comes from elsewhere. */
export function similaritiesOf(
  column: ReadyColumn,
  term: ReadyTerm,
  { rarity, valueRarity, likeness }: ReadyGlossary,
  tableWords: readonly string[],
): Record<string, number> {
  const { view, values } = column;
  const named = view.words.length > 0;
  const meant = new Set(view.meant);
  let [words, grams, tokens] = [0, 0, 0];
  for (const name of named ? term.names : []) {
    words = Math.max(words, wordSimilarity(view.meant, name.meant, rarity, likeness));
    grams = Math.max(grams, dice(view.grams, name.grams));
    tokens = Math.max(tokens, jaccard(meant, new Set(name.meant)));
  }
  const described = share(view.meant, term.said, rarity);
  const contained = named ? share(view.meant, term.own, rarity) * Math.sqrt(jaccard(meant, term.own)) : 0;
  const name = Math.max(0.5 * words + 0.5 * grams, contained, 0.5 * tokens + 0.5 * grams, words);
  const dtype = dtypeScore(term.dtype, values.profile);
  const known = values.profile.count > 0 && term.values.size > 0;
  const coverage = known
    ? Math.max(share(values.lower, term.values, valueRarity), 0.8 * share(values.words, term.valueWords, valueRarity))
    : 0;
  const parts: (readonly [weight: number, value: number])[] = [];
  if (named) parts.push([2, name], [1, described]);
  if (known) parts.push([1, coverage]);
  if (dtype !== undefined) parts.push([0.3, dtype]);
  const weight = parts.reduce((sum, [each]) => sum + each, 0);
  const context = tableWords.filter((word) => !meant.has(word));
  return {
    overall: weight === 0 ? 0 : parts.reduce((sum, [each, value]) => sum + each * value, 0) / weight,
    name_similarity: name,
    ngram_similarity: grams,
    token_overlap: tokens,
    description_overlap: described,
    dtype_score: dtype ?? 0.5,
    sample_coverage: coverage,
    regex_match: term.forms.reduce((most, form) => Math.max(most, values.profile.detected[form] ?? 0), 0),
    embedding_similarity: named ? term.vectors.reduce((most, vector) => Math.max(most, cosine(column.vector, vector)), 0) : 0,
    table_context: context.length === 0 ? 0 : context.filter((word) => term.own.has(word)).length / context.length,
    subject_column: column.subject > 0 && namesOnly(term, tableWords) ? column.subject : 0,
  };
}

/** How much of some words, by rarity, is among others. */
function share(words: Iterable<string>, among: ReadonlySet<string>, rarity: Rarity): number {
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

/** How well a column's values have the type a term declares; undefined when it declares none or there are no values. */
function dtypeScore(dtype: string, { count, number, date, unique, detected }: Profile): number | undefined {
  if (dtype === '' || count === 0) return undefined;
  if (/num|int|float|decimal|double/.test(dtype)) return number;
  if (/date|time/.test(dtype)) return Math.max(date, detected['time'] ?? 0);
  if (/bool/.test(dtype)) return detected['boolean'] ?? 0;
  if (/enum|categor/.test(dtype)) return unique < 0.5 ? 1 : 0.3;
  if (/ident|key/.test(dtype)) return 0.5 + 0.5 * Number(unique > 0.9);
  if (/url|uri/.test(dtype)) return detected['url'] ?? 0;
  return 1 - 0.5 * number - 0.5 * date;
}
