import { sha256Hex } from '@ancilla/evidence';
import { fit, priorModel, type Model, type TrainingRow } from '@ancilla/ranker';
import { toPairs } from './glossary-pairs.ts';
import { toApproved, toTrainingRows, type Answer } from './learn.ts';
import { compareTable, rankCompared, type CompareParts } from './rank-table.ts';
import type { Table } from './ready-columns.ts';
import type { Term } from './glossaries.ts';

/** Tables whose meaning is known, to learn from. */
export interface Case {
  readonly name: string;
  readonly terms: readonly Term[];
  readonly tables: readonly Table[];
  readonly answers: readonly Answer[];
}
type Parts = Pick<CompareParts, 'similarity' | 'keyed'>;

/** What a case counts, however large it is, and what the pairs made from its glossary count, in decisions. */
const A_CASE = 500;
const ITS_PAIRS = 50;
/** How firmly the weights are held to the prior, in decisions: chosen with each case left out in turn. */
const STRENGTH = 30;
/** How many other tables are taken as approved, besides all of them. */
const APPROVED = [0, 1, 3, 8];

/** The base model: from decided tables of several fields, with none, few and all of the others approved, and from pairs that glossaries alone give. Deterministic. */
export function trainBase(cases: readonly Case[], parts: Parts): Model {
  const rows = cases.flatMap((each) => [
    ...rowsOf(each, parts),
    ...pairRowsOf(
      each,
      cases.filter((other) => other !== each),
      parts,
    ),
  ]);
  return fit(rows, { prior: priorModel, strength: STRENGTH });
}

/** Each table as it would be mapped with none, few and all of the others approved: a model must know what memory is worth however much there is. */
function rowsOf({ name, terms, tables, answers }: Case, parts: Parts): readonly TrainingRow[] {
  const compared = tables.map((table) => compareTable({ table, terms, ...parts }));
  const labelled = compared.filter(({ table }) => answers.some((answer) => answer.table === table.name));
  const approved = new Map(labelled.map((each) => [each, toApproved(each, answers)]));
  const others = labelled.length - 1;
  const counts = [...new Set([...APPROVED, others])].filter((count) => count <= others);
  return counts.flatMap((count) =>
    labelled.flatMap((each) => {
      // Without names and without anything approved there is nothing to go by: a guess would be all there is to learn.
      if (count === 0 && each.columns.every(({ view }) => view.tokens.length === 0)) return [];
      const memory = drawn(
        labelled.filter((other) => other !== each),
        count,
        `${name}/${each.table.name}`,
      ).flatMap((other) => approved.get(other) ?? []);
      const ranked = rankCompared(each, priorModel, memory);
      const weight = A_CASE / (counts.length * labelled.length * ranked.length);
      return toTrainingRows(ranked, { table: each.table.name, answers, group: `${name}/${count}`, weight });
    }),
  );
}

function pairRowsOf({ name, terms }: Case, others: readonly Case[], parts: Parts): readonly TrainingRow[] {
  const foreign = others.flatMap((other) => other.terms.map((term) => term.name ?? ''));
  const made = toPairs(terms, foreign);
  const columns = made.reduce((sum, { table }) => sum + table.columns.length, 0);
  return made.flatMap(({ table, answers }) => {
    const ranked = rankCompared(compareTable({ table, terms, ...parts }), priorModel, []);
    return toTrainingRows(ranked, { table: table.name, answers, group: `${name}/pairs`, weight: ITS_PAIRS / columns });
  });
}

/** Some of these, the same every time: in the order of their names' hashes. */
function drawn<T extends { readonly table: Table }>(from: readonly T[], count: number, seed: string): readonly T[] {
  return from
    .map((each) => [sha256Hex(`${seed}/${each.table.name}`), each] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, count)
    .map(([, each]) => each);
}
