import { abstains, explain, featureNames, score, type Model } from '@ancilla/ranker';
import { similarity as cosine, type EmbeddedProvider } from '../embedding/providers/index.ts';
import type { Term } from './glossaries.ts';
import { isProfile, profileSimilarity, toValues, type Keyed, type Profile, type Values } from './profile.ts';
import { dice, jaccard, toNameView, wordSimilarity, wordsOf, type NameView, type Rarity } from './text.ts';
import { expand, isPublicWord } from './vocabulary.ts';

/** A table as it is mapped. */
export interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly dtype?: string; readonly samples: readonly string[] }[];
}

/** A column that people approved: what new ones are held against. */
export interface Approved {
  readonly semantic_id: string;
  readonly tokens: readonly string[];
  readonly profile: unknown;
  /** `table.column`, for the reason. */
  readonly where: string;
}

export interface RankedColumn {
  readonly column: string;
  readonly abstained: boolean;
  /** Best first. */
  readonly candidates: readonly {
    readonly semantic_id: string;
    readonly score: number;
    readonly reasons: readonly { readonly feature: string; readonly value: number; readonly text: string }[];
  }[];
  /** Of the same candidates, in the same order. */
  readonly features: readonly { readonly semantic_id: string; readonly features: readonly number[] }[];
  readonly profile: Profile;
  readonly tokens: readonly string[];
}

export interface RankParts {
  readonly table: Table;
  readonly terms: readonly Term[];
  readonly model: Model;
  readonly similarity: Pick<EmbeddedProvider, 'vectorOf'>;
  readonly memory: readonly Approved[];
  readonly keyed: Keyed;
}

/** Terms that are ranked by the model, after the cheap look over all. */
const RETRIEVED = 20;

/** A term made ready to be compared. */
interface ReadyTerm {
  readonly term: Term;
  readonly names: readonly NameView[];
  /** Words of id, name and description. */
  readonly said: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  readonly valueWords: ReadonlySet<string>;
  readonly vectors: readonly Float32Array[];
  readonly dtype: string;
  readonly forms: ReadonlySet<string>;
}

interface ReadyGlossary {
  readonly terms: readonly ReadyTerm[];
  readonly rarity: Rarity;
}

const ready = new WeakMap<readonly Term[], ReadyGlossary>();

/** Forms of values that a term's own words promise. */
const PROMISES: readonly (readonly [RegExp, string])[] = [
  [/e-?mail/, 'email'],
  [/\b(?:phone|fax|mobile)\b/, 'phone'],
  [/\b(?:url|website|homepage|link)\b/, 'url'],
  [/\bpostal|post ?code|\bzip\b/, 'postal'],
  [/\bcurrency\b/, 'currency'],
  [/\bcountry\b/, 'country_code'],
  [/\blatitude\b/, 'latitude'],
  [/\blongitude\b/, 'longitude'],
  [/\byear\b/, 'year'],
  [/\b(?:gender|sex)\b/, 'gender'],
  [/\b(?:uuid|guid)\b/, 'uuid'],
  [/\bpercent/, 'percent'],
  [/\b(?:price|amount|cost|revenue|salary)\b/, 'money'],
  [/\btime\b/, 'time'],
  [/\b(?:full|first|last|person|customer|contact) name\b/, 'person'],
  [/\bstreet|\baddress\b/, 'address'],
];

