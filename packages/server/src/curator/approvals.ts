import { Type, type Static } from 'typebox';
import {
  AncillaError,
  Closed,
  isAncillaError,
  LabelMove,
  labelMoves,
  put,
  replace,
  saga,
  sagaState,
  toTimestamp,
  type Clock,
  type Guard,
  type Io,
  type Of,
  type Reader,
  type Saga,
  type SagaRunner,
  type Stored,
  type Tenant,
  type TenantStore,
  type Who,
  type Write,
} from '@ancilla/contracts';
import { may, type Access } from '../access/index.ts';
import { labelKey, type Subject } from './document.ts';
import type { openMayMove } from './may-move.ts';

/** Someone approves what another asked for. */
export interface Approval extends Subject {
  readonly label: string;
  readonly saga_id: string;
  readonly who: Who;
}

/** What access knows of the keys that moves are asked for and approved with. */
export type Standing = Pick<Access, 'isMadeBy' | 'mayStill'>;

/** A request as it is shown, and why nobody can approve it where that is so. */
export const WaitingMove = Closed({
  ...LabelMove.properties,
  refused: Type.Optional(Type.String({ description: 'Why nobody can approve it any more, and what mends it' })),
});
export type WaitingMove = Static<typeof WaitingMove>;

const REQUESTER_GONE =
  'whoever asked for this may not ask for it any more: their key was disabled, or its role does not move labels. Someone who may asks for it again';

/** An open request is forgotten after a week: the second person never came. */
const APPROVAL_SECONDS = 7 * 24 * 3600;

/** Whether a request’s saga has ended without moving the label: cancelled, refused, or nobody came. */
const isOver = async (tenant: TenantStore, { saga_id }: LabelMove, io: Io) => {
  const state = saga_id === null ? undefined : await tenant.get(sagaState, saga_id, io);
  return state !== undefined && ['done', 'compensated', 'killed'].includes(state.doc.status);
};

/**
 * The request that waits for a second person.
 * @throws {AncillaError} `not_found` where there is none, or the one there was is over
 */
async function waitingMove(tenant: TenantStore, label_key: string, io: Io): Promise<Stored<typeof labelMoves>> {
  const open = await tenant.get(labelMoves, label_key, io);
  if (!open || (await isOver(tenant, open.doc, io)))
    throw new AncillaError('not_found', 'no move of this label waits; where it has not moved, ask for it again');
  return open;
}

