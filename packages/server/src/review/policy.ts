import type { Io, Of, ReviewPolicy } from '@ancilla/contracts';
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

export const openChecking =
  ({ curator, hmac }: { readonly curator: Curator; readonly hmac: (tenant_id: string, purpose: string, value: string) => Uint8Array }) =>
  async ({ tenant, tenant_id }: Of, io: Io): Promise<Checking> => {
    const { rules, name } = await reviewPolicyOf(curator, tenant, io);
    const lot = (what: string, of: string): number =>
      draw(
        Buffer.from(hmac(tenant_id, 'review', what))
          .toString('hex')
          .slice(0, 64),
        of,
      ).at;
    return {
      rules,
      isBlind: (suggestion_id) => lot('blind', suggestion_id) < rules.blind_share,
      isDouble: (suggestion_id) => lot('double', suggestion_id) < rules.double_share,
      name,
      isAudited: (suggestion_id) => lot('audit', suggestion_id) < (rules.accept_alone?.audit_share ?? 1),
      isGoldFor: (suggestion_id, reviewer_id) => lot('gold', `${reviewer_id}/${suggestion_id}`) < rules.gold_share,
    };
  };
