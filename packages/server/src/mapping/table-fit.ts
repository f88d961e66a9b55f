import { exp } from '@ancilla/ranker';
import type { ReadyGlossary } from './glossary-index.ts';
import type { FeatureSheet } from './sheet.ts';

/** One group tells nothing apart. */
const NONE = new Float64Array(0);

/** How fast a term is lost to a column that fits it better: a tenth better leaves an eighth. */
const SHARPNESS = 20;

/** The sheets with what the other columns of a table say of a column's candidates: terms come in groups, and each term is mostly meant once. */
export function tableFit({ terms, groups, groupOf }: ReadyGlossary, sheets: readonly FeatureSheet[]): readonly FeatureSheet[] {
  const columns = sheets.map((sheet) => {
    const evidence = larger(sheet.column('overall'), sheet.column('memory_both'));
    return { sheet, evidence, support: groups > 1 ? supportOf(evidence, groupOf, groups) : NONE };
  });
  // By term: the two best columns, so that each can be held against the best of the others.
  const best = new Float64Array(terms.length);
  const second = new Float64Array(terms.length);
  const together = new Float64Array(groups);
  for (const { evidence, support } of columns) {
    keepBest(best, second, evidence);
    add(together, support);
  }
  return columns.map(({ sheet, evidence, support }) => {
    const unrivalled = unrivalledOf(evidence, best, second);
    return sheet.with(groups > 1 ? { unrivalled, group_fit: groupFitOf(support, together, groupOf) } : { unrivalled });
  });
}

function larger(list: Float64Array, other: Float64Array): Float64Array {
  const made = new Float64Array(list.length);
  for (let at = 0; at < made.length; at++) made[at] = Math.max(list[at] ?? 0, other[at] ?? 0);
  return made;
}

/** By group: what speaks most for a term of it, squared. */
function supportOf(evidence: Float64Array, groupOf: Uint32Array, groups: number): Float64Array {
  const support = new Float64Array(groups);
  for (let at = 0; at < evidence.length; at++) {
    const group = groupOf[at] ?? 0;
    support[group] = Math.max(support[group] ?? 0, (evidence[at] ?? 0) ** 2);
  }
  return support;
}

function keepBest(best: Float64Array, second: Float64Array, evidence: Float64Array): void {
  for (let at = 0; at < evidence.length; at++) {
    const value = evidence[at] ?? 0;
    if (value > (best[at] ?? 0)) {
      second[at] = best[at] ?? 0;
      best[at] = value;
    } else if (value > (second[at] ?? 0)) second[at] = value;
  }
}

function add(to: Float64Array, list: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at] = (to[at] ?? 0) + (list[at] ?? 0);
}

function unrivalledOf(evidence: Float64Array, best: Float64Array, second: Float64Array): Float64Array {
  const made = new Float64Array(evidence.length);
  for (let at = 0; at < made.length; at++) {
    const value = evidence[at] ?? 0;
    const rival = value === best[at] ? (second[at] ?? 0) : (best[at] ?? 0);
    made[at] = rival <= value ? 1 : exp(SHARPNESS * (value - rival));
  }
  return made;
}

/** How much the other columns belong to each term's group, beside the group to which they belong most. */
function groupFitOf(support: Float64Array, together: Float64Array, groupOf: Uint32Array): Float64Array {
  const others = together.map((value, group) => value - (support[group] ?? 0));
  const most = others.reduce((max, value) => Math.max(max, value), 0);
  const made = new Float64Array(groupOf.length);
  if (most > 0) for (let at = 0; at < made.length; at++) made[at] = (others[groupOf[at] ?? 0] ?? 0) / most;
  return made;
}
