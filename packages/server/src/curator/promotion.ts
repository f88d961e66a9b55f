import { Type, type Static } from 'typebox';
import { AncillaError, Closed, RolloutRules, type FieldError, type GovernedKind } from '@ancilla/contracts';

/**
 * What can be asked of a version before a label moves to it. `offline_gate` is what a training run's comparison attests; `shadow_passed` and `canary_passed` are verdicts
 * of rollouts of the same bytes against what is live still.
 */
export const conditions = ['resolved', 'tests_passed', 'offline_gate', 'shadow_passed', 'canary_passed'] as const;
export type Condition = (typeof conditions)[number];

const Requirement = Closed({
  approvals: Type.Integer({ minimum: 1, maximum: 2, description: 'People it takes, whoever asks included: 2 is four eyes' }),
  requires: Type.Array(Type.Enum(conditions), { maxItems: 10, uniqueItems: true }),
});
type Requirement = Static<typeof Requirement>;
const ByLabel = Type.Record(Type.String({ pattern: '^(?:\\*|[a-z][a-z0-9_-]{0,31})$' }), Requirement, { additionalProperties: false });

/** A promotion policy: what each label asks for, `*` for those not named; `kinds` says it for one kind of document. */
export const PromotionPolicy = Closed({
  description: Type.Optional(Type.String({ maxLength: 1000 })),
  labels: ByLabel,
  kinds: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z_]{1,32}$' }), ByLabel, { additionalProperties: false })),
  rollout: Type.Optional(RolloutRules),
});
export type PromotionPolicy = Static<typeof PromotionPolicy>;

/** No policy lets a document with loose ends, or one that fails its own tests, serve calls. */
const ALWAYS: Readonly<Record<string, readonly Condition[]>> = {
  production: ['resolved', 'tests_passed'],
  canary: ['resolved', 'tests_passed'],
};
const NOTHING: Requirement = { approvals: 1, requires: [] };

/** A member of a record whose keys people choose: `constructor` is a label like any other. */
const member = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;

/** What a policy asks for before this label of this kind moves. */
export const requirementOf = ({ labels, kinds }: PromotionPolicy, kind: GovernedKind, label: string): Requirement => {
  const own = member(kinds, kind);
  const { approvals, requires } = member(own, label) ?? own?.['*'] ?? member(labels, label) ?? labels['*'] ?? NOTHING;
  return { approvals, requires: [...new Set([...(member(ALWAYS, label) ?? []), ...requires])] };
};

/** What is known of a version when a label is to move to it. */
export interface Facts {
  readonly unresolved: readonly string[];
  readonly tests: readonly { readonly name: string; readonly passed: boolean; readonly detail?: string }[];
  /** What the calling room has checked itself, and which stages it has passed. */
  readonly attested: readonly Condition[];
  /** Why the calling room attests no more. */
  readonly why?: string;
}

const named = (of: readonly (readonly [path: string, message: string])[]): { readonly errors: readonly FieldError[] } => ({
  errors: of.map(([path, message]) => ({ path, message })),
});

/**
 * Passes only what meets every condition.
 * @param policy - how the refusal names the policy, `id@version`
 * @throws {AncillaError} `curator.unresolved`, `curator.tests_failed`, `policy.refused`, each naming what is missing
 */
export const assertMet = ({ requires }: Requirement, { unresolved, tests, attested, why }: Facts, policy: string): void => {
  const failed = tests.filter(({ passed }) => !passed);
  if (requires.includes('resolved') && unresolved.length > 0)
    throw new AncillaError(
      'curator.unresolved',
      `not resolved: ${unresolved.join(', ')}`,
      named(unresolved.map((name) => [name, 'does not resolve'])),
    );
  if (requires.includes('tests_passed') && failed.length > 0)
    throw new AncillaError(
      'curator.tests_failed',
      `failed: ${failed.map(({ name }) => name).join(', ')}`,
      named(failed.map(({ name, detail }) => [`/validation/unit_tests/${name}`, detail ?? 'failed'])),
    );
  const missing = requires.filter((condition) => condition !== 'resolved' && condition !== 'tests_passed' && !attested.includes(condition));
  if (missing.length > 0)
    throw new AncillaError('policy.refused', `policy ${policy} asks for ${missing.join(', ')}${why === undefined ? '' : `: ${why}`}`);
};
