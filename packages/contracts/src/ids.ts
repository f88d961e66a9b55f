// Runs in browsers too.
import { Type, type TString } from 'typebox';

/** What each id prefix names. Ids are TypeIDs: prefix, underscore, a UUIDv7 in base 32. */
export const idPrefixes = {
  pe: 'prompt event',
  mh: 'mapping history entry',
  wal: 'write-ahead log entry',
  sg: 'saga',
  ar: 'artifact',
  em: 'embedding',
  ex: 'training example',
  ds: 'dataset',
  md: 'model version',
  su: 'suggestion',
  ch: 'change',
  al: 'access log entry',
  ak: 'API key',
  rn: 'training run',
} as const;
export type IdPrefix = keyof typeof idPrefixes;

/** Makes ids that sort by time. */
export type NewId = <P extends IdPrefix>(prefix: P) => `${P}_${string}`;

/** The schema of an id. */
export const Id = (prefix: IdPrefix): TString =>
  Type.String({ pattern: `^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`, description: `Id of a ${idPrefixes[prefix]} (TypeID)` });
