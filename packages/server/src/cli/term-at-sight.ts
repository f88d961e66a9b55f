import type { Term } from '../mapping/glossaries.ts';

const isText = (value: unknown, longest = 4000): boolean => typeof value === 'string' && value.length <= longest;
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.length <= 10_000 && value.every((each) => isText(each));
/** Fields a term may have; the schema alone knows what is left out here. */
const fields: readonly (readonly [string, (value: unknown) => boolean])[] = [
  ['name', isText],
  ['description', isText],
  ['dtype', isText],
  ['enum_values', isTexts],
  ['sample_values', isTexts],
  ['sensitivity', () => false],
];

/** Whether something is a term without a doubt: whatever is not may still be one, by its schema. */
export const isTermAtSight = (value: unknown): value is Term =>
  typeof value === 'object' &&
  value !== null &&
  'semantic_id' in value &&
  value.semantic_id !== '' &&
  isText(value.semantic_id, 256) &&
  fields.every(([field, holds]) => !(field in value) || holds(Reflect.get(value, field)));
