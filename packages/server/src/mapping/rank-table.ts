import { abstains, explain, featureNames, score, type Model } from '@ancilla/ranker';
import type { EmbeddedProvider } from '../embedding/providers/index.ts';
import type { Term } from './glossaries.ts';
import { toReadyGlossary } from './glossary-index.ts';
import { toValues, type Keyed, type Profile } from './profile.ts';
import { recall, subjectOf } from './recall.ts';
import { similaritiesOf, type ReadyColumn } from './similarities.ts';
import { toNameView } from './text.ts';
import { isPublicWord } from './vocabulary.ts';

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
  /** Terms that people said a column does not mean: they are not offered for it again. */
  readonly rejected?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly keyed: Keyed;
}

/** Terms that are ranked by the model, after the cheap look over all. */
const RETRIEVED = 20;

/** Ranks the terms of a glossary for every column of a table, calibrated, able to abstain, with reasons. Pure. */
export function rankTable({ table, terms, model, similarity, memory, rejected, keyed }: RankParts): readonly RankedColumn[] {
  const glossary = toReadyGlossary(terms, similarity.vectorOf);
  const tableWords = subjectOf(table.name);
  const columns = table.columns.map(({ name, samples }): ReadyColumn => {
    const view = toNameView(name, glossary.isWord);
    return {
      view,
      values: toValues(samples, keyed),
      vector: similarity.vectorOf(view.meant.join(' ')).vector,
      tokens: toTokens(view.meant, keyed),
      subject: 0,
    };
  });
  return columns.map((plain, i): RankedColumn => {
    const column = { ...plain, subject: subjectScore(columns, i, tableWords) };
    const remembered = recall(column, memory, glossary, tableWords);
    const refused = rejected?.get(table.columns[i]?.name ?? '');
    const offered = refused === undefined ? glossary.terms : glossary.terms.filter(({ term }) => !refused.has(term.semantic_id));
    const all = offered.map((of) => {
      const seen = remembered.get(of.term.semantic_id);
      const numbers: Readonly<Record<string, number>> = {
        ...similaritiesOf(column, of, glossary, tableWords),
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
    const { scores: cheap } = score(
      model,
      all.map(({ features }) => features),
    );
    const retrieved = all
      .map((each, at) => ({ ...each, score: cheap[at] ?? 0 }))
      .toSorted((a, b) => b.score - a.score || (a.semantic_id < b.semantic_id ? -1 : 1))
      .slice(0, RETRIEVED);
    const final = score(
      model,
      retrieved.map(({ features }) => features),
    );
    return {
      column: table.columns[i]?.name ?? '',
      abstained: abstains(final),
      candidates: retrieved.map(({ semantic_id, features, where }, at) => ({
        semantic_id,
        score: Math.round((final.scores[at] ?? 0) * 1e6) / 1e6,
        reasons: explain(model, features).map((reason) =>
          reason.feature.startsWith('memory') && where !== '' ? { ...reason, text: `${reason.text}: ${where}` } : reason,
        ),
      })),
      features: retrieved.map(({ semantic_id, features }) => ({ semantic_id, features })),
      profile: column.values.profile,
      tokens: column.tokens,
    };
  });
}

/** A name's words as they may be kept: everybody's words in the clear, a tenant's own as keyed hashes. */
export const toTokens = (meant: readonly string[], keyed: Keyed): readonly string[] =>
  meant.map((word) => (isPublicWord(word) ? word : keyed(word)));

/** How surely a column names what its table is about: called like the table, or the first of texts that do not repeat. */
function subjectScore(columns: readonly ReadyColumn[], at: number, tableWords: readonly string[]): number {
  const column = columns[at];
  if (column === undefined) return 0;
  const { meant } = column.view;
  const [subject] = tableWords;
  if (subject !== undefined && meant.length > 0 && meant.every((word) => word === subject)) return 1;
  const isText = ({ values: { profile } }: ReadyColumn): boolean =>
    profile.count > 4 && profile.unique > 0.9 && profile.number < 0.2 && profile.date < 0.2 && profile.length > 3;
  return columns.findIndex(isText) === at ? 0.4 : 0;
}
