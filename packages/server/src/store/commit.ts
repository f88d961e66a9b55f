import {
  AncillaError,
  Change,
  changes,
  toFieldErrors,
  toTimestamp,
  type Clock,
  type Collection,
  type Guard,
  type NewId,
  type Random,
  type Write,
} from '@ancilla/contracts';
import { EvidenceError, canonicalJson, canonicalTwins, toHex } from '@ancilla/evidence';
import { validatorOf } from '../validators.ts';
import { SECRET_BYTES, type PreparedChange, type PreparedCommit, type PreparedWrite, type Value } from './engines/engine.ts';

/** Bytes of a blob at most: what is larger goes to the storage adapter. */
const MAX_BLOB_BYTES = 256 * 1024;

/** Checks documents against their collection and writes them down canonically. */
export type Prepare = (writes: readonly Write[], guards: readonly Guard[], store: Secrecy) => PreparedCommit;

/** What a store adds: whose it is, and its keyed hash. */
export interface Secrecy {
  readonly scope: 'tenant' | 'platform';
  hmac(purpose: string, data: Uint8Array | string): Uint8Array;
}

/** The commit, written once for all engines: check, canonicalise, salt, seal what was received. Engines only place it. */
export function prepareCommits({
  collections,
  clock,
  random,
  newId,
}: {
  readonly collections: readonly Collection[];
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: NewId;
}): Prepare {
  const declared = new Map(collections.map((of) => [of.name, of]));

  const known = (to: Collection, { scope }: Secrecy) => {
    const found = declared.get(to.name);
    if (!found) throw new TypeError(`the collection "${to.name}" is not one of this store`);
    // A handle's type refuses this too; the check is for collections that come as data.
    const scopes: unknown = found.scope;
    if (typeof scopes !== 'object' || scopes === null || !(scope in scopes))
      throw new TypeError(`the collection "${to.name}" is not kept in a ${scope} store`);
    return found;
  };

  /** The document's canonical form, and that of what it was made from; its own where that is all there is. */
  const canonical = (write: Extract<Write, { op: 'insert' | 'replace' }>, secrecy: Secrecy): readonly [string, string] => {
    const { to, doc } = write;
    const { received, checked = false } = write.op === 'insert' ? write : {};
    const schema = validatorOf(known(to, secrecy).schema);
    if (!checked && !schema.Check(doc))
      throw new AncillaError('store.invalid', `${to.name}: the document does not fit its schema`, {
        errors: toFieldErrors(schema.Errors(doc)),
      });
    try {
      if (received !== undefined) return canonicalTwins(doc, received);
      const body = canonicalJson(doc);
      return [body, body];
    } catch (error) {
      if (error instanceof EvidenceError) throw new AncillaError('store.invalid', `${to.name}: ${error.message}`, { cause: error });
      throw error;
    }
  };

  const change = (op: Change['op'], write: Exclude<Write, { op: 'blob' }>, subject_id: string, document: string | null): PreparedChange => {
    const { to, because } = write;
    if (!because) throw new TypeError(`${to.name}: this ${op} says no reason, which its kind demands`);
    const entry = {
      change_id: newId('ch'),
      op,
      collection: to.name,
      subject_id,
      revision: 0,
      ...because,
      document: null,
      at: toTimestamp(clock.now()),
    };
    const schema = validatorOf(Change);
    if (!schema.Check(entry))
      throw new AncillaError('store.invalid', `${to.name}: the reason given does not fit`, {
        errors: toFieldErrors(schema.Errors(entry)),
      });
    const { revision: _, document: __, subject_id: ___, trace_id, who, ...rest } = entry;
    // RFC 8785 orders members by name: at, change_id, collection | document | op … reason | revision | subject_id, trace_id, who. The document is canonical already.
    const { at, change_id, collection, ...others } = rest;
    const before = `${canonicalJson({ at, change_id, collection }).slice(0, -1)},"document":${document ?? 'null'},${canonicalJson(others).slice(1, -1)},"revision":`;
    return { key: change_id, time: at, before, after: `,${canonicalJson({ subject_id, trace_id, who }).slice(1)}` };
  };

  /** @returns with a document of a log, the canonical form of what it was received as */
  const prepare = (write: Write, secrecy: Secrecy): readonly [PreparedWrite, received?: string] => {
    if (write.op === 'blob') {
      if (write.sealed.length > MAX_BLOB_BYTES)
        throw new RangeError(`a blob of ${write.sealed.length} bytes; at most ${MAX_BLOB_BYTES} ride in a commit`);
      // A view of its own: a slice of a larger buffer would take all of it along to the worker.
      return [{ op: 'blob', key: write.artifact_id, sealed: new Uint8Array(write.sealed) }];
    }
    const of = known(write.to, secrecy);
    if (of.name === changes.name && write.op !== 'remove') throw new TypeError('`changes` is written by the store alone');
    if (write.op === 'remove') {
      const { id } = write;
      const revision = write.revision !== undefined && { revision: write.revision };
      return [
        { op: 'remove', to: of.name, key: id, ...revision, ...(of.kind !== 'state' && { change: change('remove', write, id, null) }) },
      ];
    }
    const [body, received] = canonical(write, secrecy);
    // The schema has just held, and a collection's key and time are fields of it.
    const doc = write.doc as Readonly<Record<string, unknown>>;
    const key = String(doc[of.key]);
    const row = {
      to: of.name,
      key,
      time: String(doc[of.time]),
      body,
      unique: (of.unique ?? []).map((fields) => fields.map((field) => toValue(doc[field]))),
      ...(of.kind === 'versioned' && { change: change(write.op, write, key, body) }),
    };
    if (write.op === 'insert') return of.kind === 'log' ? [{ ...row, op: 'insert' }, received] : [{ ...row, op: 'insert' }];
    if (of.kind === 'log') throw new TypeError(`${of.name} is a log: its documents are never replaced`);
    return [{ op: 'replace', ...row, revision: write.revision }];
  };

  return (writes, guards, secrecy) => {
    const salts = toHex(random.bytes(writes.length * SECRET_BYTES));
    let secrets = '';
    const prepared = writes.map((write, i) => {
      const [made, received] = prepare(write, secrecy);
      secrets += salts.slice(i * SECRET_DIGITS, (i + 1) * SECRET_DIGITS);
      secrets += received === undefined ? NOTHING : toHex(secrecy.hmac('store.received', received)).slice(0, SECRET_DIGITS);
      return made;
    });
    return {
      writes: prepared,
      guards: guards.map(({ of, id, revision }) => ({ of: known(of, secrecy).name, key: id, revision })),
      secrets,
    };
  };
}

const SECRET_DIGITS = 2 * SECRET_BYTES;
const NOTHING = '0'.repeat(SECRET_DIGITS);

/** A field's value as an index compares it, the same as SQL's ->> gives. */
export function toValue(value: unknown): Value {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number') return value;
  return canonicalJson(value);
}
