import type { Term } from './glossaries.ts';

/** The id by which `none fits` is called where terms compete; no term may have it. */
export const NONE = 'none';

/** What is wrong with the ids of a glossary's terms; undefined when nothing is. */
export function idFault(terms: readonly Term[]): string | undefined {
  const seen = new Set<string>();
  for (const [at, { semantic_id }] of terms.entries()) {
    if (semantic_id === NONE) return `entry ${at + 1}, /semantic_id: ${NONE} means that no term fits; call the term otherwise`;
    if (seen.has(semantic_id)) return `entry ${at + 1}, /semantic_id: ${semantic_id} stands twice; ids must differ`;
    seen.add(semantic_id);
  }
  return undefined;
}
