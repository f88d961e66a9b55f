import {
  AncillaError,
  Id,
  invalidAt,
  mappingSuggestions,
  sagaState,
  type Action,
  type Io,
  type Of,
  type TenantStore,
  type Who,
} from '@ancilla/contracts';
import { Type, type Static, type TObject } from 'typebox';
import { Value } from 'typebox/value';
import { may } from '../access/index.ts';

/** An undo that whoever drives a saga over HTTP may name for its steps: what it then gets is the step's payload. */
export interface Offered<P extends TObject = TObject> {
  /** What a caller must be allowed who names it. */
  readonly action: Action;
  readonly payload: P;
  /** Whether all that a payload names is the caller's own to take back. */
  isOwn(payload: Static<P>, by: { readonly tenant: TenantStore; readonly who: Who }, io: Io): Promise<boolean>;
}

const Unwrite = Type.Object({ suggestion_ids: Type.Optional(Type.Array(Id('su'), { maxItems: 1000 })) });

const offer = <P extends TObject>(offered: Offered<P>): Offered => offered;

/** All that are offered. Every other compensation is its own saga's: it trusts a memo that only that saga writes. */
export const offeredUndos: Readonly<Record<string, Offered>> = {
  'handler:unwrite_mapping': offer({
    action: 'mapping.suggest',
    payload: Unwrite,
    async isOwn({ suggestion_ids = [] }, { tenant, who }, io) {
      for (const id of new Set(suggestion_ids)) {
        const saga_id = (await tenant.get(mappingSuggestions, id, io))?.doc.saga_id;
        const saga = saga_id === undefined ? undefined : await tenant.get(sagaState, saga_id, io);
        // Only a saga of the server's own names who asked for it by their credential.
        if (saga?.doc.owner_key_id !== null || saga.doc.owner_agent_id !== who.id) return false;
      }
      return true;
    },
  }),
};

/**
 * Lets a caller name an undo, for what it would undo.
 * @throws {AncillaError} `schema.invalid` when the payload is not what it takes, `access.denied` when the caller may not do that itself
 */
export async function admitUndo(
  { action, payload: schema, isOwn }: Offered,
  payload: unknown,
  { tenant, tenant_id, who }: Of & { readonly who: Who },
  io: Io,
): Promise<void> {
  const verdict = may(who, action, { tenant_id });
  if (!verdict.allowed) throw new AncillaError(verdict.code, verdict.reason);
  if (!Value.Check(schema, payload))
    throw invalidAt(
      '/payload_ref',
      `must hold an object of ${Object.keys(schema.properties).join(', ')}`,
      'the payload is not what its undo takes',
    );
  if (!(await isOwn(payload, { tenant, who }, io)))
    throw new AncillaError('access.denied', 'the payload names what this credential did not ask for: only its own can it take back');
}
