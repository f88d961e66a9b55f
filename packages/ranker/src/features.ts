// Runs in browsers too.

/**
 * What the ranker looks at: similarities between 0 and 1 of one column and one term. Never a raw value, so one model serves every tenant and domain, and examples
 * made of them say nothing of the data. `says`: the reason in words, empty for what is none; `prior`: the weight before anything was learned.
 * `none`, the answer that nothing fits, is a candidate with features of its own, which are 0 for every term.
 */
const declared = [
  // Name, description, type and values together, each of which is a reason of its own.
  { name: 'overall', says: '', prior: 6 },
  { name: 'name_similarity', says: 'the names mean the same words', prior: 3 },
  { name: 'name_exact', says: 'the names are the same', prior: 1 },
  { name: 'ngram_similarity', says: 'the names are spelled alike', prior: 1 },
  { name: 'term_explained', says: 'name and table together have the words of the term', prior: 0.5 },
  { name: 'description_overlap', says: 'the description speaks of it', prior: 1 },
  { name: 'description_adds', says: 'the description has what the name leaves out', prior: 1.5 },
  { name: 'embedding_similarity', says: 'the words are near in meaning', prior: 2 },
  { name: 'dtype_score', says: 'the type of the values fits', prior: 1 },
  { name: 'sample_coverage', says: 'the values are among those the term knows', prior: 2 },
  { name: 'values_allowed', says: 'the term allows the values', prior: 2 },
  { name: 'regex_match', says: 'the values have the form of such a thing', prior: 1.5 },
  { name: 'value_meaning', says: 'the values speak of it', prior: 1 },
  { name: 'table_context', says: 'the table is about this', prior: 1 },
  { name: 'group_fit', says: 'other columns of the table belong to the same group', prior: 1 },
  { name: 'unrivalled', says: 'no other column of the table fits it better', prior: 1 },
  { name: 'subject_named', says: 'the column is called like what the table is about', prior: 3 },
  { name: 'subject_first', says: 'the column holds the first texts of the table that do not repeat', prior: 2 },
  { name: 'memory_name', says: 'an approved column has such a name', prior: 1 },
  { name: 'memory_value', says: 'an approved column has such values', prior: 1 },
  { name: 'memory_both', says: 'an approved column is like this one in name and values', prior: 3 },
  { name: 'memory_specific', says: 'an approved column is like this one, and nothing else is called so', prior: 5 },
  { name: 'memory_votes', says: 'approved columns of this name mean this', prior: 2 },
  { name: 'memory_nearest', says: 'the most alike of all approved columns means this', prior: 1 },
  { name: 'id_seen', says: 'the term is often approved', prior: 0.5 },
  // No other term fits as well in everything and better in something. Among many terms that are alike small differences decide, and they all point the same way.
  { name: 'unsurpassed', says: '', prior: 1 },
  { name: 'none', says: '', prior: 2.4 },
  { name: 'none_weak_name', says: '', prior: 2 },
  { name: 'none_weak_evidence', says: '', prior: 2 },
  { name: 'none_close', says: '', prior: 0.5 },
  { name: 'none_nameless', says: '', prior: 1 },
  { name: 'none_empty', says: '', prior: 0 },
  { name: 'none_memory_name', says: '', prior: 3 },
  { name: 'none_memory_both', says: '', prior: 6 },
  { name: 'none_memory_far', says: '', prior: 0 },
  // Of n terms each has the nth part of what speaks for a term beforehand: ln n for `none`, which is all of this at 10⁴.
  { name: 'none_many', says: '', prior: 9.2 },
] as const;

/** Names of the features, in the order their numbers come. */
export const featureNames: readonly string[] = declared.map(({ name }) => name);
/** Weights before anything was learned. */
export const priorWeights: readonly number[] = declared.map(({ prior }) => prior);
/** A feature as a reason. */
export const reasonText = (index: number): string => declared[index]?.says ?? '';
