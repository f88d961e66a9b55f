// Runs in browsers too.
import { Type, type TString } from 'typebox';
import { TypeID } from 'typeid-js';
import { v7 } from 'uuid';
import type { Clock, Random } from './parts.ts';

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
  ro: 'rollout',
  qu: 'quarantined body',
  sl: 'selection of suggestions',
  ok: 'attribute key of an instrumentation',
} as const;
export type IdPrefix = keyof typeof idPrefixes;

/** Makes ids that sort by time. */
export type NewId = <P extends IdPrefix>(prefix: P) => `${P}_${string}`;

/** The schema of an id. */
export const Id = (prefix: IdPrefix): TString =>
  Type.String({ pattern: `^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`, description: `TypeID: ${idPrefixes[prefix]}` });

/** An id from 16 bytes of a digest: the same digest always gives the same id, so that a repeated request cannot act twice. */
export const idFrom = <P extends IdPrefix>(prefix: P, digest: Uint8Array): `${P}_${string}` => {
  const bytes = digest.slice(0, 16);
  // A TypeID's first character stands for three bits: any 128 bits fit.
  return `${prefix}_${TypeID.fromUUIDBytes(prefix, bytes).getSuffix()}`;
};

/** Ids whose order is the order of making, also within one millisecond and when the clock steps back. UUIDv7, RFC 9562 section 6.2 method 1. */
export const makeNewId = (clock: Clock, random: Random): NewId => {
  let msecs = 0;
  let seq = 0;
  return (prefix) => {
    const rng = random.bytes(16);
    const now = clock.now();
    if (now > msecs) {
      msecs = now;
      // Half of the counter's 32 bits stay free to count up in.
      seq = ((rng[6] ?? 0) << 23) | ((rng[7] ?? 0) << 15) | ((rng[8] ?? 0) << 7);
    } else seq++;
    return idFrom(prefix, v7({ random: rng, msecs, seq }, new Uint8Array(16)));
  };
};
