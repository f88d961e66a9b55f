import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** What a run knew of one column when it suggested: similarities and shapes, never a value. */
const ColumnFeatures = Type.Object({
  /** Words of the name, in clear only from the shipped public list, else keyed hashes. */
  tokens: Type.Array(Type.String()),
  embedding_id: Type.Union([Type.String(), Type.Null()]),
  candidates: Type.Array(Type.Object({ semantic_id: Type.String(), features: Type.Array(Type.Number()) })),
  /** The de-identified profile that later columns are compared with. */
  profile: Type.Unknown(),
});

/** The artifact a suggestion's features_ref points to: one for a run, by column. */
const FeaturesFile = Type.Object({
  feature_names: Type.Array(Type.String()),
  prompt_hash: Type.Union([Type.String(), Type.Null()]),
  columns: Type.Record(Type.String(), ColumnFeatures),
});
export type FeaturesFile = Static<typeof FeaturesFile>;

const check = Compile(FeaturesFile);

/** Reads the artifact's JSON; undefined when it is something else. */
export const parseFeatures = (value: unknown): FeaturesFile | undefined => (check.Check(value) ? value : undefined);
