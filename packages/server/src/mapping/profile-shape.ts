import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';

/**
 * What a column's values are like, without a value: shapes, lengths, shares. Values stand in it as keyed hashes of a few, so that equal ones can be recognised
 * within a tenant and not guessed outside.
 */
export const Profile = Type.Object({
  count: Type.Integer(),
  number: Type.Number(),
  date: Type.Number(),
  unique: Type.Number(),
  length: Type.Number(),
  shapes: Type.Record(Type.String(), Type.Number()),
  detected: Type.Record(Type.String(), Type.Number()),
  quantiles: Type.Union([Type.Array(Type.Number()), Type.Null()]),
  values: Type.Array(Type.String()),
  words: Type.Array(Type.String()),
});
export type Profile = Static<typeof Profile>;
export const isProfile = (value: unknown): value is Profile => Check(Profile, value);
