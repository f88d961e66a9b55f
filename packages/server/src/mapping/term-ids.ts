import type { Term } from './glossaries.ts';

/** The id by which `none fits` is called where terms compete; no term may have it. */
export const NONE = 'none';

/** What is wrong with the ids of a glossary's terms, and at which place in the list; undefined when nothing is. */
export function idFaultOf(terms: readonly Pick<Term, 'semantic_id'>[]): { readonly at: number; readonly message: string } | undefined {
  const seen = new Set<string>();
  for (const [at, { semantic_id }] of terms.entries()) {
    if (semantic_id === NONE) return { at, message: `${NONE} means that no term fits; call the term otherwise` };
    if (seen.has(semantic_id)) return { at, message: `${semantic_id} stands twice; ids must differ` };
    seen.add(semantic_id);
  }
  return undefined;
}
/** The same in words. */
export function idFault(terms: readonly Pick<Term, 'semantic_id'>[]): string | undefined {
  const fault = idFaultOf(terms);
  return fault && `entry ${fault.at + 1}, /semantic_id: ${fault.message}`;
}
