// Runs in browsers too.
import { Type, type Static } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Count, Name, Ref, Sentence, Sha256Hex, Timestamp, TraceId } from '../fields.ts';
import { Id } from '../ids.ts';
import { CHANGES } from '../storage.ts';

/** Every revision of a versioned state and every removal of a document of the ledger. Written by the store itself, in the same commit. */
export const Change = Closed({
  change_id: Id('ch'),
  op: Type.Enum(['insert', 'replace', 'remove']),
  collection: Name,
  subject_id: Type.String({ minLength: 1, maxLength: 512 }),
  revision: Count,
  who: Name,
  reason: Sentence,
  trace_id: TraceId,
  policy: Type.Optional(Ref),
  plan_digest: Type.Optional(Sha256Hex),
  /** The document at this revision; null when it was removed. */
  document: Type.Unknown(),
  at: Timestamp,
});
export type Change = Static<typeof Change>;

export const changes = collection({
  name: CHANGES,
  kind: 'log',
  scope: { tenant: true, platform: true },
  schema: Change,
  key: 'change_id',
  time: 'at',
  retention: 'changes',
  summary: 'Every revision of a versioned state, every removal: who, why, under which policy or plan',
  indexes: { all: [], by_subject: ['collection', 'subject_id'] },
});
