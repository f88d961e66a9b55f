import { Type, type Static } from 'typebox';
import { AncillaError, Change, Closed, Label, Timestamp, changes, labels, toTimestamp, type Ledger, type Io } from '@ancilla/contracts';
import { Value } from 'typebox/value';
import { findLabel, labelKey, type Resolved, type Shelf, type Shelves, type Subject } from './document.ts';

type Source = Resolved['source'];
/** A shelf whose history can be proven. */
export type ProvenShelf = Shelf & { readonly ledger: Ledger };
type ProvenShelves = readonly (readonly [source: Source, shelf: ProvenShelf])[];

/** What a label names, or named, and where that is proven. */
export const LabelAnswer = Closed({
  label: Label.properties.label,
  version: Label.properties.version,
  previous: Label.properties.previous,
  policy: Label.properties.policy,
  moved_by: Label.properties.moved_by,
  approved_by: Label.properties.approved_by,
  moved_at: Timestamp,
  revision: Type.Integer(),
  source: Type.Enum(['tenant', 'platform']),
  /** The entry of `changes` that says so: ask /audit/proofs/inclusion for it. */
  proof: Type.Optional(Closed({ log_id: Type.String(), collection: Type.Literal('changes'), id: Type.String(), seq: Type.Integer() })),
});
export type LabelAnswer = Static<typeof LabelAnswer>;

/** One move of a label: what it came to name, null where it was taken away, by whom and why. */
export const MoveAnswer = Closed({
  ...LabelAnswer.properties,
  version: Type.Union([Label.properties.version, Type.Null()]),
  reason: Change.properties.reason,
  trace_id: Change.properties.trace_id,
});
type MoveAnswer = Static<typeof MoveAnswer>;

const answer = ({ label_key: _key, kind: _kind, id: _id, ...label }: Label, revision: number, source: Source): LabelAnswer => ({
  ...label,
  revision,
  source,
});

/** One page of a label's history, newest first, each with its proof. */
export const labelHistory = async (
  [source, shelf]: ProvenShelves[number],
  of: Subject,
  label: string,
  page: { readonly to?: string; readonly limit?: number; readonly cursor?: string },
  io: Io,
): Promise<{ items: MoveAnswer[]; next_cursor: string | null }> => {
  const equals = { collection: labels.name, subject_id: labelKey(of, label) };
  const found = await shelf.find(changes, { index: 'by_subject', equals, ...page }, io);
  const log_id = await shelf.ledger.logId(io);
  const items = found.items.map(({ doc, seq }): MoveAnswer => {
    const { op, revision, reason, trace_id, policy } = doc;
    const removed = { label, version: null, previous: null, moved_by: doc.who, approved_by: null, moved_at: doc.at, revision, source };
    const named =
      op === 'remove'
        ? { ...removed, ...(policy !== undefined && { policy }) }
        : answer(Value.Parse(Label, doc.document), revision, source);
    return { ...named, reason, trace_id, proof: { log_id, collection: 'changes', id: doc.change_id, seq } };
  });
  return { items, next_cursor: found.next_cursor };
};

/**
 * What a label names now, or named at a time; the tenant's own before the platform's.
 * @throws {AncillaError} `not_found`
 */
export const readLabel = async (
  shelves: ProvenShelves,
  of: Subject,
  label: string,
  at: string | undefined,
  io: Io,
): Promise<LabelAnswer> => {
  for (const [source, shelf] of shelves) {
    if (at === undefined) {
      const found = await findLabel(shelf, of, label, io);
      if (found) return answer(found.doc, found.revision, source);
    } else {
      // The store's range ends before `to`, and its clock ticks in milliseconds.
      const { items } = await labelHistory([source, shelf], of, label, { to: toTimestamp(Date.parse(at) + 1), limit: 1 }, io);
      if (items[0] === undefined) continue;
      const { reason: _reason, trace_id: _trace, version, ...named } = items[0];
      // Where it was taken away, it names nothing.
      if (version !== null) return { ...named, version };
    }
  }
  throw new AncillaError('not_found', `${of.kind} ${of.id} has no label ${label}${at === undefined ? '' : ' at that time'}`);
};

/** All labels of a document: the tenant's, and the platform's where the tenant has none of that name. Newest moves first. */
export const listLabels = async (shelves: Shelves, { kind, id }: Subject, io: Io): Promise<LabelAnswer[]> => {
  const found = new Map<string, LabelAnswer>();
  for (const [source, shelf] of shelves) {
    const { items } = await shelf.find(labels, { index: 'by_document', equals: { kind, id }, limit: MOST_LABELS }, io);
    for (const { doc, revision } of items) if (!found.has(doc.label)) found.set(doc.label, answer(doc, revision, source));
  }
  return [...found.values()];
};
const MOST_LABELS = 100;
