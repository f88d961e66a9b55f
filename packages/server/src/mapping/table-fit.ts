import { exp } from '@ancilla/ranker';
import type { ReadyGlossary } from './glossary-index.ts';
import type { FeatureSheet } from './sheet.ts';

/** How fast a term is lost to a column that fits it better: a tenth better leaves an eighth. */
const SHARPNESS = 20;

/** The sheets with what the other columns of a table say of a column's candidates: terms come in groups, and each term is mostly meant once. */
export function tableFit({ terms, grouped }: ReadyGlossary, sheets: readonly FeatureSheet[]): readonly FeatureSheet[] {
  const groupNumbers = new Map<string, number>();
  const groupOf = terms.map(({ group }) => {
    const known = groupNumbers.get(group) ?? groupNumbers.size;
    groupNumbers.set(group, known);
    return known;
  });
  const columns = sheets.map((sheet) => {
    const remembered = sheet.column('memory_both');
    const evidence = sheet.column('overall').map((overall, at) => Math.max(overall, remembered[at] ?? 0));
    const support = new Float64Array(groupNumbers.size);
    for (let at = 0; at < evidence.length; at++)
      support[groupOf[at] ?? 0] = Math.max(support[groupOf[at] ?? 0] ?? 0, (evidence[at] ?? 0) ** 2);
    return { sheet, evidence, support };
  });
  // By term: the two best columns, so that each can be held against the best of the others.
  const best = new Float64Array(terms.length);
  const second = new Float64Array(terms.length);
  const together = new Float64Array(groupNumbers.size);
  for (const { evidence, support } of columns) {
    for (let at = 0; at < evidence.length; at++) {
      const value = evidence[at] ?? 0;
      if (value > (best[at] ?? 0)) {
        second[at] = best[at] ?? 0;
        best[at] = value;
      } else if (value > (second[at] ?? 0)) second[at] = value;
    }
    for (let group = 0; group < support.length; group++) together[group] = (together[group] ?? 0) + (support[group] ?? 0);
  }
  return columns.map(({ sheet, evidence, support }) => {
    const unrivalled = evidence.map((value, at) => {
      const rival = value === best[at] ? (second[at] ?? 0) : (best[at] ?? 0);
      return rival <= value ? 1 : exp(SHARPNESS * (value - rival));
    });
    if (!grouped) return sheet.with({ unrivalled });
    const others = together.map((value, group) => value - (support[group] ?? 0));
    const most = others.reduce((max, value) => Math.max(max, value), 0);
    return sheet.with({ unrivalled, group_fit: evidence.map((_, at) => (most > 0 ? (others[groupOf[at] ?? 0] ?? 0) / most : 0)) });
  });
}
