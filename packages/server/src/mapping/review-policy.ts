import { AncillaError, ReviewPolicy, type Io, type MappingSuggestion, type TenantStore } from '@ancilla/contracts';
import { Check } from 'typebox/value';
import type { Curator } from '../curator/index.ts';
import type { RankedColumn } from './rank-table.ts';

/**
 * The review policy in force.
 * @returns with `name`, `id@version`
 * @throws {AncillaError} `policy.refused`
 */
export async function reviewPolicyOf(
  curator: Curator,
  tenant: TenantStore,
  io: Io,
): Promise<{ readonly rules: ReviewPolicy; readonly name: string }> {
  const found = await curator.resolve(tenant, 'review_policies', 'default', { label: 'production' }, io);
  if (found === undefined || !Check(ReviewPolicy, found.content))
    throw new AncillaError('policy.refused', 'no review policy is in force, so nothing is suggested or decided');
  return { rules: found.content, name: `default@${found.version}` };
}

/** The score that policy asks of a best candidate; undefined: the model's own abstention is enough. */
export async function suggestAt(curator: Curator, tenant: TenantStore, io: Io): Promise<MappingSuggestion['suggest_at']> {
  const { rules, name } = await reviewPolicyOf(curator, tenant, io);
  return rules.suggest_at === undefined ? undefined : { score: rules.suggest_at, policy: name };
}

/** A ranking that also abstains where its best candidate scores less. */
export const abstainingBelow = (score: number | undefined, ranked: readonly RankedColumn[]): readonly RankedColumn[] =>
  score === undefined
    ? ranked
    : ranked.map((column) => ({ ...column, abstained: column.abstained || (column.candidates[0]?.score ?? 0) < score }));
