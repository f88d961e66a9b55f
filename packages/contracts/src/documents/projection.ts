// Runs in browsers too.
import { Type } from 'typebox';
import { collection } from '../collection.ts';
import { Closed, Count, Name, Timestamp } from '../fields.ts';

/** How far a projection has read the feed of this store. */
export const Cursor = Closed({ projection: Name, after_seq: Count, at: Timestamp });
export const cursors = collection({
  name: 'cursors',
  kind: 'state',
  scope: { tenant: true, platform: true },
  schema: Cursor,
  key: 'projection',
  time: 'at',
  retention: 'as_needed',
  summary: 'How far each projection has read',
  indexes: {},
});

/** One series in one bucket of time: mergeable counts, sums and a log-bucketed histogram. */
export const Rollup = Closed({
  rollup_id: Type.String({ minLength: 1, maxLength: 512 }),
  series: Type.String({ minLength: 1, maxLength: 300 }),
  bucket: Timestamp,
  values: Type.Record(Type.String({ pattern: '^[a-z0-9_]{1,64}$' }), Type.Number()),
  /** Bucket index of a logarithmic histogram → count. */
  histogram: Type.Optional(Type.Record(Type.String({ pattern: '^-?\\d{1,6}$' }), Count)),
});
export const rollups = collection({
  name: 'rollups',
  kind: 'state',
  scope: { tenant: true },
  schema: Rollup,
  key: 'rollup_id',
  time: 'bucket',
  retention: 'as_needed',
  summary: 'Counts and mergeable sketches per series and time bucket',
  indexes: { all: [], by_series: ['series'] },
});
