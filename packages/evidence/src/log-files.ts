// Runs in browsers too.
import type { Findings } from './findings.ts';
import { TILE_WIDTH, parseBundle, parseTile, tilePath, type TileId } from './tiles.ts';

/** Where a log's files come from: a folder, a URL, a pack. The caller's functions carry its signal. */
export interface LogSource {
  /** The bytes of a file, `undefined` when there is none. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** The names in a folder, in any order; none when the source cannot tell. */
  listFiles(folder: string): Promise<readonly string[]>;
}

/** Where the checkpoint of this size is kept after the log grew past it. */
export const checkpointPath = (size: number): string => `${CHECKPOINTS}/${size}`;

/** The folder of earlier checkpoints. */
export const CHECKPOINTS = 'checkpoints';

/**
 * Reads a tile's hashes or a bundle's entries as a reader of this log size must; what is wrong with the file goes to the findings.
 * @returns at most `width` of them; `undefined` when the file is missing or unreadable
 */
export async function readTile(id: TileId, { readFile }: LogSource, findings: Findings): Promise<readonly Uint8Array[] | undefined> {
  const path = tilePath(id);
  const exact = await readFile(path);
  // A partial tile may be deleted once the full one exists, which begins with the same content.
  const bytes = exact ?? (id.width < TILE_WIDTH ? await readFile(tilePath({ ...id, width: TILE_WIDTH })) : undefined);
  if (bytes === undefined) {
    findings.add('tile.missing', `${path}: missing`);
    return undefined;
  }
  const items = findings.attempt(path, () => (id.level === 'entries' ? parseBundle(bytes) : parseTile(bytes)));
  if (items === undefined) return undefined;
  const what = id.level === 'entries' ? 'entries' : 'hashes';
  if (items.length < id.width)
    findings.add('tile.short', `${path}: ${items.length} ${what}, the log has ${id.width}: ${id.width - items.length} removed`);
  if (items.length > id.width && exact !== undefined)
    findings.add('tile.long', `${path}: ${items.length} ${what}, the log has ${id.width}`);
  return items.slice(0, id.width);
}
