import { mappingHistory, mappingSuggestions, type Io, type MappingSuggestion, type Stored, type TenantStore } from '@ancilla/contracts';
import { assertThird } from './checks.ts';
import { decide, type Deciding, type InForce, type Verdict } from './decide.ts';

/** Decisions in force on one column beside each other: one answer, and what was refused. */
const MOST = 50;

/** The decisions in force on a suggestion's column that were made on other suggestions for it. */
export async function inForceBeside(
  tenant: TenantStore,
  { suggestion_id, dataset, table, column }: MappingSuggestion,
  io: Io,
): Promise<readonly InForce[]> {
  const { items } = await tenant.find(
    mappingSuggestions,
    { index: 'by_column', equals: { dataset, table, column, status: 'decided' }, limit: MOST },
    io,
  );
  const found: InForce[] = [];
  for (const was of items) {
    const { mapping_history_id } = was.doc;
    if (mapping_history_id === undefined || was.doc.suggestion_id === suggestion_id) continue;
    const decision = await tenant.get(mappingHistory, mapping_history_id, io);
    if (decision !== undefined) found.push({ was, mapping: decision.doc });
  }
  return found;
}

/**
 * A decision as writes, beside what is in force on its column.
 * @throws {AncillaError} as `decide`; `access.forbidden_combination` where a third person settles it
 */
export async function decideBeside(
  tenant: TenantStore,
  was: Stored<typeof mappingSuggestions>,
  verdict: Verdict,
  by: Deciding,
  io: Io,
): Promise<ReturnType<typeof decide>> {
  const made = decide(was, verdict, by, await inForceBeside(tenant, was.doc, io));
  if (made.mapping.supersedes !== undefined) await assertThird(tenant, made.mapping.supersedes, by.reviewer_id, io);
  return made;
}