/** Moves that take two people: a request, the second person, and a saga that waits for one. */
export const openApprovals = ({
  mayMove,
  standing,
  clock,
  sagas,
}: {
  readonly standing: Standing;
  readonly mayMove: ReturnType<typeof openMayMove>['mayMove'];
  readonly clock: Clock;
  readonly sagas: SagaRunner;
}) => {
  /** An approval makes no more of a request than whoever asked for it is still entitled to. */
  const mayStillAsk = ({ requested_with }: LabelMove, io: Io) => standing.mayStill(requested_with, 'curator.move', io);

  const waiting = async (tenant: TenantStore, label_key: string, io: Io): Promise<WaitingMove> => {
    const { doc } = await waitingMove(tenant, label_key, io);
    return (await mayStillAsk(doc, io)) ? doc : { ...doc, refused: REQUESTER_GONE };
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
      !(await isOver(tenant, was.doc, io)) &&
      // By the same person with a key of now: what was asked for with one that is gone cannot be joined.
      (await mayStillAsk(was.doc, io));
    if (same && was.doc.saga_id !== null) return was.doc.saga_id;
    let open = same ? was : undefined;
    if (!open) {
      const doc: LabelMove = { ...wanted, requested_at: toTimestamp(clock.now()), saga_id: null, approved_by: null };
      await tenant.commit([put(labelMoves, was, doc)], guards, io);
      open = await tenant.get(labelMoves, wanted.label_key, io);
    }
    if (!open) throw new AncillaError('store.revision_conflict', 'the request was overtaken by another');
    // It waits for days; whoever asks reads the label or the saga.
    const { saga_id } = await sagas.start(moveSaga, {
      tenant,
      tenant_id,
      memo: { label_key: wanted.label_key },
      trace_id: wanted.trace_id,
      owner: 'curator',
      // A revision is never used twice, so neither is this key.
      idempotency_key: `curator.move/${open.revision}`,
    });
    await tenant.commit([replace(labelMoves, open, { saga_id })], [], io);
    return saga_id;
  };

  /**
   * What was asked for, as far as it may move now: the same bytes, from the same place, under the same version of the policy, with all that it asks for.
   * @throws {AncillaError} `curator.requester`, `policy.refused`, or whatever else the policy refuses it for
   */
  const stillMay = async (tenant: Reader<Tenant>, { doc: asked }: Stored<typeof labelMoves>, io: Io) => {
    if (!(await mayStillAsk(asked, io))) throw new AncillaError('curator.requester', REQUESTER_GONE);
    const { requested_by: by, policy } = asked;
    const move = await mayMove(tenant, { ...asked, by, policy: policy.slice(0, policy.lastIndexOf('@')) }, io);
    if (move.target.digest !== asked.digest || (move.was?.doc.version ?? null) !== asked.previous)
      throw new AncillaError('policy.refused', 'the label or the version is not what it was when this was asked for: ask for it again');
    if (move.policy !== policy)
      throw new AncillaError('policy.refused', `it was asked for under policy ${policy}, and ${move.policy} is in force: ask for it again`);
    return move;
  };

  /**
   * Approves another person's request. The approval stands in the request itself: a signal sent by any other way moves nothing.
   * @throws {AncillaError} `not_found`, `access.forbidden_combination`, `curator.requester`, `policy.refused`
   */
  const tryApprove = async ({ tenant, tenant_id }: Of, { who, saga_id, label, ...of }: Approval, io: Io): Promise<LabelMove> => {
    const open = await waitingMove(tenant, labelKey(of, label), io);
    if (open.doc.saga_id !== saga_id)
      throw new AncillaError('not_found', 'no such move waits for approval: another request took its place, GET …/approvals has it');
    const verdict = may(who, 'curator.approve', { tenant_id, requester: open.doc.requested_by });
    if (!verdict.allowed) throw new AncillaError(verdict.code, verdict.reason);
    const { requested_by: subject, requested_at: since } = open.doc;
    if (await standing.isMadeBy(who.key_id, { subject, since }, io))
      throw new AncillaError(
        'access.forbidden_combination',
        'this key was made since the move was asked for, by who asked or with a key that comes from them: it is no second person’s',
      );
    await stillMay(tenant, open, io);
    const approved_by = open.doc.approved_by ?? who.id;
    if (open.doc.approved_by === null) await tenant.commit([replace(labelMoves, open, { approved_by })], [], io);
    const payload = { by: approved_by, digest: open.doc.digest };
    await sagas.signal(
      { tenant, tenant_id, saga_id },
      { signal_id: `${saga_id}/second_approval`, name: 'second_approval', payload, by: approved_by },
    );
    return { ...open.doc, approved_by };
  };

  /** Two people who approve at once have both approved: whoever is overtaken looks again. */
  const approve = async (of: Of, approval: Approval, io: Io): Promise<LabelMove> => {
    try {
      return await tryApprove(of, approval, io);
    } catch (error) {
      if (!isAncillaError(error, 'store.revision_conflict')) throw error;
      return tryApprove(of, approval, io);
    }
  };

  /** What the approval was for must still be what would move. */
  const approvedWrites = async (tenant: Reader<Tenant>, label_key: string, saga_id: string, io: Io): Promise<readonly Write<Tenant>[]> => {
    const open = await tenant.get(labelMoves, label_key, io);
    if (!open || open.doc.saga_id !== saga_id) throw new AncillaError('policy.refused', 'another request took this one’s place');
    const { requested_by, approved_by } = open.doc;
    if (approved_by === null || approved_by === requested_by)
      throw new AncillaError('policy.refused', 'no second person has approved this move');
    const { writes } = await stillMay(tenant, open, io);
    return [
      ...(await writes(approved_by)),
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

  return { request, waiting, approve, sagas: [moveSaga] };
};
