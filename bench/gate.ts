import { compare, learn, type Comparison, type Model } from '@ancilla/ranker';
import { toApproved, toTrainingRows, type Answer } from '../packages/server/src/mapping/learn.ts';
import { rankCompared } from '../packages/server/src/mapping/rank-table.ts';
import { unmeasured } from '../packages/server/src/training/registry.ts';
import { splitOf } from '../packages/server/src/training/split.ts';
import type { LabelledCase } from './labelled-case.ts';

/**
 * What the offline gate says of the first model that a tenant trains: tables are decided one after the other, each ranked by the base model with those before it approved; those on
 * one side of the split train, and those on the other judge, by what was decided, right or wrong.
 */
export function judged({ tables, answers }: LabelledCase, base: Model, decided: readonly Answer[]): string {
  const approved = tables.map((table) => toApproved(table, decided));
  const ranked = tables.map((table, at) => rankCompared(table, base, approved.slice(0, at).flat()));
  const names = tables.map(({ table }) => table.name);
  const split = splitOf(names);
  const on = (side: 'train' | 'held_out', by: readonly Answer[]) =>
    names.flatMap((table, at) =>
      split(table) === side ? toTrainingRows(ranked[at] ?? [], { table, answers: by, group: '', weight: 1 }) : [],
    );
  const trained = learn(on('train', decided), { prior: base });
  const comparison = compare(base, trained, on('held_out', decided));
  const refused = unmeasured(
    {
      compared_with: { id: 'mapping-ranker', version: 'base' },
      held_out_groups: comparison.groups,
      held_out_clusters: comparison.clusters,
      metrics_old: comparison.old,
      metrics_new: {
        ...comparison.new,
        mrr_difference_lower: comparison.mrr_difference_lower,
        mrr_difference_of_worst_domain: comparison.mrr_difference_of_worst_domain,
      },
    },
    'base',
  );
  const said = ({ old, new: new_ }: Comparison): string => [old, new_].map((figures) => (figures['mrr'] ?? 0).toFixed(3)).join(' → ');
  const really = compare(base, trained, on('held_out', answers));
  return `MRR ${said(comparison)}, by the right answers ${said(really)}, on ${comparison.clusters} held-out tables: ${refused === undefined ? 'may go on' : `refused: ${refused}`}`;
}
