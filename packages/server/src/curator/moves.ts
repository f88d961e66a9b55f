import { Type } from 'typebox';
import { Value } from 'typebox/value';
import {
  AncillaError,
  insert,
  isAncillaError,
  labelMoves,
  labels,
  replace,
  sagaState,
  toTimestamp,
  type Clock,
  type GovernedVersion,
  type Guard,
  type Io,
  type Label,
  type LabelMove,
  type NewId,
  type PlatformStore,
  type Random,
  type Reader,
  type Saga,
  type SagaRunner,
  type Stored,
  type Tenant,
  type TenantStore,
  type Write,
  saga,
} from '@ancilla/contracts';
import { parsePolicy, tenantDefaultPolicy, weakenings } from '@ancilla/redaction';
import { findLabel, findVersion, labelKey, lookUp, type Subject } from './document.ts';
import { check, type Shelves } from './facts.ts';
import { assertMet, PromotionPolicy, requirementOf, type Condition } from './promotion.ts';
import { passedStages, rolloutWrites } from './rollouts.ts';
import type { RunTests } from './validation-tests.ts';

/** Whose documents: the tenant's store and its id. */
export interface Of {
  readonly tenant: TenantStore;
  readonly tenant_id: string;
}

/** A label's move as someone asks for it. */
export interface Move extends Subject {
  readonly label: string;
  readonly version: string;
  readonly reason: string;
  readonly by: string;
  readonly trace_id: string;
  /** The promotion policy it goes by; `default` unless the calling room has one of its own. Never from a request. */
  readonly policy?: string;
  /** Conditions the calling room has checked itself. Never from a request. */
  readonly attested?: readonly Condition[];
  /** What the label named when the calling room checked them; if it names something else by now, they say nothing. */
  readonly from?: string | null;
}

/** Where a label stands after a move. */
export interface Moved {
  readonly label: string;
  readonly version: string;
  readonly revision: number;
  readonly previous: string | null;
}
/** A move that a second person must approve first. */
export interface Waiting {
  readonly saga_id: string;
  readonly waiting_for: 'second approval';
}

/** An open request is forgotten after a week: the second person never came. */
const APPROVAL_SECONDS = 7 * 24 * 3600;
const DEFAULT_POLICY = 'default';
const ATTEMPTS = 4;

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
    moved_by: by,
    approved_by,
    moved_at: toTimestamp(now),
  };
  const because = { who: by, reason, trace_id, policy };
  return was ? replace(labels, was, doc, because) : insert(labels, doc, because);
};

const standing = ({ doc: { label, version, previous }, revision }: Stored<typeof labels>): Moved => ({
  label,
  version,
  revision,
  previous,
});

/** A label names versions of its own store only: another one's could change under it. */
const versionOf = async (tenant: Reader<Tenant>, move: Move, io: Io) => {
  const found = await findVersion(tenant, move, move.version, io);
  if (!found)
    throw new AncillaError('not_found', `${move.kind} ${move.id} has no version ${move.version} of this tenant’s own; save it first`);
  return found;
};

/** Whether a request’s saga has ended without moving the label: cancelled, refused, or nobody came. */
const isOver = async (tenant: TenantStore, { saga_id }: LabelMove, io: Io) => {
  const state = saga_id === null ? undefined : await tenant.get(sagaState, saga_id, io);
  return state !== undefined && ['done', 'compensated', 'killed'].includes(state.doc.status);
};

