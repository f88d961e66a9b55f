import { fit, type Model, type TrainingRow } from '@ancilla/ranker';
import { toValues, type Keyed } from './profile.ts';
import { rankTable, toTokens, type Approved, type RankParts, type Table } from './rank-table.ts';
import { toNameView } from './text.ts';

/** An approved answer for a column. */
export interface Answer {
  readonly table: string;
  readonly column: string;
  readonly semantic_id: string;
}

/** Approved answers with what their columns are like. */
export const toApproved = (answers: readonly Answer[], tables: ReadonlyMap<string, Table>, keyed: Keyed): readonly Approved[] =>
  answers.flatMap(({ table, column, semantic_id }) => {
    const found = tables.get(table)?.columns.find(({ name }) => name === column);
    if (found === undefined) return [];
    return [
      {
        semantic_id,
        tokens: toTokens(toNameView(column).meant, keyed),
        profile: toValues(found.samples, keyed).profile,
        where: `${table}.${column}`,
      },
    ];
  });

/** Fits the model to approved tables as training does: each table ranked with the memory of the others. */
export function learnFrom({
  tables,
  truth,
  terms,
  prior,
  similarity,
  keyed,
}: { readonly tables: ReadonlyMap<string, Table>; readonly truth: readonly Answer[]; readonly prior: Model } & Pick<
  RankParts,
  'terms' | 'similarity' | 'keyed'
>): Model {
  const approved = toApproved(truth, tables, keyed);
  const rows: TrainingRow[] = [];
  for (const [name, table] of tables) {
    const answers = truth.filter((answer) => answer.table === name);
    if (answers.length === 0) continue;
    const memory = approved.filter(({ where }) => !where.startsWith(`${name}.`));
    for (const { column, features } of rankTable({ table, terms, model: prior, similarity, memory, keyed })) {
      const right = new Set(answers.filter((answer) => answer.column === column).map(({ semantic_id }) => semantic_id));
      // Where the right term was not even retrieved there is nothing to learn about ranking.
      const chosen = features.find(({ semantic_id }) => right.has(semantic_id))?.semantic_id;
      if (right.size > 0 && chosen === undefined) continue;
      for (const candidate of features)
        // A second right answer is no wrong one.
        if (candidate.semantic_id === chosen || !right.has(candidate.semantic_id))
          rows.push({
            group: `${name}.${column}`,
            cluster: name,
            candidate: candidate.semantic_id,
            chosen: candidate.semantic_id === chosen,
            features: candidate.features,
          });
    }
  }
  return fit(rows, { prior });
}
