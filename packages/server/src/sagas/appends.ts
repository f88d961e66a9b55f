import { AncillaError, artifacts, Closed, Id, invalidAt, OnUnknown, WalEntry, type Io, type Of, type Who } from '@ancilla/contracts';
import { sha256Hex } from '@ancilla/evidence';
import { Type, type Static } from 'typebox';
import { keyOf } from './entries.ts';
import type { HeldSaga, NewEntry } from './log.ts';
import { admitUndo, type Offered } from './offered.ts';
import type { Payloads } from './payloads.ts';
import type { Said } from './said.ts';

const own = WalEntry.properties;
/** What an agent appends: the server adds ids and times. */
export const Append = Closed({
  saga_id: own.saga_id,
  epoch: own.epoch,
  lease_token: Type.String({ minLength: 16, maxLength: 128 }),
  step_name: own.step_name,
  kind: Type.Enum(['intent', 'outcome']),
  status: own.status,
  idempotency_key: own.idempotency_key,
  attempt: Type.Optional(own.attempt),
  payload_ref: Type.Optional(Type.Union([Id('ar'), Type.Null()])),
  payload_hash: Type.Optional(own.payload_hash),
  compensate_ref: Type.Optional(own.compensate_ref),
  on_unknown: Type.Optional(OnUnknown),
  trace_id: Type.Optional(own.trace_id),
  error_code: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' })),
});
export type Append = Static<typeof Append>;

/** What is the same over all attempts under one key: an undo that a later entry leaves out would be lost. */
const KEPT = ['payload_hash', 'step_name', 'compensate_ref', 'on_unknown'] as const;
/** What else an entry says that may not be said otherwise when it is repeated. */
const SAID = ['status', 'error_code'] as const;
/** What appends become: new entries, or ones that stand in the log already. */
type Planned = readonly { readonly entry: NewEntry; readonly known: WalEntry | undefined }[];

/** Reads what agents append: what becomes of it, and whether its caller may say it. */
export function openAppends({
  payloads,
  said,
  offered,
  timestamp,
}: {
  readonly payloads: Payloads;
  readonly said: Said;
  readonly offered: Readonly<Record<string, Offered>>;
  readonly timestamp: () => string;
}) {
  /** What is new names nobody, its payload is there, and whatever would be undone of it, its caller may undo. An outcome's payload takes the place of its intent's. */
  async function admitNew(by: Of & { readonly who: Who }, { entries }: HeldSaga, planned: Planned, io: Io): Promise<void> {
    const all = [...entries, ...planned.map(({ entry }) => entry)];
    for (const { entry, known } of planned) {
      if (known !== undefined) continue;
      const { kind, step_name, payload_ref = null, error_code } = entry;
      await said.checkNames(by, { '/step_name': step_name, '/error_code': error_code }, io);
      if (payload_ref !== null && (await by.tenant.get(artifacts, payload_ref, io)) === undefined)
        throw wrongPayload('there is no artifact of this id: store it first, with POST /dif/artifacts');
      const offer = offered[intentsOf(entry, all).at(-1)?.compensate_ref ?? ''];
      if (offer === undefined || (kind === 'outcome' && payload_ref === null)) continue;
      await admitUndo(offer, payload_ref === null ? {} : await payloads.readSent(by, payload_ref, io), by, io);
    }
  }

  /** What each append becomes: a new entry, or the one that stands in the log already. */
  function plan({ of, entries, history, state }: HeldSaga, appends: readonly Append[]): Planned {
    const all: (NewEntry | WalEntry)[] = [...entries];
    return appends.map((append, index) => {
      const entry = toNew(of, append, { all, goesOn: state.doc.parent_saga_id !== undefined });
      const same = all.filter((each) => each.idempotency_key === entry.idempotency_key && each.kind === entry.kind);
      const known = entries.find((each) => same.includes(each) && each.attempt === entry.attempt);
      const other =
        KEPT.find((field) => same.some((each) => each[field] !== entry[field])) ??
        SAID.find((field) => known !== undefined && known[field] !== entry[field]);
      if (other !== undefined)
        throw new AncillaError('saga.payload_conflict', `entry ${index}: this idempotency key came before with another ${other}`);
      if (known === undefined && entry.kind === 'intent') {
        if (history.undoing !== null)
          throw new AncillaError('saga.state', `the saga is being undone (${history.undoing}): it begins no step`);
        assertBegins(entry, all);
      }
      if (known === undefined) all.push(entry);
      return { entry, known };
    });
  }

  /** An append as an entry: its kind and status fit, its outcome has an intent, its compensation exists. */
  function toNew(
    of: Of,
    append: Append,
    { all, goesOn }: { readonly all: readonly (NewEntry | WalEntry)[]; readonly goesOn: boolean },
  ): NewEntry {
    const { saga_id, step_name, kind, status, payload_ref = null, compensate_ref = null, on_unknown, error_code, trace_id } = append;
    // A key of saga and step says nothing that the entry does not; any other is the caller's own, and no other saga's.
    const plainKey = keyOf(saga_id, step_name);
    // What stood in the saga before this one stands here under the plain key, whichever its owner gave it.
    const isCarried = goesOn && intentsOf({ idempotency_key: plainKey, step_name }, all).length > 0;
    const idempotency_key =
      isCarried || append.idempotency_key === plainKey ? plainKey : `${saga_id}/${said.keptKey(of, saga_id, append.idempotency_key)}`;
    const wrong = (path: string, message: string) => invalidAt(path, message, `${kind} of ${step_name}: ${message}`);
    if ((kind === 'intent') !== (status === 'pending'))
      throw wrong('/status', kind === 'intent' ? 'an intent is pending' : 'an outcome is done or failed');
    if (compensate_ref !== null && !Object.hasOwn(offered, compensate_ref))
      throw wrong('/compensate_ref', `no undo that is offered to callers; there are ${Object.keys(offered).join(', ')}`);
    const intents = intentsOf({ idempotency_key, step_name }, all);
    const attempt = append.attempt ?? (kind === 'intent' ? 1 : (intents.at(-1)?.attempt ?? 1));
    if (kind === 'outcome' && !intents.some((each) => each.attempt === attempt))
      throw wrong('/idempotency_key', 'there is no intent of this step, key and attempt');
    if (kind === 'outcome' && compensate_ref !== null && compensate_ref !== intents.at(-1)?.compensate_ref)
      throw wrong('/compensate_ref', 'an undo is named with the intent');
    return {
      step_name,
      kind,
      status,
      idempotency_key,
      attempt,
      payload_ref,
      compensate_ref,
      payload_hash: append.payload_hash ?? (payload_ref === null ? null : sha256Hex(payload_ref)),
      ...(trace_id !== undefined && { trace_id }),
      ...(on_unknown !== undefined && { on_unknown }),
      ...(error_code !== undefined && { error_code }),
      ...(kind === 'outcome' && { completed_at: timestamp() }),
    };
  }

  return { plan, admitNew };
}

