import { Value } from 'typebox/value';
import {
  AncillaError,
  labels,
  put,
  toTimestamp,
  type Clock,
  type GovernedKind,
  type GovernedVersion,
  type Guard,
  type Io,
  type Label,
  type NewId,
  type PlatformStore,
  type Random,
  type Reader,
  type Stored,
  type Tenant,
  type Write,
} from '@ancilla/contracts';
import { parsePolicy, tenantDefaultPolicy, weakenings } from '@ancilla/redaction';
import { findLabel, findVersion, labelKey, lookUp, type Shelves, type Subject } from './document.ts';
import { check } from './facts.ts';
import { assertMet, PromotionPolicy, requirementOf, type Condition } from './promotion.ts';
import { passedStages, rolloutWrites } from './rollouts.ts';
import type { RunTests } from './validation-tests.ts';

/** A label's move as someone asks for it. */
export interface Move extends Subject {
  readonly label: string;
  readonly version: string;
  readonly reason: string;
  readonly by: string;
  readonly trace_id: string;
  /** The promotion policy it goes by; `default` unless the calling room has one of its own. Never from a request. */
  readonly policy?: string;
  /** What the label named when the calling room chose the policy; if it names something else by now, another may be due. */
  readonly from?: string | null;
}

/**
 * What the room that makes a kind of document says of a version whenever a label is about to move to it: when the move is asked for, and when it is approved.
 * @param of - `live`: the version labelled `production`, null when that is what the release ships
 * @throws {AncillaError} `policy.refused` for a version that no policy may put into use
 */
export type Attest = (
  tenant: Reader<Tenant>,
  of: { readonly id: string; readonly version: string; readonly live: string | null },
  io: Io,
) => Promise<{ readonly attested: readonly Condition[]; readonly why?: string }>;

export interface MovingParts {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  readonly runTests: RunTests;
  readonly attest: { readonly [K in GovernedKind]?: Attest };
}

/** A move that is permitted now. */
export interface Permitted {
  /** People it takes. */
  readonly approvals: number;
  /** The policy that permits it, `id@version`. */
  readonly policy: string;
  /** Holds while that policy is in force. */
  readonly guard: Guard;
  readonly target: GovernedVersion;
  readonly was: Stored<typeof labels> | undefined;
  /** The label at its new place, and what that means for rollouts: one commit. */
  writes(approved_by: string | null): Promise<readonly Write<Tenant>[]>;
}

const DEFAULT_POLICY = 'default';

/** Says whether a label may move now, by the policy in force. */
export const openMayMove = ({ platform, clock, newId, random, runTests, attest }: MovingParts) => {
  const shelvesOf = (tenant: Reader<Tenant>): Shelves => [
    ['tenant', tenant],
    ['platform', platform],
  ];

  /** A label names versions of its own store only: another one's could change under it. Of models also what the release ships, which no tenant can save itself. */
  const versionOf = async (tenant: Reader<Tenant>, move: Move, io: Io) => {
    const found =
      (await findVersion(tenant, move, move.version, io)) ??
      (move.kind === 'models' ? await findVersion(platform, move, move.version, io) : undefined);
    if (!found)
      throw new AncillaError('not_found', `${move.kind} ${move.id} has no version ${move.version} of this tenant’s own; save it first`);
    return found;
  };

  /** The policy in force, and a guard that it is still in force when the label moves. */
  const policyInForce = async (tenant: Reader<Tenant>, id: string, io: Io) => {
    const subject = { kind: 'promotion_policies', id } as const;
    const own = await findLabel(tenant, subject, 'production', io);
    const found = await lookUp(shelvesOf(tenant), subject, { label: 'production' }, io);
    if (!found || !Value.Check(PromotionPolicy, found.doc.content))
      throw new AncillaError('policy.refused', `no promotion policy ${id} is in force, so no label moves`);
    const guard: Guard = { of: labels, id: labelKey(subject, 'production'), revision: own?.revision ?? 'absent' };
    return { rules: found.doc.content, name: `${id}@${found.doc.version}`, guard };
  };

  /** People it takes whatever the policy says: what lets more raw data through takes two. */
  const leastApprovals = async (
    tenant: Reader<Tenant>,
    { kind, id, label }: Move,
    { content }: GovernedVersion,
    io: Io,
  ): Promise<number> => {
    if (kind !== 'redaction_policies' || label !== 'production') return 1;
    const live = await lookUp(shelvesOf(tenant), { kind, id }, { label }, io);
    // A policy of a new name is compared with what a tenant has before anybody wrote one.
    const before = live === undefined ? tenantDefaultPolicy : parsePolicy(live.doc.content);
    return weakenings(before, parsePolicy(content)).length > 0 ? 2 : 1;
  };

  /** @throws {AncillaError} `not_found`; `policy.refused`, `curator.unresolved`, `curator.tests_failed` when the policy refuses the move now */
  const mayMove = async (tenant: Reader<Tenant>, move: Move, io: Io): Promise<Permitted> => {
    const target = await versionOf(tenant, move, io);
    const was = await findLabel(tenant, move, move.label, io);
    const { rules, name, guard } = await policyInForce(tenant, move.policy ?? DEFAULT_POLICY, io);
    const requirement = requirementOf(rules, move.kind, move.label);
    const live = (await findLabel(tenant, move, 'production', io))?.doc.version ?? null;
    const { attested = [], why } = (await attest[move.kind]?.(tenant, { ...move, live }, io)) ?? {};
    const stages = await passedStages(tenant, target, live, io);
    const facts = await check(shelvesOf(tenant), move, target.content, runTests, io);
    assertMet(
      requirement,
      {
        ...facts,
        attested: [...attested, ...stages.map((stage): Condition => `${stage}_passed`)],
        ...(why !== undefined && { why }),
      },
      name,
    );
    const now = clock.now();
    return {
      approvals: Math.max(requirement.approvals, await leastApprovals(tenant, move, target, io)),
      policy: name,
      guard,
      target,
      was,
      writes: async (approved_by) => [
        movedLabel(was, { ...move, approved_by, policy: name, now }),
        ...(await rolloutWrites(tenant, { ...move, policy: name }, { target, live, rules: rules.rollout ?? {}, now, newId, random }, io)),
      ],
    };
  };
  return { mayMove, shelvesOf };
};

const movedLabel = (
  was: Stored<typeof labels> | undefined,
  {
    kind,
    id,
    label,
    version,
    by,
    reason,
    trace_id,
    approved_by,
    policy,
    now,
  }: Move & { approved_by: string | null; policy: string; now: number },
): Write<Tenant> => {
  const doc: Label = {
    label_key: labelKey({ kind, id }, label),
    kind,
    id,
    label,
    version,
    previous: was?.doc.version ?? null,
    policy,
    moved_by: by,
    approved_by,
    moved_at: toTimestamp(now),
  };
  const because = { who: by, reason, trace_id, policy };
  return put(labels, was, doc, because);
};
