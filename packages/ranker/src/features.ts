// Runs in browsers too.

/**
 * What the ranker looks at: similarities between 0 and 1 of one column and one term. Never a raw value, so one model serves every tenant and domain, and examples
 * made of them say nothing of the data. `says`: the reason in words; `prior`: the weight before anything was learned.
 */
const declared = [
  { name: 'overall', says: 'name, description, type and values together fit', prior: 9 },
  { name: 'name_similarity', says: 'the names mean the same words', prior: 1.5 },
  { name: 'ngram_similarity', says: 'the names are spelled alike', prior: 0.8 },
  { name: 'token_overlap', says: 'the names share words', prior: 0.5 },
  { name: 'description_overlap', says: 'the description speaks of it', prior: 0.8 },
  { name: 'dtype_score', says: 'the type of the values fits', prior: 0.6 },
  { name: 'sample_coverage', says: 'the values are among those the term knows', prior: 1.5 },
  { name: 'regex_match', says: 'the values have the form of such a thing', prior: 1.2 },
  { name: 'embedding_similarity', says: 'the words are near in meaning', prior: 2.2 },
  { name: 'table_context', says: 'the table is about this', prior: 0.8 },
  { name: 'subject_column', says: 'the column names what the table is about', prior: 12 },
  { name: 'memory_name', says: 'an approved column has such a name', prior: 2 },
  { name: 'memory_value', says: 'an approved column has such values', prior: 1 },
  { name: 'memory_both', says: 'an approved column is like this one in name and values', prior: 7 },
  { name: 'id_seen', says: 'the term was approved before', prior: 0.3 },
] as const;

/** Names of the features, in the order their numbers come. */
export const featureNames: readonly string[] = declared.map(({ name }) => name);
/** Weights before anything was learned. */
export const priorWeights: readonly number[] = declared.map(({ prior }) => prior);
/** A feature as a reason. */
export const reasonText = (index: number): string => declared[index]?.says ?? '';
