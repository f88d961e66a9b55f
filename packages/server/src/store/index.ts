// Store: the commit, reads and feed of each tenant's documents, on an engine behind one small port.
export { checkAnchor } from './anchor.ts';
export { runProjections, type ProjectionRunner } from './projections.ts';
export { inFolder } from './engines/sqlite/engine.ts';
export { connectionOf, engineFor, migrateDatabase } from './open-engine.ts';
export { openStores, type Anchors, type Stores } from './stores.ts';
