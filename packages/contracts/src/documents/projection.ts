// Runs in browsers too.
import { Type, type Static } from 'typebox';
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

/** Widths of time buckets, narrow to wide; a wide one is the sum of the narrow ones inside it. */
export const rollupLevels = ['minute', 'hour', 'day', 'month'] as const;
export type RollupLevel = (typeof rollupLevels)[number];
export const rollupKinds = ['agent', 'model', 'tenant', 'semantic_id', 'model_version'] as const;
export type RollupKind = (typeof rollupKinds)[number];

/** What is known of one subject in one bucket of time: sums, and a logarithmic histogram that merges by adding. */
export const Rollup = Closed({
  rollup_id: Type.String({ minLength: 1, maxLength: 512 }),
  level: Type.Enum(rollupLevels),
  kind: Type.Enum(rollupKinds),
  subject: Type.String({ minLength: 1, maxLength: 256 }),
  bucket: Timestamp,
  sums: Type.Record(Type.String({ pattern: '^[a-z0-9_]{1,64}$' }), Type.Number()),
  /** Bucket index of the histogram → count. */
  histogram: Type.Record(Type.String({ pattern: '^-?\\d{1,6}$' }), Count),
});
export type Rollup = Static<typeof Rollup>;
export const rollups = collection({
  name: 'rollups',
  kind: 'state',
  scope: { tenant: true },
  schema: Rollup,
  key: 'rollup_id',
  time: 'bucket',
  retention: 'as_needed',
  summary: 'Sums and mergeable histograms per subject and time bucket',
  indexes: { by_kind: ['level', 'kind'], by_subject: ['level', 'kind', 'subject'] },
});
