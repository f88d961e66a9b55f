import { abstains, explain, promised, score, type Model } from '@ancilla/ranker';
import type { EmbeddedProvider } from '../embedding/providers/index.ts';
import type { Term } from './glossaries.ts';
import { toReadyGlossary, type ReadyGlossary } from './glossary-index.ts';
import type { Profile } from './profile-shape.ts';
import type { Keyed } from './profile.ts';
import { toReadyColumns, type Table } from './ready-columns.ts';
import { recall, subjectOf, toReadyMemory, type Approved, type Memories } from './recall.ts';
import { newSheet, place, type FeatureSheet } from './sheet.ts';
import { similaritiesOf, type ReadyColumn, type Similarities } from './similarities.ts';
import { tableFit } from './table-fit.ts';
import { NONE } from './term-ids.ts';

export interface RankedColumn {
  readonly column: string;
  readonly abstained: boolean;
  /** Whether there is nothing to go by: no name, no value that says anything, nothing like it approved. Scores are guesses then. */
  readonly blind: boolean;
  /** How likely it is that no term fits. */
  readonly none: number;
  /** Best first. */
  readonly candidates: readonly {
    readonly semantic_id: string;
    readonly score: number;
    readonly reasons: readonly { readonly feature: string; readonly value: number; readonly text: string }[];
  }[];
  /** Of the same candidates, in the same order; `none` last. */
  readonly features: readonly { readonly semantic_id: string; readonly features: readonly number[] }[];
  readonly profile: Profile;
  readonly tokens: readonly string[];
}

/** A table held against a glossary: what does not depend on what people approved, nor on a model. */
export interface ComparedTable {
  readonly table: Table;
  readonly glossary: ReadyGlossary;
  readonly words: readonly string[];
  readonly columns: readonly ReadyColumn[];
  /** By column. */
  readonly similarities: readonly Similarities[];
}

export interface CompareParts {
  readonly table: Table;
  readonly terms: readonly Term[];
  readonly similarity: Pick<EmbeddedProvider, 'vectorOf'>;
  readonly keyed: Keyed;
}

/** Terms that people said a column does not mean, by column: they are not offered for it again. */
type Rejected = ReadonlyMap<string, ReadonlySet<string>>;

/** Terms that are ranked by the model, after the look over all. */
const RETRIEVED = 20;

/** Holds every column of a table against every term. Pure. */
export function compareTable({ table, terms, similarity, keyed }: CompareParts): ComparedTable {
  const glossary = toReadyGlossary(terms, similarity.vectorOf);
  const words = subjectOf(table.name);
  const columns = toReadyColumns(table, glossary, words, similarity.vectorOf, keyed);
  return { table, glossary, words, columns, similarities: columns.map((column) => similaritiesOf(column, glossary, words)) };
}

/** Ranks the terms of a glossary for every column of a table, calibrated, able to abstain, with reasons. Pure. */
export function rankCompared(
  { glossary, words, columns, similarities }: ComparedTable,
  model: Model,
  memory: readonly Approved[],
  rejected: Rejected = new Map(),
): readonly RankedColumn[] {
  const remembered = toReadyMemory(memory);
  const memories = columns.map((column, i) => recall(column, remembered, glossary, words, similarities[i]?.specificity ?? 1));
  const sheets = tableFit(
    glossary,
    similarities.map(({ sheet }, i) => remember(sheet, glossary, memories[i] ?? NOTHING)),
  );
  return columns.map((column, i) =>
    rankColumn(column, sheets[i] ?? newSheet(0), {
      glossary,
      model,
      memories: memories[i] ?? NOTHING,
      remembers: memory.length > 0,
      refused: rejected.get(column.name) ?? new Set(),
    }),
  );
}

/** A column's sheet with what memory says on it. */
function remember(sheet: FeatureSheet, { terms, places }: ReadyGlossary, { byTerm, nearest }: Memories): FeatureSheet {
  if (byTerm.size === 0) return sheet;
  const none = (): Float64Array => new Float64Array(terms.length);
  const [memory_name, memory_value, memory_both, memory_specific] = [none(), none(), none(), none()];
  const [memory_votes, memory_nearest, id_seen] = [none(), none(), none()];
  for (const [id, { name, value, both, specific, votes, share }] of byTerm) {
    const at = places.get(id);
    if (at === undefined) continue;
    memory_name[at] = name;
    memory_value[at] = value;
    memory_both[at] = both;
    memory_specific[at] = specific;
    memory_votes[at] = votes;
    memory_nearest[at] = both === nearest ? both : 0;
    id_seen[at] = share;
  }
  return sheet.with({ memory_name, memory_value, memory_both, memory_specific, memory_votes, memory_nearest, id_seen });
}

