import { learn, type Model, type TrainingRow } from '@ancilla/ranker';
import { rankCompared, type ComparedTable, type RankedColumn } from './rank-table.ts';
import type { Approved } from './recall.ts';
import { NONE } from './term-ids.ts';

/** An approved answer for a column. */
export interface Answer {
  readonly table: string;
  readonly column: string;
  readonly semantic_id: string;
}

/** What people decided of a table, by column: answers, or that none fits where they gave no answer. */
export function toApproved({ table, columns }: ComparedTable, answers: readonly Answer[]): readonly Approved[] {
  return columns.flatMap(({ name, tokens, values: { profile } }) => {
    const ids = answers.filter((answer) => answer.table === table.name && answer.column === name).map(({ semantic_id }) => semantic_id);
    return (ids.length === 0 ? [undefined] : ids).map((semantic_id) => ({ semantic_id, tokens, profile, table: table.name, column: name }));
  });
}

/** Ranked columns of a decided table as what a model learns from. A right term that was not retrieved teaches nothing. */
export const toTrainingRows = (
  ranked: readonly RankedColumn[],
  {
    table,
    answers,
    group,
    weight,
  }: { readonly table: string; readonly answers: readonly Answer[]; readonly group: string; readonly weight: number },
): readonly TrainingRow[] =>
  ranked.flatMap(({ column, features }) => {
    const right = new Set(
      answers.filter((answer) => answer.table === table && answer.column === column).map(({ semantic_id }) => semantic_id),
    );
    if (right.size === 0) right.add(NONE);
    return features.map(({ semantic_id, features: numbers }) => ({
      group: `${group}/${table}.${column}`,
      cluster: `${group}/${table}`,
      candidate: semantic_id,
      chosen: right.has(semantic_id),
      features: numbers,
      weight,
    }));
  });

/** Learns from approved tables as training does: each table ranked with the memory of the others. */
export function learnFrom(
  tables: readonly ComparedTable[],
  answers: readonly Answer[],
  { prior, approved }: { readonly prior: Model; readonly approved: readonly Approved[] },
): Model {
  if (tables.length < 2) return prior;
  const rows = tables.flatMap((compared) => {
    const { name } = compared.table;
    const memory = approved.filter(({ table }) => table !== name);
    return toTrainingRows(rankCompared(compared, prior, memory), { table: name, answers, group: '', weight: 1 });
  });
  return learn(rows, { prior });
}
