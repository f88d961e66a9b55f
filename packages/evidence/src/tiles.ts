// Runs in browsers too.
import { concatBytes, fromDecimal } from './encoding.ts';
import { EvidenceError } from './errors.ts';
import { HASH_BYTES } from './merkle.ts';

/** Hashes in a full tile and entries in a full bundle. */
export const TILE_WIDTH = 256;
const MAX_ENTRY_BYTES = 65_535;

/**
 * A file of the log. A tile of level L has hashes of full subtrees of 256^L entries, the nodes (8·L, index·256 …) of the tree; level `entries` has the
 * entries themselves. Width is 256 for a full one, else less.
 */
export interface TileId {
  readonly level: number | 'entries';
  readonly index: number;
  readonly width: number;
}

/** The path of a tile in a log's folder or under its URL. @see https://c2sp.org/tlog-tiles */
export function tilePath({ level, index, width }: TileId): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  return `tile/${level}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Reads a tile's path, in its one spelling; anything else gives `undefined`. */
export function parseTilePath(path: string): TileId | undefined {
  const [, levelText = '', groups, widthText] =
    /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(path) ?? [];
  if (groups === undefined) return undefined;
  const level: TileId['level'] | undefined = levelText === 'entries' ? levelText : fromDecimal(levelText);
  const index = Number(groups.replaceAll(/[x/]/g, ''));
  const width = widthText === undefined ? TILE_WIDTH : fromDecimal(widthText);
  if (level === undefined || (level !== 'entries' && level > 63) || !Number.isSafeInteger(index)) return undefined;
  if (width === undefined || width < 1 || width > TILE_WIDTH) return undefined;
  const id = { level, index, width };
  return tilePath(id) === path ? id : undefined;
}

/**
 * The tiles to write after a log grew: those that a reader of the new size needs and of the old size did not have.
 * @returns every entry bundle and hash tile that got new content, full and partial, entries first, lower levels before higher
 */
export function tilesToWrite(oldSize: number, newSize: number): readonly TileId[] {
  const tiles = grown('entries', oldSize, newSize);
  for (let level = 0, from = oldSize, to = newSize; to > 0; level++, from = Math.floor(from / TILE_WIDTH), to = Math.floor(to / TILE_WIDTH))
    tiles.push(...grown(level, from, to));
  return tiles;
}

function grown(level: TileId['level'], from: number, to: number): TileId[] {
  const tiles: TileId[] = [];
  if (from >= to) return tiles;
  for (let start = from - (from % TILE_WIDTH); start < to; start += TILE_WIDTH)
    tiles.push({ level, index: start / TILE_WIDTH, width: Math.min(TILE_WIDTH, to - start) });
  return tiles;
}

/** Entries as the bytes of a bundle: each after its length, two bytes, big end first. @throws {RangeError} for an entry over 65,535 bytes */
export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry of ${entry.length} bytes does not fit a bundle`);
      return [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry];
    }),
  );
}

/** The entries of a bundle. @throws {EvidenceError} `tile.malformed` when it ends within an entry */
export function parseBundle(bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at + 2;
    const end = start <= bytes.length ? start + view.getUint16(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw new EvidenceError('tile.malformed', `the bundle ends within its entry ${entries.length}`);
    entries.push(bytes.subarray(start, end));
    at = end;
  }
  return entries;
}

/** Hashes as the bytes of a tile. */
export const formatTile = (hashes: readonly Uint8Array[]): Uint8Array => concatBytes(hashes);

/** The hashes of a tile. @throws {EvidenceError} `tile.malformed` when they are not whole */
export function parseTile(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length % HASH_BYTES !== 0) throw new EvidenceError('tile.malformed', `a tile of ${bytes.length} bytes is not made of hashes`);
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, i) => bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}
