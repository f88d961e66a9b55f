// Runs in browsers too.

/** What a term is about: its id up to the last separator. */
export const domainOf = (semantic_id: string): string => {
  const end = Math.max(...['.', ':', '/', '#'].map((separator) => semantic_id.lastIndexOf(separator)));
  return end > 0 ? semantic_id.slice(0, end) : semantic_id;
};
