import { exp } from '@ancilla/ranker';
import type { ReadyGlossary } from './glossary-index.ts';
import type { FeatureSheet } from './sheet.ts';

/** How fast a term is lost to a column that fits it better: a tenth better leaves an eighth. */
const SHARPNESS = 20;

/** What the other columns of a table say of a column's candidates, put on the sheets: terms come in groups, and each term is mostly meant once. */
export function tableFit({ terms, grouped }: ReadyGlossary, sheets: readonly FeatureSheet[]): void {
  const evidence = sheets.map((sheet) => {
    const remembered = sheet.column('memory_both');
    return sheet.column('overall').map((overall, at) => Math.max(overall, remembered[at] ?? 0));
  });
  // By term: the two best columns, so that each can be held against the best of the others.
  const best = new Float64Array(terms.length);
  const second = new Float64Array(terms.length);
  for (const row of evidence)
    for (let at = 0; at < row.length; at++) {
      const value = row[at] ?? 0;
      if (value > (best[at] ?? 0)) {
        second[at] = best[at] ?? 0;
        best[at] = value;
      } else if (value > (second[at] ?? 0)) second[at] = value;
    }
  const groupNumbers = new Map<string, number>();
  const groupOf = terms.map(({ group }) => {
    const known = groupNumbers.get(group) ?? groupNumbers.size;
    groupNumbers.set(group, known);
    return known;
  });
  const support = evidence.map((row) => {
    const of = new Float64Array(groupNumbers.size);
    for (let at = 0; at < row.length; at++) of[groupOf[at] ?? 0] = Math.max(of[groupOf[at] ?? 0] ?? 0, (row[at] ?? 0) ** 2);
    return of;
  });
  const together = new Float64Array(groupNumbers.size);
  for (const of of support) of.forEach((value, group) => (together[group] = (together[group] ?? 0) + value));
  for (const [i, row] of evidence.entries()) {
    const others = together.map((value, group) => value - (support[i]?.[group] ?? 0));
    const most = others.reduce((max, value) => Math.max(max, value), 0);
    for (let at = 0; at < terms.length; at++) {
      const value = row[at] ?? 0;
      const rival = value === best[at] ? (second[at] ?? 0) : (best[at] ?? 0);
      sheets[i]?.set(at, {
        group_fit: grouped && most > 0 ? (others[groupOf[at] ?? 0] ?? 0) / most : 0,
        unrivalled: rival <= value ? 1 : exp(SHARPNESS * (value - rival)),
      });
    }
  }
}