function rankColumn(
  column: ReadyColumn,
  sheet: FeatureSheet,
  {
    glossary: { terms },
    model,
    memories,
    remembers,
    refused,
  }: {
    readonly glossary: ReadyGlossary;
    readonly model: Model;
    readonly memories: Memories;
    /** Whether anything was decided yet. */
    readonly remembers: boolean;
    readonly refused: ReadonlySet<string>;
  },
): RankedColumn {
  const idOf = (at: number): string => terms[at]?.term.semantic_id ?? '';
  const places = highest(sheet.logits(model.weights), RETRIEVED + refused.size, (a, b) => idOf(a) < idOf(b))
    .filter((at) => !refused.has(idOf(at)))
    .slice(0, RETRIEVED);
  const rows = places.map((at) => sheet.row(at));
  for (const row of unsurpassed(rows)) row[UNSURPASSED] = 1;
  const blind = column.view.tokens.length === 0 && EVIDENCE.every((feature) => sheet.column(feature).every((value) => value === 0));
  const none = noneFeatures(column, sheet, memories, remembers);
  const scores = score(model, [...rows, none]);
  const retrieved = places
    .map((at, i) => ({ semantic_id: idOf(at), features: rows[i] ?? [], score: scores[i] ?? 0 }))
    .toSorted((a, b) => b.score - a.score);
  const round = (value: number): number => Math.round(value * 1e6) / 1e6;
  return {
    column: column.name,
    abstained: blind || abstains(scores.slice(0, -1), scores.at(-1) ?? 0),
    blind,
    none: round(scores.at(-1) ?? 0),
    candidates: retrieved.map(({ semantic_id, features, score: said }) => ({
      semantic_id,
      score: round(promised(model.calibration, said)),
      reasons: explain(model, features).map((reason) => {
        const where = memories.byTerm.get(semantic_id)?.where;
        return reason.feature.startsWith('memory') && where !== undefined ? { ...reason, text: `${reason.text}: ${where}` } : reason;
      }),
    })),
    features: [...retrieved.map(({ semantic_id, features }) => ({ semantic_id, features })), { semantic_id: NONE, features: none }],
    profile: column.values.profile,
    tokens: column.tokens,
  };
}

/** Places of the few highest of many numbers, the highest first, without sorting all. @param isBefore - which of two equal ones comes first */
function highest(numbers: Float64Array, few: number, isBefore: (a: number, b: number) => boolean): readonly number[] {
  const places: number[] = [];
  let least = -Infinity;
  for (let each = 0; each < numbers.length; each++) {
    const number = numbers[each] ?? 0;
    // Most are lower than all that were found.
    if (number < least) continue;
    let at = places.length;
    for (; at > 0; at--) {
      const before = places[at - 1] ?? 0;
      const other = numbers[before] ?? 0;
      if (other > number || (other === number && isBefore(before, each))) break;
    }
    places.splice(at, 0, each);
    if (places.length > few) places.pop();
    if (places.length === few) least = numbers[places.at(-1) ?? 0] ?? 0;
  }
  return places;
}

function most(numbers: Float64Array): number {
  let found = 0;
  for (let at = 0; at < numbers.length; at++) found = Math.max(found, numbers[at] ?? 0);
  return found;
}

const UNSURPASSED = place('unsurpassed');
/** Of some terms those than which no other fits as well in everything and better in something. */
const unsurpassed = (rows: readonly number[][]): readonly number[][] => rows.filter((row) => !rows.some((other) => surpasses(other, row)));

function surpasses(a: readonly number[], b: readonly number[]): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    const more = (a[i] ?? 0) - (b[i] ?? 0);
    if (more < 0) return false;
    if (more > 0) better = true;
  }
  return better;
}

/** How many terms `none_many` tells apart. */
const MANY = 10_000;

/** Features that say something of a column without a name; types, and how the table looks, alone do not. */
const EVIDENCE = ['sample_coverage', 'regex_match', 'memory_both'];
const NOTHING: Memories = { byTerm: new Map(), none: undefined, nearest: 0 };

/** Compares and ranks. */
export const rankTable = ({
  model,
  memory,
  rejected,
  ...parts
}: CompareParts & { readonly model: Model; readonly memory: readonly Approved[]; readonly rejected?: Rejected }): readonly RankedColumn[] =>
  rankCompared(compareTable(parts), model, memory, rejected);

/** What speaks for `none`: names and values that are like those of no term, and columns of which people said that none fits. */
function noneFeatures(column: ReadyColumn, sheet: FeatureSheet, { none, nearest }: Memories, remembers: boolean): readonly number[] {
  const names = sheet.column('name_similarity');
  const [best = 0, , , , fifth = 0] = highest(names, 5, () => true).map((at) => names[at]);
  const named = column.understood;
  const of = {
    none: 1,
    none_weak_name: named ? 1 - best : 0,
    none_weak_evidence: 1 - most(sheet.column('overall')),
    none_close: named ? fifth : 0,
    none_nameless: named ? 0 : 1,
    none_empty: column.values.profile.count === 0 ? 1 : 0,
    none_memory_name: none?.name ?? 0,
    none_memory_both: none?.both ?? 0,
    none_memory_far: remembers ? 1 - nearest : 0,
    none_many: Math.log(names.length) / Math.log(MANY),
  };
  return newSheet(1)
    .with(Object.fromEntries(Object.entries(of).map(([feature, value]) => [feature, Float64Array.of(value)])))
    .row(0);
}