/** Moves labels under the policy in force; where it asks for a second person, by a saga that waits for one. */
export const openMoves = ({
  platform,
  clock,
  newId,
  random,
  runTests,
  sagas,
}: {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly random: Random;
  readonly runTests: RunTests;
  readonly sagas: SagaRunner;
}) => {
  const shelvesOf = (tenant: Reader<Tenant>): Shelves => [
    ['tenant', tenant],
    ['platform', platform],
  ];

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

  /** @throws {AncillaError} when the policy refuses the move now */
  const permitted = async (tenant: Reader<Tenant>, move: Move, target: GovernedVersion, io: Io) => {
    const { rules, name, guard } = await policyInForce(tenant, move.policy ?? DEFAULT_POLICY, io);
    const requirement = requirementOf(rules, move.kind, move.label);
    const live = (await findLabel(tenant, move, 'production', io))?.doc.version ?? null;
    const stages = await passedStages(tenant, move, target.digest, live, io);
    const attested = [...(move.attested ?? []), ...stages.map((stage): Condition => `${stage}_passed`)];
    assertMet(requirement, { ...(await check(shelvesOf(tenant), move, target.content, runTests, io)), attested }, name);
    const now = clock.now();
    /** The label at its new place, and what that means for rollouts: one commit. */
    const writes = async (was: Stored<typeof labels> | undefined, approved_by: string | null) => [
      movedLabel(was, { ...move, approved_by, policy: name, now }),
      ...(await rolloutWrites(tenant, { ...move, policy: name }, { target, live, rules: rules.rollout ?? {}, now, newId, random }, io)),
    ];
    return { approvals: Math.max(requirement.approvals, await leastApprovals(tenant, move, target, io)), policy: name, guard, writes };
  };

  /** Keeps one open request a label; asking for the same again joins it, asking for something else takes its place. */
  const request = async (
    { tenant, tenant_id }: Of,
    wanted: Omit<LabelMove, 'requested_at' | 'saga_id' | 'approved_by'>,
    guards: readonly Guard[],
    io: Io,
  ) => {
    const was = await tenant.get(labelMoves, wanted.label_key, io);
    const same =
      was !== undefined &&
      (['digest', 'version', 'previous', 'policy', 'requested_by'] as const).every((field) => was.doc[field] === wanted[field]) &&
      !(await isOver(tenant, was.doc, io));
    if (same && was.doc.saga_id !== null) return was.doc.saga_id;
    let open = same ? was : undefined;
    if (!open) {
      const doc: LabelMove = { ...wanted, requested_at: toTimestamp(clock.now()), saga_id: null, approved_by: null };
      await tenant.commit([was ? replace(labelMoves, was, doc) : insert(labelMoves, doc)], guards, io);
      open = await tenant.get(labelMoves, wanted.label_key, io);
    }
    if (!open) throw new AncillaError('store.revision_conflict', 'the request was overtaken by another');
    const { saga_id, settled } = await sagas.start(moveSaga, {
      tenant,
      tenant_id,
      memo: { label_key: wanted.label_key },
      trace_id: wanted.trace_id,
      owner: 'curator',
      // A revision is never used twice, so neither is this key.
      idempotency_key: `curator.move/${open.revision}`,
    });
    // It waits for days; whoever asks reads the label or the saga.
    settled.catch(() => undefined);
    await tenant.commit([replace(labelMoves, open, { saga_id })], [], io);
    return saga_id;
  };

  const tryMove = async (of: Of, asked: Move, io: Io): Promise<Moved | Waiting> => {
    const { tenant } = of;
    const target = await versionOf(tenant, asked, io);
    const was = await findLabel(tenant, asked, asked.label, io);
    if (was?.doc.version === asked.version) return standing(was);
    if (asked.from !== undefined && asked.from !== (was?.doc.version ?? null))
      throw new AncillaError('policy.refused', `${asked.label} names ${was?.doc.version ?? 'nothing'} by now; look again`);
    const { approvals, policy, guard, writes } = await permitted(tenant, asked, target, io);
    const { kind, id, label, version, reason, trace_id, by } = asked;
    if (approvals > 1) {
      const wanted = {
        label_key: labelKey(asked, label),
        kind,
        id,
        label,
        version,
        digest: target.digest,
        previous: was?.doc.version ?? null,
      };
      return {
        saga_id: await request(of, { ...wanted, policy, requested_by: by, reason, trace_id }, [guard], io),
        waiting_for: 'second approval',
      };
    }
    const { revision } = await tenant.commit(await writes(was, null), [guard], io);
    return { label, version, revision, previous: was?.doc.version ?? null };
  };

  /** Whoever is overtaken looks again, so that the same request twice at once has one effect and one answer. */
  const move = async (of: Of, asked: Move, io: Io): Promise<Moved | Waiting> => {
    for (let attempt = 1; ; attempt++)
      try {
        return await tryMove(of, asked, io);
      } catch (error) {
        if (!isAncillaError(error, 'store.conflict', 'store.revision_conflict')) throw error;
        if (attempt === ATTEMPTS) throw new AncillaError('store.revision_conflict', 'others kept moving this label', { cause: error });
      }
  };

  /**
   * Approves another person's request. The approval stands in the request itself: a signal sent by any other way moves nothing.
   * @throws {AncillaError} `not_found`, `access.forbidden_combination`
   */
  const approve = async (
    { tenant, tenant_id }: Of,
    { by, saga_id, label, ...of }: Subject & { readonly label: string; readonly saga_id: string; readonly by: string },
    io: Io,
  ): Promise<LabelMove> => {
    const open = await tenant.get(labelMoves, labelKey(of, label), io);
    if (!open || open.doc.saga_id !== saga_id) throw new AncillaError('not_found', 'no such move waits for approval');
    if (open.doc.requested_by === by) throw new AncillaError('access.forbidden_combination', 'whoever asks for a move cannot approve it');
    const approved_by = open.doc.approved_by ?? by;
    if (open.doc.approved_by === null) await tenant.commit([replace(labelMoves, open, { approved_by })], [], io);
    const payload = { by: approved_by, digest: open.doc.digest };
    await sagas.signal(
      { tenant, tenant_id, saga_id },
      { signal_id: `${saga_id}/second_approval`, name: 'second_approval', payload, by: approved_by },
    );
    return { ...open.doc, approved_by };
  };

  /** What the approval was for must still be what would move: the same request, the same bytes, the same place to move from, the policy still content. */
  const approvedWrites = async (tenant: Reader<Tenant>, label_key: string, saga_id: string, io: Io): Promise<readonly Write<Tenant>[]> => {
    const open = await tenant.get(labelMoves, label_key, io);
    if (!open || open.doc.saga_id !== saga_id) throw new AncillaError('policy.refused', 'another request took this one’s place');
    const { requested_by, approved_by, digest, previous, kind, id, label, version, reason, trace_id, policy: asked } = open.doc;
    if (approved_by === null || approved_by === requested_by)
      throw new AncillaError('policy.refused', 'no second person has approved this move');
    const wanted: Move = {
      kind,
      id,
      label,
      version,
      reason,
      trace_id,
      by: requested_by,
      policy: asked.slice(0, asked.lastIndexOf('@')),
      // The calling room checked it when it was asked for, and the label still stands where it did.
      attested: ['offline_gate'],
    };
    const target = await versionOf(tenant, wanted, io);
    const was = await findLabel(tenant, wanted, label, io);
    if (target.digest !== digest || (was?.doc.version ?? null) !== previous)
      throw new AncillaError('policy.refused', 'the label or the version is not what was approved');
    const { writes } = await permitted(tenant, wanted, target, io);
    return [
      ...(await writes(was, approved_by)),
      // At the revision just read: a newer request for this label is not swept away with this one.
      { op: 'remove', to: labelMoves, id: label_key, revision: open.revision },
    ];
  };

  const Memo = Type.Object({
    label_key: Type.String(),
    second_approval: Type.Optional(Type.Object({ by: Type.String(), digest: Type.String() })),
  });
  const moveSaga: Saga<typeof Memo> = saga({
    name: 'curator.move',
    memo: Memo,
    steps: [
      {
        name: 'second_approval',
        signal: 'second_approval',
        payload: Type.Object({ by: Type.String(), digest: Type.String() }),
        deadlineSeconds: APPROVAL_SECONDS,
      },
      {
        name: 'move_label',
        attempts: 3,
        // Its only effect is its outcome's own commit, so running it again repeats nothing.
        unknown: { on: 'retry' },
        run: async ({ memo, saga_id, tenant, signal }) => ({
          output: {},
          writes: await approvedWrites(tenant, memo.label_key, saga_id, { signal }),
        }),
      },
    ],
  });

  return { move, approve, sagas: [moveSaga], shelvesOf };
};
