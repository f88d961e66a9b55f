import { AncillaError, isAncillaError, type Io, type labels, type Of, type SagaRunner, type Stored } from '@ancilla/contracts';
import { openApprovals, type Standing } from './approvals.ts';
import { findLabel, labelKey } from './document.ts';
import { openMayMove, type Move, type MovingParts } from './may-move.ts';

/** A move, and the credential it is asked for with. */
export interface Asked extends Move {
  readonly key_id: string;
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

const ATTEMPTS = 4;

const placed = ({ doc: { label, version, previous }, revision }: Stored<typeof labels>): Moved => ({
  label,
  version,
  revision,
  previous,
});

/** Moves labels under the policy in force; where it asks for a second person, by a saga that waits for one. */
export const openMoves = ({ sagas, standing, ...parts }: MovingParts & { readonly sagas: SagaRunner; readonly standing: Standing }) => {
  const { mayMove, shelvesOf } = openMayMove(parts);
  const approvals = openApprovals({ mayMove, standing, clock: parts.clock, sagas });

  const tryMove = async (of: Of, asked: Asked, io: Io): Promise<Moved | Waiting> => {
    const { tenant } = of;
    const { kind, id, label, version, reason, trace_id, by, key_id, from } = asked;
    const stands = await findLabel(tenant, asked, label, io);
    if (stands?.doc.version === version) return placed(stands);
    const move = await mayMove(tenant, asked, io);
    const previous = move.was?.doc.version ?? null;
    if (from !== undefined && from !== previous)
      throw new AncillaError('policy.refused', `${label} names ${previous ?? 'nothing'} by now; look again`);
    if (move.approvals > 1) {
      const wanted = { label_key: labelKey(asked, label), kind, id, label, version, digest: move.target.digest, previous };
      return {
        saga_id: await approvals.request(
          of,
          { ...wanted, policy: move.policy, requested_by: by, requested_with: key_id, reason, trace_id },
          [move.guard],
          io,
        ),
        waiting_for: 'second approval',
      };
    }
    const { revision } = await tenant.commit(await move.writes(null), [move.guard], io);
    return { label, version, revision, previous };
  };

  /** Whoever is overtaken looks again, so that the same request twice at once has one effect and one answer. */
  const move = async (of: Of, asked: Asked, io: Io): Promise<Moved | Waiting> => {
    for (let attempt = 1; ; attempt++)
      try {
        return await tryMove(of, asked, io);
      } catch (error) {
        if (!isAncillaError(error, 'store.conflict', 'store.revision_conflict')) throw error;
        if (attempt === ATTEMPTS) throw new AncillaError('store.revision_conflict', 'others kept moving this label', { cause: error });
      }
  };

  return { move, waiting: approvals.waiting, approve: approvals.approve, sagas: approvals.sagas, shelvesOf };
};