function toReady(terms: readonly Term[], vectorOf: RankParts['similarity']['vectorOf']): ReadyGlossary {
  const known = ready.get(terms);
  if (known !== undefined) return known;
  const counts = new Map<string, number>();
  const made = terms.map((term): ReadyTerm => {
    const tail = term.semantic_id.split(/[.:/#|]/).at(-1) ?? '';
    const names = [...new Set([term.name ?? '', tail])].filter((name) => name !== '').map(toNameView);
    const described = wordsOf(term.description ?? '');
    const own = new Set([...wordsOf(term.semantic_id), ...names.flatMap(({ words }) => words)].flatMap((word) => expand(word)));
    const values = (term.enum_values ?? term.sample_values ?? []).map((value) => value.toLowerCase());
    const said = new Set([...own, ...described.flatMap((word) => expand(word))]);
    for (const word of said) counts.set(word, (counts.get(word) ?? 0) + 1);
    const text = `${term.name ?? tail} ${term.description ?? ''}`.toLowerCase();
    const short = term.name ?? names[0]?.words.join(' ') ?? tail;
    return {
      term,
      names,
      said,
      own,
      values: new Set(values),
      valueWords: new Set(values.flatMap(wordsOf)),
      vectors: [short, `${short} ${(term.description ?? '').slice(0, 200)}`].map((each) => vectorOf(each).vector),
      dtype: (term.dtype ?? '').toLowerCase(),
      forms: new Set(PROMISES.flatMap(([pattern, form]) => (pattern.test(text) ? [form] : []))),
    };
  });
  const rarity: Rarity = (word) => Math.log(1 + terms.length / (1 + (counts.get(word) ?? 0))) + 0.1;
  const result = { terms: made, rarity };
  ready.set(terms, result);
  return result;
}

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

interface ReadyColumn {
  readonly name: string;
  readonly view: NameView;
  readonly values: Values;
  readonly vector: Float32Array;
  readonly tokens: readonly string[];
}

/** Similarities of one column and one term, in the order of `featureNames`; memory is added by the caller. */
function featuresOf(column: ReadyColumn, of: ReadyTerm, rarity: Rarity, tableWords: ReadonlySet<string>): Record<string, number> {
  const { view, values } = column;
  const named = view.words.length > 0;
  const meant = new Set(view.meant);
  let [words, grams, tokens] = [0, 0, 0];
  for (const name of of.names) {
    words = Math.max(words, wordSimilarity(view.meant, name.meant, rarity), wordSimilarity(view.words, name.words, rarity));
    grams = Math.max(grams, dice(view.grams, name.grams));
    tokens = Math.max(tokens, jaccard(meant, new Set(name.meant)));
  }
  const weight = view.meant.reduce((sum, word) => sum + rarity(word), 0);
  const described = named ? view.meant.reduce((sum, word) => sum + (of.said.has(word) ? rarity(word) : 0), 0) / weight : 0;
  const contained = named
    ? (view.meant.reduce((sum, word) => sum + (of.own.has(word) ? rarity(word) : 0), 0) / weight) * Math.sqrt(jaccard(meant, of.own))
    : 0;
  const name = named ? Math.max(0.5 * words + 0.5 * grams, contained, 0.5 * tokens + 0.5 * grams, words) : 0;
  const dtype = dtypeScore(of.dtype, values.profile);
  const form = [...of.forms].reduce((most, each) => Math.max(most, values.profile.detected[each] ?? 0), 0);
  let coverage = 0;
  if (values.profile.count > 0 && of.values.size > 0) {
    const own = [...values.lower].filter((value) => of.values.has(value)).length / values.lower.size;
    const ownWords = values.words.size === 0 ? 0 : [...values.words].filter((word) => of.valueWords.has(word)).length / values.words.size;
    coverage = Math.max(own, 0.8 * ownWords);
  }
  const embedding = named ? of.vectors.reduce((most, vector) => Math.max(most, cosine(column.vector, vector)), 0) : 0;
  // A term about the table's own subject, beyond what the column's name says.
  const subject = [...tableWords].filter((word) => !meant.has(word));
  const context = subject.length === 0 ? 0 : subject.filter((word) => of.own.has(word)).length / subject.length;

  const parts: (readonly [weight: number, value: number])[] = [];
  if (named) parts.push([2, name], [1, described]);
  if (values.profile.count > 0) {
    if (of.values.size > 0) parts.push([1, coverage]);
    if (dtype !== undefined) parts.push([0.3, dtype]);
  }
  const overall =
    parts.length === 0 ? 0 : parts.reduce((sum, [each, value]) => sum + each * value, 0) / parts.reduce((sum, [each]) => sum + each, 0);
  return {
    overall,
    name_similarity: name,
    ngram_similarity: grams,
    token_overlap: tokens,
    description_overlap: described,
    dtype_score: dtype ?? 0.5,
    sample_coverage: coverage,
    regex_match: form,
    embedding_similarity: embedding,
    table_context: context,
  };
}

/** What approved columns say of each term: the best look-alike by name, by values, by both. */
function recall(
  { view, values, tokens }: ReadyColumn,
  memory: readonly Approved[],
): ReadonlyMap<string, { name: number; value: number; both: number; where: string }> {
  const best = new Map<string, { name: number; value: number; both: number; where: string }>();
  const mine = new Set(tokens);
  const joined = tokens.join(' ');
  for (const approved of memory) {
    const named = view.words.length > 0 && approved.tokens.length > 0;
    const name = !named ? undefined : approved.tokens.join(' ') === joined ? 1 : 0.8 * jaccard(mine, new Set(approved.tokens));
    const value = isProfile(approved.profile) ? profileSimilarity(values.profile, approved.profile) : undefined;
    const both = name !== undefined && value !== undefined ? (name + value) / 2 : (name ?? value ?? 0);
    const was = best.get(approved.semantic_id) ?? { name: 0, value: 0, both: 0, where: '' };
    best.set(approved.semantic_id, {
      name: Math.max(was.name, name ?? 0),
      value: Math.max(was.value, value ?? 0),
      // Squared: a far neighbour weighs nothing, a near one almost decides.
      both: Math.max(was.both, both ** 2),
      where: both ** 2 > was.both ? approved.where : was.where,
    });
  }
  return best;
}

/** Ranks the terms of a glossary for every column of a table, calibrated, able to abstain, with reasons. Pure. */
export function rankTable({ table, terms, model, similarity, memory, keyed }: RankParts): readonly RankedColumn[] {
  const glossary = toReady(terms, similarity.vectorOf);
  const tableWords = new Set(wordsOf(table.name).flatMap((word) => expand(word.replace(/(?<=\w{3})s$/, ''))));
  return table.columns.map(({ name, samples }): RankedColumn => {
    const view = toNameView(name);
    const column: ReadyColumn = {
      name,
      view,
      values: toValues(samples, keyed),
      vector: similarity.vectorOf(view.meant.join(' ')).vector,
      tokens: view.meant.map((word) => (isPublicWord(word) ? word : keyed(word))),
    };
    const remembered = recall(column, memory);
    const all = glossary.terms.map((of) => {
      const own = featuresOf(column, of, glossary.rarity, tableWords);
      const seen = remembered.get(of.term.semantic_id);
      const numbers: Readonly<Record<string, number>> = {
        ...own,
        memory_name: seen?.name ?? 0,
        memory_value: seen?.value ?? 0,
        memory_both: seen?.both ?? 0,
        id_seen: seen === undefined ? 0 : 1,
      };
      return {
        semantic_id: of.term.semantic_id,
        where: seen?.where ?? '',
        features: featureNames.map((feature) => Math.round(Math.min(1, Math.max(0, numbers[feature] ?? 0)) * 1e6) / 1e6),
      };
    });
    const cheap = score(
      model,
      all.map(({ features }) => features),
    );
    const retrieved = all
      .map((each, i) => ({ ...each, score: cheap.scores[i] ?? 0 }))
      .toSorted((a, b) => b.score - a.score || (a.semantic_id < b.semantic_id ? -1 : 1))
      .slice(0, RETRIEVED);
    const final = score(
      model,
      retrieved.map(({ features }) => features),
    );
    const ranked = retrieved.map((each, i) => ({ ...each, score: Math.round((final.scores[i] ?? 0) * 1e6) / 1e6 }));
    return {
      column: name,
      abstained: abstains(final),
      candidates: ranked.map(({ semantic_id, score: sure, features, where }) => ({
        semantic_id,
        score: sure,
        reasons: explain(model, features).map((reason) =>
          reason.feature.startsWith('memory') && where !== '' ? { ...reason, text: `${reason.text}: ${where}` } : reason,
        ),
      })),
      features: ranked.map(({ semantic_id, features }) => ({ semantic_id, features })),
      profile: column.values.profile,
      tokens: column.tokens,
    };
  });
}
