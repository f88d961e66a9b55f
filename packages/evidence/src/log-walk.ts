// Runs in browsers too.
import { toHex } from '#platform';
import { sameBytes } from './encoding.ts';
import type { Findings } from './findings.ts';
import { parseLedgerEntry } from './ledger-entry.ts';
import { readTile, type LogSource } from './log-files.ts';
import { leafHash } from './merkle.ts';
import { append, edgeRoot, emptyEdge, type FullNode } from './right-edge.ts';
import { TILE_WIDTH, tilePath, type TileId } from './tiles.ts';

/** An entry's hash, once as computed from the entry and once as stored; one stands in for the other when that is missing. */
interface Leaf {
  readonly fromEntry: Uint8Array;
  readonly fromTile: Uint8Array;
}

/**
 * One pass over a log's files, entry by entry, with two edges: what the entries hash to, and what the stored hashes say. Reads each file once and holds a few
 * tiles at a time, whatever the log's size.
 */
export class LogWalk {
  /** Entries passed, by collection. */
  readonly collections = new Map<string, number>();
  readonly #log: LogSource;
  readonly #logSize: number;
  readonly #findings: Findings;
  #entriesEdge = emptyEdge;
  #tilesEdge = emptyEdge;
  /** The part of the last bundle that was read and not yet passed. */
  #pending: readonly Leaf[] = [];
  /** How far the last entry's seq was off, so that a removal is named once and not again at each entry after it. */
  #seqOff = 0;
  /** The higher tile last read, by level. */
  readonly #higher = new Map<number, { readonly index: number; readonly hashes: readonly Uint8Array[] | undefined }>();

  constructor(log: LogSource, logSize: number, findings: Findings) {
    this.#log = log;
    this.#logSize = logSize;
    this.#findings = findings;
  }

  /** Entries passed so far. */
  get size(): number {
    return this.#entriesEdge.size;
  }

  /** The root over the entries passed so far, by the entries and by the stored hashes. */
  roots(): { readonly ofEntries: Uint8Array; readonly ofTiles: Uint8Array } {
    return { ofEntries: edgeRoot(this.#entriesEdge), ofTiles: edgeRoot(this.#tilesEdge) };
  }

  /** Goes on until so many entries are passed, or both entry and hash of the next are missing. */
  async advanceTo(size: number): Promise<void> {
    while (this.size < size) {
      if (this.#pending.length === 0) this.#pending = await this.#readBundle();
      const leaves = this.#pending.slice(0, size - this.size);
      if (leaves.length === 0) return;
      this.#pending = this.#pending.slice(leaves.length);
      const entries = append(
        this.#entriesEdge,
        leaves.map(({ fromEntry }) => fromEntry),
      );
      const tiles = append(
        this.#tilesEdge,
        leaves.map(({ fromTile }) => fromTile),
      );
      this.#entriesEdge = entries.edge;
      this.#tilesEdge = tiles.edge;
      for (const [i, node] of entries.nodes.entries()) await this.#checkHigher(node, tiles.nodes[i]);
    }
  }

  async #readBundle(): Promise<readonly Leaf[]> {
    const start = this.size;
    // A bundle that was not whole has been read already: there is no going on after it.
    if (start % TILE_WIDTH !== 0) return [];
    const place = { index: start / TILE_WIDTH, width: Math.min(TILE_WIDTH, this.#logSize - start) };
    const entries = (await readTile({ level: 'entries', ...place }, this.#log, this.#findings)) ?? [];
    const hashes = (await readTile({ level: 0, ...place }, this.#log, this.#findings)) ?? [];
    const leaves: Leaf[] = [];
    for (let i = 0; i < place.width; i++) {
      const entry = entries[i];
      const computed = entry === undefined ? undefined : leafHash(entry);
      const fromEntry = computed ?? hashes[i];
      const fromTile = hashes[i] ?? computed;
      if (fromEntry === undefined || fromTile === undefined) break;
      const leaf = { fromEntry, fromTile };
      if (entry !== undefined) this.#checkEntry(start + i, entry, leaf);
      leaves.push(leaf);
    }
    return leaves;
  }

  #checkEntry(index: number, bytes: Uint8Array, { fromEntry, fromTile }: Leaf): void {
    const entry = this.#findings.attempt(`entry ${index}`, () => parseLedgerEntry(bytes));
    if (entry !== undefined) this.collections.set(entry.collection, (this.collections.get(entry.collection) ?? 0) + 1);
    const seqOff = entry === undefined ? 0 : entry.seq - index;
    const explained = seqOff !== 0 && seqOff === this.#seqOff;
    this.#seqOff = seqOff;
    if (explained) return;
    if (entry !== undefined && seqOff !== 0)
      this.#findings.add('entry.seq', `entry ${index}: its seq is ${entry.seq}: entries were reordered, removed or put in here`);
    if (!sameBytes(fromEntry, fromTile))
      this.#findings.add('entry.altered', `entry ${index}: stored hash ${toHex(fromEntry)}, log has ${toHex(fromTile)}`);
  }

  /** Tiles above the lowest hold the hashes of full subtrees of 256, 65,536, … entries. */
  async #checkHigher({ level: height, index, hash }: FullNode, fromTiles: FullNode | undefined): Promise<void> {
    if (height === 0 || height % 8 !== 0) return;
    const level = height / 8;
    const each = TILE_WIDTH ** level;
    const tile = Math.floor(index / TILE_WIDTH);
    const id: TileId = { level, index: tile, width: Math.min(TILE_WIDTH, Math.floor(this.#logSize / each) - tile * TILE_WIDTH) };
    if (this.#higher.get(level)?.index !== tile)
      this.#higher.set(level, { index: tile, hashes: await readTile(id, this.#log, this.#findings) });
    const stored = this.#higher.get(level)?.hashes?.[index % TILE_WIDTH];
    // A cause further down is named there already; here only what neither entries nor lower tiles explain.
    if (stored === undefined || sameBytes(stored, hash) || (fromTiles !== undefined && sameBytes(stored, fromTiles.hash))) return;
    const where = `${tilePath(id)} hash ${index % TILE_WIDTH} (entries ${index * each} to ${(index + 1) * each - 1})`;
    this.#findings.add('tile.altered', `${where}: stored hash ${toHex(stored)}, log has ${toHex(hash)}`);
  }
}