/** A step is one effect under one key, tried until it is done. Another one under its name comes after it, and only where nothing is to be undone: an undo would be lost. */
function assertBegins({ step_name, idempotency_key, attempt, compensate_ref }: NewEntry, all: readonly (NewEntry | WalEntry)[]): void {
  const ofStep = all.filter((each) => each.step_name === step_name && (each.kind === 'intent' || each.kind === 'outcome'));
  const ofKey = ofStep.filter((each) => each.idempotency_key === idempotency_key);
  const others = ofStep.filter((each) => !ofKey.includes(each));
  const isOpen = others.some(
    (each) =>
      !others.some((other) => other.kind === 'outcome' && other.idempotency_key === each.idempotency_key && other.attempt >= each.attempt),
  );
  if (
    isOpen ||
    (others.length > 0 && [compensate_ref, ...others.map((each) => each.compensate_ref)].some((ref) => typeof ref === 'string'))
  ) {
    const message = 'a step of this name was begun under another idempotency_key: another effect needs a name of its own';
    throw invalidAt('/step_name', message, `intent of ${step_name}: ${message}`);
  }
  if (ofKey.some(({ status }) => status === 'done'))
    throw new AncillaError('saga.state', `step ${step_name} is done: it is not begun again`);
  const last = Math.max(0, ...ofKey.map((each) => each.attempt));
  if (attempt <= last)
    throw invalidAt(
      '/attempt',
      `must be more than ${last}, the last one of this step`,
      `intent of ${step_name}: attempt ${attempt} comes after ${last}`,
    );
}

const wrongPayload = (message: string): AncillaError => invalidAt('/payload_ref', message, message);

/** The intents of an entry's step and key, first attempt first. */
const intentsOf = (
  { idempotency_key, step_name }: Pick<NewEntry, 'idempotency_key' | 'step_name'>,
  all: readonly (NewEntry | WalEntry)[],
): readonly (NewEntry | WalEntry)[] =>
  all.filter((each) => each.kind === 'intent' && each.idempotency_key === idempotency_key && each.step_name === step_name);
