// Runs in browsers too. What the store's own threads know of the storage map: with every schema they would take three times as long to start.

/**
 * Version of what is stored: raised when a kind of document comes, or its indexes or unique sets change. Data of an earlier version is brought forward when it is opened;
 * data of a later one is refused.
 */
export const STORAGE_VERSION = 2;

/** The collection that the commit itself writes. */
export const CHANGES = 'changes';
/** The collection whose documents have bytes beside them. */
export const ARTIFACTS = 'artifacts';
