import type { Io, KeyedHash, Of, ReviewPolicy } from '@ancilla/contracts';
import { draw } from '@ancilla/sdk';
import type { Curator } from '../curator/index.ts';
import { reviewPolicyOf } from '../mapping/index.ts';

/** The review policy in force, and its draws: the same for everyone who asks again, and for no reviewer to foresee. */
export interface Checking {
  readonly rules: ReviewPolicy;
  isBlind(suggestion_id: string): boolean;
  isDouble(suggestion_id: string): boolean;
  isGoldFor(suggestion_id: string, reviewer_id: string): boolean;
  /** Whether people decide on it whatever its score: the sample that shows how good accepting alone is. */
  isAudited(suggestion_id: string): boolean;
  /** By which it goes, `id@version`. */
  readonly name: string;
}

/** Reads the policy in force, and keys its draws by the tenant. */
export const openChecking =
  ({ curator, hmac }: { readonly curator: Curator; readonly hmac: KeyedHash }) =>
  async ({ tenant, tenant_id }: Of, io: Io): Promise<Checking> => {
    const { rules, name } = await reviewPolicyOf(curator, tenant, io);
    /** Draws of their own for each purpose, each in [0, 1). */
    const lotFor = (what: string) => {
      const key = Buffer.from(hmac(tenant_id, 'review', what))
        .toString('hex')
        .slice(0, 64);
      return (of: string): number => draw(key, of).at;
    };
    const [blind, double, audit, gold] = [lotFor('blind'), lotFor('double'), lotFor('audit'), lotFor('gold')];
    return {
      rules,
      isBlind: (suggestion_id) => blind(suggestion_id) < rules.blind_share,
      isDouble: (suggestion_id) => double(suggestion_id) < rules.double_share,
      name,
      isAudited: (suggestion_id) => audit(suggestion_id) < (rules.accept_alone?.audit_share ?? 1),
      isGoldFor: (suggestion_id, reviewer_id) => gold(`${reviewer_id}/${suggestion_id}`) < rules.gold_share,
    };
  };
